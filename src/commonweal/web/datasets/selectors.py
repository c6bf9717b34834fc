"""What the common data-set holds, for its pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from commonweal.datasets.indicator import Indicator
from commonweal.datasets.workspace import Workspace


@dataclass(frozen=True)
class Held:
    """One indicator and what is held of it."""

    indicator: Indicator
    rows: int
    areas: int
    first: date
    last: date
    withheld: int
    sources: str
    extracted: date | None


def held(workspace: Workspace) -> list[Held]:
    """Every indicator that has observations, by topic and name."""
    known = workspace.store.indicators()
    frame = (
        workspace.store.scan()
        .group_by("indicator")
        .agg(
            rows=pl.len(),
            areas=pl.col("area_code").n_unique(),
            first=pl.col("period_start").min(),
            last=pl.col("period_end").max(),
            withheld=(pl.col("status") != "published").sum(),
            sources=pl.col("source").unique().drop_nulls().sort().str.join("; "),
            extracted=pl.col("extracted").max(),
        )
        .collect()
    )
    rows = [
        Held(known.get(identifier) or Indicator(id=identifier, name=identifier), *figures)
        for identifier, *figures in frame.iter_rows()
    ]
    return sorted(rows, key=lambda row: (row.indicator.topic, row.indicator.title.casefold()))
