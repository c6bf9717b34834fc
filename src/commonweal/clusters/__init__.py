"""Cluster detection: frames in, frames out. No files, no network, no web."""

from commonweal.clusters.farrington import farrington
from commonweal.clusters.farrington_flexible import farrington_flexible

__all__ = ["farrington", "farrington_flexible"]
