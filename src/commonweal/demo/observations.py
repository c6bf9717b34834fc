"""The observations of the demonstration: values and limits computed from the simulated counts."""

from __future__ import annotations

import numpy as np
import polars as pl

from commonweal import stats
from commonweal.datasets.indicator import Indicator
from commonweal.datasets.schema import NUMBERS, SCHEMA
from commonweal.demo.areas import COLLABORATIVE, COUNTRY, HOME_REGION, FictionalArea, region_code
from commonweal.demo.recipes import LICENCE, Recipe, indicators, recipes
from commonweal.demo.simulation import Group, Simulated, World, simulate

LEVELS = [0.95, 0.998]
PER_CENT = 100.0
LIMITS = ("lower_95", "upper_95", "lower_99_8", "upper_99_8")
SILENT = "The authority returned no figure"
NOT_COLLECTED = "Not collected in this period"
TOO_FEW = "Not given: fewer than 10 events"
# Splits by deprivation are kept for those who look at them.
SHOWN_BY_CATEGORY = {*(area.code for area in COLLABORATIVE), region_code(HOME_REGION), COUNTRY[0]}


def observations(areas: list[FictionalArea], seed: int) -> pl.DataFrame:
    """Every observation, with the columns of `SCHEMA`, before disclosure control.

    `extracted` and `load` are for whoever loads them to fill in.

    Args:
        areas: the 150 areas, the collaborative's first.
        seed: the same areas and seed always give the same frame.
    """
    world = World.of(seed, areas)
    found: dict[str, list[pl.DataFrame]] = {"proportion": [], "rate": [], "standardised": [], "count": []}
    metadata = indicators()
    for identifier, recipe in recipes().items():
        simulated = simulate(world, metadata[identifier], recipe)
        for group in simulated.groups:
            found[recipe.kind].append(_rows(world, metadata[identifier], recipe, simulated, group))
    counts = pl.concat(found["count"]).with_columns(
        value=pl.col("count"),
        denominator=pl.lit(None, pl.Float64),
        **{name: pl.lit(None, pl.Float64) for name in LIMITS},
    )
    together = pl.concat(
        [_proportions(found["proportion"]), _rates(found["rate"]), _standardised(found["standardised"]), counts],
        how="diagonal",
    )
    return _finished(_with_status(together))


def _rows(world: World, indicator: Indicator, recipe: Recipe, simulated: Simulated, group: Group) -> pl.DataFrame:
    """One row for each area and period; and each band, for a standardised rate."""
    codes, names = world.codes, world.names
    shown = [n for n, name in enumerate(names) if name not in recipe.absent]
    if group.category_type:
        shown = [n for n in shown if codes[n] in SHOWN_BY_CATEGORY]
    keep = np.array(shown)
    periods = simulated.timeline.periods
    count, denominator = group.count[keep], group.denominator[keep]
    bands = count.shape[2] if count.ndim == 3 else 1
    area_of = np.repeat(keep, len(periods) * bands)
    period_of = np.tile(np.repeat(np.arange(len(periods)), bands), len(keep))
    frame = pl.DataFrame(
        {
            "area_code": pl.Series(codes).gather(area_of),
            "period": pl.Series([period.label for period in periods]).gather(period_of),
            "period_start": pl.Series([period.start for period in periods]).gather(period_of),
            "period_end": pl.Series([period.end for period in periods]).gather(period_of),
            "count": count.ravel(),
            "denominator": denominator.ravel(),
            "note": _notes(recipe, [period.label for period in periods], names, area_of, period_of),
        }
    )
    if bands > 1:
        first = recipe.ages[0] // 5
        frame = frame.with_columns(band=pl.Series(np.tile((np.arange(bands) + first) * 5, len(frame) // bands)))
    return frame.select(
        pl.lit(indicator.id).alias("indicator"),
        pl.all(),
        pl.lit(group.sex).alias("sex"),
        pl.lit(group.age).alias("age"),
        pl.lit(group.category_type).alias("category_type"),
        pl.lit(group.category).alias("category"),
        pl.lit(indicator.per).alias("per"),
    )


def _notes(
    recipe: Recipe, labels: list[str], names: list[str], area_of: np.ndarray, period_of: np.ndarray
) -> pl.Series:
    """Why a row will have no value, or nothing."""
    notes = np.full((len(names), len(labels)), "", dtype=object)
    for label, who in recipe.silent.items():
        if who == "everywhere":
            notes[:, labels.index(label)] = NOT_COLLECTED
        else:
            for name in who:
                notes[names.index(name), labels.index(label)] = SILENT
    return pl.Series(notes[area_of, period_of], dtype=pl.String)


def _proportions(parts: list[pl.DataFrame]) -> pl.DataFrame:
    rows = pl.concat(parts)
    result = stats.proportion(
        rows.select("count", "denominator"), count="count", denominator="denominator", per=PER_CENT, confidence=LEVELS
    )
    return rows.with_columns(result.select("value", *LIMITS))


def _rates(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Crude rates, for each multiplier together."""
    done = []
    for (per,), rows in pl.concat(parts).group_by("per", maintain_order=True):
        result = stats.rate(
            rows.select("count", "denominator"),
            count="count",
            population="denominator",
            per=float(str(per)),
            confidence=LEVELS,
        )
        done.append(rows.with_columns(result.select("value", *LIMITS)))
    return pl.concat(done)


def _standardised(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Directly standardised rates: the bands of each area, period and group together."""
    rows = pl.concat(parts)
    keys = ["indicator", "area_code", "period", "sex", "age"]
    described = rows.group_by(keys, maintain_order=True).agg(
        pl.col("period_start", "period_end", "category_type", "category", "note", "per").first()
    )
    rates = stats.directly_standardised_rate(
        rows, count="count", population="denominator", age_band="band", by=keys, per=100_000, confidence=LEVELS
    )
    figures = rates.select(*keys, "count", "value", *LIMITS, denominator="population")
    few = pl.col("value").is_null() & (pl.col("note") == "")
    return described.join(figures, on=keys, how="left", maintain_order="left").with_columns(
        note=pl.when(few).then(pl.lit(TOO_FEW)).otherwise("note")
    )


def _with_status(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows without a value say why."""
    silent = pl.col("note") != ""
    return rows.with_columns(
        status=pl.when(silent).then(pl.lit("missing")).otherwise(pl.lit("published")),
        **{name: pl.when(silent).then(None).otherwise(pl.col(name)) for name in NUMBERS},
    )


def _finished(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        published_trend=pl.lit(""),
        published_comparison=pl.lit(""),
        source=pl.lit("Synthetic"),
        extracted=pl.lit(None, pl.Date),
        licence=pl.lit(LICENCE),
        load=pl.lit(""),
    ).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
