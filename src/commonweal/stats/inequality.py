"""Slope and relative index of inequality. See docs/methods/slope-index.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrameT
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri

from commonweal.errors import CommonwealError
from commonweal.stats.columns import number
from commonweal.stats.frames import ColumnError, as_polars, like
from commonweal.stats.groups import groups
from commonweal.stats.results import Confidence, grouping, levels, refuse, suffix

VALUE_TYPES = ("other", "rate", "proportion")
FEWEST_QUANTILES, MOST_QUANTILES, USUAL_QUANTILES = 5, 100, 10
FEWEST_REPETITIONS = 1_000
SEED = 1
BLOCK = 4096
WIDTH_OF_95 = 2 * float(ndtri(0.975))

Floats = NDArray[np.float64]


def slope_index(
    data: IntoDataFrameT,
    *,
    quantile: str,
    population: str,
    value_type: str,
    value: str | None = None,
    count: str | None = None,
    lower: str | None = None,
    upper: str | None = None,
    standard_error: str | None = None,
    transform: bool = False,
    by: str | Sequence[str] | None = None,
    per: float = 1,
    confidence: Confidence = 0.95,
    repetitions: int = 100_000,
    seed: int | None = None,
) -> IntoDataFrameT:
    """How much an indicator differs between the two ends of the social scale, all quantiles taken into account.

    A straight line is fitted to the values of the quantiles, each placed at the middle of its share of the population
    and weighted by it. The slope index (SII) is the line's value at the most advantaged end less that at the least
    advantaged; the relative index (RII) is the first over the second.

    Args:
        quantile: column of 1, the least advantaged, to the number of quantiles, in every area.
        population: column, which gives the quantiles their shares.
        value_type: "rate", whose standard errors are those of its logarithm; "proportion", of its logit; "other", its
            own.
        value: column of values, unless `count` is given.
        count: column of events, for a proportion of the population.
        lower, upper: columns of the 95% limits of the values, whatever `confidence` is asked for.
        standard_error: column of standard errors, on the scale that `value_type` says, in place of the limits.
        transform: fit the line to logarithms (rates) or logits (proportions), and turn its ends back.
        by: columns that tell areas apart; without it all rows are one.
        per: multiplier of the SII and the intercept; a negative one turns the comparison round (least advantaged less
            most, and the inverse RII), for what is better when high.
        confidence: a level or several.
        repetitions, seed: of the simulation, where there is one; the same seed gives the same limits.

    Returns:
        One row an area: `by`, `sii`, `rii`, `intercept`, then `sii_lower_95`, `sii_upper_95`, `rii_lower_95`,
        `rii_upper_95` for each level, `method` and `note`. An area in which a quantile is absent, or lacks a number,
        has no index, and the note says which; the note also tells of more than 10 quantiles, and of an RII without
        limits because the line may pass through 0.

    The limits are those of the line if every value were drawn again from a normal distribution (on its scale). Where
    the index depends on the draws in a straight line they are exact: for "other", the RII by Fieller's theorem; and
    with `transform`. For rates and proportions without it, they come from the simulation. `method` says which.

    Raises:
        ColumnError: a column is absent or not of numbers; a quantile is not a whole number from 1, occurs twice in an
            area, or there are not 5 to 100; a population is not above 0; a rate is not above 0, or a proportion not
            between 0 and 1; limits do not enclose their value; no area has all quantiles.
        CommonwealError: an argument is not one of those named.

    Source: Low A, Low A (2004), Journal of Public Health 26: 390-395, "Measuring the gap"; OHID, Public health
    technical guidance, "Slope index of inequality"; Fieller EC (1954), JRSS B 16.
    """
    _check_arguments(value_type, value, count, lower, upper, standard_error, transform, per, repetitions)
    keys = grouping(by)
    named = [quantile, population, value, count, lower, upper, standard_error]
    frame = as_polars(data, [*keys, *(name for name in named if name)])
    rows = _read(frame, keys, quantile, population, value_type, value, count, lower, upper, standard_error)
    areas = _Areas.of(rows, keys, quantile)
    line = _Line.through(areas, value_type, transform)
    asked, turned = levels(confidence), per < 0
    sii, rii = line.index()
    columns = {"sii": sii * per, "rii": 1 / rii if turned else rii, "intercept": line.back(line.intercept) * abs(per)}
    if line.is_exact:
        limits = [line.exact_limits(level) for level in asked]
        method = "Closed form" if transform else "Closed form, RII by Fieller"
    else:
        seed = SEED if seed is None else seed
        limits = line.simulated_limits(asked, repetitions, seed)
        method = f"Simulation, {repetitions} repetitions, seed {seed}"
    for level, (sii_limits, rii_limits) in zip(asked, limits, strict=True):
        scaled = [limit * per for limit in sii_limits]
        shares = [1 / limit for limit in rii_limits] if turned else list(rii_limits)
        for index, (low, high) in (("sii", scaled), ("rii", shares)):
            low, high = (high, low) if turned else (low, high)
            columns[f"{index}_lower_{suffix(level)}"], columns[f"{index}_upper_{suffix(level)}"] = low, high
    ratios = np.stack([column for name, column in columns.items() if name.startswith("rii_")])
    unlimited = np.any(np.isnan(ratios), axis=0)
    result = pl.DataFrame(
        [
            *areas.keys,
            *(pl.Series(name, areas.spread(column)).fill_nan(None) for name, column in columns.items()),
            pl.Series("method", [method if complete else None for complete in areas.complete], dtype=pl.String),
            pl.Series("note", areas.notes_with(np.asarray(unlimited)), dtype=pl.String),
        ]
    )
    return like(data, result)


def _check_arguments(
    value_type: str,
    value: str | None,
    count: str | None,
    lower: str | None,
    upper: str | None,
    standard_error: str | None,
    transform: bool,
    per: float,
    repetitions: int,
) -> None:
    if value_type not in VALUE_TYPES:
        raise CommonwealError(f"'{value_type}' is not a type of value. Choose one of: {', '.join(VALUE_TYPES)}.")
    if (value is None) == (count is None):
        raise CommonwealError("A slope index needs either `value` or, for a proportion, `count`.")
    if count is not None and value_type != "proportion":
        raise CommonwealError("`count` is for proportions of the population; name the column of the `value`.")
    if (standard_error is None) != (lower is not None and upper is not None) or (lower is None) != (upper is None):
        raise CommonwealError("A slope index needs either `standard_error` or both `lower` and `upper`.")
    if transform and value_type == "other":
        raise CommonwealError("`transform` is for rates and proportions.")
    if per == 0 or not np.isfinite(per):
        raise CommonwealError("`per` is a multiplier and cannot be 0.")
    if repetitions < FEWEST_REPETITIONS:
        raise CommonwealError(f"Limits need at least {FEWEST_REPETITIONS:,} repetitions, not {repetitions}.")


def _read(
    frame: pl.DataFrame,
    keys: list[str],
    quantile: str,
    population: str,
    value_type: str,
    value: str | None,
    count: str | None,
    lower: str | None,
    upper: str | None,
    standard_error: str | None,
) -> pl.DataFrame:
    """Columns quantile_, population_, value_ and error_ (on the scale of the value), checked."""
    if frame.is_empty():
        raise ColumnError("The table has no rows, so that there is nothing to compare.")
    rows = frame.select(
        *keys,
        number(frame, quantile, "quantile_"),
        number(frame, population, "population_"),
        number(frame, value or count or "", "value_"),
    )
    rank = pl.col("quantile_")
    refuse(rows, rank.is_null(), f"'{quantile}' is missing")
    refuse(rows, (rank < 1) | (rank != rank.floor()), f"'{quantile}' {{quantile_}} is not a whole number from 1")
    refuse(rows, pl.col("population_") <= 0, f"'{population}' {{population_}} is not above 0")
    if count:
        refuse(rows, pl.col("value_") > pl.col("population_"), "count {value_} is above population {population_}")
        rows = rows.with_columns(pl.col("value_") / pl.col("population_"))
    ends = {"value_": value or f"{count} / {population}"}
    if standard_error:
        rows = rows.with_columns(number(frame, standard_error, "error_"))
        refuse(rows, pl.col("error_") < 0, f"'{standard_error}' {{error_}} is below 0")
    elif lower and upper:
        rows = rows.with_columns(number(frame, lower, "lower_"), number(frame, upper, "upper_"))
        beyond = (pl.col("lower_") > pl.col("value_")) | (pl.col("upper_") < pl.col("value_"))
        refuse(rows, beyond, "limits {lower_} to {upper_} do not enclose their value {value_}")
        ends |= {"lower_": lower, "upper_": upper}
    for read, name in ends.items():
        if value_type == "rate":
            refuse(rows, pl.col(read) <= 0, f"'{name}' {{{read}}} is not above 0, so that it has no logarithm")
        if value_type == "proportion":
            within = pl.col(read).is_between(0, 1, closed="none")
            refuse(rows, ~within, f"'{name}' {{{read}}} is not between 0 and 1, so that it has no logit")
    if standard_error:
        return rows
    onto = SCALES[value_type][0]
    width = onto(rows["upper_"].to_numpy()) - onto(rows["lower_"].to_numpy())
    return rows.with_columns(error_=pl.Series(width / WIDTH_OF_95).fill_nan(None))


@dataclass(frozen=True)
class _Areas:
    """The areas, and matrices (complete areas by quantiles) of their numbers."""

    keys: pl.DataFrame
    notes: list[str]
    complete: NDArray[np.bool_]
    population: Floats
    value: Floats
    error: Floats

    @classmethod
    def of(cls, rows: pl.DataFrame, keys: list[str], quantile: str) -> _Areas:
        gathered = groups(rows, keys)
        area = gathered.of_rows
        rank = rows["quantile_"].cast(pl.Int64).to_numpy()
        quantiles = int(rank.max())
        if not FEWEST_QUANTILES <= quantiles <= MOST_QUANTILES:
            raise ColumnError(
                f"'{quantile}' goes up to {quantiles}; a slope index needs {FEWEST_QUANTILES} to {MOST_QUANTILES} "
                "quantiles."
            )
        place = area * quantiles + rank - 1
        twice = pl.Series(place).is_first_distinct().not_()
        refuse(
            rows.with_columns(twice_=twice), pl.col("twice_"), f"'{quantile}' {{quantile_}} occurs twice in its area"
        )
        shape = (int(area.max()) + 1, quantiles)
        matrices = []
        for name in ("population_", "value_", "error_"):
            matrix = np.full(shape, np.nan)
            matrix.ravel()[place] = rows[name].to_numpy()
            matrices.append(matrix)
        present = np.zeros(shape, dtype=bool)
        present.ravel()[place] = True
        known = np.logical_not(np.any(np.isnan(np.stack(matrices)), axis=0))
        complete = np.asarray(known.all(axis=1))
        notes = [
            "" if whole else _lacking(there, having)
            for whole, there, having in zip(complete, present, known, strict=True)
        ]
        if not complete.any():
            raise ColumnError(f"No area has a value for each of its {quantiles} quantiles. The first: {notes[0]}.")
        if quantiles > USUAL_QUANTILES:
            many = f"{quantiles} quantiles: with more than {USUAL_QUANTILES} the index rests on small groups"
            notes = [note or many for note in notes]
        return cls(gathered.keys, notes, complete, *(matrix[complete] for matrix in matrices))

    def spread(self, column: Floats) -> Floats:
        """A column of the complete areas over all areas."""
        found = np.full(len(self.complete), np.nan)
        found[self.complete] = column
        return found

    def notes_with(self, unlimited: NDArray[np.bool_]) -> list[str]:
        told = self.spread(unlimited.astype(float)) == 1
        also = "no limits of the RII: the line may pass through 0 at the least advantaged end"
        return [
            "; ".join(filter(None, (note, also if tell else ""))) for note, tell in zip(self.notes, told, strict=True)
        ]


def _lacking(present: NDArray[np.bool_], known: NDArray[np.bool_]) -> str:
    absent, blank = np.flatnonzero(~present) + 1, np.flatnonzero(present & ~known) + 1
    parts = []
    for which, fault in ((absent, "absent"), (blank, "without a number")):
        if len(which):
            some = "quantile" if len(which) == 1 else "quantiles"
            verb = "is" if len(which) == 1 else "are"
            parts.append(f"{some} {', '.join(map(str, which))} {verb} {fault}")
    return "no index: " + "; ".join(parts)


@dataclass(frozen=True)
class _Line:
    """The weighted lines of all areas: `value`, `error` and weights are areas by quantiles, the rest one an area.

    A weight is what one unit of a quantile's value adds to the intercept or the slope.
    """

    value: Floats
    error: Floats
    intercept_weight: Floats
    slope_weight: Floats
    intercept: Floats
    slope: Floats
    value_type: str
    transform: bool

    @classmethod
    def through(cls, areas: _Areas, value_type: str, transform: bool) -> _Line:
        share = areas.population / areas.population.sum(axis=1, keepdims=True)
        middle = np.cumsum(share, axis=1) - share / 2
        mean = (share * middle).sum(axis=1, keepdims=True)
        spread = (share * (middle - mean) ** 2).sum(axis=1, keepdims=True)
        slope_weight = share * (middle - mean) / spread
        intercept_weight = share - mean * slope_weight
        fitted = SCALES[value_type][0](areas.value) if transform else areas.value
        intercept, slope = ((weight * fitted).sum(axis=1) for weight in (intercept_weight, slope_weight))
        return cls(areas.value, areas.error, intercept_weight, slope_weight, intercept, slope, value_type, transform)

    @property
    def is_exact(self) -> bool:
        return self.transform or self.value_type == "other"

    def back(self, fitted: Floats) -> Floats:
        return SCALES[self.value_type][1](fitted) if self.transform else fitted

    def index(self) -> tuple[Floats, Floats]:
        return self._index(self.intercept, self.slope)

    def _index(self, intercept: Floats, slope: Floats) -> tuple[Floats, Floats]:
        least, most = self.back(intercept), self.back(intercept + slope)
        with np.errstate(divide="ignore", invalid="ignore"):
            return most - least, most / least

    def exact_limits(self, level: float) -> tuple[list[Floats], list[Floats]]:
        """Lower and upper limit of the SII and of the RII, from the normal distribution of the slope."""
        z = float(ndtri(1 - (1 - level) / 2))
        deviation = np.sqrt(((self.slope_weight * self.error) ** 2).sum(axis=1))
        slopes = [self.slope - z * deviation, self.slope + z * deviation]
        if not self.transform:
            return slopes, self._fieller(z)
        # The line is held at its middle, where it does not depend on its slope; both indices rise with the slope.
        middle = self.intercept + self.slope / 2
        (low_sii, low_rii), (high_sii, high_rii) = (self._index(middle - slope / 2, slope) for slope in slopes)
        return [low_sii, high_sii], [low_rii, high_rii]

    def _fieller(self, z: float) -> list[Floats]:
        """The ratio r where the line's end less r times its beginning is z standard errors from 0."""
        most_weight = self.intercept_weight + self.slope_weight
        most, least = self.intercept + self.slope, self.intercept
        variances = self.error**2
        most_variance = (most_weight**2 * variances).sum(axis=1)
        least_variance = (self.intercept_weight**2 * variances).sum(axis=1)
        covariance = (most_weight * self.intercept_weight * variances).sum(axis=1)
        square = least**2 - z**2 * least_variance
        half = most * least - z**2 * covariance
        with np.errstate(divide="ignore", invalid="ignore"):
            root = np.sqrt(np.maximum(half**2 - square * (most**2 - z**2 * most_variance), 0))
            limited = (square > 0) & (least > 0)
            return [np.where(limited, (half + sign * root) / square, np.nan) for sign in (-1, 1)]

    def simulated_limits(
        self, asked: Sequence[float], repetitions: int, seed: int
    ) -> list[tuple[list[Floats], list[Floats]]]:
        """The same for each level, from values drawn on their scale; every area shares the draws, so that it has the
        same limits alone and among others."""
        onto = SCALES[self.value_type][0]
        quantiles = self.value.shape[1]
        draws = np.random.default_rng(seed).standard_normal((quantiles, repetitions))
        # In blocks, so that what is drawn stays in the processor's cache.
        blocks = [np.ascontiguousarray(draws[:, first : first + BLOCK]) for first in range(0, repetitions, BLOCK)]
        tails = [(1 - level) / 2 for level in asked]
        places = [max(round(repetitions * share), 1) - 1 for tail in tails for share in (tail, 1 - tail)]
        found = np.empty((2, len(places), len(self.value)))
        weights = np.stack([self.intercept_weight, self.slope_weight], axis=1)
        lines = np.empty((2, repetitions))
        buffer = np.empty((quantiles, min(BLOCK, repetitions)))
        for area, (value, error) in enumerate(zip(onto(self.value), self.error, strict=True)):
            for position, block in enumerate(blocks):
                first = position * BLOCK
                values = buffer[:, : block.shape[1]]
                np.multiply(block, error[:, None], out=values)
                values += value[:, None]
                _turn_back(values, self.value_type)
                np.matmul(weights[area], values, out=lines[:, first : first + block.shape[1]])
            for ordered, index in zip(found, self._index(lines[0], lines[1]), strict=True):
                ordered[:, area] = np.partition(index, places)[places]
        return [
            ([found[0, 2 * k], found[0, 2 * k + 1]], [found[1, 2 * k], found[1, 2 * k + 1]]) for k in range(len(asked))
        ]


def _turn_back(values: Floats, value_type: str) -> None:
    """Drawn values turned back from their scale in place."""
    if value_type == "rate":
        np.exp(values, out=values)
    else:
        expit(values, out=values)


def _same(values: Floats) -> Floats:
    return values


SCALES = {"other": (_same, _same), "rate": (np.log, np.exp), "proportion": (logit, expit)}
"""The scale on which a type of value is drawn, and back."""
