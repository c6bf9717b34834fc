"""Boundaries of areas from GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from shapely import make_valid
from shapely.errors import GEOSException
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from commonweal.places.problems import PlacesError


class Boundaries:
    """Geometries by area code, in longitude and latitude."""

    def __init__(self, geometries: dict[str, BaseGeometry]) -> None:
        self._geometries = geometries

    def __contains__(self, code: object) -> bool:
        return code in self._geometries

    def __iter__(self) -> Iterator[str]:
        return iter(self._geometries)

    def __len__(self) -> int:
        return len(self._geometries)

    def __getitem__(self, code: str) -> BaseGeometry:
        return self._geometries[code]

    def to_geojson(self, code: str) -> dict[str, Any]:
        """The GeoJSON geometry of an area."""
        return dict(mapping(self._geometries[code]))

    def simplified(self, tolerance: float) -> Boundaries:
        """Boundaries with fewer points: none moves by more than `tolerance` degrees, and no area vanishes."""
        return Boundaries({code: g.simplify(tolerance, preserve_topology=True) for code, g in self._geometries.items()})


def read_boundaries(path: Path | str, known: Collection[str] | None = None) -> Boundaries:
    """Boundaries from a GeoJSON file of features.

    The property that holds the code is found by its name (code, or one that ends in CD, as ONS has them), or, with
    `known`, as the one whose values are known codes.

    Raises:
        PlacesError: the file is not GeoJSON, has no feature, or no property holds a code.
    """
    path = Path(path)
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        features = document["features"]
    except OSError as error:
        raise PlacesError(f"{path}: the boundaries cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise PlacesError(f"{path.name}: this is not a GeoJSON file of features.") from error
    if not features:
        raise PlacesError(f"{path.name}: the file holds no feature.")
    key = _code_property(path, features, known)
    geometries = {}
    for number, feature in enumerate(features, start=1):
        try:
            geometry = shape(feature["geometry"])
        except (KeyError, TypeError, ValueError, AttributeError, GEOSException) as error:
            raise PlacesError(f"{path.name}, feature {number}: it has no geometry that can be drawn.") from error
        geometries[str(feature["properties"][key])] = geometry if geometry.is_valid else make_valid(geometry)
    return Boundaries(geometries)


def _code_property(path: Path, features: list[dict[str, Any]], known: Collection[str] | None) -> str:
    properties = features[0].get("properties") or {}
    if known is not None:
        for name in properties:
            if all(str((feature.get("properties") or {}).get(name)) in known for feature in features):
                return str(name)
    for name in properties:
        if name.casefold() in ("code", "area_code", "areacode") or name.upper().endswith("CD"):
            return str(name)
    raise PlacesError(
        f"{path.name}: no property of the features holds an area code. Name it 'code'. "
        f"The properties are {', '.join(properties) or 'none'}."
    )
