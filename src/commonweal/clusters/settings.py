"""What a scan looks for and how: every choice in one frozen, validated object."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any, Self

from commonweal.clusters.problems import ScanError

POISSON = "poisson"
BERNOULLI = "bernoulli"
SPACE_TIME_PERMUTATION = "space-time permutation"
MODELS = (POISSON, BERNOULLI, SPACE_TIME_PERMUTATION)

SPATIAL = "spatial"
TEMPORAL = "temporal"
SPACE_TIME = "space-time"
PROSPECTIVE_SPACE_TIME = "prospective space-time"
PROSPECTIVE_TEMPORAL = "prospective temporal"
ANALYSES = (SPATIAL, TEMPORAL, SPACE_TIME, PROSPECTIVE_SPACE_TIME, PROSPECTIVE_TEMPORAL)

RATES = ("high", "low", "both")
INTERVAL_UNITS = ("day", "month", "year", "generic")
LATITUDE_LONGITUDE = "latitude and longitude"
CARTESIAN = "cartesian"
COORDINATES = (LATITUDE_LONGITUDE, CARTESIAN)

SECONDARY_CRITERIA = (
    "no geographical overlap",
    "no centre in another cluster",
    "no centre in a more likely cluster",
    "no centre in a less likely cluster",
    "no pairs of centres in each other's cluster",
    "no restriction",
)
P_VALUES = ("default", "standard", "sequential", "gumbel")
TIME_ADJUSTMENTS = ("none", "stratified", "log-linear", "fixed percentage")
SPATIAL_ADJUSTMENTS = ("none", "stratified")
ELLIPSE_ANGLES = {1.5: 4, 2.0: 6, 3.0: 9, 4.0: 12, 5.0: 15}
GINI_SHARES = (0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.10, 0.12, 0.15, 0.20, 0.25, 0.30, 0.40, 0.50)

When = dt.date | int


@dataclass(frozen=True, kw_only=True)
class ScanSettings:
    """The choices of a scan. Shares are between 0 and 1; durations count `interval_unit`s.

    Attributes:
        model: "poisson" (cases out of a population), "bernoulli" (cases and controls) or "space-time permutation"
            (cases only).
        analysis: "spatial", "temporal", "space-time", "prospective space-time" or "prospective temporal".
        study_period: first and last day, both included (whole numbers where `interval_unit` is "generic"); None only
            in a spatial scan of data without dates.
        rates: "high", "low" or "both".
        interval_unit, interval_length: time is cut into intervals of so many units, backwards from the last day.
        coordinates: "latitude and longitude" (degrees; distances in km) or "cartesian" (distances in their unit).
        max_population_share: a window holds at most this share of the population (Poisson: of the expected cases;
            Bernoulli: of cases and controls; permutation: of the cases). None: no such limit.
        max_circle_population_share: the same of a population given apart, by place.
        max_distance: the greatest radius.
        min_duration, max_duration: of a window, in `interval_unit`s. None: `max_duration_share` decides.
        max_duration_share: of the study period.
        include_purely_temporal, include_purely_spatial: in a space-time scan, also try windows of all places, or of the
            whole period, beyond the limits.
        ellipse_shapes: ratios of the long to the short axis, each with its angles; none: circles only.
        ellipse_angles: number of angles of each shape, in the same order; none: 4, 6, 9, 12, 15 for 1.5, 2, 3, 4, 5.
        ellipse_penalty: exponent a of the penalty (4 s / (s + 1)^2)^a on long ellipses: 0 none, 0.5 medium, 1 strong.
        min_cases_high, min_cases_low: the fewest cases in a cluster of high (low) rates.
        secondary_criterion: which further clusters are reported; see `SECONDARY_CRITERIA`.
        replicates: simulated data sets; p-values need at least 99.
        p_value: "standard" (rank among the replicates), "sequential" (stop early when clearly not significant),
            "gumbel" (approximation by a Gumbel distribution), "default" (sequential, Gumbel where the rank is below
            10).
        sequential_cutoff: replicates as extreme as the data at which a sequential run stops.
        seed: of replicate 0; the default is the one of the reference program.
        adjust_for_earlier_analyses, prospective_start: a prospective scan repeated since that day counts as one.
        time_adjustment: "stratified" (expected cases of each interval are made its cases), "log-linear" (a trend
            estimated from the data) or "fixed percentage".
        annual_trend_percent: the percentage a year of the "fixed percentage" adjustment.
        spatial_adjustment: "stratified": expected cases of each place are made its cases, in replicates too, so that
            purely spatial clusters do not count.
        day_of_week_adjustment: cases of each day of the week are compared with each other only.
        gini: choose the spatial limit among `gini_shares` by the Gini coefficient (spatial scans).
        iterative: report a cluster, take it out, scan again, until none has p at or below `iterative_p_value`.
        iterations: at most so many.
        recurrence_unit_days: the time between scans in days, where it differs from the interval length.
    """

    model: str
    analysis: str
    study_period: tuple[When, When] | None = None
    rates: str = "high"
    interval_unit: str = "day"
    interval_length: int = 1
    coordinates: str = LATITUDE_LONGITUDE
    max_population_share: float | None = 0.5
    max_circle_population_share: float | None = None
    max_distance: float | None = None
    min_duration: int = 1
    max_duration: int | None = None
    max_duration_share: float = 0.5
    include_purely_temporal: bool = False
    include_purely_spatial: bool = False
    ellipse_shapes: tuple[float, ...] = ()
    ellipse_angles: tuple[int, ...] = ()
    ellipse_penalty: float = 0.5
    min_cases_high: int = 2
    min_cases_low: int = 0
    secondary_criterion: str = SECONDARY_CRITERIA[0]
    replicates: int = 999
    p_value: str = "default"
    sequential_cutoff: int = 50
    seed: int = 12345678
    adjust_for_earlier_analyses: bool = False
    prospective_start: When | None = None
    time_adjustment: str = "none"
    annual_trend_percent: float | None = None
    spatial_adjustment: str = "none"
    day_of_week_adjustment: bool = False
    gini: bool = False
    gini_shares: tuple[float, ...] = GINI_SHARES
    iterative: bool = False
    iterative_p_value: float = 0.05
    iterations: int = 10
    recurrence_unit_days: float | None = None

    def __post_init__(self) -> None:
        for name, allowed in (
            ("model", MODELS),
            ("analysis", ANALYSES),
            ("rates", RATES),
            ("interval_unit", INTERVAL_UNITS),
            ("coordinates", COORDINATES),
            ("secondary_criterion", SECONDARY_CRITERIA),
            ("p_value", P_VALUES),
            ("time_adjustment", TIME_ADJUSTMENTS),
            ("spatial_adjustment", SPATIAL_ADJUSTMENTS),
        ):
            _one_of(name, getattr(self, name), allowed)
        self._check_period()
        self._check_limits()
        self._check_ellipses()
        self._check_simulation()
        self._check_adjustments()

    @classmethod
    def from_choices(cls, **choices: Any) -> Self:
        """Settings from keyword arguments; an unknown name is refused with the names there are.

        Raises:
            ScanError: a name is unknown or a value breaks a rule.
        """
        known = [field.name for field in fields(cls)]
        unknown = [name for name in choices if name not in known]
        if unknown:
            raise ScanError(f"A scan has no setting {_listed(unknown)}. Its settings are {_listed(known)}.")
        return cls(**choices)

    @property
    def is_prospective(self) -> bool:
        return self.analysis in (PROSPECTIVE_SPACE_TIME, PROSPECTIVE_TEMPORAL)

    @property
    def uses_space(self) -> bool:
        return self.analysis in (SPATIAL, SPACE_TIME, PROSPECTIVE_SPACE_TIME)

    @property
    def uses_time(self) -> bool:
        return self.analysis != SPATIAL

    def _check_period(self) -> None:
        _whole_number("interval_length", self.interval_length, at_least=1)
        if self.study_period is None:
            if self.uses_time:
                raise ScanError(f"A {self.analysis} scan needs a study period: its first and its last day.")
            return
        kind = int if self.interval_unit == "generic" else dt.date
        if len(self.study_period) != 2 or not all(isinstance(day, kind) for day in self.study_period):
            wanted = "whole numbers" if kind is int else "dates"
            raise ScanError(f"The study period must be two {wanted}, not {self.study_period!r}.")
        start, end = self.study_period
        if start > end:  # type: ignore[operator]
            raise ScanError(f"The study period ends ({end}) before it starts ({start}).")
        if self.interval_unit == "generic" and self.day_of_week_adjustment:
            raise ScanError("Days of the week cannot be adjusted for where time is not in dates.")

    def _check_limits(self) -> None:
        for name in ("max_population_share", "max_circle_population_share", "max_duration_share"):
            share = getattr(self, name)
            if share is not None and not 0 < share <= 1:
                raise ScanError(f"{name} is {share}; it must be above 0 and at most 1 (0.5 is half).")
        if self.max_distance is not None and not self.max_distance > 0:
            raise ScanError(f"max_distance is {self.max_distance}; it must be above 0.")
        _whole_number("min_duration", self.min_duration, at_least=1)
        if self.max_duration is not None:
            _whole_number("max_duration", self.max_duration, at_least=1)
            if self.max_duration < self.min_duration:
                raise ScanError(f"max_duration ({self.max_duration}) is below min_duration ({self.min_duration}).")
        _whole_number("min_cases_high", self.min_cases_high, at_least=1)
        _whole_number("min_cases_low", self.min_cases_low, at_least=0)

    def _check_ellipses(self) -> None:
        if any(not shape > 1 for shape in self.ellipse_shapes):
            raise ScanError(f"Ellipse shapes must be above 1, not {_listed(self.ellipse_shapes)}.")
        if self.ellipse_angles and len(self.ellipse_angles) != len(self.ellipse_shapes):
            raise ScanError("Give one number of angles for each ellipse shape.")
        unknown = [shape for shape in self.ellipse_shapes if shape not in ELLIPSE_ANGLES]
        if unknown and not self.ellipse_angles:
            raise ScanError(f"Give ellipse_angles: there is no usual number of angles for shape {_listed(unknown)}.")
        if any(angles < 1 for angles in self.ellipse_angles):
            raise ScanError("Each ellipse shape needs at least one angle.")
        if self.ellipse_shapes and self.coordinates != CARTESIAN:
            raise ScanError("Ellipses need cartesian coordinates, such as eastings and northings.")
        if self.ellipse_shapes and not self.uses_space:
            raise ScanError(f"A {self.analysis} scan has no ellipses.")
        if self.ellipse_penalty < 0:
            raise ScanError(f"ellipse_penalty is {self.ellipse_penalty}; it must be 0 or more.")

    def _check_simulation(self) -> None:
        _whole_number("replicates", self.replicates, at_least=0)
        _whole_number("sequential_cutoff", self.sequential_cutoff, at_least=1)
        _whole_number("seed", self.seed, at_least=0)
        if not self.adjust_for_earlier_analyses:
            return
        if not self.is_prospective:
            raise ScanError("Only a prospective scan can be adjusted for earlier analyses.")
        if self.prospective_start is None:
            raise ScanError("To adjust for earlier analyses give the day of the first of them (prospective_start).")
        assert self.study_period is not None
        start, end = self.study_period
        if not start <= self.prospective_start <= end:  # type: ignore[operator]
            raise ScanError(
                f"The first prospective analysis ({self.prospective_start}) lies outside the study period "
                f"({start} to {end})."
            )

    def _check_adjustments(self) -> None:
        if self.model == SPACE_TIME_PERMUTATION:
            if self.analysis not in (SPACE_TIME, PROSPECTIVE_SPACE_TIME):
                raise ScanError(
                    f"The space-time permutation model compares places over time: it has no {self.analysis} scan. "
                    "Choose 'space-time' or 'prospective space-time'."
                )
            if self.time_adjustment != "none" or self.spatial_adjustment != "none":
                raise ScanError("The space-time permutation model already adjusts for all places and all days.")
        if self.model != POISSON and self.time_adjustment != "none":
            raise ScanError(f"The {self.model} model has no adjustment for time.")
        if self.model != POISSON and self.spatial_adjustment != "none":
            raise ScanError(f"The {self.model} model has no adjustment for place.")
        if self.time_adjustment != "none" and not self.uses_time:
            raise ScanError("A purely spatial scan has no time to adjust for.")
        if self.time_adjustment == "stratified" and not self.uses_space:
            raise ScanError("A purely temporal scan cannot be adjusted for every interval: nothing would be left.")
        if self.spatial_adjustment == "stratified" and self.analysis not in (SPACE_TIME, PROSPECTIVE_SPACE_TIME):
            raise ScanError("Only a space-time scan can be adjusted for purely spatial clusters.")
        if self.time_adjustment == "stratified" and self.spatial_adjustment == "stratified":
            raise ScanError("Adjusting for every place and every interval is the space-time permutation model.")
        if self.time_adjustment == "fixed percentage" and self.annual_trend_percent is None:
            raise ScanError("Give annual_trend_percent, the trend to adjust for.")
        if self.time_adjustment in ("log-linear", "fixed percentage") and self.interval_unit == "generic":
            raise ScanError("A trend a year needs dates, not generic time.")
        if self.day_of_week_adjustment and (
            not self.uses_time or self.model == BERNOULLI or (self.interval_unit, self.interval_length) != ("day", 1)
        ):
            raise ScanError(
                "Days of the week can be adjusted for in daily scans with the Poisson or permutation model only."
            )
        if self.gini and (self.analysis != SPATIAL or self.max_population_share is None):
            raise ScanError("The Gini choice of the limit is for purely spatial scans with a population limit.")
        if any(not 0 < share <= 1 for share in self.gini_shares):
            raise ScanError("gini_shares must be above 0 and at most 1.")
        if self.iterative and self.analysis not in (SPATIAL, TEMPORAL):
            raise ScanError("Scanning again without the clusters found is for spatial or temporal scans.")


def _one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ScanError(f"{name} is {value!r}; it must be one of {_listed(allowed)}.")


def _whole_number(name: str, value: object, *, at_least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < at_least:
        raise ScanError(f"{name} is {value!r}; it must be a whole number of {at_least} or more.")


def _listed(values: Any) -> str:
    return ", ".join(repr(value) for value in values)
