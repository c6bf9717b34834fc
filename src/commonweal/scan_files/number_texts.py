"""Numbers and dates as scan reports and tables print them."""

from __future__ import annotations

import datetime as dt
import math

from commonweal.scan_files.study_time import When

DAYS_A_YEAR = 365.25
LEAST_P = 1e-17


def amount(value: float) -> str:
    """Two decimals, or two significant digits below 0.1; a plain 0 for nothing."""
    if math.isinf(value):
        return "infinity"
    if value == 0:
        return "0"
    return f"{value:.2f}" if abs(value) >= 0.0995 else _significant(value, 2)


def p_value_in_table(value: float) -> str:
    """Three significant digits, never as a power of ten."""
    return _significant(max(value, LEAST_P), 3)


def p_value_in_report(value: float, replicates: int, *, gumbel: bool) -> str:
    """As many decimals as the replicates give; an approximation to two significant digits."""
    if gumbel:
        if value < LEAST_P:
            return "< 1E-17"
        return f"{value:.3f}" if value >= 0.0995 else _significant(value, 2)
    return f"{value:.{max(3, len(str(replicates + 1)) - 1)}f}"


def recurrence_interval(days: float) -> str:
    """In days below a year, else in years."""
    if days < DAYS_A_YEAR:
        whole = max(1, round(days))
        return "1 day" if whole == 1 else f"{whole} days"
    years = days / DAYS_A_YEAR
    text = f"{years:.1f}" if years < 1000 else f"{years:.0f}"
    text = text.removesuffix(".0")
    return "1 year" if text == "1" else f"{text} years"


def day(when: When | None) -> str:
    """yyyy/m/d, or the number of a generic time."""
    return f"{when.year}/{when.month}/{when.day}" if isinstance(when, dt.date) else str(when)


def relative_risk(value: float) -> float:
    """As tables hold it: -1 where every case is inside."""
    return -1.0 if math.isinf(value) else value


def _significant(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{decimals}f}"
    # 0.0996 rounds to 0.100: one decimal fewer says the same.
    return f"{value:.{decimals - 1}f}" if decimals and float(text) >= 10.0 ** (digits - decimals) else text
