"""Who lives in the fictional areas: people by year, sex and five-year band."""

from __future__ import annotations

import numpy as np

from commonweal.demo.areas import FictionalArea

FIRST_YEAR, LAST_YEAR = 2013, 2025
BANDS = 19  # 0-4, 5-9, ... 85-89, 90+
SEXES = ("Female", "Male")

# About the shares of England in 2021, in per cent, rounded to one decimal (ONS mid-year estimates).
AGE_SHARES = np.array(
    [5.4, 5.9, 6.0, 5.7, 6.0, 6.6, 7.0, 6.7, 6.3, 6.4, 6.9, 6.7, 5.8, 4.9, 5.0, 3.6, 2.5, 1.6, 1.0]
)  # fmt: skip
AVERAGE_AGE = 41.0
GROWTH = 0.005
TILT = 0.14  # how much a standard deviation of `older` moves the shares for every 40 years of age


def population(areas: list[FictionalArea]) -> np.ndarray:
    """People by area, year (2013 to 2025), sex (female, male) and band, as whole numbers."""
    ages = np.arange(BANDS) * 5 + 2.5
    years = np.arange(FIRST_YEAR, LAST_YEAR + 1)
    older = np.array([area.older for area in areas])
    # Every year is a little older than the last, as the country is.
    lean = TILT * older[:, None] + 0.006 * (years - LAST_YEAR)[None, :]
    shares = AGE_SHARES * np.exp(lean[:, :, None] * (ages - AVERAGE_AGE) / 40)
    shares /= shares.sum(axis=2, keepdims=True)
    totals = np.array([area.people for area in areas])[:, None] * (1 + GROWTH) ** (years - LAST_YEAR)
    female = 0.488 + 0.0006 * np.maximum(ages - 50, 0) * 2.2
    people = totals[:, :, None] * shares
    return np.rint(np.stack([people * female, people * (1 - female)], axis=2))


def years_of(first_age: int, last_age: int) -> np.ndarray:
    """How much of each band lies between two ages, both included: 0 to 1. The last band is whole from 90 up."""
    starts = np.arange(BANDS) * 5.0
    overlap = np.clip(np.minimum(last_age + 1, starts + 5) - np.maximum(first_age, starts), 0, 5) / 5
    overlap[-1] = 1.0 if last_age >= 90 else 0.0
    return overlap
