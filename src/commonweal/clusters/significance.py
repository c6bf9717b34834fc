"""How surprising a cluster is: p-values by rank, sequential and Gumbel, and the recurrence interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonweal.clusters.settings import PROSPECTIVE_SPACE_TIME, SPACE_TIME, SPATIAL, ScanSettings
from commonweal.clusters.study_period import DAYS_OF_UNIT, TimeWindows

Floats = NDArray[np.float64]
FEWEST_REPLICATES = 99
GUMBEL_BELOW_RANK = 10
TIED = 1e-9
EULER = 0.57722


@dataclass(frozen=True)
class Significance:
    """A p-value and where it comes from; None where there is none."""

    p_value: float | None
    gumbel_p_value: float | None
    is_gumbel: bool


def stops_early(settings: ScanSettings) -> bool:
    """Whether replicates end once enough of them reach the data."""
    return settings.p_value in ("default", "sequential")


def until_stopped(simulated: Floats, observed: float, cutoff: int) -> tuple[Floats, bool]:
    """The replicates up to the one with which `cutoff` of them exceed `observed`, and whether that came; else all.

    Replicates that only equal the data do not count here, although they do in a rank: so the reference program answers.
    """
    reached = np.cumsum(simulated > observed + TIED)
    if len(reached) == 0 or reached[-1] < cutoff:
        return simulated, False
    return simulated[: int(np.searchsorted(reached, cutoff)) + 1], True


def significance(statistic: float, simulated: Floats, settings: ScanSettings) -> Significance:
    """The p-value of a cluster by the settings' method.

    A sequential run that stopped early has p = (simulated maxima that exceed the statistic) / (replicates done); else
    p = rank / (replicates + 1), where the rank counts those that equal it too. The Gumbel approximation takes its two
    parameters from the mean and the standard deviation of the maxima, and is defined for high rates in space or in
    space and time.

    Args:
        simulated: greatest statistic of each replicate done.

    Sources: Besag J, Clifford P. Sequential Monte Carlo p-values. Biometrika 1991;78:301-304. Abrams AM, Kleinman K,
    Kulldorff M. Gumbel based p-value approximations for spatial scan statistics. International Journal of Health
    Geographics 2010;9:61.
    """
    done = len(simulated)
    stopped = stops_early(settings) and done < settings.replicates
    if settings.replicates < FEWEST_REPLICATES or done == 0:
        return Significance(None, None, False)
    reached = int((simulated >= statistic - TIED).sum())
    exceeding = int((simulated > statistic + TIED).sum())
    by_rank = exceeding / done if stopped else (reached + 1) / (done + 1)
    gumbel = gumbel_p_value(statistic, simulated) if _gumbel_is_defined(settings) else None
    if gumbel is None or settings.p_value in ("standard", "sequential"):
        return Significance(by_rank, gumbel, False)
    if settings.p_value == "gumbel" or reached + 1 < GUMBEL_BELOW_RANK:
        return Significance(gumbel, gumbel, True)
    return Significance(by_rank, gumbel, False)


def gumbel_p_value(statistic: float, simulated: Floats) -> float:
    """The chance of a Gumbel distribution with the maxima's mean and standard deviation to reach the statistic."""
    spread = float(np.std(simulated, ddof=1)) * math.sqrt(6) / math.pi
    if spread == 0:
        return 1.0 if statistic <= simulated[0] else 0.0
    location = float(np.mean(simulated)) - EULER * spread
    exponent = (location - statistic) / spread
    return -math.expm1(-math.exp(min(exponent, 700.0)))


def recurrence_interval_days(p_value: float | None, time: TimeWindows, settings: ScanSettings) -> float | None:
    """How often chance alone gives such a cluster, in days; None for retrospective scans.

    Args:
        time: windows of the replicates; adjusting for earlier analyses, they end in several intervals, and the p-value
            is brought back to one.

    Source: Kleinman K, Lazarus R, Platt R. A generalized linear mixed models approach for detecting incident clusters
    of disease in small areas. American Journal of Epidemiology 2004;159:217-224.
    """
    if p_value is None or not settings.is_prospective:
        return None
    analyses = time.intervals - time.first_end if settings.adjust_for_earlier_analyses else 1
    each = p_value if analyses == 1 else -math.expm1(math.log1p(-p_value) / analyses) if p_value < 1 else 1.0
    unit = settings.recurrence_unit_days or settings.interval_length * DAYS_OF_UNIT[settings.interval_unit]
    return math.inf if each <= 0 else unit / each


def _gumbel_is_defined(settings: ScanSettings) -> bool:
    return settings.rates == "high" and settings.analysis in (SPATIAL, SPACE_TIME, PROSPECTIVE_SPACE_TIME)
