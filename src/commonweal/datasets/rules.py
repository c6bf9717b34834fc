"""The rules a row must keep, each with words for a person who does not program."""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from typing import TYPE_CHECKING

import polars as pl

from commonweal.datasets.mapping import Mapping
from commonweal.datasets.schema import KEY, NUMBERS
from commonweal.datasets.tables import CELL, ROW

if TYPE_CHECKING:
    from commonweal.places import Catalogue

TOLERANCE = 1e-6
"""Published values and limits are rounded separately."""
KINDS = (
    (re.compile(r"[A-Z]\d{5}"), "a GP practice or primary care network"),
    (re.compile(r"E01\d{6}"), "a small area (LSOA)"),
    (re.compile(r"E02\d{6}"), "a small area (MSOA)"),
    (re.compile(r"E05\d{6}"), "a ward"),
    (re.compile(r"[WSN]\d{8}"), "an area outside England"),
)
REJECTED = {CELL: pl.UInt32, "row": pl.Int64, "column": pl.String, "value": pl.String, "reason": pl.String}


def faults(
    frame: pl.DataFrame, mapping: Mapping, catalogue: Catalogue, types: Table[str, tuple[str, float]]
) -> pl.DataFrame:
    """Every rule that a row breaks: columns cell_, row, column (the heading in the file), value, reason.

    Args:
        frame: fields with numbers and periods.
        types: value type and multiplier by indicator, where known.
    """
    frame = _with_types(frame, types)
    codes = frame["area_code"].unique().to_list()
    unknown = {code: _unknown(code) for code in codes if code and code not in catalogue}
    retired = {code: catalogue[code].valid_to for code in codes if code in catalogue.retired}
    successors = {
        code: ", ".join(f"{new} {catalogue[new].name}" for new in catalogue.successors(code)) for code in retired
    }
    area = pl.col("area_code")
    # A frame to look codes up in is small; the masks run over all rows.
    last_day = area.replace_strict(retired, default=None, return_dtype=pl.Date) if retired else pl.lit(None, pl.Date)
    proportion = pl.col("value_type_") == "proportion"
    count, denominator, value = pl.col("count"), pl.col("denominator"), pl.col("value")
    slack = value.abs() * TOLERANCE + TOLERANCE
    rules: list[tuple[str, pl.Expr, pl.Expr, pl.Expr]] = [
        ("indicator", pl.col("indicator") == "", pl.col("indicator_name"), pl.lit("no indicator is given")),
        (
            "area_code",
            area == "",
            pl.col("area_name"),
            pl.when(pl.col("area_name") == "")
            .then(pl.lit("no area is given"))
            .otherwise(pl.lit("no area of this name is known: give its code")),
        ),
        ("period", pl.col("period_fault") != "", pl.col("period"), pl.col("period_fault")),
    ]
    if unknown:
        reason = area.replace_strict(unknown, default="", return_dtype=pl.String)
        rules.append(("area_code", area.is_in(list(unknown)), area, reason))
    if retired:
        gone = area.replace_strict(successors, default="", return_dtype=pl.String)
        reason = (
            pl.lit("the area code was retired on ")
            + last_day.dt.to_string("%-d %B %Y")
            + ", before this period; since "
            "then: " + gone
        )
        rules.append(("area_code", pl.col("period_start") > last_day, area, reason))
    for name in NUMBERS:
        text = pl.col(f"text_{name}")
        rules.append((name, text.is_not_null(), text, pl.lit("this is not a number")))
    rules += [
        ("count", count < 0, _shown("count"), pl.lit("a count cannot be below 0")),
        ("denominator", denominator < 0, _shown("denominator"), pl.lit("a denominator cannot be below 0")),
        (
            "count",
            proportion & (count > denominator),
            _shown("count") + " of " + _shown("denominator"),
            pl.lit("the count of a proportion is above its denominator"),
        ),
        (
            "value",
            proportion & ((value < 0) | (value > pl.col("per_") * (1 + TOLERANCE))),
            _shown("value"),
            pl.lit("a proportion lies between 0 and ") + pl.col("per_").cast(pl.Int64).cast(pl.String),
        ),
        (
            "value",
            (value < pl.col("lower_95") - slack) | (value > pl.col("upper_95") + slack),
            _shown("value") + ", limits " + _shown("lower_95") + " to " + _shown("upper_95"),
            pl.lit("the value lies outside its own limits"),
        ),
        (
            "value",
            (value < pl.col("lower_99_8") - slack) | (value > pl.col("upper_99_8") + slack),
            _shown("value") + ", limits " + _shown("lower_99_8") + " to " + _shown("upper_99_8"),
            pl.lit("the value lies outside its own 99.8% limits"),
        ),
        (
            "lower_95",
            pl.col("lower_95") > pl.col("upper_95"),
            _shown("lower_95") + " to " + _shown("upper_95"),
            pl.lit("the lower limit is above the upper one"),
        ),
    ]
    found = []
    for field, mask, shown, reason in rules:
        broken = frame.filter(mask.fill_null(False))
        if broken.height:
            column = pl.lit(_heading(mapping, field))
            found.append(broken.select(CELL, row=ROW, column=column, value=shown.cast(pl.String), reason=reason))
    return _joined(found)


def conflicts(frame: pl.DataFrame, mapping: Mapping) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Repeats of a key settled: exact ones merged, others all rejected.

    Returns:
        The rows left, the faults of those rejected, and how many exact repeats were merged.
    """
    repeated = frame.select(pl.struct(KEY).is_duplicated()).to_series()
    if not repeated.any():
        return frame, _joined([]), 0
    alone, several = frame.filter(~repeated), frame.filter(repeated)
    figures = [*KEY, *NUMBERS, "status"]
    distinct = several.unique(figures, keep="first", maintain_order=True)
    merged = several.height - distinct.height
    clash = distinct.select(pl.struct(KEY).is_duplicated()).to_series()
    kept = pl.concat([alone, distinct.filter(~clash)]).sort(CELL)
    clashing = several.join(distinct.filter(clash).select(KEY).unique(), on=KEY, how="semi")
    merged -= clashing.height - int(clash.sum())
    broken = clashing.select(
        CELL,
        row=ROW,
        column=pl.lit(_heading(mapping, "value")),
        value=_shown("value"),
        reason=pl.lit(
            "rows have the same indicator, area, period and group but different figures; which is right cannot be told"
        ),
    )
    return kept, _joined([broken]), merged


def _with_types(frame: pl.DataFrame, types: Table[str, tuple[str, float]]) -> pl.DataFrame:
    table = pl.DataFrame(
        [(identifier, kind, per) for identifier, (kind, per) in types.items()],
        schema={"indicator": pl.String, "value_type_": pl.String, "per_": pl.Float64},
        orient="row",
    )
    return frame.join(table, on="indicator", how="left", maintain_order="left")


def _unknown(code: str) -> str:
    for pattern, kind in KINDS:
        if pattern.fullmatch(code):
            return f"this is the code of {kind}, not of an area in the catalogue"
    return "this is not the code of a known area"


def _heading(mapping: Mapping, field: str) -> str:
    """The heading in the file that a field is read from; the field itself where there is none."""
    headings = mapping.headings(field)
    return headings[0] if headings else field


def _shown(name: str) -> pl.Expr:
    """A number without a needless .0."""
    return pl.col(name).cast(pl.String).str.replace(r"\.0$", "").fill_null("")


def _joined(parts: list[pl.DataFrame]) -> pl.DataFrame:
    frames = [part.cast(dict(REJECTED)) for part in parts]  # type: ignore[arg-type]
    return pl.concat(frames).sort("row", "column") if frames else pl.DataFrame(schema=REJECTED)
