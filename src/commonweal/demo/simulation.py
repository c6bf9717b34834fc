"""Counts and denominators of one indicator for every area, period and group of people, drawn at random by its recipe.

The chain is that of a real indicator: an area has its own risk, which follows its deprivation, its age and its own
history; the people at risk are counted; the events are drawn from them (binomial for a proportion, Poisson for a
rate). Values and limits are computed afterwards from the counts, so the intervals mean what they say.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from commonweal.datasets.indicator import Indicator
from commonweal.demo.areas import COUNTRY, REGIONS, FictionalArea, region_code
from commonweal.demo.population import BANDS, FIRST_YEAR, SEXES, population, years_of
from commonweal.demo.recipes import Recipe
from commonweal.demo.timeline import Timeline, timeline
from commonweal.stats.standard_population import EUROPEAN_2013

DECILES = 10
SHARED = 0.6  # how much of an area's own level is common to the indicators of a topic
MOST = 2.2  # standard deviations: an authority far beyond all others would be an error in the data, not a finding
PER_PEOPLE = 1000.0  # the level of a count is given for so many people
CALM = 0.3  # an area that follows a path wanders less than others

Inverse = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class World:
    """The areas and who lives in them: the same for every indicator."""

    seed: int
    areas: list[FictionalArea]
    people: np.ndarray  # area, year, sex, band

    @classmethod
    def of(cls, seed: int, areas: list[FictionalArea]) -> World:
        return cls(seed, areas, population(areas))

    @property
    def codes(self) -> list[str]:
        """Codes of the areas, then of their regions, then of the country."""
        return [*(area.code for area in self.areas), *(region_code(n) for n in range(len(REGIONS))), COUNTRY[0]]

    @property
    def names(self) -> list[str]:
        """Their names, in the same order."""
        return [*(area.name for area in self.areas), *REGIONS, COUNTRY[1]]

    def random(self, name: str) -> np.random.Generator:
        """A generator of the name's own, so that another indicator more or less changes no figure of the rest."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])


@dataclass(frozen=True)
class Group:
    """Counts and denominators of one group of people: areas (as `World.codes`) by periods, and by bands for
    a standardised rate."""

    sex: str
    age: str
    category_type: str
    category: str
    count: np.ndarray
    denominator: np.ndarray


@dataclass(frozen=True)
class Simulated:
    """Every group of one indicator, the headline first."""

    timeline: Timeline
    groups: list[Group]


def simulate(world: World, indicator: Indicator, recipe: Recipe) -> Simulated:
    """Draw the figures of an indicator. The same world and recipe always give the same."""
    time = timeline(recipe)
    random = world.random(indicator.id)
    if recipe.kind == "standardised":
        return Simulated(time, _standardised(world, indicator, recipe, time, random))
    if recipe.kind == "proportion":
        return Simulated(time, _proportions(world, indicator, recipe, time, random))
    return Simulated(time, _rates(world, indicator, recipe, time, random))


# An area's own level ---


def _logit(share: np.ndarray | float) -> np.ndarray:
    return np.log(share) - np.log1p(-np.asarray(share))


def _expit(value: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-value))


def _deviations(
    world: World, indicator: Indicator, recipe: Recipe, time: Timeline, random: np.random.Generator
) -> np.ndarray:
    """How far each area lies from the country in each single period, before what happens to all alike."""
    areas, steps = len(world.areas), len(time.years)
    deprivation = np.array([area.deprivation for area in world.areas])
    older = np.array([area.older for area in world.areas])
    common = world.random(f"topic {indicator.topic}").normal(0, 1, areas).clip(-MOST, MOST)
    if indicator.polarity == "low is good":
        common = -common  # an area that does well in a topic does well by most of its indicators
    own = random.normal(0, 1, areas).clip(-MOST, MOST)
    level = recipe.deprivation * deprivation + recipe.older * older
    level = level + recipe.spread * (SHARED * common + np.sqrt(1 - SHARED**2) * own)
    wander = np.cumsum(random.normal(0, recipe.walk / np.sqrt(time.per_year), (areas, steps)), axis=1)
    return level[:, None] + wander - wander[:, -1:]


def _common(recipe: Recipe, time: Timeline) -> np.ndarray:
    """What happens to every area alike in each single period: drift, dips, seasons and a break."""
    steps = len(time.years)
    course = recipe.drift * (np.arange(steps) - (steps - 1)) / time.per_year
    labels = [period.label for period in time.periods]
    if time.pooled > 1:
        labels = [str(year) for year in time.years]
    course += np.array([recipe.dips.get(label, 0.0) for label in labels])
    if time.quarters:
        course += np.array([recipe.seasons[quarter] for quarter in time.quarters])
    if recipe.step is not None:
        after = labels.index(recipe.step.starts)
        course[:after] -= recipe.step.shift  # the level given is that of the last period
    return course


def _linear(
    world: World,
    indicator: Indicator,
    recipe: Recipe,
    time: Timeline,
    random: np.random.Generator,
    weights: np.ndarray,
    inverse: Inverse,
    base_for: Callable[[int, int, float], float],
) -> np.ndarray:
    """Each area's risk in each single period on the link's scale: areas by periods.

    `weights` (one for each area) are those of the country's mean, which is `recipe.level` in the last period.
    `base_for` gives the risk at which an area (by position) has a value in a period (by position).
    """
    unit = _unit(indicator, recipe)
    deviations = _deviations(world, indicator, recipe, time, random)
    base = _calibrated(deviations[:, -1], weights, recipe.level / unit, inverse)
    common = _common(recipe, time)
    risk = base + deviations + common
    # A path already holds the drift; of what happened to everyone it keeps only the shocks.
    steps = len(time.years)
    shocks = common - recipe.drift * (np.arange(steps) - (steps - 1)) / time.per_year
    places = {area.name: position for position, area in enumerate(world.areas)}
    for name, (first, last) in recipe.paths.items():
        at = places[name]
        ends = base_for(at, 0, first / unit) - shocks[0], base_for(at, steps - 1, last / unit) - shocks[-1]
        wander = deviations[at] - np.linspace(deviations[at, 0], deviations[at, -1], steps)
        risk[at] = np.linspace(*ends, steps) + shocks + CALM * wander
    return risk


def _unit(indicator: Indicator, recipe: Recipe) -> float:
    return PER_PEOPLE if recipe.kind == "count" else indicator.per


def _calibrated(effects: np.ndarray, weights: np.ndarray, level: float, inverse: Inverse) -> float:
    """The base at which the weighted mean of inverse(base + effects) is `level`, by bisection."""
    low, high = -30.0, 30.0
    share = weights / weights.sum()
    for _ in range(60):
        middle = (low + high) / 2
        if float((share * inverse(middle + effects)).sum()) < level:
            low = middle
        else:
            high = middle
    return (low + high) / 2


# Groups of people ---


def _single_years(world: World, time: Timeline) -> np.ndarray:
    """People by area, single period, sex and band."""
    return world.people[:, np.array(time.years) - FIRST_YEAR]


def _pooled(counts: np.ndarray, time: Timeline) -> np.ndarray:
    """Single periods (the second axis) summed over the years of each period."""
    if time.pooled == 1:
        return counts
    number = len(time.periods)
    return sum(counts[:, n : n + number] for n in range(time.pooled))  # type: ignore[return-value]


def _with_wholes(world: World, counts: np.ndarray) -> np.ndarray:
    """The areas and, after them, the sums of each region and last of the country: the order of `World.codes`."""
    regions = np.array([area.region for area in world.areas])
    sums = [counts[regions == number].sum(axis=0, keepdims=True) for number in range(len(REGIONS))]
    return np.concatenate([counts, *sums, counts.sum(axis=0, keepdims=True)])


def _sexes(recipe: Recipe) -> list[int]:
    return [0, 1] if recipe.sex == "Persons" else [SEXES.index(recipe.sex)]


def _tenths(world: World) -> np.ndarray:
    """The share of each area's people in each tenth of deprivation, most deprived first: areas by tenths."""
    deprivation = np.array([area.deprivation for area in world.areas])
    lean = np.exp(-0.20 * deprivation[:, None] * (np.arange(DECILES) - 4.5)[None, :])
    return lean / lean.sum(axis=1, keepdims=True)


def _proportions(
    world: World, indicator: Indicator, recipe: Recipe, time: Timeline, random: np.random.Generator
) -> list[Group]:
    """Binomial counts in cells of area, period, sex, age and tenth, summed to the groups that are shown."""
    sexes = _sexes(recipe)
    ages = recipe.split_ages or [(recipe.age, *recipe.ages, 0.0, 1.0)]
    people = _single_years(world, time)[:, :, sexes]
    at_risk = np.stack(
        [(people * years_of(first, last)).sum(axis=3) * recipe.share * share for _, first, last, _, share in ages],
        axis=3,
    )
    if recipe.sample is not None:
        at_risk = at_risk * _sampling(world, recipe, at_risk, random)
    tenths = _tenths(world) if recipe.deciles is not None else np.ones((len(world.areas), 1))
    cells = np.maximum(np.rint(at_risk[..., None] * tenths[:, None, None, None, :]), 1)
    effects = np.zeros(cells.shape[2:])
    if recipe.split_sex is not None:
        effects += (np.array(sexes) - 0.5)[:, None, None] * recipe.split_sex
    effects += np.array([effect for *_, effect, _ in ages])[None, :, None]
    if recipe.deciles is not None:
        effects += recipe.deciles * (0.5 - np.arange(DECILES) / (DECILES - 1))
    # The groups' effects leave the country's level where it is.
    level = recipe.level / indicator.per
    effects += _calibrated(effects, cells[:, -1].sum(axis=0), level, _expit) - _logit(level)
    area_risk = _linear(
        world,
        indicator,
        recipe,
        time,
        random,
        cells[:, -1].sum(axis=(1, 2, 3)),
        _expit,
        lambda area, step, value: _calibrated(effects, cells[area, step], value, _expit),
    )
    risk = _expit(area_risk[:, :, None, None, None] + effects)
    events = _with_wholes(world, _pooled(random.binomial(cells.astype(np.int64), risk).astype(float), time))
    cells = _with_wholes(world, _pooled(cells, time))
    groups = [Group(recipe.sex, recipe.age, "", "", events.sum(axis=(2, 3, 4)), cells.sum(axis=(2, 3, 4)))]
    if recipe.split_sex is not None:
        for position, sex in enumerate(sexes):
            one_sex = events[:, :, position].sum(axis=(2, 3)), cells[:, :, position].sum(axis=(2, 3))
            groups.append(Group(SEXES[sex], recipe.age, "", "", *one_sex))
    if recipe.split_ages:
        for position, (label, *_) in enumerate(ages):
            one_age = events[:, :, :, position].sum(axis=(2, 3)), cells[:, :, :, position].sum(axis=(2, 3))
            groups.append(Group(recipe.sex, label, "", "", *one_age))
    if recipe.deciles is not None:
        for tenth in range(DECILES):
            groups.append(
                Group(
                    recipe.sex,
                    recipe.age,
                    "Deprivation tenth",
                    f"{tenth + 1:02d}{_END_OF_SCALE.get(tenth, '')}",
                    events[..., tenth].sum(axis=(2, 3)),
                    cells[..., tenth].sum(axis=(2, 3)),
                )
            )
    return groups


_END_OF_SCALE = {0: " (most deprived)", DECILES - 1: " (least deprived)"}


def _sampling(world: World, recipe: Recipe, at_risk: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The fraction of people asked, so that a survey asks about `recipe.sample` in an area whatever its size."""
    totals = at_risk.sum(axis=(2, 3), keepdims=True)
    asked = recipe.sample * np.exp(random.normal(0, 0.12, totals.shape))  # type: ignore[operator]
    size = (totals / totals.mean(axis=0, keepdims=True)) ** 0.25  # larger areas are asked a little more
    return np.asarray(asked * size / totals)


def _rates(
    world: World, indicator: Indicator, recipe: Recipe, time: Timeline, random: np.random.Generator
) -> list[Group]:
    """Poisson counts over people, or counts alone."""
    people = _single_years(world, time)[:, :, _sexes(recipe)].sum(axis=2)
    at_risk = np.maximum(np.rint((people * years_of(*recipe.ages)).sum(axis=2) * recipe.share), 1)
    risk = np.exp(
        _linear(
            world, indicator, recipe, time, random, at_risk[:, -1], np.exp, lambda _, __, value: float(np.log(value))
        )
    )
    events = random.poisson(at_risk * risk).astype(float)
    return [
        Group(
            recipe.sex,
            recipe.age,
            "",
            "",
            _with_wholes(world, _pooled(events, time)),
            _with_wholes(world, _pooled(at_risk, time)),
        )
    ]


def _standardised(
    world: World, indicator: Indicator, recipe: Recipe, time: Timeline, random: np.random.Generator
) -> list[Group]:
    """Poisson counts by sex and five-year band over people."""
    bands = np.flatnonzero(years_of(*recipe.ages) > 0)
    people = np.maximum(_single_years(world, time)[:, :, :, bands], 1)
    knots = np.array(recipe.schedule)
    relative = np.interp(np.arange(BANDS)[bands] * 5 + 2.5, knots[:, 0], knots[:, 1])
    standard = np.array(EUROPEAN_2013, dtype=float)[bands]
    relative /= (relative * standard).sum() / standard.sum()
    gap = recipe.split_sex or 0.0
    by_sex = np.exp(np.array([-gap, gap]) / 2)
    by_sex /= by_sex.mean()
    weights = people[:, -1].sum(axis=(1, 2))
    risk = np.exp(
        _linear(world, indicator, recipe, time, random, weights, np.exp, lambda _, __, value: float(np.log(value)))
    )
    events = random.poisson(people * risk[:, :, None, None] * by_sex[:, None] * relative).astype(float)
    events, people = _with_wholes(world, _pooled(events, time)), _with_wholes(world, _pooled(people, time))
    groups = [Group("Persons", recipe.age, "", "", events.sum(axis=2), people.sum(axis=2))]
    if recipe.split_sex is not None:
        groups += [Group(sex, recipe.age, "", "", events[:, :, n], people[:, :, n]) for n, sex in enumerate(SEXES)]
    return groups
