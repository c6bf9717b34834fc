"""A first look at a scan: a map of places and clusters, or a time line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from commonweal.clusters.outlines import outline
from commonweal.clusters.settings import LATITUDE_LONGITUDE

if TYPE_CHECKING:
    import altair as alt

    from commonweal.clusters.result import ScanResult

HIGH, LOW, PLAIN = "#7f1d45", "#1d5f7f", "#505a5f"


def cluster_chart(result: ScanResult) -> alt.LayerChart:
    """Places as points, clusters as outlines numbered by likelihood; without places, bars of time.

    Raises:
        ModuleNotFoundError: Altair is not installed.
    """
    import altair as alt

    if any(cluster.centre is not None for cluster in result.clusters) or (
        result.locations.height and result.locations["first"].is_not_nan().any()
    ):
        return _map(result)
    rows = [
        {"cluster": str(number), "start": str(cluster.start), "end": str(cluster.end), "rates": _rates(cluster.is_high)}
        for number, cluster in enumerate(result.clusters, 1)
    ]
    dated = result.settings.interval_unit != "generic"
    kind = "T" if dated else "Q"
    frame = pl.DataFrame(rows, schema=dict.fromkeys(("cluster", "start", "end", "rates"), pl.String))
    bars = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X(f"start:{kind}", title="Time"),
            x2="end",
            y=alt.Y("cluster:N", title="Cluster"),
            color=_colour(),
        )
    )
    return alt.LayerChart(layer=[bars], title=_title(result))


def _map(result: ScanResult) -> alt.LayerChart:
    import altair as alt

    spherical = result.settings.coordinates == LATITUDE_LONGITUDE
    first, second = ("Latitude", "Longitude") if spherical else ("x", "y")
    across, up = ("second", "first") if spherical else ("first", "second")
    titles = (second, first) if spherical else (first, second)
    scale = alt.Scale(zero=False)
    points = (
        alt.Chart(result.locations.select("place", "first", "second", "observed", "expected"))
        .mark_circle(color=PLAIN, size=18, opacity=0.6)
        .encode(
            x=alt.X(f"{across}:Q", title=titles[0], scale=scale),
            y=alt.Y(f"{up}:Q", title=titles[1], scale=scale),
            tooltip=["place", "observed", alt.Tooltip("expected", format=".2f")],
        )
    )
    rows = [
        {"cluster": str(number), "corner": corner, "across": at[0], "up": at[1], "rates": _rates(cluster.is_high)}
        for number, cluster in enumerate(result.clusters, 1)
        if cluster.centre is not None
        for corner, at in enumerate(outline(cluster))
    ]
    schema = {"cluster": pl.String, "corner": pl.Int64, "across": pl.Float64, "up": pl.Float64, "rates": pl.String}
    corners = pl.DataFrame(rows, schema=schema)
    rings = (
        alt.Chart(corners)
        .mark_line(strokeWidth=2)
        .encode(x="across:Q", y="up:Q", order="corner:Q", detail="cluster:N", color=_colour())
    )
    names = (
        alt.Chart(corners.filter(pl.col("corner") == 0))
        .mark_text(dy=-6, fontWeight="bold")
        .encode(x="across:Q", y="up:Q", text="cluster:N", color=_colour())
    )
    return alt.LayerChart(layer=[points, rings, names], title=_title(result))


def _colour() -> alt.Color:
    import altair as alt

    return alt.Color("rates:N", title="Rates", scale=alt.Scale(domain=["high", "low"], range=[HIGH, LOW]))


def _rates(is_high: bool) -> str:
    return "high" if is_high else "low"


def _title(result: ScanResult) -> str:
    if not result.clusters:
        return "No cluster was found"
    top = result.clusters[0]
    ending = "" if top.p_value is None else f", p = {top.p_value:.3g}"
    return f"Most likely cluster: {top.observed:,} cases, {top.expected:,.1f} expected{ending}"
