"""The one door into the store: observations are protected as their indicators ask before they are kept."""

from __future__ import annotations

from typing import Any

import polars as pl

from commonweal.datasets.disclosure import protected
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
        observations, details, revised=lambda rows: _protected(workspace, rows), keep_newer=keep_newer
    )


def _protected(workspace: Workspace, incoming: pl.DataFrame) -> pl.DataFrame:
    """The incoming rows, and those held that must now be withheld with them."""
    ids = set(incoming["indicator"].unique())
    ruled = {
        key: indicator
        for key, indicator in workspace.store.indicators().items()
        if key in ids and indicator.disclosure.withholds
    }
    if not ruled:
        return incoming
    is_ruled = pl.col("indicator").is_in(list(ruled))
    news = incoming.filter(is_ruled)
    held = workspace.store.read(list(ruled)).join(news, on=KEY, how="anti")
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
