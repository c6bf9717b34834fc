"""Benchmarking a collaborative: its areas compared, profiled, related and led to those they can learn from."""

from commonweal.benchmarking.association import Association, associate
from commonweal.benchmarking.collaborative import BETTER, METHODS, WORSE, CollaborativeBenchmark, NoSuchIndicator
from commonweal.benchmarking.learning import Exemplar, improving_areas, learn_from
from commonweal.benchmarking.profile import area_profile

__all__ = [
    "BETTER",
    "METHODS",
    "WORSE",
    "Association",
    "CollaborativeBenchmark",
    "Exemplar",
    "NoSuchIndicator",
    "area_profile",
    "associate",
    "improving_areas",
    "learn_from",
]
