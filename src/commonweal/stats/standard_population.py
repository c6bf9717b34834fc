"""Standard populations."""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from commonweal.stats.frames import ColumnError

EUROPEAN_2013 = (
    5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000,
)  # fmt: skip
"""European Standard Population 2013, bands 0-4, 5-9, ... 85-89, 90+. Source: Eurostat (2013), Revision of the ESP."""


def band_start(label: object) -> int | None:
    """First age of a band written in any usual way: "0-4", "5 to 9", "90+", "90 and over", 85."""
    found = re.search(r"\d+", str(label))
    return int(found[0]) if found else None


def european_2013(bands: pl.Series) -> np.ndarray:
    """The standard population of each band, by its first age.

    Raises:
        ColumnError: a band does not begin at 0, 5, ... 90.
    """
    weights = {5 * position: weight for position, weight in enumerate(EUROPEAN_2013)}
    unique = bands.unique().to_list()
    starts = {label: band_start(label) for label in unique}
    wrong = sorted(str(label) for label, start in starts.items() if start not in weights)
    if wrong:
        raise ColumnError(
            f"'{wrong[0]}' in column '{bands.name}' is not a five-year band of the European Standard Population 2013: "
            "they begin at 0, 5, 10 and so on to 90."
        )
    return np.array([weights[starts[label]] for label in bands.to_list()], dtype=float)  # type: ignore[index]
