"""Age bands read from labels written in any usual way, and the faults of a set of them.

See docs/methods/age-bands.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT

from commonweal.stats.frames import ColumnError, as_polars, like
from commonweal.stats.groups import Groups, groups
from commonweal.stats.results import grouping

OLDEST = 130
"""No age is above this: a greater number is a year, a count or a slip."""

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_EXCEL_DATE = re.compile(rf"(\d{{1,2}})[- ]({'|'.join(_MONTHS)})[a-z]*|({'|'.join(_MONTHS)})[a-z]*[- ](\d{{1,2}})")
_SPARE = re.compile(r"\b(aged|ages|age|years|year|yrs|yr|olds|old|y|from|between|of|the)\b|[()\[\].]")
_AND_OVER = r"(?:and|or|&)\s*(?:over|older|above|more|up|upwards)|\+|plus|over|up|upwards"
_AND_UNDER = r"(?:and|or|&)\s*(?:under|younger|below|less)"
_FORMS = (
    (re.compile(r"(\d+)"), lambda a: (a, a)),
    (re.compile(r"(\d+)\s*(?:-|to|_|and|through|up to)\s*(\d+)"), lambda a, b: (a, b)),
    (re.compile(r"(\d+)\s*(?:-|to|_|and)\s*(?:<|under|less than|below)\s*(\d+)"), lambda a, b: (a, b - 1)),
    (re.compile(rf"(\d+)\s*(?:-\s*)?(?:{_AND_OVER})"), lambda a: (a, None)),
    (re.compile(r"(?:>=|≥|at least|min(?:imum)?)\s*(\d+)"), lambda a: (a, None)),
    (re.compile(r"(?:>|over|older than|above|more than)\s*(\d+)"), lambda a: (a + 1, None)),
    (re.compile(r"(?:<=|≤|up to|at most|to)\s*(\d+)"), lambda a: (0, a)),
    (re.compile(rf"(\d+)\s*(?:{_AND_UNDER})"), lambda a: (0, a)),
    (re.compile(r"(?:<|under|less than|below|younger than)\s*(\d+)"), lambda a: (0, a - 1)),
)  # fmt: skip


@dataclass(frozen=True, order=True)
class AgeBand:
    """Ages from `start` to `end`, both included, in completed years; `end` is None where the band is open."""

    start: int
    end: int | None

    def __str__(self) -> str:
        if self.end is None:
            return f"{self.start}+"
        return str(self.start) if self.end == self.start else f"{self.start}-{self.end}"

    @property
    def last(self) -> float:
        """The last age, infinite for an open band."""
        return float("inf") if self.end is None else self.end

    @property
    def ages(self) -> str:
        """In words, as in "ages 5 to 9 are missing"."""
        if self.end is None:
            return f"ages {self.start} and over"
        return f"age {self.start}" if self.end == self.start else f"ages {self.start} to {self.end}"


def parse_age_band(label: object) -> AgeBand:
    """The ages of one label: "0-4", "0 to 4", "<1", "Under 1", "85+", "90 and over", "10-14 yrs", "All ages", 7.

    "Over 85" begins at 86 and "85 and over" at 85; "under 1" is age 0. A bare number is that one year of age.

    Raises:
        ColumnError: it is no age band that could be read.
    """
    text = re.sub(r"[‐‑‒–—−]", "-", str(label)).casefold().strip()
    if isinstance(label, float) and label.is_integer():
        text = str(int(label))
    if found := _EXCEL_DATE.fullmatch(text):
        day, month = found[1] or found[4], found[2] or found[3]
        number = _MONTHS.index(month) + 1
        low, high = sorted((int(day), number))
        raise ColumnError(
            f"'{label}' is not an age band: a spreadsheet seems to have made a date of '{low}-{high}'. "
            "Write the bands as text."
        )
    plain = re.sub(r"\s+", " ", _SPARE.sub(" ", re.sub(r"(\d)([a-z])", r"\1 \2", text))).strip(" ,;:")
    if plain in ("all", "total") or text in ("all ages", "all age"):
        return AgeBand(0, None)
    for form, ages in _FORMS:
        if found := form.fullmatch(plain):
            start, end = ages(*(int(number) for number in found.groups()))  # type: ignore[operator]
            if start > OLDEST or (end is not None and not start <= end <= OLDEST):
                break
            return AgeBand(start, end)
    raise ColumnError(f"'{label}' is not an age band that can be read. Write bands like '0-4', '5-9' and '90+'.")


def faults(bands: Iterable[AgeBand]) -> list[str]:
    """What is wrong with a set of bands: which stand twice, which overlap, and which ages between them are missing."""
    found = []
    counted = Counter(bands)
    found += [f"{band} stands {times} times" for band, times in sorted(counted.items(), key=_ages) if times > 1]
    ordered = sorted(counted, key=lambda band: (band.start, band.last))
    reached: AgeBand | None = None
    for band in ordered:
        if reached is not None:
            if band.start <= reached.last:
                found.append(f"{reached} and {band} overlap")
            elif band.start > reached.last + 1:
                found.append(f"{AgeBand(int(reached.last) + 1, band.start - 1).ages} are missing")
        if reached is None or band.last > reached.last:
            reached = band
    return found


def _ages(counted: tuple[AgeBand, int]) -> tuple[float, float]:
    return counted[0].start, counted[0].last


def read_labels(labels: pl.Series) -> dict[object, AgeBand]:
    """The band of each distinct label of a column.

    Where every label is a bare number they are the first ages of bands: each reaches to the next and the last is open;
    single years of age from 0 to 90 are read so too.

    Raises:
        ColumnError: a label is missing or cannot be read; names the column and the first row.
    """
    missing = labels.is_null()
    if missing.any():
        raise ColumnError(f"the age band '{labels.name}' is missing", rows=int(missing.sum()), row=_first(missing))
    distinct = labels.unique(maintain_order=True).to_list()
    read: dict[object, AgeBand] = {}
    for label in distinct:
        try:
            read[label] = parse_age_band(label)
        except ColumnError as error:
            wrong = labels == label
            rule = f"in column '{labels.name}', {str(error).rstrip('.')}:"
            raise ColumnError(rule, rows=int(wrong.sum()), row=_first(wrong)) from None
    if all(_bare(label) for label in distinct):
        starts = sorted({band.start for band in read.values()})
        ends = [*(start - 1 for start in starts[1:]), None]
        whole = {start: AgeBand(start, end) for start, end in zip(starts, ends, strict=True)}
        read = {label: whole[band.start] for label, band in read.items()}
    return read


def _bare(label: object) -> bool:
    return re.fullmatch(r"\s*\d+(\.0*)?\s*", str(label)) is not None


def _first(mask: pl.Series) -> int:
    return int(mask.arg_true()[0]) + 1


@dataclass(frozen=True)
class CodedBands:
    """A column of age bands.

    Attributes:
        bands: the distinct bands, from youngest to oldest.
        codes: each row's place among them.
        bare: every label is a bare number, the first age of its band.
    """

    bands: list[AgeBand]
    codes: np.ndarray
    bare: bool


def coded(labels: pl.Series) -> CodedBands:
    """A column of labels as bands. Labels that mean the same band ("0-4" and "0 to 4") are one.

    Raises:
        ColumnError: as `read_labels`.
    """
    period = _period(labels)
    part = labels[:period] if period else labels
    read = read_labels(part)
    bare = all(_bare(label) for label in read)
    bands = sorted(set(read.values()), key=lambda band: (band.start, band.last))
    place = {band: number for number, band in enumerate(bands)}
    codes = {label: place[band] for label, band in read.items()}
    if period:
        once = np.array([codes[label] for label in part.to_list()], dtype=np.int16)
        return CodedBands(bands, np.tile(once, len(labels) // period), bare)
    mapped = labels.replace_strict(list(codes), list(codes.values()), return_dtype=pl.Int16)
    return CodedBands(bands, mapped.to_numpy(), bare)


def _period(labels: pl.Series) -> int | None:
    """How many rows one set of bands has, where the whole column is that set over and over, as it usually is."""
    first = labels[:200]
    again = (first[1:] == first[0]).arg_true()
    if not len(again):
        return None
    period = int(again[0]) + 1
    if len(labels) % period or labels[:period].null_count():
        return None
    repeats = (labels[period:] == labels[:-period]).all(ignore_nulls=False)
    return period if repeats else None


def age_bands(data: IntoDataFrameT, *, age_band: str, by: str | Sequence[str] | None = None) -> IntoDataFrameT:
    """Add the first and last age of each row's band, and refuse bands that overlap, repeat or leave ages out.

    Args:
        age_band: column of labels such as "0-4", "85+", "90 and over", "<1", or of the first ages of bands.
        by: columns within which each band stands once and no age is left out between the first and the last.

    Returns:
        The table with `age_start` and `age_end` (missing where the band is open).

    Raises:
        ColumnError: a column is absent; a label is missing or cannot be read; or within a group bands overlap, stand
            twice or leave ages out: names the group and the ages.
    """
    keys = grouping(by)
    frame = as_polars(data, [*keys, age_band])
    if frame.is_empty():
        raise ColumnError("The table has no rows, so there are no age bands.")
    read = coded(frame[age_band])
    refuse_faults(groups(frame, keys), read)
    starts = pl.Series([band.start for band in read.bands], dtype=pl.Int64)
    ends = pl.Series([band.end for band in read.bands], dtype=pl.Int64)
    return like(data, frame.with_columns(age_start=starts.gather(read.codes), age_end=ends.gather(read.codes)))


def times_held(gathered: Groups, read: CodedBands) -> np.ndarray:
    """How often each group (row) holds each band (column); one row alone where all groups are alike."""
    many = len(read.bands)
    if gathered.size and gathered.order is None:
        rows = read.codes.reshape(gathered.count, gathered.size)
        if (rows == rows[0]).all():
            return np.bincount(rows[0], minlength=many)[np.newaxis]
    places = gathered.of_rows * many + read.codes
    return np.bincount(places, minlength=gathered.count * many).reshape(gathered.count, many)


def refuse_faults(gathered: Groups, read: CodedBands) -> None:
    """Refuse groups whose bands overlap, stand twice, or leave ages out between the first and the last.

    Raises:
        ColumnError: names the first such group and the ages.
    """
    held = times_held(gathered, read)
    kinds, kind_of = np.unique(held, axis=0, return_inverse=True)
    told = {}
    for number, kind in enumerate(kinds):
        wrong = faults(band for band, times in zip(read.bands, kind, strict=True) for _ in range(times))
        if wrong:
            told[number] = "; ".join(wrong)
    if not told:
        return
    kind_of = np.broadcast_to(kind_of.ravel(), gathered.count)
    faulty = np.isin(kind_of, list(told))
    first = int(faulty.argmax())
    name = gathered.name(first)
    others = f" {faulty.sum() - 1:,} more groups have faults too." if faulty.sum() > 1 else ""
    raise ColumnError(
        f"The age bands{' of ' if name else ''}{name} cannot be used: {told[int(kind_of[first])]}.{others}"
    )
