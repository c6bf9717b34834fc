"""Cluster detection: frames in, clusters out. No files, no network, no web."""

from commonweal.clusters.backtest import BacktestResult, backtest, scanned_days
from commonweal.clusters.cusum import cusum
from commonweal.clusters.ears import ears
from commonweal.clusters.farrington import farrington
from commonweal.clusters.farrington_flexible import farrington_flexible
from commonweal.clusters.first_use import prepare
from commonweal.clusters.generalised_likelihood_ratio import generalised_likelihood_ratio
from commonweal.clusters.knox import knox
from commonweal.clusters.problems import ScanError
from commonweal.clusters.result import Cluster, ScanResult
from commonweal.clusters.scan import scan
from commonweal.clusters.scanner import NeighbourTable, Scanner
from commonweal.clusters.settings import ScanSettings
from commonweal.clusters.space_time_k import SpaceTimeK, space_time_k

__all__ = [
    "BacktestResult",
    "Cluster",
    "NeighbourTable",
    "ScanError",
    "ScanResult",
    "ScanSettings",
    "Scanner",
    "SpaceTimeK",
    "backtest",
    "cusum",
    "ears",
    "farrington",
    "farrington_flexible",
    "generalised_likelihood_ratio",
    "knox",
    "prepare",
    "scan",
    "scanned_days",
    "space_time_k",
]
