"""Levels of confidence, as fractions or percentages, and the names of their columns."""

from __future__ import annotations

from collections.abc import Sequence

from commonweal.errors import CommonwealError

Confidence = float | Sequence[float]


def level(confidence: float) -> float:
    """A confidence level as a fraction: 0.95 and 95 are the same.

    A fraction is 0.5 or more and below 1, a percentage 50 or more and below 100. Anything else is refused: 0.05 is the
    chance of error rather than the confidence, and 1 or 100 has no limits.

    Raises:
        CommonwealError: it is neither.
    """
    try:
        given = float(confidence)
    except (TypeError, ValueError):
        given = float("nan")
    if 50 <= given < 100:
        return float(f"{given / 100:.12g}")
    if 0.5 <= given < 1:
        return given
    raise CommonwealError(
        f"A confidence level lies between 0.5 and 1, such as 0.95, or is the same as a percentage, such as 95; "
        f"{confidence} is neither."
    )


def levels(confidence: Confidence) -> list[float]:
    """The levels asked for, each once, as fractions.

    Raises:
        CommonwealError: one is not a level (see `level`), or none is given.
    """
    asked = [confidence] if isinstance(confidence, int | float | str) else list(confidence)
    if not asked:
        raise CommonwealError("Give at least one confidence level, such as 0.95.")
    return list(dict.fromkeys(level(one) for one in asked))  # type: ignore[arg-type]


def suffix(level: float) -> str:
    """The end of the name of a limit's column: 0.95 gives "95", 0.998 gives "99_8"."""
    return f"{level * 100:.10g}".replace(".", "_")
