//! Golden values, and what must hold of every score.

mod reference;

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, Utc};
use proptest::prelude::*;

use super::*;
use crate::domain::disputes::{CountsAgainstSeller, Decider, Decision, DecisionReason, DisputeOutcome, Fault};
use crate::domain::hands::StaffId;
use crate::domain::ids::{DisputeId, RatingId};
use crate::domain::money::Money;
use crate::domain::ratings::{Answers, Criteria, Grade, Subject};
use crate::domain::refunds::{Bearing, CostPlan};

const TRUSTPILOT: Prior = Prior { mean: 3.5, weight: 7.0 };

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 0.000_05
}

#[test]
fn the_formulas_give_the_published_values() {
    for (sum, weight, expected) in [(15.0, 3.0, 3.95), (500.0, 100.0, 4.9019), (2.0, 2.0, 2.9444), (0.0, 0.0, 3.5)] {
        let mean = bayesian_mean(TRUSTPILOT, sum, weight);
        assert!(near(mean, expected), "{sum} over {weight}: {mean}");
    }
    let unbelieving = Prior { weight: 0.0, ..TRUSTPILOT };
    assert!(near(bayesian_mean(unbelieving, 9.0, 2.0), 4.5));
    assert!(near(bayesian_mean(unbelieving, 0.0, 0.0), 3.5), "of answers so old that they are worth nothing");
    for (hits, of, expected) in [(9, 10, 0.5958), (90, 100, 0.8256), (1, 1, 0.2065), (40, 50, 0.6696)] {
        let bounds = wilson(hits, of, Z_95).unwrap();
        assert!(near(bounds.low, expected), "{hits} of {of}: {}", bounds.low);
        let others = wilson(of - hits, of, Z_95).unwrap();
        assert!(near(bounds.high, 1.0 - others.low), "what is not a hit is the rest");
    }
    assert_eq!(wilson(0, 0, Z_95), None);
    assert_eq!(wilson(3, 2, Z_95), wilson(2, 2, Z_95), "never more than all");
    for (age, expected) in [(90, 0.8429), (365, 0.5), (730, 0.25), (0, 1.0)] {
        assert!(near(decay(age, 365), expected), "{age} days");
    }
    assert_eq!((median([]), median([3.0]), median([4.0, 1.0, 3.0, 2.0])), (None, Some(3.0), Some(2.5)));
}

fn day(number: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Days::new(number)
}

fn moment(number: u64) -> DateTime<Utc> {
    day(number).and_hms_opt(12, 0, 0).unwrap().and_utc()
}

/// Answers to the usual questions about a seller; 0 is no answer.
fn answers(grades: &[u8]) -> Answers {
    let keys = Criteria::default().seller.into_iter().map(|one| one.key);
    let given = keys.zip(grades).filter(|(_, grade)| **grade > 0);
    let given = given.map(|(key, grade)| (key, Grade::try_from(i64::from(*grade)).unwrap()));
    Answers::new(&Criteria::default(), Subject::Seller, given.collect()).unwrap()
}

fn history() -> CriteriaHistory {
    [Criteria::default()].into_iter().collect()
}

fn event(rating: RatingId, revision: i32, at: u64, change: ScoreChange) -> ScoreEvent {
    ScoreEvent { rating, revision, at: moment(at), change }
}

fn counts(rating: RatingId, revision: i32, at: u64, grades: &[u8]) -> ScoreEvent {
    event(rating, revision, at, ScoreChange::Counts { answers: answers(grades), given_on: day(at) })
}

fn score(events: &[ScoreEvent], at: u64) -> Score {
    let log = ScoreLog::replay(events, moment(at), &history()).unwrap();
    ScoreRules::default().score(log.tally(), day(at))
}

#[test]
fn a_question_without_an_answer_counts_nowhere() {
    let score = score(&[counts(RatingId::generate(), 1, 0, &[5, 0, 5, 0])], 0);
    assert_eq!((score.count, score.mean(), score.satisfied), (1, Some(5.0), 1));
    let asked: Vec<_> = score.criteria.keys().map(ToString::to_string).collect();
    assert_eq!(asked, ["communication", "delivery_time"]);
}

#[test]
fn too_few_ratings_are_no_bad_score() {
    let two: Vec<_> = (0..2).map(|_| counts(RatingId::generate(), 1, 0, &[1])).collect();
    assert_eq!(score(&two, 0).shown(), Shown::NotEnough { have: 2, need: 3 });
    let three: Vec<_> = (0..3).map(|_| counts(RatingId::generate(), 1, 0, &[5])).collect();
    assert!(matches!(score(&three, 0).shown(), Shown::Score(value) if near(value, 3.95)));
}

#[test]
fn a_score_can_be_told_for_any_day_of_the_past() {
    let [one, two] = [RatingId::generate(), RatingId::generate()];
    let events = [
        counts(one, 1, 0, &[5, 5, 5, 5]),
        counts(two, 1, 10, &[1, 1, 1, 1]),
        event(two, 2, 20, ScoreChange::Stops { why: StopReason::Removed }),
        counts(one, 2, 30, &[3, 3, 3, 3]),
    ];
    for (at, count, mean) in [(5, 1, 5.0), (25, 1, 5.0), (30, 1, 3.0)] {
        let score = score(&events, at);
        assert_eq!((score.count, score.mean()), (count, Some(mean)), "day {at}");
    }
    assert_eq!(score(&events, 15).count, 2);
}

fn decision(fault: Fault, counts: CountsAgainstSeller, by: Decider) -> Decision {
    Decision {
        outcome: DisputeOutcome::NoFault,
        fault,
        costs: CostPlan::all(Bearing::Operator),
        counts,
        amount: Money { minor: 0, currency: "EUR".parse().unwrap() },
        remedy: None,
        reason: DecisionReason::DeliveryProved,
        statement: "The carrier has lost it.".into(),
        clause: "4.2".into(),
        by,
        at: moment(0),
    }
}

#[test]
fn only_a_person_who_finds_no_fault_of_the_seller_leaves_a_rating_out() {
    let staff = || Decider::Person(serde_json::from_str::<StaffId>("\"token:ana\"").unwrap());
    let dispute = DisputeId::generate();
    let excludes = |fault, counts, by| Exclusion::by(dispute, &decision(fault, counts, by)).is_some();
    assert!(excludes(Fault::Carrier, CountsAgainstSeller::DoesNotCount, staff()));
    assert!(!excludes(Fault::Seller, CountsAgainstSeller::DoesNotCount, staff()), "the seller was at fault");
    assert!(!excludes(Fault::Carrier, CountsAgainstSeller::Counts, staff()), "it counts all the same");
    assert!(!excludes(Fault::Platform, CountsAgainstSeller::DoesNotCount, Decider::HardStop), "nobody examined it");

    let exclusion = Exclusion::by(dispute, &decision(Fault::None, CountsAgainstSeller::DoesNotCount, staff())).unwrap();
    let rating = RatingId::generate();
    let events = [
        counts(rating, 1, 0, &[1]),
        event(rating, 2, 5, ScoreChange::Excluded(exclusion.clone())),
        counts(rating, 3, 6, &[2]),
        event(rating, 4, 9, ScoreChange::Included),
    ];
    let count = |at| score(&events, at).count;
    assert_eq!((count(4), count(5), count(6), count(9)), (1, 0, 0, 1), "writing it anew does not bring it back");
    let log = ScoreLog::replay(&events, moment(6), &history()).unwrap();
    assert_eq!(log.excluded().collect::<Vec<_>>(), [(rating, &exclusion)], "and everybody can see why");
}

#[test]
fn answers_to_unknown_questions_are_an_error() {
    let events = [counts(RatingId::generate(), 1, 0, &[5])];
    let unknown = ScoreLog::replay(&events, moment(0), &CriteriaHistory::default());
    assert_eq!(unknown, Err(ScoreError::UnknownCriteria { version: Criteria::default().version }));
}

#[test]
fn rules_that_cannot_be_are_found() {
    assert_eq!(ScoreRules::default().faults(), []);
    let wrong = ScoreRules { prior: Prior { mean: 5.1, weight: f64::NAN }, half_life_days: Some(0), minimum: 0 };
    assert_eq!(wrong.faults(), [ScoreFault::PriorMean, ScoreFault::PriorWeight, ScoreFault::HalfLife, ScoreFault::Minimum]);
}

/// Ratings with all that can happen to them, in the order in which it happens.
fn stories() -> impl Strategy<Value = Vec<ScoreEvent>> {
    let one = (prop::collection::vec(1_u8..=5, 1..=4), 0_u64..400, prop::collection::vec((0_u8..4, 0_u64..50), 0..4));
    prop::collection::vec(one, 1..25).prop_map(|ratings| {
        let mut events = Vec::new();
        for (grades, start, later) in ratings {
            let rating = RatingId::generate();
            events.push(counts(rating, 1, start, &grades));
            let mut at = start;
            for (revision, (kind, wait)) in (2..).zip(later) {
                at += wait;
                let exclusion = || {
                    Exclusion::by(
                        DisputeId::generate(),
                        &decision(
                            Fault::Buyer,
                            CountsAgainstSeller::DoesNotCount,
                            Decider::Person(serde_json::from_str("\"token:ana\"").unwrap()),
                        ),
                    )
                };
                events.push(match kind {
                    0 => counts(rating, revision, at, &grades),
                    1 => event(rating, revision, at, ScoreChange::Stops { why: StopReason::Withdrawn }),
                    2 => event(rating, revision, at, ScoreChange::Excluded(exclusion().unwrap())),
                    _ => event(rating, revision, at, ScoreChange::Included),
                });
            }
        }
        events.sort_by_key(|event| (event.at, event.revision));
        events
    })
}

proptest! {
    #[test]
    fn replay_equals_live_on_every_day(events in stories()) {
        let mut live = ScoreLog::default();
        for (index, event) in events.iter().enumerate() {
            live.apply(event, &history()).unwrap();
            if events.get(index + 1).is_none_or(|next| next.at > event.at) {
                let replayed = ScoreLog::replay(&events, event.at, &history()).unwrap();
                prop_assert_eq!(replayed.tally(), live.tally());
            }
        }
    }

    #[test]
    fn neither_order_nor_repetition_matters(events in stories(), seed in any::<u64>()) {
        let sorted = ScoreLog::replay(&events, moment(1000), &history()).unwrap();
        let mut shuffled: Vec<_> = events.iter().chain(&events).collect();
        shuffled.sort_by_key(|event| (event.rating.uuid().as_u128() ^ u128::from(seed).wrapping_mul(event.revision.unsigned_abs().into())) % 97);
        let live = ScoreLog::replay(shuffled, moment(1000), &history()).unwrap();
        prop_assert_eq!(live.tally(), sorted.tally());
    }

    #[test]
    fn tallies_merge_into_the_whole(events in stories(), cut in 0_usize..25) {
        let ratings: BTreeSet<_> = events.iter().map(|event| event.rating).collect();
        let first: BTreeSet<_> = ratings.into_iter().take(cut).collect();
        let of = |wanted: bool| {
            let own = events.iter().filter(|event| first.contains(&event.rating) == wanted);
            ScoreLog::replay(own, moment(1000), &history()).unwrap().tally().clone()
        };
        let mut merged = of(true);
        merged.merge(&of(false));
        let whole = ScoreLog::replay(&events, moment(1000), &history()).unwrap();
        prop_assert_eq!(&merged, whole.tally());
    }

    #[test]
    fn a_better_rating_never_lowers_a_score(events in stories(), grade in 1_u8..=5, age in 0_u64..400) {
        let before = score(&events, 700);
        let mut more = events.clone();
        more.push(counts(RatingId::generate(), 1, 700 - age, &[grade; 4]));
        let after = score(&more, 700);
        if f64::from(grade) >= before.bayesian() {
            prop_assert!(after.bayesian() >= before.bayesian() - 1e-9, "{} then {}", before.bayesian(), after.bayesian());
        } else {
            prop_assert!(after.bayesian() <= before.bayesian() + 1e-9, "and a worse one never raises it");
        }
        prop_assert!((1.0..=5.0).contains(&after.bayesian()));
    }

    #[test]
    fn who_thinks_better_of_it_never_lowers_a_score(events in stories(), grade in 1_u8..5, age in 0_u64..400) {
        let rating = RatingId::generate();
        let given = |grade| {
            let mut more = events.clone();
            more.push(counts(rating, 1, 700 - age, &[grade; 4]));
            score(&more, 700)
        };
        let (worse, better) = (given(grade), given(grade + 1));
        prop_assert!(better.bayesian() > worse.bayesian(), "{} then {}", worse.bayesian(), better.bayesian());
        prop_assert!(better.satisfied >= worse.satisfied);
    }

    #[test]
    fn taking_back_leaves_no_trace(events in stories(), grades in prop::collection::vec(1_u8..=5, 1..=4)) {
        let log = ScoreLog::replay(&events, moment(1000), &history()).unwrap();
        let mut tally = log.tally().clone();
        let counted = Counted::new(&answers(&grades), &Criteria::default(), day(17));
        tally.add(&counted);
        tally.remove(&counted);
        prop_assert_eq!(&tally, log.tally());
    }

    #[test]
    fn wilson_holds_the_share_and_narrows(hits in 0_u64..1000, more in 0_u64..1000) {
        let of = hits + more;
        prop_assume!(of > 0);
        let (bounds, tenfold) = (wilson(hits, of, Z_95).unwrap(), wilson(10 * hits, 10 * of, Z_95).unwrap());
        let share = formulas::number(hits) / formulas::number(of);
        prop_assert!(bounds.low <= share + 1e-12 && share <= bounds.high + 1e-12);
        prop_assert!(tenfold.high - tenfold.low < bounds.high - bounds.low);
    }
}

#[test]
fn older_ratings_count_less() {
    let old_good = [counts(RatingId::generate(), 1, 0, &[5]), counts(RatingId::generate(), 1, 365, &[1])];
    let score = score(&old_good, 365);
    assert!(near(score.mean().unwrap(), (5.0 * 0.5 + 1.0) / 1.5), "{:?}", score.mean());
    assert!(near(score.weight, 1.5));
    let forever = ScoreRules { half_life_days: None, ..ScoreRules::default() };
    let log = ScoreLog::replay(&old_good, moment(365), &history()).unwrap();
    assert_eq!(forever.score(log.tally(), day(365)).mean(), Some(3.0));
}
