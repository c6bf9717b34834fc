"""The limit on the size of clusters that parts the map best, by the Gini coefficient."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from commonweal.clusters.candidates import candidates, survey_of
from commonweal.clusters.secondary import Candidate, reported
from commonweal.clusters.significance import significance
from commonweal.clusters.study import Study
from commonweal.clusters.windows import SpatialWindows, shortened

SIGNIFICANT = 0.05


def gini_coefficient(clusters: Sequence[tuple[float, float]], total: float) -> float:
    """How far clusters part the cases from what is expected: 0 not at all, near 1 very far.

    The clusters, and everything outside them as one more part, are ordered by their ratio of cases to expected,
    greatest first; the coefficient is twice the area between the curve of cumulated cases over cumulated expected cases
    and the diagonal.

    Args:
        clusters: cases and expected cases of each.
        total: cases, and expected cases, in all.

    Source: Han J, Zhu L, Kulldorff M, Hostovich S, Stinchcomb DG, Tatalovich Z, Lewis DR, Feuer EJ. Using Gini
    coefficient to determining optimal cluster reporting sizes for spatial scan statistics. International Journal of
    Health Geographics 2016;15:27.
    """
    if not clusters:
        return 0.0
    outside = (total - sum(pair[0] for pair in clusters), total - sum(pair[1] for pair in clusters))
    falling = sorted([*clusters, outside], key=lambda pair: -pair[0] / pair[1] if pair[1] > 0 else -np.inf)
    up = np.array([0.0, *(pair[0] for pair in falling)]).cumsum() / total
    along = np.array([0.0, *(pair[1] for pair in falling)]).cumsum() / total
    return float((np.diff(along) * (up[1:] + up[:-1])).sum()) - 1.0


def best_limit(
    study: Study, windows: SpatialWindows, simulated: NDArray[np.float64], threads: int | None
) -> tuple[dict[float, float], list[Candidate]]:
    """The coefficient of the significant clusters under each limit, and the clusters of the greatest.

    Clusters under every limit are judged by the same replicates, scanned up to the greatest limit. Ties go to the
    smaller limit. Without a significant cluster under any limit the list is empty.

    Args:
        simulated: greatest statistic of each replicate.
    """
    settings = study.settings
    assert settings.max_population_share is not None
    shares = sorted({share for share in settings.gini_shares if share <= settings.max_population_share})
    coefficients: dict[float, float] = {}
    best: list[Candidate] = []
    scale = study.total_cases / study.measure.total
    for share in shares:
        shorter = shortened(windows, study.measure.size, share * float(study.measure.size.sum()))
        kept = [
            candidate
            for candidate in reported(
                candidates(study, shorter, survey_of(study, shorter), threads), settings.secondary_criterion
            )
            if (significance(candidate.statistic, simulated, settings).p_value or 1.0) <= SIGNIFICANT
        ]
        parts = [(float(candidate.cases), candidate.measure * scale) for candidate in kept]
        coefficients[share] = gini_coefficient(parts, float(study.total_cases))
        if coefficients[share] > max((value for key, value in coefficients.items() if key != share), default=0.0):
            best = kept
    return coefficients, best
