"""Benchmarking a collaborative: its areas compared, profiled, related and led to those they can learn from."""

from commonweal.benchmarking.association import Association, associate
from commonweal.benchmarking.collaborative import BETTER, METHODS, WORSE, CollaborativeBenchmark, NoSuchIndicator
from commonweal.benchmarking.funnel import Funnel, NoFunnel, funnel
from commonweal.benchmarking.learning import Exemplar, improving_areas, learn_from
from commonweal.benchmarking.profile import area_profile
from commonweal.benchmarking.variation import NoControlChart, Variation, charts_of, variation

__all__ = [
    "BETTER",
    "METHODS",
    "WORSE",
    "Association",
    "CollaborativeBenchmark",
    "Exemplar",
    "Funnel",
    "NoControlChart",
    "NoFunnel",
    "NoSuchIndicator",
    "Variation",
    "area_profile",
    "associate",
    "charts_of",
    "funnel",
    "improving_areas",
    "learn_from",
    "variation",
]
