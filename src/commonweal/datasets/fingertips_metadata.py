"""Metadata of Fingertips indicators: the CSV of its interface, and the JSON of FingertipsNext."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import polars as pl

from commonweal.datasets.disclosure_rule import NAMED, DisclosureRule
from commonweal.datasets.indicator import ComparisonMethod, Indicator, Polarity, ValueType
from commonweal.datasets.problems import DataFileError
from commonweal.datasets.tables import read_columns, read_layout

CSV_HEADINGS = {
    "id": ("Indicator ID",),
    "name": ("Indicator full name", "Indicator", "Indicator name"),
    "short_name": ("Indicator", "Simple name"),
    "definition": ("Definition",),
    "rationale": ("Rationale",),
    "numerator": ("Definition of numerator",),
    "denominator": ("Definition of denominator",),
    "unit": ("Unit",),
    "value_type": ("Value type",),
    "polarity": ("Polarity",),
    "comparison": ("Benchmarking method", "Comparator method"),
    "method": ("Methodology",),
    "disclosure_note": ("Disclosure control",),
    "source": ("Data source",),
    "caveats": ("Caveats",),
}
JSON_KEYS = {
    "id": "indicatorID",
    "name": "indicatorName",
    "definition": "indicatorDefinition",
    "rationale": "rationale",
    "numerator": "countDefinition",
    "denominator": "denominatorDefinition",
    "unit": "unitLabel",
    "value_type": "valueType",
    "polarity": "polarity",
    "comparison": "benchmarkComparisonMethod",
    "method": "method",
    "disclosure_note": "disclouseControl",
    "source": "dataSource",
    "caveats": "caveats",
}
VALUE_TYPES: tuple[ValueType, ...] = (
    "proportion", "crude rate", "directly standardised rate", "indirectly standardised rate",
    "indirectly standardised ratio", "indirectly standardised proportion", "life expectancy", "mean", "score", "count",
    "slope index of inequality", "ratio",
)  # fmt: skip
UNITS = {"%": ("%", 100.0), "per cent": ("%", 100.0)}
PER = re.compile(r"per\s+([\d,]+)", re.IGNORECASE)
LICENCE = "Open Government Licence v3.0"


def read_metadata(path: Path | str) -> list[Indicator]:
    """The indicators a metadata file describes.

    Raises:
        DataFileError: the file is neither of the two kinds, or an indicator has no identifier or name.
    """
    path = Path(path)
    rows = _from_json(path) if path.suffix.lower() == ".json" else _from_csv(path)
    return [_indicator(path, number, row) for number, row in enumerate(rows, start=2)]


def _from_json(path: Path) -> list[dict[str, str]]:
    try:
        records = json.loads(path.read_text(encoding="utf-8-sig"))
        return [{field: _text(record.get(key)) for field, key in JSON_KEYS.items()} for record in records]
    except OSError as error:
        raise DataFileError(f"the metadata cannot be read: {error.strerror}.", file=path) from error
    except (ValueError, AttributeError, TypeError) as error:
        raise DataFileError("this is not a list of indicators as FingertipsNext writes it.", file=path) from error


def _from_csv(path: Path) -> list[dict[str, str]]:
    layout = read_layout(path)
    if "Indicator ID" not in layout.headings:
        raise DataFileError("the column 'Indicator ID' is missing, so this is not Fingertips metadata.", file=path)
    frame = read_columns(path, layout, layout.headings).fill_null("")
    absent = pl.lit("")
    chosen = frame.select(
        next((pl.col(name) for name in names if name in frame.columns), absent).alias(field)
        for field, names in CSV_HEADINGS.items()
    )
    return [dict(row) for row in chosen.iter_rows(named=True)]


def _text(value: Any) -> str:
    text = "" if value is None else str(value).strip()
    return "" if text == "None" else text


def _indicator(path: Path, row: int, told: dict[str, str]) -> Indicator:
    identifier, name = told["id"].removesuffix(".0"), told["name"]
    if not identifier or not name:
        raise DataFileError("an indicator needs an identifier and a name.", file=path, row=row)
    unit, per = _unit(told["unit"], told["value_type"])
    return Indicator(
        id=identifier,
        name=_plain(name),
        short_name=_plain(told.get("short_name", "")) if told.get("short_name") != name else "",
        definition=_plain(told["definition"]),
        rationale=_plain(told["rationale"]),
        numerator=_plain(told["numerator"]),
        denominator=_plain(told["denominator"]),
        unit=unit,
        per=per,
        value_type=_value_type(told["value_type"]),
        polarity=_polarity(told["polarity"]),
        comparison=_comparison(told["comparison"]),
        method=_plain(told["method"]),
        disclosure=_disclosure(told["disclosure_note"]),
        disclosure_note=_plain(told["disclosure_note"]),
        source=_plain(told["source"]),
        licence=LICENCE,
        caveats=_plain(told["caveats"]),
    )


def _plain(text: str) -> str:
    """Text without mark-up, its paragraphs kept."""
    text = re.sub(r"<br\s*/?>|</p>", "\n", text, flags=re.IGNORECASE)
    text = re.sub(r"<[^>]+>", "", text).replace("\xa0", " ")
    lines = (" ".join(line.split()) for line in text.splitlines())
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()


def _unit(text: str, value_type: str) -> tuple[str, float]:
    folded = text.strip().casefold()
    if folded in UNITS:
        return UNITS[folded]
    found = PER.search(text)
    if found:
        per = float(found[1].replace(",", ""))
        return f"per {per:,.0f}", per
    if not folded and value_type.strip().casefold() == "proportion":
        return UNITS["%"]
    return text.strip(), 1.0


def _value_type(text: str) -> ValueType:
    folded = text.strip().casefold()
    return next((kind for kind in VALUE_TYPES if folded.startswith(kind)), "other")


def _polarity(text: str) -> Polarity:
    folded = text.casefold()
    if "high is good" in folded:
        return "high is good"
    if "low is good" in folded:
        return "low is good"
    return "no judgement" if "no judg" in folded or "bob" in folded or "blue" in folded else "not applicable"


def _comparison(text: str) -> ComparisonMethod:
    folded = text.casefold()
    if "99.8" in folded:
        return "confidence interval 99.8"
    if "quintile" in folded:
        return "quintiles"
    if "no comparison" in folded or folded == "none":
        return "none"
    return "confidence interval 95"


def _disclosure(text: str) -> DisclosureRule:
    folded = text.casefold()
    return NAMED["applied at source" if "suppress" in folded or "disclos" in folded else "none"]
