"""Deaths and populations by age band, read into one life table for each group, with the reasons for having none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from commonweal.stats.age_bands import AgeBand, CodedBands, coded, faults, times_held
from commonweal.stats.frames import ColumnError, numbers
from commonweal.stats.groups import Groups, groups
from commonweal.stats.results import reasons
from commonweal.stats.rules import keep_to

FEWEST_PEOPLE = 5_000
"""A population no larger than this gives no life expectancy (Toson and Baker 2003; Eayres and Williams 2004)."""


@dataclass(frozen=True)
class Mortality:
    """Attributes:
    keys: one row a group.
    starts: first age of each band.
    columns: each number column as an array of one row a band and one column a group.
    reason: why a group has no life table, or null.
    """

    keys: pl.DataFrame
    starts: np.ndarray
    columns: dict[str, np.ndarray]
    reason: pl.Series


def mortality(
    frame: pl.DataFrame, keys: list[str], age_start: str, deaths: str, population: str, others: Sequence[str] = ()
) -> Mortality:
    """The bands of each group in order of age.

    Raises:
        ColumnError: a number is negative, infinite or text; a label cannot be read; a band stands twice in a group;
            bands overlap or leave ages out; the youngest band holds infants with older children; the oldest is not
            open.
    """
    given = {name: numbers(frame, name) for name in (deaths, population, *others)}
    for name, values in given.items():
        keep_to(name, values, at_least=0)
    read = coded(frame[age_start])
    _refuse_bands(read, age_start)
    gathered = groups(frame, keys)
    held = times_held(gathered, read)
    if (held > 1).any():
        group, band = (int(place[0]) for place in np.nonzero(held > 1))
        name = gathered.name(group)
        raise ColumnError(
            f"The band {read.bands[band]} stands {held[group, band]} times{' in ' if name else ''}{name}. "
            "Sum its rows, or add the column that tells them apart to `by`."
        )
    columns = {name: _by_band(values, gathered, read) for name, values in given.items()}
    d, p = columns[deaths], columns[population]
    last = read.bands[-1]
    lacking = (held == 0).any(axis=1)
    with np.errstate(invalid="ignore"):
        why = reasons(
            gathered.count,
            (np.broadcast_to(lacking, gathered.count), _lacking(held, read.bands)),
            *(
                (np.isnan(values).any(axis=0), f"'{name}' is missing in a band")
                for name, values in columns.items()
                if np.isnan(values.min())
            ),
            (np.asarray((p <= 0).any(axis=0)), "a band has no population"),
            (np.asarray((d > p).any(axis=0)), "a band has more deaths than people"),
            (np.asarray(p.sum(axis=0) <= FEWEST_PEOPLE), f"a population of {FEWEST_PEOPLE:,} or fewer"),
            (np.asarray(d[-1] == 0), f"no deaths in the open band {last}"),
        )
    return Mortality(gathered.keys, np.array([band.start for band in read.bands]), columns, why)


def _lacking(held: np.ndarray, bands: list[AgeBand]) -> str:
    absent = (held == 0).any(axis=0)
    return f"lacks a band that other groups have (one of {', '.join(str(bands[i]) for i in np.flatnonzero(absent))})"


def _by_band(values: np.ndarray, gathered: Groups, read: CodedBands) -> np.ndarray:
    many = len(read.bands)
    if gathered.size == many and gathered.order is None:
        first = read.codes[:many]
        if (read.codes.reshape(-1, many) == first).all():
            table = np.ascontiguousarray(values.reshape(-1, many).T, dtype=float)
            return table if (first == np.arange(many)).all() else table[np.argsort(first)]
    table = np.full((many, gathered.count), np.nan)
    table[read.codes, gathered.of_rows] = values
    return table


def _refuse_bands(read: CodedBands, column: str) -> None:
    bands = read.bands
    wrong = faults(bands)
    if read.bare:
        widths = np.diff([band.start for band in bands if band.start >= 5])
        if len(np.unique(widths)) > 1:
            at = int(np.flatnonzero(widths != widths[0])[0])
            older = [band for band in bands if band.start >= 5]
            wrong.append(
                f"between {older[at].start} and {older[at + 1].start} a band seems to be missing (if it is not, write "
                f"the bands as '{older[at]}')"
            )
    if bands[-1].end is not None:
        wrong.append(f"the oldest band, {bands[-1]}, must be open, such as {bands[-1].start}+")
    if bands[0].start == 0 and bands[0].end != 0:
        wrong.append(f"{bands[0]} must be two bands, <1 and 1-4, because most of its deaths are in the first year")
    if len(bands) < 2:
        wrong.append("a life table needs two bands or more")
    if wrong:
        raise ColumnError(f"The age bands in column '{column}' cannot be used: {'; '.join(wrong)}.")
