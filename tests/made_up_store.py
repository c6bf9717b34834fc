"""A small store of real area codes and made-up figures, so that every expected answer can be worked out by hand."""

import datetime as dt

import polars as pl

from commonweal import stats
from commonweal.datasets.indicator import Goal, Indicator, SeriesBreak
from commonweal.datasets.schema import SCHEMA
from commonweal.datasets.store import Store

ENGLAND = "E92000001"
HALTON, WARRINGTON, KNOWSLEY, LIVERPOOL = "E06000006", "E06000007", "E08000011", "E08000012"
OUTSIDE = ["E08000001", "E08000002", "E08000003", "E08000004", "E08000005", "E08000006"]
PEOPLE = 10_000


def observations(indicator, percentages, *, years=(2024,), **columns):
    """Rows of a percentage of ten thousand people; `percentages` by area, one value or one for each year."""
    blank = {name: "" for name, kind in SCHEMA.items() if kind == pl.String}
    rows = []
    for area, given in percentages.items():
        values = given if isinstance(given, list) else [given] * len(years)
        for year, value in zip(years, values, strict=True):
            if value is None:
                continue
            row = blank | {"indicator": indicator, "area_code": area, "period": str(year), "status": "published"}
            row |= {"period_start": dt.date(year, 1, 1), "period_end": dt.date(year, 12, 31)}
            row |= {"sex": "Persons", "age": "18+ yrs", "count": value * PEOPLE / 100, "denominator": float(PEOPLE)}
            rows.append(row | columns)
    frame = pl.DataFrame(rows, schema=SCHEMA)
    limits = stats.proportion(frame, count="count", denominator="denominator", per=100, confidence=[0.95, 0.998])
    return limits.select(SCHEMA.names())


def fill(made: Store) -> Store:
    years = range(2019, 2025)
    treated = {ENGLAND: [60.0] * 6, HALTON: [50, 52, 54, 56, 58, 60.5], WARRINGTON: [70.0] * 6, KNOWSLEY: [50.0] * 6}
    treated |= dict(zip(OUTSIDE, ([40.0 + 5 * n] * 6 for n in range(6)), strict=True))
    frames = [
        observations("treated", treated, years=years),
        observations("treated", {KNOWSLEY: 45.0, ENGLAND: 58.0}, sex="Male"),
        observations("treated", {KNOWSLEY: 55.0}, sex="Female"),
        observations("treated", {KNOWSLEY: 40.0}, category_type="Deprivation", category="Most deprived"),
        observations("smoking", {ENGLAND: 15.0, HALTON: 20.0, WARRINGTON: 10.0, KNOWSLEY: 15.2}),
        observations("screened", {ENGLAND: 70.0, HALTON: 95.0, WARRINGTON: 80.0, KNOWSLEY: 89.8}),
        observations("ranked", dict(zip([HALTON, WARRINGTON, *OUTSIDE], map(float, range(10, 90, 10)), strict=True))),
        observations("sized", dict(zip([HALTON, WARRINGTON, *OUTSIDE], map(float, range(10, 90, 10)), strict=True))),
        observations("counted", {ENGLAND: 50.0, HALTON: 40.0}),
    ]
    made.upsert(pl.concat(frames), {"load": "first", "source": "made up"})
    common = {"unit": "%", "per": 100.0, "value_type": "proportion"}
    made.save_indicators(
        [
            Indicator(id="treated", name="Treated", polarity="high is good", **common),
            Indicator(
                id="smoking",
                name="Smoking",
                polarity="low is good",
                comparison="two levels",
                series_breaks=[SeriesBreak(date="2024-01-01", reason="asked another way")],
                **common,
            ),
            Indicator(
                id="screened",
                name="Screened",
                polarity="high is good",
                comparison="goal",
                goal=Goal(lower=90.0),
                **common,
            ),
            Indicator(id="ranked", name="Ranked", polarity="low is good", comparison="quintiles", **common),
            Indicator(id="sized", name="Sized", polarity="no judgement", comparison="quintiles", **common),
            Indicator(id="counted", name="Counted", polarity="not applicable", comparison="none", **common),
        ]
    )
    return made
