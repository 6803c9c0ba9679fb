#!/usr/bin/env python3
"""A second opinion on scores and key figures.

    python3 tests/audits/scores.py > tests/fixtures/scores.json     # make the data and the reference anew
    python3 tests/audits/scores.py --check                          # or see that the fixture is what this makes

Makes orders, reviews, cases, disputes and returns at a stated seed, and computes from them what the Rust code computes, in
the plainest way there is: every figure from the raw rows, sorted lists instead of histograms, exact fractions instead of
counters. Nothing here was translated from there. The tests of `domain::scores` and `domain::kpis` read the same rows and must
come to the same figures. Standard library only; `random.Random(seed).random()` is the same in every release of Python.
"""

import json
import math
import random
import statistics
import sys
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

SEED = 20261123
FIXTURE = Path(__file__).parent.parent / "fixtures" / "scores.json"
EPOCH = date(2025, 1, 1)
WEIGHTS = {"delivery_time": 2, "packaging": 1, "communication": 0, "after_sale": 3}
PRIOR_MEAN, PRIOR_WEIGHT, HALF_LIFE, Z = 3.5, 7, 365, 1.96
REASONS = ["DEFECTIVE", "BROKEN", "NOT_AS_DESCRIBED", "CHANGED_MIND"]
WINDOW = 90


class Dice:
    """Draws from one source, so that the seed fixes everything."""

    def __init__(self, seed):
        self.random = random.Random(seed).random

    def below(self, limit):
        return int(self.random() * limit)

    def chance(self, share):
        return self.random() < share

    def pick(self, items):
        return items[self.below(len(items))]


def grades(dice, quality):
    """Grades around a seller's quality; about a fifth is left unanswered, but never all."""
    given = [None if dice.chance(0.2) else max(1, min(5, round(quality + 2.4 * (dice.random() - 0.5)))) for _ in WEIGHTS]
    return given if any(given) else [dice.below(5) + 1] + given[1:]


def make_events(dice):
    """The log of ratings: [seller, rating, revision, day, kind, grades]."""
    events = []
    for rating in range(240):
        seller = dice.below(3)
        quality = [4.4, 3.3, 2.2][seller]
        day = dice.below(700)
        events.append([seller, rating, 1, day, "COUNTS", grades(dice, quality)])
        fate, later = dice.random(), day + 1 + dice.below(60)
        if fate < 0.10:
            events.append([seller, rating, 2, later, "COUNTS", grades(dice, quality)])
        elif fate < 0.16:
            events.append([seller, rating, 2, later, "STOPS", None])
        elif fate < 0.24:
            events.append([seller, rating, 2, later, "EXCLUDED", None])
            if dice.chance(0.4):
                events.append([seller, rating, 3, later + 5, "INCLUDED", None])
    return events


def make_cases(dice):
    """[day, channel, reason, complaint, avoidable, reply, replies, aftermath, handling, satisfaction, recommendation]"""
    cases = []
    for _ in range(400):
        reply = None if dice.chance(0.1) else int(60 * math.exp(8 * dice.random()))
        aftermath = dice.pick([None, "NOT_YET_KNOWN", "QUIET", "QUIET", "QUIET", "REOPENED", "CAME_BACK"])
        satisfaction = None if dice.chance(0.6) else 1 + dice.below(5)
        recommendation = None if dice.chance(0.7) else dice.below(11)
        cases.append([dice.below(90), dice.pick(["EMAIL", "CHAT", "SOCIAL"]), dice.pick(["late", "damaged", "question"]),
                      int(dice.chance(0.4)), int(dice.chance(0.3)), reply, 1 + dice.below(3), aftermath,
                      60 * (1 + dice.below(60)), satisfaction, recommendation])
    return cases


def make_disputes(dice):
    """[day, product, reason, ending]"""
    endings = ["OPEN", "RESOLVED", "RESOLVED", "UNRESOLVED"]
    return [[dice.below(360), dice.below(12), dice.below(3), dice.pick(endings)] for _ in range(60)]


def make_buyers(dice):
    """[had an order before, has one in the window, had a case before]"""
    return [[int(dice.chance(0.8)), int(dice.chance(0.6)), int(dice.chance(0.3))] for _ in range(150)]


def make_products(dice):
    """[sold, [returned for each of REASONS]]; every sixth product has something."""
    products = []
    for product in range(24):
        sold = 5 + dice.below(300)
        shares = [0.18 if product % 6 == 0 else 0.02, 0.02, 0.03, 0.10]
        products.append([sold, [sum(dice.chance(share) for _ in range(sold // 4)) for share in shares]])
    return products


def overall(given):
    pairs = [(weight, grade) for weight, grade in zip(WEIGHTS.values(), given) if grade is not None]
    weights = sum(weight for weight, _ in pairs)
    return Fraction(sum(weight * grade for weight, grade in pairs), weights) if weights else None


def wilson(hits, of):
    """The roots of (share - x)^2 = z^2 x (1 - x) / of."""
    if not of:
        return None
    share, spread = hits / of, Z * Z / of
    a, b, c = 1 + spread, -(2 * share + spread), share * share
    root = math.sqrt(max(0.0, b * b - 4 * a * c))
    return [max(0.0, (-b - root) / (2 * a)), min(1.0, (-b + root) / (2 * a))]


def in_force(events, seller, day):
    """The grades that count on a day, each with the day they were given."""
    counted = []
    for rating in sorted({event[1] for event in events if event[0] == seller}):
        given, excluded = None, False
        for _, _, _, at, kind, answers in sorted((e for e in events if e[1] == rating and e[3] <= day), key=lambda e: e[2]):
            if kind == "COUNTS":
                given = (at, answers)
            elif kind == "STOPS":
                given = None
            else:
                excluded = kind == "EXCLUDED"
        if given and not excluded:
            counted.append(given)
    return counted


def bayes(pairs):
    return (PRIOR_WEIGHT * PRIOR_MEAN + sum(w * x for w, x in pairs)) / (PRIOR_WEIGHT + sum(w for w, _ in pairs))


def mean(pairs):
    return sum(w * x for w, x in pairs) / sum(w for w, _ in pairs) if pairs else None


def score(events, seller, day):
    counted = in_force(events, seller, day)
    worth = lambda at: 0.5 ** ((day - at) / HALF_LIFE)
    whole = [(worth(at), float(overall(given)), overall(given)) for at, given in counted if overall(given) is not None]
    criteria = {}
    for place, key in enumerate(WEIGHTS):
        pairs = [(worth(at), given[place]) for at, given in counted if given[place] is not None]
        criteria[key] = {"count": len(pairs), "mean": mean(pairs), "bayesian": bayes(pairs)}
    satisfied = sum(1 for _, _, exact in whole if exact >= 4)
    pairs = [(w, x) for w, x, _ in whole]
    return {"seller": seller, "day": day, "count": len(whole), "mean": mean(pairs), "bayesian": bayes(pairs),
            "satisfied": wilson(satisfied, len(whole)), "criteria": criteria}


def percent(rows, hit):
    return 100 * sum(1 for row in rows if hit(row)) / len(rows) if rows else None


def percentile(times, share):
    return sorted(times)[math.ceil(len(times) * share / 100) - 1] / 3600


def kpis(cases, orders, disputes, buyers):
    replies = [case[5] for case in cases if case[5] is not None]
    known = [case for case in cases if case[7] not in (None, "NOT_YET_KNOWN")]
    answers = [case[10] for case in cases if case[10] is not None]
    ended = [dispute for dispute in disputes if dispute[3] != "OPEN"]
    again = [
        any(earlier[1:3] == dispute[1:3] and dispute[0] - earlier[0] <= WINDOW for earlier in disputes[:place])
        for place, dispute in enumerate(disputes)
    ]
    old = [buyer for buyer in buyers if buyer[0]]
    rates = {}
    for channel in ["EMAIL", "CHAT", "SOCIAL"]:
        for reason in ["late", "damaged", "question"]:
            here = [case for case in cases if (case[1], case[2]) == (channel, reason)]
            rates[f"{channel} {reason}"] = [len(here), sum(case[4] for case in here), 100 * len(here) / orders]
    return {
        "csat": percent([c for c in cases if c[9] is not None], lambda c: c[9] >= 4),
        "nps": 100 * (sum(a >= 9 for a in answers) - sum(a <= 6 for a in answers)) / len(answers),
        "replyMean": float(Fraction(sum(replies), len(replies)) / 3600),
        "replyMedian": statistics.median(replies) / 3600,
        "replyP90": percentile(replies, 90),
        "firstContact": percent(known, lambda c: c[6] == 1 and c[7] == "QUIET"),
        "reopened": percent(known, lambda c: c[7] == "REOPENED"),
        "complaints": 1000 * sum(c[3] for c in cases) / orders,
        "contacts": 100 * len(cases) / orders,
        "avoidable": percent(cases, lambda c: c[4]),
        "recurrence": 100 * sum(again) / len(again),
        "resolution": percent(ended, lambda d: d[3] == "RESOLVED"),
        "retention": percent(old, lambda b: b[1]),
        "retentionHadCase": percent([b for b in old if b[2]], lambda b: b[1]),
        "retentionHadNone": percent([b for b in old if not b[2]], lambda b: b[1]),
        "rates": rates,
    }


def defects(products):
    found = []
    for number, (sold, returned) in enumerate(products):
        for place, reason in enumerate(REASONS):
            others_sold = sum(other for index, (other, _) in enumerate(products) if index != number)
            others_back = sum(back[place] for index, (_, back) in enumerate(products) if index != number)
            bounds = wilson(returned[place], sold)
            if (reason != "CHANGED_MIND" and sold >= 20 and returned[place] >= 3 and bounds[0] > others_back / others_sold):
                found.append({"product": number, "reason": reason, "low": bounds[0]})
    return sorted(found, key=lambda defect: -defect["low"])


def make(seed):
    dice = Dice(seed)
    events, cases, disputes, buyers, products = (
        make_events(dice), make_cases(dice), sorted(make_disputes(dice), key=lambda d: d[0]), make_buyers(dice), make_products(dice))
    orders = 1500 + dice.below(500)
    return {
        "seed": seed,
        "epoch": EPOCH.isoformat(),
        "lastDay": (EPOCH + timedelta(days=760)).isoformat(),
        "weights": WEIGHTS,
        "events": events,
        "cases": cases,
        "orders": orders,
        "disputes": disputes,
        "buyers": buyers,
        "products": products,
        "expected": {
            "scores": [score(events, seller, day) for seller in range(3) for day in (0, 40, 300, 760)],
            "kpis": kpis(cases, orders, disputes, buyers),
            "defects": defects(products),
        },
    }


def written(data):
    """One row a line, so that a changed fixture can be read as a diff."""
    lines = []
    for key, value in data.items():
        if isinstance(value, list):
            rows = ",\n".join("    " + json.dumps(row) for row in value)
            lines.append(f'  "{key}": [\n{rows}\n  ]')
        else:
            lines.append(f'  "{key}": {json.dumps(value)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    made = written(make(SEED))
    if "--check" in sys.argv:
        sys.exit(None if FIXTURE.read_text() == made else f"{FIXTURE} is not what this makes: run it again")
    sys.stdout.write(made)
