"""The result of a scan as JSON."""

from __future__ import annotations

import json
import math
from typing import Any

from commonweal.clusters import ScanResult


def result_json(result: ScanResult) -> str:
    """`clusters` and `simulated_llr` (in replicate order), with `warnings`; an infinite or undefined number is null."""
    return json.dumps(_plain(result.to_dict()), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def geojson(result: ScanResult) -> str:
    """The clusters as outlines on a map."""
    return json.dumps(_plain(result.to_geojson()), ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return None if math.isinf(value) or math.isnan(value) else value
    return value
