"""What a scan found."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from commonweal.clusters.settings import LATITUDE_LONGITUDE, SPACE_TIME_PERMUTATION, ScanSettings, When

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """One cluster: where, when, how many, how surprising.

    Attributes:
        location_ids: the places inside, in the order in which the window took them in (all of them in a temporal scan).
        centre: latitude and longitude, or x and y; None in a temporal scan and with neighbour lists.
        centre_id: the place or centre the window grew from.
        radius: to the furthest place inside, in km (cartesian: unit of the coordinates; short semi-axis of an ellipse).
        ellipse_shape, ellipse_angle: ratio of the axes (None: a circle); degrees anticlockwise from the first axis.
        start, end: first and last day; None in a spatial scan without dates.
        statistic: the log likelihood ratio (space-time permutation: the test statistic).
        relative_risk: inside over outside; infinite where every case is inside; None for the permutation model.
        population: mean population inside over the window's time (Poisson); cases and controls (Bernoulli).
        p_value: by the method of the settings; None below 99 replicates.
        gumbel_p_value: of the Gumbel approximation, where one is defined.
        p_value_is_gumbel: whether `p_value` is that approximation.
        recurrence_interval_days: prospective scans only.
        gini: whether the cluster belongs to the collection with the greatest Gini coefficient.
    """

    location_ids: tuple[str, ...]
    observed: int
    expected: float
    statistic: float
    is_high: bool
    centre: tuple[float, float] | None = None
    centre_id: str | None = None
    radius: float | None = None
    ellipse_shape: float | None = None
    ellipse_angle: float | None = None
    start: When | None = None
    end: When | None = None
    relative_risk: float | None = None
    population: float | None = None
    p_value: float | None = None
    gumbel_p_value: float | None = None
    p_value_is_gumbel: bool = False
    recurrence_interval_days: float | None = None
    gini: bool = False
    coordinates: str = LATITUDE_LONGITUDE
    model: str = SPACE_TIME_PERMUTATION
    location_observed: tuple[int, ...] = field(default=(), repr=False)
    location_expected: tuple[float, ...] = field(default=(), repr=False)

    @property
    def ratio(self) -> float:
        """Observed over expected."""
        return self.observed / self.expected if self.expected > 0 else float("inf")

    @property
    def recurrence_interval(self) -> str | None:
        """In words: days below a year, else years."""
        return None if self.recurrence_interval_days is None else _duration(self.recurrence_interval_days)

    def with_significance(self, **values: Any) -> Cluster:
        """The same cluster with p-values."""
        return replace(self, **values)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, infinite ones as None; `radius_km` of cartesian places is in their own unit."""
        first, second = self.centre if self.centre is not None else (None, None)
        spherical = self.coordinates == LATITUDE_LONGITUDE
        return {
            "location_ids": list(self.location_ids),
            **({"latitude": first, "longitude": second} if spherical else {"x": first, "y": second}),
            "radius_km": self.radius,
            "ellipse_shape": self.ellipse_shape,
            "ellipse_angle": self.ellipse_angle,
            "start": _text(self.start),
            "end": _text(self.end),
            "observed": self.observed,
            "expected": self.expected,
            "relative_risk": _finite(self.relative_risk),
            "log_likelihood_ratio": self.statistic,
            "p_value": self.p_value,
            "recurrence_interval_days": _finite(self.recurrence_interval_days),
            "gumbel_p_value": self.gumbel_p_value,
        }

    def __str__(self) -> str:
        lines = [f"{'High' if self.is_high else 'Low'} rates in {_places(self.location_ids)}"]
        if self.centre is not None:
            first, second = self.centre
            spherical = self.coordinates == LATITUDE_LONGITUDE
            where = f"{_degrees(first, 'NS')}, {_degrees(second, 'EW')}" if spherical else f"({first:g}, {second:g})"
            shape = "" if self.ellipse_shape is None else f", ellipse {self.ellipse_shape:g} to 1"
            lines.append(f"  centre      {where}, radius {self.radius:.2f}{' km' if spherical else ''}{shape}")
        if self.start is not None:
            lines.append(f"  when        {_text(self.start)} to {_text(self.end)}")
        lines.append(f"  cases       {self.observed:,}, expected {self.expected:,.2f} (ratio {self.ratio:.2f})")
        if self.relative_risk is not None:
            lines.append(f"  risk        {self.relative_risk:.2f} times that outside")
        lines.append(f"  statistic   {self.statistic:.6f}")
        if self.p_value is not None:
            lines.append(f"  p-value     {_p_value(self.p_value)}")
        if self.recurrence_interval is not None:
            lines.append(f"  recurrence  once in {self.recurrence_interval} by chance")
        return "\n".join(lines)


@dataclass(frozen=True, kw_only=True)
class ScanResult:
    """The clusters of a scan, most likely first, and what was simulated.

    Attributes:
        simulated: greatest statistic of each replicate, in replicate order, shape (replicates done,).
        warnings: what was left out of the data, counted, in words.
        total_cases, total_population: of the study; the population is the mean over time (Poisson) or cases and
            controls (Bernoulli), else None.
        locations: a row a place: place, first and second coordinate, observed, expected, relative_risk.
        gini: the Gini coefficient by spatial limit where it was asked for.
    """

    settings: ScanSettings
    clusters: tuple[Cluster, ...]
    simulated: np.ndarray
    warnings: tuple[str, ...] = ()
    total_cases: int = 0
    total_population: float | None = None
    locations: pl.DataFrame = field(default_factory=pl.DataFrame, repr=False)
    gini: dict[float, float] = field(default_factory=dict)
    as_input: Callable[[pl.DataFrame], Any] = field(default=lambda frame: frame, repr=False)

    @property
    def replicates(self) -> int:
        """Replicates done: fewer than asked for where a sequential run stopped early."""
        return len(self.simulated)

    def to_frame(self) -> Any:
        """A row a cluster, in the kind of frame the cases came in."""
        return self.as_input(
            pl.DataFrame(
                [{"cluster": number, **_row(cluster)} for number, cluster in enumerate(self.clusters, 1)],
                schema=_schema(self.settings),
            )
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: `clusters`, `simulated_llr`, `warnings`."""
        return {
            "clusters": [cluster.to_dict() for cluster in self.clusters],
            "simulated_llr": self.simulated.tolist(),
            "warnings": list(self.warnings),
        }

    def to_geojson(self) -> dict[str, Any]:
        """The clusters as outlines (polygons of 72 corners), longitude first; x and y stay as they are."""
        from commonweal.clusters.outlines import outline

        return {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "geometry": {"type": "Polygon", "coordinates": [outline(cluster)]},
                    "properties": {"cluster": number, **cluster.to_dict()},
                }
                for number, cluster in enumerate(self.clusters, 1)
                if cluster.centre is not None
            ],
        }

    def plot(self) -> alt.LayerChart:
        """A map of the places and clusters (spatial) or the time line with the cluster marked (temporal)."""
        from commonweal.clusters.charts import cluster_chart

        return cluster_chart(self)

    def __str__(self) -> str:
        if not self.clusters:
            found = "No cluster was found."
        else:
            found = "\n".join(f"{number}. {cluster}" for number, cluster in enumerate(self.clusters, 1))
        return "\n".join([found, *(f"Note: {warning}" for warning in self.warnings)])


def _schema(settings: ScanSettings) -> dict[str, pl.DataType | type[pl.DataType]]:
    time = pl.Int64 if settings.interval_unit == "generic" else pl.Date
    coordinates = ("latitude", "longitude") if settings.coordinates == LATITUDE_LONGITUDE else ("x", "y")
    return {
        "cluster": pl.Int64,
        "location_ids": pl.List(pl.String),
        **dict.fromkeys(coordinates, pl.Float64),
        **dict.fromkeys(("radius_km", "ellipse_shape", "ellipse_angle"), pl.Float64),
        **dict.fromkeys(("start", "end"), time),
        "observed": pl.Int64,
        **dict.fromkeys(("expected", "relative_risk", "log_likelihood_ratio", "p_value"), pl.Float64),
        **dict.fromkeys(("recurrence_interval_days", "gumbel_p_value", "population"), pl.Float64),
    }


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _row(cluster: Cluster) -> dict[str, Any]:
    plain = cluster.to_dict()
    plain["location_ids"] = list(cluster.location_ids)
    plain["start"], plain["end"] = cluster.start, cluster.end
    plain["relative_risk"] = cluster.relative_risk
    plain["population"] = cluster.population
    plain["recurrence_interval_days"] = cluster.recurrence_interval_days
    return plain


def _places(identifiers: tuple[str, ...]) -> str:
    if len(identifiers) == 1:
        return f"1 place: {identifiers[0]}"
    shown = ", ".join(identifiers[:8])
    more = f" and {len(identifiers) - 8:,} more" if len(identifiers) > 8 else ""
    return f"{len(identifiers):,} places: {shown}{more}"


def _degrees(value: float, letters: str) -> str:
    return f"{abs(value):.6f} {letters[value < 0]}"


def _text(when: When | None) -> str | None:
    if when is None:
        return None
    return when.isoformat() if isinstance(when, dt.date) else str(when)


def _p_value(value: float) -> str:
    if value < 1e-17:
        return "below 1e-17"
    return f"{value:.3g}" if value < 0.001 else f"{value:.3f}"


def _duration(days: float) -> str:
    if days < 365.25:
        whole = max(1, round(days))
        return "1 day" if whole == 1 else f"{whole} days"
    years = days / 365.25
    return f"{years:,.1f} years" if years < 1000 else f"{years:,.0f} years"
