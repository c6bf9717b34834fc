"""The conditions of a recipe, as expressions over a table of records."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

import ibis

from commonweal.datasets.recipe import Condition
from commonweal.datasets.records import RecordsError

if TYPE_CHECKING:
    import ibis.expr.types as ir


def matching(records: ir.Table, conditions: Sequence[Condition]) -> ir.BooleanValue:
    """Whether a record meets every condition; all do where there is none.

    Raises:
        RecordsError: a column is absent.
    """
    return reduce(and_, (_test(records, condition) for condition in conditions), ibis.literal(True))


def _test(records: ir.Table, condition: Condition) -> ir.BooleanValue:
    if condition.column not in records.columns:
        have = ", ".join(f"'{name}'" for name in records.columns)
        raise RecordsError(f"The records have no column '{condition.column}'. Their columns are {have}.")
    column = records[condition.column]
    text = column.cast("string")
    if condition.one_of:
        met = text.isin([str(value) for value in condition.one_of])
    elif condition.not_one_of:
        met = text.notin([str(value) for value in condition.not_one_of])
    elif condition.starts_with:
        met = reduce(or_, (text.startswith(start) for start in condition.starts_with))
    elif condition.between is not None:
        first, last = condition.between
        if isinstance(first, str) or isinstance(last, str):
            met = (text.substr(0, len(str(first))) >= str(first)) & (text.substr(0, len(str(last))) <= str(last))
        else:
            number = column.try_cast("float64")
            met = (number >= first) & (number <= last)
    elif condition.at_least is not None:
        met = column.try_cast("float64") >= condition.at_least
    else:
        met = column.try_cast("float64") <= condition.at_most
    return met.fill_null(False)
