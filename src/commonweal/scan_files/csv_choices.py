"""The settings of a scan of CSV files: sensible for rare events unless chosen otherwise."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from commonweal.clusters import ScanSettings
from commonweal.scan_files.csv_input import CsvReading
from commonweal.scan_files.dates import FINENESS, parse_date
from commonweal.scan_files.problems import ScanFileError

MODELS = {
    "permutation": "space-time permutation",
    "space-time permutation": "space-time permutation",
    "poisson": "poisson",
    "bernoulli": "bernoulli",
}
ANALYSES = {
    "prospective": "prospective space-time",
    "retrospective": "space-time",
    "spatial": "spatial",
    "temporal": "temporal",
    "prospective-temporal": "prospective temporal",
}
CUTS = {"day": ("day", 1), "week": ("day", 7), "month": ("month", 1), "year": ("year", 1)}
DAYS_IN = {"day": 1.0, "month": 365.25 / 12, "year": 365.25}
LONGEST_DAYS = 30


OPTION_OF = {
    "max_population_share": "--max-share",
    "max_distance": "--max-radius",
    "min_duration": "--min-days",
    "max_duration": "--max-days",
    "min_cases_high": "--min-cases",
    "replicates": "--replicates",
    "study_period": "--start and --end",
}
SETTING = re.compile(r"\b(" + "|".join(OPTION_OF) + r")\b")


def in_option_names(told: str) -> str:
    """A message about settings of a scan, with the names of the options of `commonweal scan`."""
    return SETTING.sub(lambda found: OPTION_OF[found[0]], told)


def csv_settings(reading: CsvReading, wanted: Mapping[str, Any]) -> tuple[ScanSettings, list[str]]:
    """The settings, and in words how they were chosen.

    Without choices: the space-time permutation model (or Poisson with a population, Bernoulli with controls), clusters
    still going on at the last day, daily, of up to 30 days or half of the study, and half of the cases.

    Args:
        wanted: the options of `commonweal scan` by name; None where not given.

    Raises:
        ScanFileError: a choice is unknown, or lacks its file.
        ScanError: the choices do not go together.
    """
    analysis = _one_of("--analysis", wanted["analysis"] or "prospective", ANALYSES)
    spatial = analysis == "spatial"
    model = _model(reading, wanted["model"])
    if spatial and model == "space-time permutation":
        raise ScanFileError(
            "a purely spatial scan needs to know how many cases to expect where: give --population or --controls."
        )
    unit, length = _one_of("--every", wanted["every"] or reading.precision, CUTS)
    if FINENESS[unit] > FINENESS[reading.precision] and not spatial:
        raise ScanFileError(f"--every {wanted['every']}: the cases are dated only by {reading.precision}.")
    study = _study(reading, wanted, spatial)
    choices: dict[str, Any] = {
        "model": model,
        "analysis": analysis,
        "study_period": study,
        "rates": wanted["rates"] or "high",
        "coordinates": reading.coordinates,
        "replicates": 999 if wanted["replicates"] is None else wanted["replicates"],
        "min_cases_high": wanted["min_cases"] or 2,
    }
    if wanted["max_share"] is not None:
        choices["max_population_share"] = wanted["max_share"] / 100
    if wanted["max_radius"] is not None:
        choices["max_distance"] = wanted["max_radius"]
    told = [f"Model: {model}. Analysis: {analysis}."]
    if study is not None and not spatial:
        choices |= {"interval_unit": unit, "interval_length": length}
        choices |= _durations(study, unit, length, wanted)
        longest = f"{choices['max_duration']} {unit}s" if choices["max_duration"] != 1 else f"1 {unit}"
        told.append(
            f"Study: {study[0]} to {study[1]}, cut by the {wanted['every'] or unit}; clusters of up to {longest}."
        )
        if analysis.startswith("prospective") and wanted["end"] is None:
            told.append(
                f"Only clusters still going on at {study[1]}, the day of the last case, are looked for; give --end to "
                "choose the day."
            )
    return ScanSettings(**choices), told


def _one_of(option: str, value: str, choices: Mapping[str, Any]) -> Any:
    if value.casefold() not in choices:
        raise ScanFileError(f"{option} is '{value}'; it must be one of {', '.join(choices)}.")
    return choices[value.casefold()]


def _model(reading: CsvReading, wanted: str | None) -> str:
    if wanted is None:
        if reading.tables.population is not None:
            return "poisson"
        return "bernoulli" if reading.tables.controls is not None else "space-time permutation"
    model = _one_of("--model", wanted, MODELS)
    if model == "poisson" and reading.tables.population is None:
        raise ScanFileError("the Poisson model needs --population, a CSV file of the population by place.")
    if model == "bernoulli" and reading.tables.controls is None:
        raise ScanFileError("the Bernoulli model needs --controls, a CSV file of controls by place.")
    return model


def _study(reading: CsvReading, wanted: Mapping[str, Any], spatial: bool) -> tuple[dt.date, dt.date] | None:
    start = _day("--start", wanted["start"], wanted["month_first"]) or reading.first
    end = _day("--end", wanted["end"], wanted["month_first"], last=True) or reading.last
    if start is None or end is None:
        if spatial:
            return None
        raise ScanFileError("the study has no first and last day; give --start and --end.")
    return start, end


def _day(option: str, text: str | None, month_first: bool, *, last: bool = False) -> dt.date | None:
    if text is None:
        return None
    found = parse_date(text, day_first=not month_first)
    if found is None:
        raise ScanFileError(f"{option} is '{text}', which is not a date (such as 2024-01-31).")
    return found.last if last else found.first


def _durations(study: tuple[dt.date, dt.date], unit: str, length: int, wanted: Mapping[str, Any]) -> dict[str, int]:
    days = (study[1] - study[0]).days + 1
    half = max(length, int(days / 2 / DAYS_IN[unit]) // length * length)
    if wanted["max_days"] is not None:
        longest = max(length, round(wanted["max_days"] / DAYS_IN[unit]) // length * length)
    else:
        longest = half if unit != "day" else min(half, max(length, LONGEST_DAYS // length * length))
    shortest = 1 if wanted["min_days"] is None else max(1, round(wanted["min_days"] / DAYS_IN[unit]))
    return {"max_duration": longest, "min_duration": shortest}
