"""An area and its kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

UPPER = "upper tier local authority"
LOWER = "lower tier local authority"
TIERS: dict[str, tuple[str, ...]] = {
    "county": (UPPER,),
    "unitary authority": (UPPER, LOWER),
    "metropolitan district": (UPPER, LOWER),
    "London borough": (UPPER, LOWER),
    "county district": (LOWER,),
}
"""Tiers within which areas are compared. An authority with both duties stands in both."""


@dataclass(frozen=True, slots=True)
class Area:
    """One area: `type` in words, the first and last day of its code (None: always, still), and the areas it lies in."""

    code: str
    name: str
    type: str
    valid_from: date | None = None
    valid_to: date | None = None
    parents: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()

    @property
    def tiers(self) -> tuple[str, ...]:
        """The tiers the area is compared in: its own type where that is not a local authority."""
        return TIERS.get(self.type, (self.type,))

    def is_valid_on(self, day: date) -> bool:
        """Whether the code was in use on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)
