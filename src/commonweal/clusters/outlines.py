"""The outlines of clusters, for maps."""

from __future__ import annotations

import math

from commonweal.clusters.places import EARTH_RADIUS_KM
from commonweal.clusters.result import Cluster
from commonweal.clusters.settings import LATITUDE_LONGITUDE

CORNERS = 72


def outline(cluster: Cluster) -> list[list[float]]:
    """A closed ring of 72 corners round a cluster: [longitude, latitude], or [x, y] where places are cartesian.

    A circle on the sphere is drawn at its distance along the surface. A cluster of one place has no width: its corners
    are all its centre.
    """
    assert cluster.centre is not None
    assert cluster.radius is not None
    turns = [2 * math.pi * step / CORNERS for step in range(CORNERS)]
    if cluster.coordinates == LATITUDE_LONGITUDE:
        corners = [_on_the_globe(*cluster.centre, cluster.radius, turn) for turn in turns]
    else:
        corners = [_on_the_plane(cluster, turn) for turn in turns]
    return [*corners, corners[0]]


def _on_the_globe(latitude: float, longitude: float, radius: float, bearing: float) -> list[float]:
    """The point a distance away along a great circle."""
    north, east, angle = math.radians(latitude), math.radians(longitude), radius / EARTH_RADIUS_KM
    there = math.asin(math.sin(north) * math.cos(angle) + math.cos(north) * math.sin(angle) * math.cos(bearing))
    turned = math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(north), math.cos(angle) - math.sin(north) * math.sin(there)
    )
    return [(math.degrees(east + turned) + 540) % 360 - 180, math.degrees(there)]


def _on_the_plane(cluster: Cluster, turn: float) -> list[float]:
    assert cluster.centre is not None
    assert cluster.radius is not None
    long, short = cluster.radius * (cluster.ellipse_shape or 1.0), cluster.radius
    tilt = math.radians(cluster.ellipse_angle or 0.0)
    along, across = long * math.cos(turn), short * math.sin(turn)
    return [
        cluster.centre[0] + along * math.cos(tilt) - across * math.sin(tilt),
        cluster.centre[1] + along * math.sin(tilt) + across * math.cos(tilt),
    ]
