"""The sample data of the shared folder as frames."""

from functools import cache

import polars as pl
from shared_data import shared


@cache
def _rows(name: str) -> list[list[str]]:
    return [line.split() for line in shared(f"scan/{name}").read_text(encoding="utf-8").splitlines() if line.strip()]


def _frame(name: str, columns: list[str]) -> pl.DataFrame:
    rows = _rows(name)
    return pl.DataFrame({column: [row[number] for row in rows] for number, column in enumerate(columns)})


def new_mexico() -> dict:
    """Cases, places and populations of brain cancer in New Mexico, 1973 to 1991."""
    population = _frame("nm.pop", ["place", "year", "population", "age", "sex"])
    return {
        "cases": _frame("nm.cas", ["place", "count", "date", "age", "sex"]),
        "places": _frame("nm.geo", ["place", "latitude", "longitude"]),
        "population": population.with_columns(year="19" + pl.col("year")),
        "population_date": "year",
        "covariates": ("age", "sex"),
        "count": "count",
        "study_period": ("1973", "1991"),
        "interval_unit": "year",
    }


def new_york() -> dict:
    """Fever in New York's emergency departments, 1 to 24 November 2001."""
    return {
        "cases": _frame("NYCfever.cas", ["place", "count", "date"]),
        "places": _frame("NYCfever.geo", ["place", "latitude", "longitude"]),
        "count": "count",
        "study_period": ("2001-11-01", "2001-11-24"),
        "model": "space-time permutation",
    }


def north_humberside() -> dict:
    """Childhood leukaemia and lymphoma in North Humberside, with controls."""
    return {
        "cases": _frame("NHumberside.cas", ["place", "count"]),
        "controls": _frame("NHumberside.ctl", ["place", "count"]),
        "places": _frame("NHumberside.geo", ["place", "x", "y"]),
        "count": "count",
        "coordinates": "cartesian",
        "model": "bernoulli",
        "analysis": "spatial",
    }
