"""From the text of a file to the fields of an observation."""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from typing import TYPE_CHECKING

import polars as pl

from commonweal.datasets.mapping import FIELDS, Mapping, slug
from commonweal.datasets.periods import PeriodError, parse_period, year_label
from commonweal.datasets.schema import NUMBERS
from commonweal.datasets.tables import CELL, ROW

if TYPE_CHECKING:
    from commonweal.places import Catalogue

MELTED = "melted_"
SEXES = {
    "persons": "Persons", "person": "Persons", "all": "Persons", "both": "Persons", "both sexes": "Persons",
    "male": "Male", "males": "Male", "men": "Male", "m": "Male",
    "female": "Female", "females": "Female", "women": "Female", "f": "Female",
}  # fmt: skip
WITHHELD = r"(?i)suppress|disclos"
ALL_AGES = {"all ages", "all", "all age", ""}


def melted(frame: pl.DataFrame, mapping: Mapping, headings: list[str]) -> pl.DataFrame:
    """Columns that each hold one thing turned into rows; the heading stands in `melted_`, the cell in `value_`."""
    melt = mapping.melt
    if melt is None:
        return frame
    kept = [ROW, *mapping.used]
    columns = [name for name in headings if name in melt.columns]
    if melt.others:
        spare = set(kept) | set(melt.columns) | set(melt.leave_out) | set(mapping.ignored)
        columns += [name for name in headings if name not in spare]
    return frame.unpivot(index=kept, on=columns, variable_name=MELTED, value_name="value_")


def text_fields(frame: pl.DataFrame, mapping: Mapping, constants: Table[str, str]) -> pl.DataFrame:
    """Every field of `FIELDS` as text with the row number, coded into common words; "" where nothing is given."""
    missing = {word.casefold() for word in mapping.missing}

    def usable(heading: str) -> pl.Expr:
        # The few different words of a column are looked at, not each of its rows.
        words = {word for word in frame[heading].unique().to_list() if word and word.casefold() in missing}
        text = pl.col(heading).fill_null("")
        return pl.when(text.is_in(list(words))).then(pl.lit("")).otherwise(text) if words else text

    columns = []
    for field in FIELDS:
        headings = [name for name in mapping.headings(field) if name in frame.columns]
        coding = mapping.codings.get(field, {})
        if field == "sex":
            cells = [_sex(pl.col(name)) for name in headings]
        elif field == "category":
            # A column that mixes sexes with other groups gives its sexes to the field `sex`.
            cells = [pl.when(_sex(pl.col(name)) != "").then(pl.lit("")).otherwise(usable(name)) for name in headings]
        elif field in NUMBERS:
            cells = [pl.col(name).fill_null("") for name in headings]
        else:
            cells = [usable(name) for name in headings]
        expression: pl.Expr = cells.pop() if cells else pl.lit("")
        for cell in reversed(cells):
            expression = pl.when(cell != "").then(cell).otherwise(expression)
        if coding:
            expression = expression.replace(coding)
        if mapping.melt is not None:
            expression = _of_heading(mapping, field, expression)
        if constants.get(field):
            expression = pl.when(expression == "").then(pl.lit(constants[field])).otherwise(expression)
        columns.append(expression.alias(field))
    return frame.select(CELL, ROW, *columns)


def _of_heading(mapping: Mapping, field: str, expression: pl.Expr) -> pl.Expr:
    """What the heading of a melted column says of a field."""
    melt = mapping.melt
    assert melt is not None
    if field == "value" and not mapping.headings("value"):
        return pl.col("value_").fill_null("")
    named = {heading: stands[field] for heading, stands in melt.columns.items() if field in stands}
    given = pl.col(MELTED).replace_strict(named, default="", return_dtype=pl.String) if named else pl.lit("")
    if melt.others == field:
        before, _, after = melt.template.partition("{}")
        others = pl.when(pl.col(MELTED).is_in(list(melt.columns))).then(pl.lit(""))
        heading = pl.col(MELTED)
        for written, meant in melt.words.items():
            heading = heading.str.replace_all(written, meant, literal=True)
        given = pl.when(given != "").then(given).otherwise(others.otherwise(pl.lit(before) + heading + pl.lit(after)))
    return pl.when(given != "").then(given).otherwise(expression)


def _sex(column: pl.Expr) -> pl.Expr:
    folded = column.fill_null("").str.to_lowercase()
    return folded.replace_strict(SEXES, default="", return_dtype=pl.String)


def numbers(frame: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """The number fields as numbers beside their text (`text_value`, ...); `withheld` where the value is a marker."""
    suppressed = [word.casefold() for word in mapping.suppressed]
    absent = [*suppressed, *(word.casefold() for word in mapping.missing), ""]
    columns = [column for name in NUMBERS for column in _number(frame[name], absent)]
    read = frame.with_columns(columns)
    remarks = [note for note in frame["note"].unique().to_list() if note and re.search(WITHHELD, note)]
    marked = frame["value"].filter(read["value"].is_null()).str.to_lowercase().is_in(suppressed)
    withheld = pl.Series("withheld", [False]).new_from_index(0, frame.height)
    withheld = withheld.scatter(read["value"].is_null().arg_true(), marked)
    ready = read.with_columns(withheld=withheld | frame["note"].is_in(remarks))
    # Some files print limits of 0 to 0 where there are none.
    placeholder = (pl.col("lower_95") == 0) & (pl.col("upper_95") == 0) & (pl.col("value") != 0)
    limits = [pl.when(~pl.col("placeholder")).then(pl.col(name)).alias(name) for name in ("lower_95", "upper_95")]
    return ready.with_columns(placeholder=placeholder.fill_null(False)).with_columns(limits)


def _number(text: pl.Series, absent: list[str]) -> tuple[pl.Series, pl.Series]:
    """The numbers, and the texts that are neither a number nor stand for none."""
    numeric_markers = pl.Series(absent).cast(pl.Float64, strict=False).is_finite().any()
    number = text.cast(pl.Float64, strict=False)
    number = pl.select(pl.when(number.is_finite()).then(number)).to_series().alias(text.name)
    plain = (number.is_not_null() | (text == "")).all()
    if plain and not numeric_markers:
        return number, pl.Series(f"text_{text.name}", [None], dtype=pl.String).new_from_index(0, len(text))
    # Only what is not written plainly is looked at more closely: most of a file is.
    odd = text.to_frame().with_row_index("place_")
    odd = odd if numeric_markers else odd.filter(number.is_null() & (text != ""))
    written = pl.col(text.name)
    marker = written.str.to_lowercase().is_in(absent)
    bare = written.str.replace_all(r"[%\u00a3]", "").str.strip_chars(" \u00a0\t")
    # "1,234" is a thousand; "4,5" is four and a half to whoever wrote it, and never forty-five.
    thousands = bare.str.contains(r"^[-+]?\d{1,3}(?:[,\s\u00a0]\d{3})+(?:\.\d*)?$")
    grouped = pl.when(thousands).then(bare.str.replace_all(r"[,\s\u00a0]", "")).otherwise(bare)
    cleaned = grouped.cast(pl.Float64, strict=False)
    read = odd.select(
        "place_",
        number=pl.when(~marker & cleaned.is_finite()).then(cleaned),
        text=pl.when(~marker & ~cleaned.is_finite().fill_null(False)).then(written),
    )
    texts = pl.Series(f"text_{text.name}", [None], dtype=pl.String).new_from_index(0, len(text))
    return number.scatter(read["place_"], read["number"]), texts.scatter(read["place_"], read["text"])


def periods(frame: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """Labels, first and last days of the periods; `period_fault` says why a label could not be read."""
    by_indicator = bool(mapping.years)
    keys = ["period", "indicator"] if by_indicator else ["period"]
    rows = []
    for label, *rest in frame.select(keys).unique().iter_rows():
        indicator = rest[0] if rest else ""
        try:
            written = label
            if by_indicator and label.isdigit() and len(label) == 4:
                written = year_label(int(label), mapping.years.get(indicator, mapping.years.get("", "calendar")))
            found = parse_period(written)
            rows.append((label, *rest, found.label, found.start, found.end, ""))
        except PeriodError as error:
            rows.append((label, *rest, None, None, None, "no period is given" if not label else str(error)))
    schema = dict.fromkeys(keys, pl.String) | {
        "period_label": pl.String,
        "period_start": pl.Date,
        "period_end": pl.Date,
        "period_fault": pl.String,
    }
    parsed = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.join(parsed, on=keys, how="left", maintain_order="left")


def area_codes(frame: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Codes found by name where the file gives names only."""
    if (frame["area_code"] != "").all() or (frame["area_name"] == "").all():
        return frame
    names = frame.filter(pl.col("area_code") == "")["area_name"].unique().to_list()
    found = {name: area.code for name in names if (area := catalogue.by_name(name))}
    by_name = pl.col("area_name").replace_strict(found, default="", return_dtype=pl.String)
    return frame.with_columns(area_code=pl.when(pl.col("area_code") == "").then(by_name).otherwise("area_code"))


def indicator_ids(frame: pl.DataFrame, mapping: Mapping, by_name: Table[str, str]) -> pl.DataFrame:
    """Identifiers: as given where they are identifiers, else of a known indicator with the name, else made from it."""
    found = {}
    prefix = mapping.indicator_prefix
    for given, name in frame.select("indicator", "indicator_name").unique().iter_rows():
        text = given or name
        known = by_name.get(text.casefold())
        if not text:
            identifier = ""
        elif text.isdigit() or (text == slug(text) and "." in text):
            identifier = text
        elif known:
            identifier = known
        else:
            identifier = f"{prefix or 'local'}.{slug(text)}" if slug(text) else ""
        found[(given, name)] = (identifier, name or given)
    table = pl.DataFrame(
        [(*key, *value) for key, value in found.items()],
        schema=dict.fromkeys(("indicator", "indicator_name", "identifier", "title"), pl.String),
        orient="row",
    )
    joined = frame.join(table, on=["indicator", "indicator_name"], how="left", maintain_order="left")
    return joined.drop("indicator", "indicator_name").rename({"identifier": "indicator", "title": "indicator_name"})


def people(frame: pl.DataFrame) -> pl.DataFrame:
    """Sex and age in common words, everyone where nothing is said."""
    age = pl.col("age").str.replace(r"(?i)^all\s+ages?$", "All ages")
    return frame.with_columns(
        sex=pl.when(pl.col("sex") == "").then(pl.lit("Persons")).otherwise("sex"),
        age=pl.when(age.str.to_lowercase().is_in(list(ALL_AGES))).then(pl.lit("All ages")).otherwise(age),
    )
