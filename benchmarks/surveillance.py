"""Synthetic surveillance data for measurements: areas clustered like towns, cases by population, one planted excess."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

AREAS_A_TOWN = 40
TOWN_WIDTH = 6.0
COUNTRY_WIDTH = 300.0


@dataclass(frozen=True)
class Surveillance:
    """Areas and the cases in them.

    Attributes:
        coordinates: x and y of each area in km, shape (areas, 2).
        population: of each area, shape (areas,).
        place, day: of each case, shape (cases,); days count from 0.
        days: length of the study.
    """

    coordinates: NDArray[np.float64]
    population: NDArray[np.int64]
    place: NDArray[np.int64]
    day: NDArray[np.int64]
    days: int


def surveillance(
    areas: int, days: int, cases: int, *, excess: int = 8, recent: int = 14, seed: int = 1
) -> Surveillance:
    """Seeded synthetic data; `excess` of the cases fall in one small neighbourhood in the `recent` days."""
    random = np.random.default_rng(seed)
    towns = max(3, areas // AREAS_A_TOWN)
    centres = random.uniform(0, COUNTRY_WIDTH, (towns, 2))
    size = random.pareto(1.2, towns) + 1
    town = random.choice(towns, areas, p=size / size.sum())
    width = TOWN_WIDTH * np.sqrt(size[town] / size.mean())
    coordinates = centres[town] + random.normal(size=(areas, 2)) * width[:, None]
    population = random.integers(1_000, 3_000, areas)
    place = random.choice(areas, cases, p=population / population.sum())
    day = random.integers(0, days, cases)
    if excess:
        heart = coordinates[random.integers(areas)]
        near = np.argsort(np.hypot(*(coordinates - heart).T))[:5]
        place[:excess] = random.choice(near, excess)
        day[:excess] = days - 1 - random.integers(0, recent, excess)
    return Surveillance(np.round(coordinates, 4), population, place, day, days)
