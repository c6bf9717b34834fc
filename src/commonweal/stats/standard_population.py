"""Standard populations."""

from __future__ import annotations

import numpy as np

from commonweal.stats.age_bands import AgeBand, CodedBands
from commonweal.stats.frames import ColumnError

EUROPEAN_2013 = (
    5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000,
)  # fmt: skip
"""European Standard Population 2013, bands 0-4, 5-9, ... 85-89, 90+. Source: Eurostat (2013), Revision of the ESP."""

FINEST = {
    AgeBand(0, 0): 1000,
    AgeBand(1, 4): 4000,
    **{AgeBand(5 * place, 5 * place + 4): EUROPEAN_2013[place] for place in range(1, 18)},
    AgeBand(90, 94): 800,
    AgeBand(95, None): 200,
}
"""The same in its finest bands, which divide the youngest and the oldest: those under 1, and those of 95 and over."""


def european_2013(read: CodedBands, column: str) -> np.ndarray:
    """The European Standard Population 2013 of each row's band.

    A band may be any of the standard's or several of them together: "<1" and "1-4", "0-4", "0-9", "85+". Bare numbers
    are the first ages of its five-year bands, of which the last is 90 and over.

    Args:
        column: the name of the column, for the error.

    Raises:
        ColumnError: a band begins or ends within a band of the standard.
    """
    weights = [_weight(_five_years(band) if read.bare else band, column) for band in read.bands]
    return np.array(weights, dtype=float)[read.codes]


def _weight(band: AgeBand, column: str) -> int:
    parts = [part for part in FINEST if band.start <= part.start and part.last <= band.last]
    if not parts or parts[0].start != band.start or parts[-1].last != band.last:
        raise ColumnError(
            f"'{band}' in column '{column}' is not a band of the European Standard Population 2013, nor several "
            "together: its bands are <1, 1-4, 5-9, 10-14 and so on to 90-94 and 95+."
        )
    return sum(FINEST[part] for part in parts)


def _five_years(band: AgeBand) -> AgeBand:
    """The five-year band that begins where a bare first age says."""
    if band.start >= 90:
        return AgeBand(band.start, None)
    return AgeBand(band.start, band.end if band in FINEST else band.start + 4)
