#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["holidays==0.109"]
# ///
"""Writes the table of public holidays that the calendar reads.

    pip install holidays==0.109
    scripts/public_holidays.py src/domain/calendar/holidays.txt

Run it again once a year: raise the release here and the last year below, and read the diff before committing it. The
output depends on nothing but the release and the years, so an unchanged run changes nothing.
"""

import re
import sys
from collections import defaultdict
from importlib import metadata
from pathlib import Path

import holidays

RELEASE = "0.109"
FIRST, LAST = 2024, 2040
YEARS = range(FIRST, LAST + 1)

# The European Union, the rest of the European Economic Area, its neighbours, and some countries that sell there.
# Left out on purpose: countries whose table holds "estimated" days (moon sightings), for a guess is not a promise.
COUNTRIES = """AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE
               IS LI NO AD CH GB MC AU BR CA JP MX NZ US""".split()

# French names of the days that many countries share, for countries that the source does not name in French.
FRENCH = {
    "All Saints' Day": "Toussaint",
    "All Souls' Day": "Jour des morts",
    "Ascension Day": "Ascension",
    "Assumption Day": "Assomption",
    "Assumption of Mary": "Assomption",
    "Boxing Day": "Lendemain de Noël",
    "Christmas": "Noël",
    "Christmas Day": "Noël",
    "Christmas Eve": "Veille de Noël",
    "Columbus Day": "Jour de Christophe Colomb",
    "Constitution Day": "Fête de la Constitution",
    "Corpus Christi": "Fête-Dieu",
    "Easter": "Pâques",
    "Easter Monday": "Lundi de Pâques",
    "Easter Sunday": "Dimanche de Pâques",
    "Epiphany": "Épiphanie",
    "Good Friday": "Vendredi saint",
    "Holy Saturday": "Samedi saint",
    "Immaculate Conception": "Immaculée Conception",
    "Independence Day": "Fête de l'Indépendance",
    "International Women's Day": "Journée internationale des femmes",
    "International Workers' Day": "Fête du Travail",
    "Labour Day": "Fête du Travail",
    "Liberation Day": "Fête de la Libération",
    "Martin Luther King Jr. Day": "Jour de Martin Luther King",
    "Maundy Thursday": "Jeudi saint",
    "May Day": "Fête du Travail",
    "Midsummer Day": "Fête de la Saint-Jean",
    "Midsummer Eve": "Veille de la Saint-Jean",
    "National Day": "Fête nationale",
    "New Year's Day": "Jour de l'an",
    "New Year's Eve": "Saint-Sylvestre",
    "Pentecost": "Pentecôte",
    "Pentecost Monday": "Lundi de Pentecôte",
    "Reformation Day": "Fête de la Réformation",
    "Republic Day": "Fête de la République",
    "Saint Joseph's Day": "Saint-Joseph",
    "Saint Patrick's Day": "Saint-Patrick",
    "Saint Stephen's Day": "Saint-Étienne",
    "Second Day of Christmas": "Lendemain de Noël",
    "Thanksgiving Day": "Action de grâce",
    "Victory Day": "Fête de la Victoire",
    "Veterans Day": "Jour des anciens combattants",
    "Whit Monday": "Lundi de Pentecôte",
    "Whit Sunday": "Pentecôte",
}

# The country without a region, in the scope of a day.
NO_REGION = "-"


def table(country, region, language):
    """The public holidays of one place, as {(date, name)}; observed days included, half days not."""
    kinds = dict(years=YEARS, subdiv=region, language=language, observed=True)
    found = holidays.country_holidays(country, **kinds)
    names = {(day, name) for day in found for name in found.get_list(day) if FIRST <= day.year <= LAST}
    # "Day off (substituted from 01/10/2026)": the other date is of no use to a reader, and would make a rule of each day.
    return {(day, re.sub(r"\s*\(substituted from [^)]*\)", "", name).strip()) for day, name in names}


def british(name, country):
    return name if country == "US" else name.replace("Labor", "Labour")


def in_french(name):
    """Our own French name of an English one, or none."""
    observed = name.endswith(" (observed)")
    found = FRENCH.get(name.removesuffix(" (observed)"))
    return found + " (reporté)" if found and observed else found


def french_names(country, region, supported, english):
    """English name to French name in one place: the source's own where it has them, else ours."""
    language = next((one for one in ("fr", "fr_MC") if one in supported), None)
    theirs = defaultdict(set)
    if language:
        for day, name in table(country, region, language):
            theirs[day].add(name)
    names = {}
    for day, name in sorted(english):
        same_day = [other for other_day, other in english if other_day == day]
        if len(same_day) == 1 and len(theirs[day]) == 1:
            names.setdefault(name, next(iter(theirs[day])))
    return lambda name: names.get(name) or in_french(british(name, country)) or ""


def regions_of(country, plain):
    """Code to name of the regions to keep: official codes, and towns that have a holiday of their own."""
    source = holidays.country_holidays(country, years=FIRST)
    names = {}
    for alias, code in source.subdivisions_aliases.items():
        if code not in names or len(alias) > len(names[code]):
            names[code] = alias
    official = re.compile(r"[A-Z0-9]{1,3}$")
    return {
        code: names.get(code, code)
        for code in sorted(source.subdivisions)
        if official.match(code) or table(country, code, "en_US") != plain
    }


def written(days):
    """Dates as `12-25` where every year of the file has that day, else as `20240401` one by one."""
    days = sorted(days)
    fixed = {day.strftime("%m-%d") for day in days}
    if len(fixed) == 1 and len(days) == len(YEARS):
        return fixed.pop()
    return " ".join(day.strftime("%Y%m%d") for day in days)


def country_lines(country):
    supported = holidays.country_holidays(country, years=FIRST).supported_languages
    plain = table(country, None, "en_US")
    if not plain:
        sys.exit(f"the source has no holidays for {country}")
    if any("estimat" in name for _, name in plain):
        sys.exit(f"{country} has estimated days: leave it out")
    regions = regions_of(country, plain)

    # Which places keep which day under which name.
    places = {NO_REGION: plain} | {code: table(country, code, "en_US") for code in regions}
    scopes = defaultdict(set)
    for place, english in places.items():
        french = french_names(country, None if place == NO_REGION else place, supported, english)
        for day, name in english:
            scopes[(day, british(name, country), french(name))].add(place)
    lines = defaultdict(list)
    for (day, name, french), scope in scopes.items():
        lines[("*" if scope == set(places) else ",".join(sorted(scope)), name, french)].append(day)

    yield f"country|{country}"
    for code, name in regions.items():
        yield f"region|{code}|{name}"
    for (scope, name, french), days in sorted(lines.items(), key=lambda line: (line[0][0] != "*", min(line[1]), line[0])):
        yield "|".join(["day", scope, name, french, written(days)])


def header():
    licence = next(file for file in metadata.files("holidays") if file.name == "LICENSE").read_text()
    text = f"""Public holidays, {FIRST} to {LAST}. Written by scripts/public_holidays.py; do not edit by hand.

Source: the Python package `holidays`, release {RELEASE}, by the Vacanza team; its licence stands at the end of this text.
Public holidays only, with the days on which they are observed: no half days, no bank-only or school holidays.

country|ISO 3166-1 code
region|ISO 3166-2 code without the country (or a town that has a day of its own)|name
day|scope|English name|French name, if known|dates
  scope: * the country and all its regions; else a list of regions, in which - is the country without a region
  dates: MM-DD every year of this file; else YYYYMMDD one by one

{licence}"""
    return [f"# {line}".rstrip() for line in text.splitlines()]


def main(target):
    if metadata.version("holidays") != RELEASE:
        sys.exit(f"needs holidays=={RELEASE}, found {metadata.version('holidays')}")
    lines = [*header(), f"years|{FIRST}|{LAST}"]
    for country in sorted(COUNTRIES):
        lines.extend(country_lines(country))
    Path(target).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
