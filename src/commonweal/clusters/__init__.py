"""Cluster detection: frames in, frames out. No files, no network, no web."""

from commonweal.clusters.cusum import cusum
from commonweal.clusters.ears import ears
from commonweal.clusters.farrington import farrington
from commonweal.clusters.farrington_flexible import farrington_flexible
from commonweal.clusters.generalised_likelihood_ratio import generalised_likelihood_ratio
from commonweal.clusters.knox import knox
from commonweal.clusters.space_time_k import SpaceTimeK, space_time_k

__all__ = [
    "SpaceTimeK",
    "cusum",
    "ears",
    "farrington",
    "farrington_flexible",
    "generalised_likelihood_ratio",
    "knox",
    "space_time_k",
]
