"""From indexes back to places and days."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from commonweal.clusters.measure import count_table
from commonweal.clusters.result import Cluster
from commonweal.clusters.secondary import Candidate
from commonweal.clusters.settings import BERNOULLI, SPACE_TIME_PERMUTATION
from commonweal.clusters.study import Study
from commonweal.clusters.windows import SpatialWindows


def cluster_of(study: Study, windows: SpatialWindows, candidate: Candidate) -> Cluster:
    """A candidate in the words of the data."""
    settings, measure = study.settings, study.measure
    scale = study.total_cases / measure.total
    expected = candidate.measure * scale
    inside = slice(candidate.start, candidate.end + 1)
    members = candidate.places
    position = pl.DataFrame({"place": members, "member": np.arange(len(members))}).with_columns(
        pl.col("place").cast(pl.Int32)
    )
    counts = (
        study.cases.filter(pl.col("interval").is_between(candidate.start, candidate.end))
        .join(position, on="place")
        .select("member", "count")
    )
    observed = np.bincount(counts["member"].to_numpy(), counts["count"].to_numpy(), minlength=len(members))
    centre, centre_id, radius = None, None, None
    number = int(windows.centre[candidate.row])
    if number >= 0 and study.lists is not None:
        centre_id = study.identifiers[study.lists[number][0]]
    elif number >= 0:
        grown_from = study.centres or study.places
        assert grown_from is not None
        assert study.places is not None
        centre = (float(grown_from.coordinates[number, 0]), float(grown_from.coordinates[number, 1]))
        centre_id = grown_from.identifiers[number]
        radius = study.places.printed_distance(candidate.radius)
    elongated = number >= 0 and windows.shape[candidate.row] != 1
    dated = settings.study_period is not None
    return Cluster(
        location_ids=tuple(study.identifiers[place] for place in members),
        observed=candidate.cases,
        expected=expected,
        statistic=candidate.statistic,
        is_high=not candidate.low,
        centre=centre,
        centre_id=centre_id,
        radius=radius,
        ellipse_shape=float(windows.shape[candidate.row]) if elongated else None,
        ellipse_angle=float(windows.angle[candidate.row]) if elongated else None,
        start=study.period.first_day(candidate.start) if dated else None,
        end=study.period.last_day(candidate.end) if dated else None,
        relative_risk=(
            None
            if settings.model == SPACE_TIME_PERMUTATION
            else relative_risk(candidate.cases, expected, study.total_cases)
        ),
        population=_population(study, candidate),
        coordinates=settings.coordinates,
        model=settings.model,
        location_observed=tuple(int(count) for count in observed),
        location_expected=tuple((measure.by_interval[members, inside].sum(axis=1) * scale).tolist()),
    )


def relative_risk(cases: float, expected: float, total: float) -> float:
    """Cases over expected, inside over outside; infinite where every case is inside."""
    if cases >= total:
        return math.inf
    if expected <= 0:
        return math.inf if cases else 0.0
    return (cases / expected) / ((total - cases) / (total - expected)) if total > expected else 0.0


def location_table(study: Study) -> pl.DataFrame:
    """A row a place over the whole period: coordinates, observed and expected cases, relative risk."""
    counts = count_table(study.cases, len(study.identifiers), study.period.intervals).sum(axis=1)
    expected = study.measure.by_interval.sum(axis=1) * (study.total_cases / study.measure.total)
    coordinates = study.places.coordinates if study.places is not None else np.full((len(counts), 2), np.nan)
    return pl.DataFrame(
        {
            "place": list(study.identifiers),
            "first": coordinates[:, 0],
            "second": coordinates[:, 1],
            "observed": counts,
            "expected": expected,
            "relative_risk": [
                relative_risk(count, awaited, study.total_cases) if awaited > 0 else None
                for count, awaited in zip(counts.tolist(), expected.tolist(), strict=True)
            ],
        }
    )


def _population(study: Study, candidate: Candidate) -> float | None:
    inside = slice(candidate.start, candidate.end + 1)
    if study.settings.model == BERNOULLI:
        return candidate.measure
    if study.population is None:
        return None
    days = np.diff(study.period.boundaries)[inside]
    return float(study.population[candidate.places, inside].sum(axis=0) @ days / days.sum())
