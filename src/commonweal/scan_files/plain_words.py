"""A cluster in plain English, for someone who has to decide what to do about it."""

from __future__ import annotations

import datetime as dt

from commonweal.clusters import Cluster, ScanResult
from commonweal.scan_files.number_texts import recurrence_interval

SHOWN_PLACES = 6
OFTEN, UNUSUAL, RARE = 0.2, 0.05, 0.001


def result_in_words(result: ScanResult, *, most: int = 5) -> str:
    """The most likely clusters, a paragraph each, and how to read them."""
    if not result.clusters:
        return (
            f"No cluster was found among {result.total_cases:,} cases: nowhere are there more cases together than the "
            "settings ask for."
        )
    paragraphs = [
        f"{number}. {cluster_in_words(cluster, result)}" for number, cluster in enumerate(result.clusters[:most], 1)
    ]
    left = len(result.clusters) - most
    if left > 0:
        paragraphs.append(
            f"{left} weaker {'cluster is' if left == 1 else 'clusters are'} in the files, not shown here."
        )
    paragraphs.append(
        "A cluster is a reason to look, not a verdict: check the records, and what is known locally, before acting."
    )
    return "\n\n".join(paragraphs)


def cluster_in_words(cluster: Cluster, result: ScanResult) -> str:
    """One cluster in two or three sentences."""
    when = _when(cluster) if result.settings.uses_time else ""
    sentences = [
        f"{_cases(cluster)} {_where(cluster, result)}{when}, where {_expected(cluster)} would be expected"
        f"{_how_many_times(cluster)}."
    ]
    if cluster.p_value is not None:
        sentences.append(_chance(cluster, result))
    elif result.settings.replicates < 99:
        sentences.append("How unusual that is was not worked out: it takes at least 99 replicates.")
    return " ".join(sentences)


def _cases(cluster: Cluster) -> str:
    return "1 case" if cluster.observed == 1 else f"{cluster.observed:,} cases"


def _where(cluster: Cluster, result: ScanResult) -> str:
    if not result.settings.uses_space:
        return "in the whole area"
    names = cluster.location_ids
    if len(names) == 1:
        return f"in {names[0]}"
    shown = ", ".join(names[:SHOWN_PLACES])
    if len(names) > SHOWN_PLACES:
        shown += f" and {len(names) - SHOWN_PLACES:,} more"
    radius = ""
    if cluster.radius:
        unit = "km" if cluster.coordinates != "cartesian" else "units"
        radius = f" within {cluster.radius:.1f} {unit} of {_centre(cluster)}"
    return f"in {len(names):,} places{radius} ({shown})"


def _centre(cluster: Cluster) -> str:
    if cluster.centre_id in cluster.location_ids:
        return str(cluster.centre_id)
    if cluster.centre is None:
        return "the centre"
    first, second = cluster.centre
    return f"({first:.4f}, {second:.4f})"


def _when(cluster: Cluster) -> str:
    start, end = cluster.start, cluster.end
    if start is None or end is None:
        return ""
    if not isinstance(start, dt.date) or not isinstance(end, dt.date):
        return f" from {start} to {end}"
    if start == end:
        return f" on {_day(end)}"
    if (start.year, start.month) == (end.year, end.month):
        return f" from {start.day} to {_day(end)}"
    if start.year == end.year:
        return f" from {start.day} {start:%B} to {_day(end)}"
    return f" from {_day(start)} to {_day(end)}"


def _day(when: dt.date) -> str:
    return f"{when.day} {when:%B %Y}"


def _expected(cluster: Cluster) -> str:
    return f"{cluster.expected:.2f}" if cluster.expected < 10 else f"{cluster.expected:,.0f}"


def _how_many_times(cluster: Cluster) -> str:
    if cluster.observed == 0:
        return ": none at all"
    ratio = cluster.ratio
    if ratio >= 1:
        return f": {ratio:.1f} times as many" if ratio < 100 else f": {ratio:,.0f} times as many"
    return f": {ratio:.0%} of that"


def _chance(cluster: Cluster, result: ScanResult) -> str:
    p_value = cluster.p_value
    assert p_value is not None
    shown = f"p = {p_value:.3f}" if p_value >= 0.0005 else "p below 0.001"
    if p_value >= OFTEN:
        said = f"Chance alone would often show something as strong somewhere ({shown}): not unusual"
    elif p_value >= UNUSUAL:
        said = f"Chance alone would show something as strong in {_one_in(p_value)} such data sets ({shown}): not rare"
    elif p_value >= RARE:
        said = f"Chance alone would show something as strong in {_one_in(p_value)} such data sets ({shown}): unusual"
    else:
        said = f"Chance alone would hardly ever show something as strong ({shown}): very unusual"
    interval = cluster.recurrence_interval_days
    if interval is not None and result.settings.is_prospective:
        said += f"; scanning at this rhythm, once in {recurrence_interval(interval)}"
    return f"{said}."


def _one_in(p_value: float) -> str:
    return f"1 in {round(1 / p_value):,}"
