"""Cluster detection: frames in, clusters out. No files, no network, no web."""

from commonweal.clusters.backtest import BacktestResult, backtest, scanned_days
from commonweal.clusters.first_use import prepare
from commonweal.clusters.problems import ScanError
from commonweal.clusters.result import Cluster, ScanResult
from commonweal.clusters.scan import scan
from commonweal.clusters.scanner import NeighbourTable, Scanner
from commonweal.clusters.settings import ScanSettings

__all__ = [
    "BacktestResult",
    "Cluster",
    "NeighbourTable",
    "ScanError",
    "ScanResult",
    "ScanSettings",
    "Scanner",
    "backtest",
    "prepare",
    "scan",
    "scanned_days",
]
