"""Cluster detection: frames in, clusters out. No files, no network, no web."""

from commonweal.clusters.problems import ScanError
from commonweal.clusters.result import Cluster, ScanResult
from commonweal.clusters.scan import scan
from commonweal.clusters.settings import ScanSettings

__all__ = ["Cluster", "ScanError", "ScanResult", "ScanSettings", "scan"]
