"""The replicates of a study: which kernel scans them, and when they stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from commonweal.clusters.permutation_maxima import permutation_maxima
from commonweal.clusters.settings import POISSON, SPACE_TIME_PERMUTATION, SPATIAL
from commonweal.clusters.significance import stops_early, until_stopped
from commonweal.clusters.simulation import Survey, maxima
from commonweal.clusters.spatial_poisson import spatial_poisson_maxima
from commonweal.clusters.study import Study

Progress = Callable[[int, int], None]
Floats = NDArray[np.float64]
FIRST_LOOK = 256


def simulate(study: Study, survey: Survey, observed: float, progress: Progress | None, threads: int | None) -> Floats:
    """The greatest statistic of each replicate, up to the one at which a sequential run stops.

    Args:
        observed: the greatest statistic of the data.
        progress: called with replicates done and asked for.
    """
    settings = study.settings
    done: list[Floats] = []
    for batch in _batches(study, survey, progress, threads):
        done.append(batch)
        if stops_early(settings):
            kept, stopped = until_stopped(np.concatenate(done), observed, settings.sequential_cutoff)
            if stopped:
                return kept
    return np.concatenate(done) if done else np.zeros(0)


def _batches(study: Study, survey: Survey, progress: Progress | None, threads: int | None) -> Iterator[Floats]:
    """The maxima in replicate order: from a kernel made for the set-up if there is one, else from the general one."""
    asked = study.settings.replicates
    first = 1
    fast = _fast_kernel(study, survey, threads)
    if fast is not None:
        looks = [range(1, 1 + FIRST_LOOK), range(1 + FIRST_LOOK, asked + 1)] if stops_early(study.settings) else []
        for numbers in looks if asked > FIRST_LOOK and looks else [range(1, asked + 1)]:
            try:
                batch = fast(numbers, _from(numbers.start - 1, asked, progress))
            except TooManyCases:
                break
            first = numbers.stop
            yield batch
    number = first - 1
    if number < asked:
        general = maxima(
            survey, study.draw(), study.simulated_time, first=first, replicates=asked - number, threads=threads
        )
        for batch in general:
            number += len(batch)
            if progress is not None:
                progress(number, asked)
            yield batch


def _fast_kernel(
    study: Study, survey: Survey, threads: int | None
) -> Callable[[range, Progress | None], Floats] | None:
    settings, windows, least = study.settings, survey.windows, survey.statistic.min_high
    if settings.rates != "high" or survey.whole_period:
        return None
    if settings.model == SPACE_TIME_PERMUTATION:
        sample = study.sample()
        if sample.stratum.max(initial=0) > 0:
            return None

        def permutations(numbers: range, progress: Progress | None) -> Floats:
            return permutation_maxima(
                windows,
                sample.place,
                sample.interval,
                study.simulated_time,
                min_cases=least,
                replicates=numbers,
                seed=settings.seed,
                threads=threads,
                progress=progress,
            )

        return _or_too_many_cases(permutations)
    if settings.model == POISSON and settings.analysis == SPATIAL:
        draw = study.draw()
        expected = survey.measure[:, 0] * (survey.cases / survey.total)

        def areas(number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
            place, _, count = draw(number)
            return place.astype(np.int64), count.astype(np.int64)

        def thrown(numbers: range, progress: Progress | None) -> Floats:
            best = np.zeros(len(numbers))
            for penalty in np.unique(windows.penalty):
                alike = windows.with_penalty(penalty)
                found = spatial_poisson_maxima(
                    alike.order,
                    alike.length,
                    expected,
                    survey.cases,
                    areas,
                    min_cases=least,
                    replicates=numbers,
                    threads=threads,
                    progress=progress,
                )
                best = np.maximum(best, penalty * found)
            return best

        return _or_too_many_cases(thrown)
    return None


class TooManyCases(Exception):
    """The counters of a fast kernel are too small for the data; the general one has no such bound."""


def _or_too_many_cases(
    kernel: Callable[[range, Progress | None], Floats],
) -> Callable[[range, Progress | None], Floats]:
    def guarded(numbers: range, progress: Progress | None) -> Floats:
        try:
            return kernel(numbers, progress)
        except ValueError as error:
            raise TooManyCases from error

    return guarded


def _from(done: int, asked: int, progress: Progress | None) -> Progress | None:
    if progress is None:
        return None
    return lambda number, _: progress(min(done + number, asked), asked)
