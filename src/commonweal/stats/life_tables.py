"""Period life tables by bands of age, over arrays of one row a band and one column a population.

Sources: Chiang CL (1968), Introduction to Stochastic Processes in Biostatistics; Newell C (1994), Methods and Models in
Demography; Silcocks PBS, Jenner DA, Reza R (2001), Journal of Epidemiology and Community Health 55, for the variance of
the open band; Sullivan DF (1971), HSMHA Health Reports 86, for healthy life.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RADIX = 100_000.0
INFANT_SHARE = 0.1
"""Infants live a tenth of the year in which they die, on average: most deaths under 1 are in the first weeks."""
SHARE = 0.5
"""At other ages people who die in a band live half of it on average."""


@dataclass(frozen=True)
class LifeTable:
    """Attributes, each of one row a band and one column a population:
    expectation: years lived on average after the first age of the band.
    standard_error: its standard error.
    """

    expectation: np.ndarray
    standard_error: np.ndarray


@dataclass(frozen=True)
class _Columns:
    """Columns of life tables: survivors, their deaths and years lived, and the terms of variance."""

    width: np.ndarray
    after: np.ndarray
    survivors: np.ndarray
    years: np.ndarray
    variance: np.ndarray


def life_table(deaths: np.ndarray, population: np.ndarray, starts: np.ndarray) -> LifeTable:
    """Life expectancy at the first age of each band.

    Args:
        deaths, population: one row a band, the last open; one column a population; populations above 0.
        starts: first ages of the bands, in order.
    """
    return sullivan(deaths, population, starts, None, None)


def sullivan(
    deaths: np.ndarray,
    population: np.ndarray,
    starts: np.ndarray,
    prevalence: np.ndarray | None,
    variance_of_prevalence: np.ndarray | None,
) -> LifeTable:
    """Years lived on average in the state whose prevalence is given; without it, all years.

    The variance is that of the death rates and, where it is given, of the prevalence.

    Args:
        deaths, population, starts: as in `life_table`.
        prevalence: share of each band in the state, 0 to 1, shaped as `deaths`.
        variance_of_prevalence: variance of those shares, shaped as `deaths`.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        table = _columns(deaths, population, starts)
        years = table.years if prevalence is None else table.years * prevalence
        lived = sums_from_age(years)
        alive = table.survivors > 0
        expectation = np.where(alive, lived / table.survivors, 0.0)
        later = np.zeros_like(expectation)
        later[:-1] = expectation[1:]
        in_band = (table.width - table.after)[:, np.newaxis]
        share = 1.0 if prevalence is None else prevalence
        gained = table.survivors * (in_band * share + later)
        gained[-1] = table.survivors[-1] / 2 * (1.0 if prevalence is None else prevalence[-1])
        terms = gained * gained * table.variance
        if variance_of_prevalence is not None:
            terms += table.years * table.years * variance_of_prevalence
        error = np.sqrt(sums_from_age(terms)) / table.survivors
    return LifeTable(expectation, np.where(alive, error, 0.0))


def sums_from_age(values: np.ndarray) -> np.ndarray:
    """Sums of each band and all older ones, one row a band. Whole rows are added, which is quicker than cumulating."""
    sums = np.array(values, dtype=float)
    for band in range(len(sums) - 2, -1, -1):
        sums[band] += sums[band + 1]
    return sums


def _columns(deaths: np.ndarray, population: np.ndarray, starts: np.ndarray) -> _Columns:
    width = np.append(np.diff(starts).astype(float), np.nan)
    share = np.where((starts == 0) & (width == 1), INFANT_SHARE, SHARE)
    after = share * width
    n, lived_by_the_dead = width[:, np.newaxis], after[:, np.newaxis]
    rate = deaths / population
    dying = np.where(rate * lived_by_the_dead <= 1, rate * n / (1 + rate * (n - lived_by_the_dead)), 1.0)
    dying[-1] = 1.0
    survivors = np.empty_like(rate)
    survivors[0] = RADIX
    living = 1 - dying
    for band in range(len(starts) - 1):
        np.multiply(survivors[band], living[band], out=survivors[band + 1])
    dead = survivors * dying
    years = n * (survivors - dead) + lived_by_the_dead * dead
    years[-1] = survivors[-1] / rate[-1]
    variance = np.where(dead > 0, dying * dying * (1 - dying) / deaths, 0.0)
    variance[-1] = 4 / (deaths[-1] * rate[-1] ** 2)
    return _Columns(width, after, survivors, years, variance)
