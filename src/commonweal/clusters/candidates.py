"""From the best windows of each row to the candidates for clusters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from commonweal.clusters import windows as spatial
from commonweal.clusters.secondary import Candidate
from commonweal.clusters.settings import BERNOULLI, ELLIPSE_ANGLES, SPACE_TIME, ScanSettings
from commonweal.clusters.simulation import BestWindows, Statistic, Survey, best_windows
from commonweal.clusters.study import Study
from commonweal.clusters.windows import SpatialWindows

WINDOWS_A_CENTRE = 4
A_HAIR = 1e-9


def spatial_windows(study: Study) -> SpatialWindows:
    """Every window in space that the settings allow."""
    settings, limits = study.settings, study.limits
    number = len(study.identifiers)
    if not settings.uses_space:
        return spatial.all_places(number)
    if study.lists is not None:
        found = spatial.listed_neighbours(study.lists, limits)
    else:
        assert study.places is not None
        centres = (study.centres or study.places).points
        found = spatial.circles(centres, study.places, limits, settings.max_distance)
        if settings.ellipse_shapes:
            angles = settings.ellipse_angles or usual_angles(settings)
            found = spatial.together(
                found,
                spatial.ellipses(
                    centres,
                    study.places,
                    limits,
                    settings.max_distance,
                    shapes=settings.ellipse_shapes,
                    angles=angles,
                    penalty=settings.ellipse_penalty,
                ),
            )
    if settings.include_purely_temporal and settings.uses_time:
        found = spatial.together(found, spatial.all_places(number))
    return found


def usual_angles(settings: ScanSettings) -> tuple[int, ...]:
    """The usual number of angles of each ellipse shape."""
    return tuple(ELLIPSE_ANGLES[shape] for shape in settings.ellipse_shapes)


def survey_of(study: Study, windows: SpatialWindows) -> Survey:
    """The windows and the measure, without places that can have neither cases nor measure."""
    settings, measure = study.settings, study.measure
    weight = measure.by_interval.sum(axis=1)
    return Survey(
        without(windows, weight <= 0),
        measure.by_interval,
        measure.total,
        study.total_cases,
        Statistic(
            settings.rates in ("high", "both"),
            settings.rates in ("low", "both"),
            settings.min_cases_high,
            settings.min_cases_low,
            settings.model == BERNOULLI,
        ),
        settings.include_purely_spatial and settings.uses_time,
    )


def without(windows: SpatialWindows, left_out: NDArray[np.bool_]) -> SpatialWindows:
    """The windows without some places: the rest keep their order."""
    if not left_out.any():
        return windows
    inside = np.arange(windows.order.shape[1]) < windows.length[:, None]
    kept = inside & ~left_out[windows.order]
    length = kept.sum(axis=1).astype(np.int32)
    order = np.full((windows.rows, int(length.max(initial=0))), -1, dtype=np.int32)
    order[np.arange(order.shape[1]) < length[:, None]] = windows.order[kept]
    return replace(windows, order=order, length=length)


def candidates(study: Study, windows: SpatialWindows, survey: Survey, threads: int | None) -> list[Candidate]:
    """The best window of each centre; in a retrospective space-time scan up to four that share no time."""
    data = study.data_set()
    passes = WINDOWS_A_CENTRE if study.settings.analysis == SPACE_TIME else 1
    taken = np.full((windows.rows, passes, 2), -1, dtype=np.int32)
    found: list[Candidate] = []
    for number in range(passes):
        best = best_windows(survey, data, study.observed_time, taken, threads)
        if not (best.statistic > 0).any():
            break
        found += _best_of_each_centre(study, windows, survey, best)
        none_left = best.statistic <= 0
        taken[:, number, 0] = np.where(none_left, 0, best.start)
        taken[:, number, 1] = np.where(none_left, study.period.intervals - 1, best.end)
    return found


def _best_of_each_centre(study: Study, windows: SpatialWindows, survey: Survey, best: BestWindows) -> list[Candidate]:
    chosen: dict[int, int] = {}
    for row in np.flatnonzero(best.statistic > 0):
        centre = int(windows.centre[row])
        if centre not in chosen or best.statistic[row] > best.statistic[chosen[centre]] + A_HAIR:
            chosen[centre] = int(row)
    return [_candidate(study, windows, survey, best, row) for row in chosen.values()]


def _candidate(study: Study, windows: SpatialWindows, survey: Survey, best: BestWindows, row: int) -> Candidate:
    last = survey.windows.order[row, best.rank[row]]
    size = int(np.flatnonzero(windows.order[row] == last)[0]) + 1
    radius, point, holds, place = 0.0, None, None, -1
    number = int(windows.centre[row])
    if number >= 0 and study.lists is not None:
        place = study.lists[number][0]
    elif number >= 0:
        assert study.places is not None
        points = study.places.points
        centres = points if study.centres is None else study.centres.points
        radius = spatial.reach(windows, row, size, centres, points)
        point = centres[number]
        shape, angle = float(windows.shape[row]), float(windows.angle[row])

        def holds(other: NDArray[np.float64]) -> bool:
            return spatial.distance_from(point, other, shape, angle) <= radius + A_HAIR

    return Candidate(
        float(best.statistic[row]),
        row,
        size,
        windows.order[row, :size],
        radius,
        point,
        place,
        holds,
        int(best.start[row]),
        int(best.end[row]),
        bool(best.low[row]),
        int(best.cases[row]),
        float(best.measure[row]),
    )
