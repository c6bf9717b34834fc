"""The one door into the store: observations are protected as their indicators ask before they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from commonweal.datasets.disclosure import protected
from commonweal.datasets.indicator import Indicator
from commonweal.datasets.schema import KEY
from commonweal.datasets.store import Change
from commonweal.datasets.workspace import Workspace
from commonweal.places.composition import composition


def admit(
    workspace: Workspace, observations: pl.DataFrame, details: dict[str, Any], *, keep_newer: bool = False
) -> Change:
    """Put observations into the store of a workspace in one commit, under the disclosure rules of their indicators.

    Nothing that an indicator's rule withholds is ever in the store, so no page, document, export or interface can show
    it. Rows of the same indicators that are held already are protected anew together with the new ones, since a total
    loaded today may give away a part loaded yesterday.

    Args:
        observations: columns of `SCHEMA`.
        details: remembered with the load; see `Store.upsert`.
        keep_newer: leave what is held where it was extracted later.

    Raises:
        StoreError: as `Store.upsert`.
    """
    return workspace.store.upsert(
        observations,
        details,
        revised=lambda rows: _protected(workspace, rows, workspace.store.indicators(), keep_newer),
        keep_newer=keep_newer,
    )


def as_admitted(workspace: Workspace, observations: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """The observations of one indicator as they would stand in the store. Nothing is stored."""
    made = _protected(workspace, observations, {indicator.id: indicator}, keep_newer=False)
    return made.join(observations, on=KEY, how="semi")


def _protected(
    workspace: Workspace, incoming: pl.DataFrame, indicators: Mapping[str, Indicator], keep_newer: bool
) -> pl.DataFrame:
    """The incoming rows, and those held that must now be withheld with them.

    With `keep_newer`, rows that would not replace what is held are left out, so that what stays is protected.
    """
    ids = set(incoming["indicator"].unique())
    ruled = {key: each for key, each in indicators.items() if key in ids and each.disclosure.withholds}
    if not ruled:
        return incoming
    is_ruled = pl.col("indicator").is_in(list(ruled))
    news = incoming.filter(is_ruled)
    all_held = workspace.store.read(list(ruled))
    if keep_newer:
        replaced = news.join(
            all_held.select(*KEY, held_extracted="extracted"), on=KEY, how="left", maintain_order="left"
        )
        news = news.filter(~(replaced["extracted"] < replaced["held_extracted"]).fill_null(False))
    held = all_held.join(news, on=KEY, how="anti")
    together = pl.concat([news.with_columns(is_new=True), held.with_columns(is_new=False)])
    parts = composition(workspace.catalogue, together["period_end"].unique().to_list(), workspace.collaborative)
    safe = pl.concat(
        protected(rows, ruled[str(key)], parts, fresh=rows["is_new"]).with_columns(
            is_withheld_now=(pl.col("status") == "suppressed") & (rows["status"] != "suppressed")
        )
        for (key,), rows in together.partition_by("indicator", as_dict=True, maintain_order=True).items()
    )
    kept = safe.filter(pl.col("is_new") | pl.col("is_withheld_now")).select(incoming.columns)
    return pl.concat([incoming.filter(~is_ruled), kept])
