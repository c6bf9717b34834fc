"""The scan: cases and places in, clusters out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrame
from numpy.typing import NDArray

from commonweal.clusters.candidates import candidates, spatial_windows, survey_of
from commonweal.clusters.case_table import LEAVE_OUT, REFUSE, Admission
from commonweal.clusters.dates import as_date
from commonweal.clusters.findings import cluster_of, location_table
from commonweal.clusters.gini import best_limit
from commonweal.clusters.problems import ScanError
from commonweal.clusters.replicates import simulate
from commonweal.clusters.result import Cluster, ScanResult
from commonweal.clusters.secondary import Candidate, ranked, reported
from commonweal.clusters.settings import BERNOULLI, CARTESIAN, ScanSettings, When
from commonweal.clusters.significance import recurrence_interval_days, significance
from commonweal.clusters.study import FEWEST_CASES, Study, Tables, make_study
from commonweal.clusters.windows import SpatialWindows
from commonweal.stats.frames import like

NO_CLUSTER = (
    "No window differs from what is expected in the direction looked for, with enough cases: there is no cluster."
)
Progress = Callable[[int, int], None]
Floats = NDArray[np.float64]


def scan(
    cases: IntoDataFrame,
    places: IntoDataFrame | None = None,
    *,
    model: str | None = None,
    analysis: str | None = None,
    study_period: tuple[When | str, When | str] | None = None,
    population: IntoDataFrame | None = None,
    controls: IntoDataFrame | None = None,
    centres: IntoDataFrame | None = None,
    neighbours: Mapping[str, Sequence[str]] | Sequence[Sequence[str]] | None = None,
    circle_population: IntoDataFrame | None = None,
    place: str = "place",
    count: str | None = None,
    date: str = "date",
    covariates: Sequence[str] = (),
    latitude: str = "latitude",
    longitude: str = "longitude",
    x: str = "x",
    y: str = "y",
    population_count: str = "population",
    population_date: str | None = None,
    unknown_places: str = REFUSE,
    dates_outside: str = LEAVE_OUT,
    settings: ScanSettings | None = None,
    progress: Progress | None = None,
    threads: int | None = None,
    **choices: Any,
) -> ScanResult:
    """Find clusters with a scan statistic.

    Windows of every place (and time) up to the limits are compared with what chance would give; the greatest log
    likelihood ratio is judged against those of random data sets, so that the many windows are allowed for. Which model
    and which settings to choose is told in docs/methods/clusters/choosing-a-scan.md.

    Args:
        cases: a row a case, or rows with a number in `count`; columns `place`, `date` and `covariates`.
        places: columns `place` and `latitude`, `longitude` (or `x`, `y`).
        model, analysis, study_period: see `ScanSettings`; the period's days may be text such as "2026-11-24".
        population: Poisson: columns `place`, `population_count`, `covariates` and, unless it is constant,
            `population_date`.
        controls: Bernoulli: as `cases`.
        centres: points for windows to grow from, with the columns of `places`; by default the places.
        neighbours: for each place its neighbours, nearest first, in place of distances.
        circle_population: columns `place` and `population_count`, for `max_circle_population_share`.
        unknown_places, dates_outside: "refuse", or "leave out" with a warning that counts them.
        settings: all choices in one object, in place of single ones.
        progress: called with replicates done and asked for.
        threads: at most so many; by default one a core. Results do not depend on it.
        choices: the other attributes of `ScanSettings`, such as `max_distance=3`.

    Raises:
        ScanError: a setting or the data break a rule.
        ColumnError: a table lacks a column.
    """
    chosen = _settings(settings, model, analysis, study_period, choices)
    tables = Tables(
        cases=cases,
        places=places,
        population=population,
        controls=controls,
        centres=centres,
        neighbours=neighbours,
        circle_population=circle_population,
        place=place,
        count=count,
        date=date,
        covariates=tuple(covariates),
        coordinates=(x, y) if chosen.coordinates == CARTESIAN else (latitude, longitude),
        population_count=population_count,
        population_date=population_date,
        admission=Admission(unknown_places, dates_outside),
    )
    study = make_study(tables, chosen)

    def as_cases(frame: pl.DataFrame) -> Any:
        return like(cases, frame)

    return scan_study(study, spatial_windows(study), progress=progress, threads=threads, as_input=as_cases)


def scan_study(
    study: Study,
    windows: SpatialWindows,
    *,
    progress: Progress | None = None,
    threads: int | None = None,
    as_input: Callable[[pl.DataFrame], Any] = lambda frame: frame,
) -> ScanResult:
    """Scan a study that was made ready, with windows that were.

    Args:
        as_input: what turns a result into the kind of frame that the data were.
    """
    settings = study.settings
    survey = survey_of(study, windows)
    found = candidates(study, windows, survey, threads)
    top = ranked(found)[:1]
    simulated = simulate(study, survey, top[0].statistic if top else np.inf, progress, threads)
    coefficients: dict[float, float] = {}
    if settings.iterative:
        clusters = _one_after_another(study, windows, threads, top, simulated)
    else:
        kept = reported(found, settings.secondary_criterion)
        best: list[Candidate] = []
        if settings.gini:
            coefficients, best = best_limit(study, windows, simulated, threads)
        marked = {_window(candidate) for candidate in best}
        known = {_window(candidate) for candidate in kept}
        clusters = [
            judged(study, windows, candidate, simulated, gini=_window(candidate) in marked)
            for candidate in ranked([*kept, *(candidate for candidate in best if _window(candidate) not in known)])
        ]
    return ScanResult(
        settings=settings,
        clusters=tuple(clusters),
        simulated=simulated,
        warnings=study.warnings if found else (*study.warnings, NO_CLUSTER),
        total_cases=study.total_cases,
        total_population=_total_population(study),
        locations=location_table(study),
        gini=coefficients,
        as_input=as_input,
    )


def judged(
    study: Study, windows: SpatialWindows, candidate: Candidate, simulated: Floats, *, gini: bool = False
) -> Cluster:
    """A candidate as a cluster, with its p-value and recurrence interval."""
    found = significance(candidate.statistic, simulated, study.settings)
    return cluster_of(study, windows, candidate).with_significance(
        p_value=found.p_value,
        gumbel_p_value=found.gumbel_p_value,
        p_value_is_gumbel=found.is_gumbel,
        recurrence_interval_days=recurrence_interval_days(found.p_value, study.simulated_time, study.settings),
        gini=gini,
    )


def _one_after_another(
    study: Study, windows: SpatialWindows, threads: int | None, top: list[Candidate], simulated: Floats
) -> list[Cluster]:
    """The most likely cluster, then that of what is left, and so on; the first without significance ends it.

    Source: Zhang Z, Assuncao R, Kulldorff M. Spatial scan statistics adjusted for multiple clusters. Journal of
    Probability and Statistics 2010;642379.
    """
    settings = study.settings
    clusters: list[Cluster] = []
    while top and len(clusters) < settings.iterations:
        clusters.append(judged(study, windows, top[0], simulated))
        p_value = clusters[-1].p_value
        if p_value is None or p_value > settings.iterative_p_value:
            break
        study = study.without(top[0].places, top[0].start, top[0].end)
        if study.total_cases < FEWEST_CASES or study.measure.total <= 0:
            break
        survey = survey_of(study, windows)
        top = ranked(candidates(study, windows, survey, threads))[:1]
        if top:
            simulated = simulate(study, survey, top[0].statistic, None, threads)
    return clusters


def _window(candidate: Candidate) -> tuple[int, int, int, int]:
    return candidate.row, candidate.size, candidate.start, candidate.end


def _settings(
    settings: ScanSettings | None,
    model: str | None,
    analysis: str | None,
    study_period: tuple[When | str, When | str] | None,
    choices: dict[str, Any],
) -> ScanSettings:
    if settings is not None:
        if model or analysis or study_period or choices:
            raise ScanError("Give either settings or single choices, not both.")
        return settings
    if model is None or analysis is None:
        raise ScanError("Say which model and which analysis: see docs/methods/clusters/choosing-a-scan.md.")
    period = None
    if study_period is not None:
        if isinstance(study_period, str) or len(study_period) != 2:
            raise ScanError(f"The study period must be its first and its last day, not {study_period!r}.")
        unit = choices.get("interval_unit", "day")
        first, last = study_period
        period = (as_date(first, unit), _last_day(last, unit))
    if isinstance(choices.get("prospective_start"), str):
        choices["prospective_start"] = as_date(choices["prospective_start"], choices.get("interval_unit", "day"))
    return ScanSettings.from_choices(model=model, analysis=analysis, study_period=period, **choices)


def _last_day(last: When | str, unit: str) -> When:
    """The day a period ends: of a year or a month alone, its last."""
    day = as_date(last, unit)
    if not isinstance(last, str) or not isinstance(day, dt.date):
        return day
    text = last.strip()
    if text.isdigit() and len(text) == 4:
        return dt.date(day.year, 12, 31)
    if len(text) <= 7 and text[4:5] in ("-", "/"):
        return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1) - dt.timedelta(days=1)
    return day


def _total_population(study: Study) -> float | None:
    if study.settings.model == BERNOULLI:
        return study.measure.total
    if study.population is None:
        return None
    days = np.diff(study.period.boundaries)
    return float(study.population.sum(axis=0) @ days / days.sum())
