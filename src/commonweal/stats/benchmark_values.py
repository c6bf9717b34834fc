"""The benchmark's value beside that of every area. See docs/methods/comparison.md."""

from __future__ import annotations

import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats.frames import as_polars, like
from commonweal.stats.series import numbered


def beside_benchmark(
    data: IntoDataFrameT,
    *,
    by: str | list[str],
    area: str,
    benchmark: str,
    value: str,
    period: str | list[str],
    name: str = "benchmark_value",
) -> IntoDataFrameT:
    """Add a column with the value that the benchmark has in the same series and period; null where it has none.

    Args:
        by: columns that tell series apart, without the area.
        area: column of areas, in which `benchmark` stands for itself.
        value: column of values.
        period: columns of dates or whole numbers that tell periods apart, such as the first and the last day.
        name: of the column added.

    Raises:
        ColumnError: a column is absent.
    """
    keys = [by] if isinstance(by, str) else list(by)
    ends = [period] if isinstance(period, str) else list(period)
    frame = as_polars(data, [*keys, area, value, *ends])
    _, number, _ = numbered(frame, keys)
    # One whole number is looked up several times faster than the words of many columns.
    on = [f"period_{place}_" for place in range(len(ends))]
    numbers = pl.DataFrame({"series_": number}).with_columns(
        frame[end].to_physical().cast(pl.Int64).alias(key) for key, end in zip(on, ends, strict=True)
    )
    numbers = _joined(numbers)
    of_benchmark = (frame[area] == benchmark).fill_null(False)
    values = numbers.filter(of_benchmark).with_columns(frame.filter(of_benchmark)[value].alias(name))
    values = values.unique(numbers.columns, keep="first", maintain_order=True)
    found = numbers.join(values, on=numbers.columns, how="left", maintain_order="left", nulls_equal=True)
    return like(data, frame.with_columns(found[name]))


def _joined(numbers: pl.DataFrame) -> pl.DataFrame:
    """The columns as one column of whole numbers, the same where all are the same; as they are where it would be too
    large or a number is missing.
    """
    if numbers.is_empty() or any(numbers[name].null_count() for name in numbers.columns):
        return numbers
    least = {name: int(numbers[name].min()) for name in numbers.columns}  # type: ignore[arg-type]
    widths = {name: int(numbers[name].max()) - least[name] + 1 for name in numbers.columns}  # type: ignore[arg-type]
    total = 1
    for width in widths.values():
        total *= width
    if total >= 2**63:
        return numbers
    code: pl.Expr = pl.lit(0, dtype=pl.Int64)
    for name in numbers.columns:
        code = code * widths[name] + (pl.col(name) - least[name])
    return numbers.select(key_=code)
