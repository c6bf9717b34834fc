"""The result of a scan as JSON."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

from commonweal.clusters import Cluster, ScanResult
from commonweal.scan_files.study_time import When


def result_json(result: ScanResult) -> str:
    """`clusters`, most likely first, and `simulated_llr` in replicate order; an infinite number is null."""
    told = {
        "clusters": [cluster_dict(cluster) for cluster in result.clusters],
        "simulated_llr": [float(value) for value in result.simulated],
    }
    return json.dumps(_plain(told), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def geojson(result: ScanResult) -> str:
    """The clusters as outlines on a map."""
    return json.dumps(_plain(result.to_geojson()), ensure_ascii=False, allow_nan=False) + "\n"


def cluster_dict(cluster: Cluster) -> dict[str, Any]:
    """A cluster under the names of the JSON file."""
    names = ("x", "y") if cluster.coordinates == "cartesian" else ("latitude", "longitude")
    return {
        "location_ids": list(cluster.location_ids),
        **dict(zip(names, cluster.centre or (None, None), strict=True)),
        # With cartesian coordinates the radius is in their unit, whatever the name says.
        "radius_km": cluster.radius,
        "start": _day(cluster.start),
        "end": _day(cluster.end),
        "observed": cluster.observed,
        "expected": cluster.expected,
        "relative_risk": cluster.relative_risk,
        "log_likelihood_ratio": cluster.statistic,
        "p_value": cluster.p_value,
        "recurrence_interval_days": cluster.recurrence_interval_days,
        "gumbel_p_value": cluster.gumbel_p_value,
    }


def _day(when: When | None) -> str | int | None:
    return when.isoformat() if isinstance(when, dt.date) else when


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return None if math.isinf(value) or math.isnan(value) else value
    return value
