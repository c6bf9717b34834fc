"""Numbers as they are printed."""

from __future__ import annotations

import math


def format_number(value: float | None, decimals: int = 1) -> str:
    """A number with thousands separated and its decimals: "1,240", "63.2", "−4.1"; a dash where there is none."""
    if value is None or math.isnan(value):
        return "–"
    text = f"{value:,.{decimals}f}"
    if text.strip("-0.,") == "":
        text = text.lstrip("-")  # a small negative number rounds to zero, not to minus zero
    return text.replace("-", "−")
