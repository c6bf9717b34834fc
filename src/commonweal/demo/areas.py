"""The fictional areas: nine authorities of a collaborative, and 141 more for a country of 150 behind it."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

COUNTRY = ("X92000001", "England")
REGIONS = (
    "Northmarch",
    "Westmere and the Fells",
    "Ridings and Wolds",
    "Middlevale East",
    "Middlevale West",
    "Fens and Washes",
    "Greater Capital",
    "Downs and Weald",
    "Far Peninsula",
)
HOME_REGION = 1
AREAS = 150

BEGINNINGS = (
    "Alder", "Bram", "Corven", "Drey", "Elver", "Farrow", "Gor", "Hazel", "Iven", "Jessel", "Kestrel", "Lorne",
    "Marl", "Nether", "Orrin", "Pel", "Quarn", "Raven", "Sorrel", "Tamble", "Ulver", "Venn", "Wether", "Yarrel",
    "Thrush", "Skel",
)  # fmt: skip
ENDINGS = (
    "ford", "wick", "combe", "stead", "thorpe", "dale", "mouth", "leigh", "minster", "shaw", "hurst", "holt",
    "bridge", "haven", "garth", "brook",
)  # fmt: skip


@dataclass(frozen=True)
class FictionalArea:
    """An authority that does not exist. Deprivation and age are in standard deviations from the average."""

    code: str
    name: str
    region: int
    people: int
    deprivation: float
    older: float


# Chosen so that the nine differ in size, wealth and age as nine neighbours of a real sub-region do.
COLLABORATIVE = tuple(
    FictionalArea(f"X0600000{number}", name, HOME_REGION, people, deprivation, older)
    for number, (name, people, deprivation, older) in enumerate(
        [
            ("Ashmere", 331_000, 0.7, 0.1),
            ("Brackwater", 276_000, 1.5, -0.5),
            ("Calderfell", 209_000, -0.4, 0.6),
            ("Dunmere", 322_000, 0.9, -0.1),
            ("Eastholme", 497_000, 0.5, -1.3),
            ("Fellgate", 129_000, 1.2, 0.0),
            ("Garstone", 184_000, 0.6, 0.3),
            ("Harrowdale", 398_000, -0.9, 0.9),
            ("Ivelmouth", 152_000, -1.2, 1.4),
        ],
        start=1,
    )
)


def fictional_areas(seed: int, *, avoid: Collection[str] = ()) -> list[FictionalArea]:
    """The 150 areas, the collaborative's nine first.

    Args:
        seed: another seed makes other areas behind the nine.
        avoid: names no area may have, in any case of letters: those of real authorities.
    """
    random = np.random.default_rng([seed, 1])
    names = _names(random, AREAS - len(COLLABORATIVE), {name.casefold() for name in avoid})
    # Upper-tier authorities: half between about 210,000 and 390,000 people, a few below 60,000 or above 800,000.
    people = np.clip(np.exp(random.normal(np.log(285_000), 0.52, len(names))), 41_000, 890_000)
    deprivation = random.normal(0, 1, len(names))
    older = random.normal(0, 1, len(names)) - 0.45 * deprivation
    regions = random.permutation(np.arange(len(names)) % len(REGIONS))
    others = [
        FictionalArea(
            f"X06{number:06d}",
            name,
            int(regions[n]),
            int(people[n]),
            float(deprivation[n]),
            float(older[n]),
        )
        for n, (number, name) in enumerate(zip(range(len(COLLABORATIVE) + 1, AREAS + 1), names, strict=True))
    ]
    return [*COLLABORATIVE, *others]


def _names(random: np.random.Generator, wanted: int, avoid: set[str]) -> list[str]:
    possible = [beginning + ending for beginning in BEGINNINGS for ending in ENDINGS]
    free = [name for name in possible if name.casefold() not in avoid]
    return sorted(random.permutation(free)[:wanted].tolist())


def areas_csv(areas: list[FictionalArea]) -> str:
    """The areas, their regions and country as the `areas.csv` of a workspace."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["code", "name", "type", "valid_from", "valid_to", "parents"])
    rows.writerow([*COUNTRY, "country", "", "", ""])
    for number, name in enumerate(REGIONS):
        rows.writerow([region_code(number), name, "region", "", "", COUNTRY[0]])
    for area in areas:
        rows.writerow(
            [area.code, area.name, "unitary authority", "", "", f"{region_code(area.region)};{COUNTRY[0]}"],
        )
    return text.getvalue()


def region_code(number: int) -> str:
    return f"X1200000{number + 1}"
