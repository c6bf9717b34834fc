"""Records, one row an event or a person, aggregated to counts by area, period, sex, age band and category.

Written once in Ibis and run where the records are: DuckDB, embedded, or any Spark session. Nothing else in Commonweal
knows Ibis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import ibis

from commonweal.errors import CommonwealError

if TYPE_CHECKING:
    import ibis.expr.types as ir

PeriodKind = Literal["calendar year", "financial year", "quarter", "financial quarter", "month"]
MONTHS: dict[str, int] = {
    "calendar year": 12,
    "financial year": 12,
    "quarter": 3,
    "financial quarter": 3,
    "month": 1,
}
"""Length of each kind of period."""
FINANCIAL = ("financial year", "financial quarter")
PERSONS = "Persons"


class RecordsError(CommonwealError):
    """A table of records lacks a column, or an aggregation cannot be made of it."""


def aggregate(
    records: ir.Table,
    *,
    area: str,
    date: str,
    period: PeriodKind,
    sex: str | None = None,
    sexes: Mapping[str, str] | None = None,
    age: str | None = None,
    age_bands: Sequence[int] = (),
    categories: Sequence[str] = (),
    events: str | None = None,
) -> ir.Table:
    """Counts of records by area, period, sex, age band and category.

    Args:
        records: any Ibis table; the caller brings the connection.
        area: column of area codes.
        date: column of dates (or of time stamps).
        period: what the dates are gathered into; financial years begin on 1 April.
        sex: column; without it only Persons are counted. Persons are all records, whatever their sex.
        sexes: value in the column to Male or Female, such as {"1": "Male", "2": "Female"}.
        age: column of age in whole years; `age_bands` are the first ages of the bands, the last one open.
        categories: columns kept as they are.
        events: column of how many events a record stands for; each is one without it.

    Returns:
        A table, not yet run: area_code, period_start (date), sex, age_start (0 without `age`), the categories, count.
        Records without an area, date, or (where asked) an age within the bands are left out: see `left_out`.

    Raises:
        RecordsError: a column is absent, or the bands do not rise.
    """
    named = [area, date, *(name for name in (sex, age, events) if name), *categories]
    _require(records, named)
    if list(age_bands) != sorted(set(age_bands)):
        raise RecordsError(f"Age bands begin at rising ages; {list(age_bands)} do not.")
    keyed = records.select(
        area_code=records[area].cast("string"),
        period_start=_period_start(records[date], period),
        sex=_sex(records[sex], sexes or {}) if sex else ibis.literal(None, type="string"),
        age_start=_age_start(records[age], age_bands) if age and age_bands else ibis.literal(0, type="int64"),
        count=records[events].cast("float64") if events else ibis.literal(1.0, type="float64"),
        **{name: records[name].cast("string") for name in categories},
    )
    known = keyed.filter(keyed.area_code.notnull(), keyed.period_start.notnull(), keyed.age_start.notnull())
    keys = ["area_code", "period_start", "age_start", *categories]
    persons = known.group_by(keys).aggregate(count=known["count"].sum()).mutate(sex=ibis.literal(PERSONS))
    columns = ["area_code", "period_start", "sex", "age_start", *categories, "count"]
    if not sex:
        return persons.select(columns)
    of_sex = known.filter(known.sex.notnull())
    by_sex = of_sex.group_by([*keys, "sex"]).aggregate(count=of_sex["count"].sum())
    return persons.select(columns).union(by_sex.select(columns))


def left_out(
    records: ir.Table,
    *,
    area: str,
    date: str,
    period: PeriodKind,
    sex: str | None = None,
    sexes: Mapping[str, str] | None = None,
    age: str | None = None,
    age_bands: Sequence[int] = (),
) -> ir.Table:
    """How many records an aggregation leaves out, and why: one row of numbers of records.

    Returns:
        all_records, no_area, no_date, no_age (absent, below the first band or not a number), no_sex (counted among
        Persons all the same); the last two only where age or sex is asked for.
    """
    _require(records, [area, date, *(name for name in (sex, age) if name)])
    reasons = {
        "no_area": records[area].isnull() | (records[area].cast("string") == ""),
        "no_date": _period_start(records[date], period).isnull(),
    }
    if age and age_bands:
        reasons["no_age"] = _age_start(records[age], age_bands).isnull()
    if sex:
        reasons["no_sex"] = _sex(records[sex], sexes or {}).isnull()
    return records.aggregate(
        all_records=records.count(), **{name: fault.cast("int64").sum() for name, fault in reasons.items()}
    )


def _require(records: ir.Table, names: Sequence[str]) -> None:
    absent = [name for name in names if name not in records.columns]
    if absent:
        have = ", ".join(f"'{name}'" for name in records.columns)
        raise RecordsError(f"The records have no column '{absent[0]}'. Their columns are {have}.")


def _period_start(column: ir.Column, period: PeriodKind) -> ir.DateValue:
    if not column.type().is_temporal():
        raise RecordsError(
            f"The column '{column.get_name()}' holds {column.type()}, not dates. Write dates as 2024-03-31."
        )
    day = column.cast("date")
    # Moved back three months, financial years and quarters are calendar ones.
    moved = day - ibis.interval(months=3) if period in FINANCIAL else day
    if MONTHS[period] == 12:
        first = ibis.date(moved.year(), 1, 1)
    elif MONTHS[period] == 3:
        first = ibis.date(moved.year(), (moved.month() - 1) // 3 * 3 + 1, 1)
    else:
        first = ibis.date(moved.year(), moved.month(), 1)
    return (first + ibis.interval(months=3)).cast("date") if period in FINANCIAL else first


def _sex(column: ir.Column, sexes: Mapping[str, str]) -> ir.StringValue:
    text = column.cast("string")
    known = {"Male": "Male", "Female": "Female", **sexes}
    return ibis.cases(*((text == given, label) for given, label in known.items()), else_=None)


def _age_start(column: ir.Column, bands: Sequence[int]) -> ir.IntegerValue:
    years = column.try_cast("int64")
    return ibis.cases(*((years >= start, int(start)) for start in reversed(list(bands))), else_=None)
