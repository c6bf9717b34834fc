"""Reading a file as observations: recognised, checked row by row, nothing lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from commonweal.datasets import fields, rules
from commonweal.datasets.computed_limits import complete
from commonweal.datasets.indicator import Indicator
from commonweal.datasets.mapping import (
    Mapping,
    nearest,
    proposal,
    read_mapping,
    recognise,
    shipped_mappings,
    tidy_mapping,
)
from commonweal.datasets.metadata_inference import INFORMATIVE, infer
from commonweal.datasets.outliers import far_values
from commonweal.datasets.problems import DataFileError
from commonweal.datasets.schema import SCHEMA
from commonweal.datasets.tables import CELL, ROW, Layout, read_columns, read_layout, read_pieces

if TYPE_CHECKING:
    from commonweal.places import Catalogue

SHOWN_OUTLIERS = 6
NATIONAL = "E92000001"
COMPANION = "companion "
"""Before the name of a field that a companion file gives, where a mapping names it as a column."""


@dataclass(frozen=True)
class Reading:
    """What a file holds.

    `observations` has the columns of `SCHEMA`; `rejected` row, column, value and reason (a row may break several
    rules); `rows_in` and `rows_rejected` count data rows, or cells where columns were turned into rows; `collapsed` the
    exact repeats merged. Every row in is an observation, rejected or merged.
    """

    observations: pl.DataFrame
    rejected: pl.DataFrame
    notices: list[str]
    indicators: list[Indicator]
    rows_in: int
    rows_rejected: int
    mapping: Mapping
    collapsed: int = 0


def read_observations(
    path: Path | str,
    *,
    catalogue: Catalogue,
    mapping: Mapping | str | None = None,
    indicators: Table[str, Indicator] | None = None,
    constants: Table[str, str] | None = None,
    saved: Table[str, Mapping] | None = None,
    ours: Collection[str] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Reading:
    """Read and check a file; see docs/user/loading-data.md for the rules.

    Args:
        mapping: how it is read: a mapping, the name of one, or the path of its file; None to recognise it by its
            headings.
        indicators: metadata already held, by identifier: they say which values must be proportions.
        constants: fields the file does not hold, such as {"period": "2024"}.
        saved: the user's own mappings by name.
        ours: codes of the collaborative's areas, whose far values are told first.
        progress: told how far it has come.

    Raises:
        DataFileError: the file as a whole cannot be read.
    """
    path = Path(path)
    layout = read_layout(path)
    notices: list[str] = []
    chosen = _chosen(path, layout, mapping, constants or {}, saved or {}, notices)
    given = {**chosen.constants, **(constants or {})}
    _check_day(path, given.get("extracted", ""))
    known = {**(indicators or {})}
    metadata: dict[str, Indicator] = {}
    names = {indicator.name.casefold(): key for key, indicator in known.items()}
    rows_in = placeholders = 0
    kept, refused = [], []
    for frame in _frames(path, layout, chosen):
        progress(f"Reading and checking, {rows_in:,} rows so far")
        text = fields.indicator_ids(fields.text_fields(frame, chosen, given), chosen, names)
        text = fields.people(fields.area_codes(text, catalogue))
        checked = fields.numbers(fields.periods(text, chosen), chosen)
        metadata = _metadata(checked, chosen, known) | metadata
        types = {key: (i.value_type, i.per) for key, i in {**metadata, **known}.items()}
        broken = rules.faults(checked, chosen, catalogue, types)
        good = checked.join(broken.select(CELL).unique(), on=CELL, how="anti") if broken.height else checked
        kept.append(_observations(good, given))
        refused.append(broken)
        rows_in += frame.height
        placeholders += int(checked["placeholder"].sum())
    if not rows_in:
        raise DataFileError("it has headings but no rows below them.", file=path)
    if placeholders:
        notices.append(
            f"{placeholders:,} rows give the limits 0 to 0 for a value that is not 0: read as limits not given."
        )
    broken = pl.concat(refused)
    observations, clashes, collapsed = rules.conflicts(pl.concat(kept), chosen)
    kept.clear()
    rejected = pl.concat([broken, clashes]).sort("row", "column", CELL)
    rows_rejected = rejected[CELL].n_unique()
    rejected = rejected.drop(CELL)
    observations = observations.drop(CELL, ROW)
    told = observations.filter(~pl.col("indicator").is_in(list(known))).select(INFORMATIVE)
    present = observations["indicator"].unique(maintain_order=True).to_list()
    described = infer({key: metadata[key] for key in present if key not in known}, told, NATIONAL)
    described |= {key: known[key] for key in present if key in known}
    inferred = {key for key, indicator in described.items() if indicator != metadata[key]}
    del told
    observations, remarks = complete(observations, described)
    notices += remarks
    notices += _notices(observations, rejected, catalogue, list(described.values()), known, inferred, ours)
    return Reading(observations, rejected, notices, list(described.values()), rows_in, rows_rejected, chosen, collapsed)


def _chosen(
    path: Path,
    layout: Layout,
    mapping: Mapping | str | None,
    constants: Table[str, str],
    saved: Table[str, Mapping],
    notices: list[str],
) -> Mapping:
    if isinstance(mapping, str):
        mapping = _named(path, mapping, saved)
    found = mapping or recognise(layout.headings, saved)
    if found is not None:
        absent = [name for name in found.recognised_by if name not in layout.headings]
        if not found.recognised_by and not found.melt:
            fields_read = [found.headings(name) for name in found.columns]
            absent = [headings[0] for headings in fields_read if not set(headings) & set(layout.headings)]
        if absent:
            raise DataFileError(
                f"read as {found.title} it needs the column {_quoted(absent)}, which it does not have. Its columns are "
                f"{_quoted(layout.headings)}.",
                file=path,
            )
        return found
    close = nearest(layout.headings)
    if close is not None:
        like, absent, guesses = close
        told = "; ".join(
            f"'{name}' is missing" + (f" (is it now '{guesses[name]}'?)" if name in guesses else "") for name in absent
        )
        raise DataFileError(
            f"it looks like {like.title}, but {told}. Nothing was read, because a column that changed its name may "
            "have changed its meaning. Rename it, or say how the columns are read with a mapping.",
            file=path,
        )
    proposed = proposal(layout.headings)
    has = {*proposed, *(name for name, text in constants.items() if text)}
    has_figures = "value" in has or {"count", "denominator"} <= has
    if (
        not has & {"area_code", "area_name"}
        or not has & {"indicator", "indicator_name"}
        or not has_figures
        or "period" not in has
    ):
        lacking = [
            words
            for words, names in (
                ("the indicator", {"indicator", "indicator_name"}),
                ("the area", {"area_code", "area_name"}),
                ("the period", {"period"}),
                ("the value", {"value"}),
            )
            if not has & names and not (has_figures and names == {"value"})
        ]
        raise DataFileError(
            f"no column was found for {' and '.join(lacking)}. Its columns are {_quoted(layout.headings)}. Say "
            "which is which on the page, or with a mapping (--mapping), or give one value for all rows (--set).",
            file=path,
        )
    told = ", ".join(f"{name.replace('_', ' ')} from '{heading}'" for name, heading in proposed.items())
    notices.append(f"The columns were recognised by their names: {told}.")
    return tidy_mapping(f"A table of your own ({path.stem})", proposed, {}, layout.headings)


def _check_day(path: Path, extracted: str) -> None:
    try:
        date.fromisoformat(extracted or "2000-01-01")
    except ValueError:
        raise DataFileError(
            f"the day it was extracted, '{extracted}', is not a day written like 2024-05-31.", file=path
        ) from None


def _named(path: Path, name: str, saved: Table[str, Mapping]) -> Mapping:
    everything = {**shipped_mappings(), **saved}
    if name in everything:
        return everything[name]
    if name.endswith(".toml"):
        return read_mapping(name)
    raise DataFileError(f"there is no mapping called '{name}'. There are: {', '.join(everything)}.", file=path)


def _frames(path: Path, layout: Layout, mapping: Mapping) -> Iterator[pl.DataFrame]:
    """The needed columns as text in pieces, counted, joined to a companion and melted as the mapping says."""
    wanted = [name for name in mapping.used if name in layout.headings]
    if mapping.melt is not None:
        melt = mapping.melt
        wanted += [n for n in layout.headings if n not in wanted and (n in melt.columns or melt.others)]
    absent = [name for name in mapping.used if name not in wanted and not name.startswith(COMPANION)]
    # What is counted by area needs the whole file at once.
    whole = mapping.aggregate is not None
    cells = 0
    for frame in [read_columns(path, layout, wanted)] if whole else read_pieces(path, layout, wanted):
        frame = frame.with_columns(pl.lit("").alias(name) for name in absent)
        if mapping.aggregate is not None:
            frame = _counted(frame, mapping)
        if mapping.companion is not None:
            frame = _with_companion(path, frame, mapping)
        frame = fields.melted(frame, mapping, layout.headings).with_row_index(CELL, offset=cells)
        cells += frame.height
        yield frame


def _counted(frame: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """Rows of small areas counted by authority."""
    aggregate = mapping.aggregate
    assert aggregate is not None
    area = mapping.headings("area_code")[0]
    return (
        frame.group_by(area, maintain_order=True)
        .agg(
            pl.col(ROW).first(),
            count_=(pl.col(aggregate.column) == aggregate.equals).sum(),
            denominator_=pl.len(),
        )
        .with_columns(value_=pl.col("count_") / pl.col("denominator_") * 100)
        .with_columns(pl.col("count_", "denominator_", "value_").cast(pl.String))
    )


def _with_companion(path: Path, frame: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    companion = mapping.companion
    assert companion is not None
    other = path.with_name(path.stem.removesuffix(companion.suffix) + path.suffix)
    if other == path or not other.exists():
        raise DataFileError(
            f"it does not hold {', '.join(companion.take)}, which stand in {other.name}. Put that file beside it.",
            file=path,
        )
    headings = [companion.companion_key, *companion.take.values()]
    table = read_columns(other, read_layout(other), headings).select(headings)
    table = table.unique(companion.companion_key, keep="first", maintain_order=True)
    renamed = table.rename({heading: f"{COMPANION}{name}" for name, heading in companion.take.items()})
    return frame.join(
        renamed, left_on=companion.key, right_on=companion.companion_key, how="left", maintain_order="left"
    )


def _metadata(frame: pl.DataFrame, mapping: Mapping, known: Table[str, Indicator]) -> dict[str, Indicator]:
    """Metadata of the indicators in the file, as far as the file and its mapping give it."""
    found = {}
    for key, name, measure in (
        frame.select("indicator", "indicator_name", "measure")
        .unique("indicator", keep="first", maintain_order=True)
        .iter_rows()
    ):
        if not key:
            continue
        if key in known:
            found[key] = known[key]
            continue
        told = mapping.measures.get(measure)
        details = {"name": name, **(told.model_dump() if told else {})}
        extra = mapping.indicators.get(key) or mapping.indicators.get("*")
        if extra is not None:
            details |= extra.model_dump()
        found[key] = Indicator(id=key, **details)
    return found


def _observations(frame: pl.DataFrame, given: Table[str, str]) -> pl.DataFrame:
    status = (
        pl.when(pl.col("value").is_not_null())
        .then(pl.lit("published"))
        .when(pl.col("withheld"))
        .then(pl.lit("suppressed"))
        .otherwise(pl.lit("missing"))
    )
    ready = frame.with_columns(
        period=pl.col("period_label"),
        status=status,
        source=pl.lit(given.get("source", "")),
        extracted=pl.lit(given.get("extracted", "")).str.to_date("%Y-%m-%d", strict=False),
        licence=pl.lit(given.get("licence", "")),
        load=pl.lit(""),
    )
    return ready.select(CELL, ROW, *SCHEMA.names()).cast(dict(SCHEMA))  # type: ignore[arg-type]


def _notices(
    observations: pl.DataFrame,
    rejected: pl.DataFrame,
    catalogue: Catalogue,
    metadata: list[Indicator],
    known: Table[str, Indicator],
    inferred: set[str],
    ours: Collection[str],
) -> list[str]:
    notices = []
    codes = observations["area_code"].unique().to_list()
    areas = [area for code in codes if (area := catalogue.get(code)) and area.type != "country"]
    if areas and not set.intersection(*(set(area.tiers) for area in areas)):
        kinds = Counter(area.type for area in areas).most_common()
        told = ", ".join(f"{number} of type {kind}" for kind, number in kinds)
        notices.append(f"The file mixes kinds of area: {told}. All are kept; only areas of one tier are compared.")
    retired = [code for code in codes if code in catalogue.retired]
    if retired:
        rows = observations.filter(pl.col("area_code").is_in(retired)).height
        notices.append(
            f"{rows:,} rows of {len(retired)} retired area codes are kept, for periods when the codes were in use "
            f"(such as {retired[0]}, {catalogue[retired[0]].name})."
        )
    guessed = [i for i in metadata if i.id in inferred]
    bare = [i for i in metadata if i.id not in known and i.polarity == "not applicable"]
    if guessed:
        notices.append(
            f"The polarity or kind of value of {_indicators(len(guessed))} is read from the figures themselves. Load "
            "the metadata to be sure."
        )
    if bare:
        notices.append(
            f"What is good is not known for {_indicators(len(bare))}: shown, but not judged until metadata is loaded."
        )
    counts = {i.id for i in metadata if i.value_type == "count"}
    far = far_values(observations, catalogue, ours, leave_out=counts)
    titles = {i.id: i.name for i in metadata}
    for row in far.head(SHOWN_OUTLIERS).iter_rows(named=True):
        when = row["period"] if row["periods"] == 1 else f"{row['period']} and {row['periods'] - 1} other periods"
        notices.append(
            f"Look at {row['area']}, {titles.get(row['indicator'], row['indicator'])}, {when}: {row['value']:.3g}, "
            f"where half of the areas are below {row['median']:.3g}. It is kept as published."
        )
    if far.height > SHOWN_OUTLIERS:
        notices.append(f"{far.height - SHOWN_OUTLIERS:,} more areas lie as far from the others on some indicator.")
    return notices


def _indicators(number: int) -> str:
    return f"{number:,} {'indicator' if number == 1 else 'indicators'}"


def _quoted(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:30])
    return shown + (f" and {len(names) - 30} more" if len(names) > 30 else "")
