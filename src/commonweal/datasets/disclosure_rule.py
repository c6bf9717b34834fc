"""What an indicator says of the small numbers in it: a rule, as data."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer


class DisclosureRule(BaseModel):
    """Counts from 1 to `suppress_up_to` are withheld, and others as needed to hide them; the rest are rounded.

    `round_to`: counts that are shown are rounded to the nearest multiple. `secondary`: whether others are withheld so
    that no small count can be found by taking what is shown from a total.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    suppress_up_to: int = Field(default=0, ge=0, le=1000)
    round_to: int = Field(default=1, ge=1, le=1000)
    secondary: bool = True

    @property
    def withholds(self) -> bool:
        """Whether anything is to be done."""
        return self.suppress_up_to > 0 or self.round_to > 1

    def __str__(self) -> str:
        if self in NAMES:
            return NAMES[self]
        withheld = f"counts 1 to {self.suppress_up_to} suppressed" if self.suppress_up_to else ""
        rounded = f"counts rounded to {self.round_to}" if self.round_to > 1 else ""
        return ", ".join(part for part in (withheld, rounded) if part) or "none"


NAMED = {
    "none": DisclosureRule(),
    "applied at source": DisclosureRule(secondary=False),
    "counts 1 to 7 suppressed": DisclosureRule(suppress_up_to=7, round_to=5),
    "counts 1 to 5 suppressed": DisclosureRule(suppress_up_to=5),
    "counts 1 to 4 suppressed": DisclosureRule(suppress_up_to=4),
}
"""Rules in use in England. 1 to 7 with rounding to 5: Hospital Episode Statistics since September 2018 (NHS England,
Change to disclosure control methodology for HES and ECDS). 1 to 5 and 1 to 4: alcohol-specific admissions of under 18s
and sight loss, as the Fingertips metadata has them."""
NAMES = {rule: name for name, rule in NAMED.items()}


def _rule(given: object) -> object:
    if isinstance(given, str):
        if given not in NAMED:
            raise ValueError(
                f"'{given}' is not a rule: write one of {', '.join(NAMED)}, or a table such as "
                "{ suppress_up_to = 9, round_to = 5 }"
            )
        return NAMED[given]
    return given


def _written(rule: DisclosureRule) -> str | dict[str, object]:
    return NAMES.get(rule) or rule.model_dump()


Disclosure = Annotated[DisclosureRule, BeforeValidator(_rule), PlainSerializer(_written)]
"""A rule that files give by its name or as a table."""
