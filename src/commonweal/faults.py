"""What can be wrong with a file of keys and values, in words that name the key and the rule."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ValidationError

NEAR_ENOUGH = 0.6


def guess(written: str, known: Iterable[str]) -> str:
    """ " Did you mean 'x'?" with the nearest of `known`, or nothing when none is near."""
    near = difflib.get_close_matches(written, sorted(known), n=1, cutoff=NEAR_ENOUGH)
    return f" Did you mean '{near[0]}'?" if near else ""


def place(path: Iterable[str | int]) -> str:
    """objectives[2].indicator: lists are counted from 1, as a person counts."""
    written = ""
    for step in path:
        if isinstance(step, int):
            written += f"[{step + 1}]"
        else:
            written += f".{step}" if written else step
    return written


def faults_of(error: ValidationError, model: type[BaseModel], *, within: tuple[str | int, ...] = ()) -> list[str]:
    """Every fault pydantic found, as "key: rule" with the nearest known key where one is unknown."""
    found = []
    for fault in error.errors():
        path = (*within, *fault["loc"])
        found.append(f"{place(path)}: {_rule(dict(fault), model)}" if path else _rule(dict(fault), model))
    return found


def _rule(fault: dict[str, Any], model: type[BaseModel]) -> str:
    kind, given = fault["type"], fault.get("input")
    if kind == "extra_forbidden":
        key = str(fault["loc"][-1])
        return f"'{key}' is not a key that belongs here.{guess(key, _keys_at(model, fault['loc'][:-1]))}"
    if kind == "missing":
        return "this key is needed."
    if kind == "literal_error":
        allowed = str(fault["ctx"]["expected"])
        choices = [word.strip("'") for word in allowed.replace(" or ", ", ").split(", ")]
        return f"{_shown(given)} is not one of {', '.join(choices)}.{guess(str(given), choices)}"
    if kind.startswith(("date_", "datetime_")):
        return f"{_shown(given)} is not a date; write the year, month and day, as 2029-03-31."
    if kind.startswith(("float_", "int_")):
        return f"{_shown(given)} is not a number that fits: {_lowered(fault['msg'])}."
    if kind == "string_type":
        return f"{_shown(given)} is not text; put it between quotation marks."
    if kind == "list_type":
        return f"{_shown(given)} is not a list; put it between square brackets."
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"{_shown(given)} is not a group of keys."
    if kind == "value_error":
        return f"{fault['ctx']['error']}."
    return f"{_lowered(fault['msg'])}."


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a group of keys"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return f"'{text if len(text) <= 60 else text[:57] + '...'}'"


def _keys_at(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """The keys that the model nested at `path` knows."""
    for step in path:
        if isinstance(step, int):
            continue
        field = model.model_fields.get(step)
        nested = _model_within(field.annotation) if field else None
        if nested is None:
            return []
        model = nested
    return list(model.model_fields)


def _model_within(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_within(inner)
        if found is not None:
            return found
    return None
