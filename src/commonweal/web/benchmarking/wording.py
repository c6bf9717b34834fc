"""The words and symbols of a comparison, a trend and a figure that is not there."""

from __future__ import annotations

from commonweal.figures.numbers import format_number

COMPARISONS = {
    "best": "much better than {benchmark} (99.8% confident)",
    "better": "better than {benchmark}",
    "similar": "similar to {benchmark}",
    "worse": "worse than {benchmark}",
    "worst": "much worse than {benchmark} (99.8% confident)",
    "highest": "much higher than {benchmark} (99.8% confident)",
    "higher": "higher than {benchmark}",
    "lower": "lower than {benchmark}",
    "lowest": "much lower than {benchmark} (99.8% confident)",
    "met": "goal met",
    "not met": "goal not met",
    "not compared": "not compared",
    "quintile 1": "in the best fifth of areas",
    "quintile 2": "in the second best fifth of areas",
    "quintile 3": "in the middle fifth of areas",
    "quintile 4": "in the second worst fifth of areas",
    "quintile 5": "in the worst fifth of areas",
    "fifth 1": "in the lowest fifth of areas",
    "fifth 2": "in the second lowest fifth of areas",
    "fifth 3": "in the middle fifth of areas",
    "fifth 4": "in the second highest fifth of areas",
    "fifth 5": "in the highest fifth of areas",
}
ABSENCES = {
    "suppressed": ("supp.", "suppressed to protect people"),
    "missing": ("n/a", "the source gives no value"),
    "empty": ("–", "no figure is held for this period"),
}
TRENDS = {
    "increasing and getting better": "↗",
    "increasing and getting worse": "↗",
    "increasing": "↗",
    "decreasing and getting better": "↘",
    "decreasing and getting worse": "↘",
    "decreasing": "↘",
    "no significant change": "→",
}


def comparison_words(comparison: str, benchmark: str) -> str:
    """A comparison in words, such as "worse than England"."""
    return COMPARISONS[comparison].format(benchmark=benchmark)


def comparison_style(comparison: str) -> str:
    """The last part of the style class of a comparison."""
    return comparison.replace(" ", "-")


def with_unit(value: float | None, unit: str, decimals: int) -> str:
    """A value and its unit as printed: "63.2%", "12.0 per 100,000"."""
    text = format_number(value, decimals)
    if value is None or not unit:
        return text
    return f"{text}%" if unit == "%" else f"{text} {unit}"


def side(value: float | None, benchmark: float | None) -> str:
    """ "above", "below" or "level with" the benchmark; empty where either is absent."""
    if value is None or benchmark is None:
        return ""
    return "above" if value > benchmark else "below" if value < benchmark else "level with"


def listed(names: list[str]) -> str:
    """Names joined as in a sentence: "A", "A and B", "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def in_words(number: int) -> str:
    """Numbers to nine as words, as plain English has it."""
    words = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[number] if number < len(words) else f"{number:,}"
