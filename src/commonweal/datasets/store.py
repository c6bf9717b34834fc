"""The store: every observation and every indicator's metadata, versioned, in two Delta tables.

A version of the store is a Delta version of the observations table. Every change is one commit, so a reader sees
all of a load or none of it, and any earlier version can be read again: what did we know when we decided?
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from deltalake import ColumnProperties, CommitProperties, DeltaTable, WriterProperties, write_deltalake
from filelock import FileLock, Timeout

from commonweal.datasets.indicator import Indicator
from commonweal.datasets.schema import KEY, NUMBERS, SCHEMA
from commonweal.errors import CommonwealError

TABLE_PROPERTIES = {
    # The default of Delta forgets history after 30 days; decisions are looked back on for longer.
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}
WRITER = WriterProperties(
    # Figures seldom repeat: a dictionary of them costs time and memory and saves no space.
    column_properties={name: ColumnProperties(dictionary_enabled=False) for name in NUMBERS}
)
LOCK_SECONDS = 600
INDICATORS_AT_A_TIME = 20


class StoreError(CommonwealError):
    """The store cannot do what was asked."""


@dataclass(frozen=True)
class Change:
    """What one write did: rows `added`, `updated` (same key, other figures) and `unchanged`; `kept_newer` counts those
    left as they are held, because what is held was extracted later.
    """

    added: int
    updated: int
    unchanged: int
    version: int | None
    kept_newer: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.updated)


@dataclass(frozen=True)
class HistoryEntry:
    """One load, as the store remembers it."""

    version: int
    when: dt.datetime
    load: str
    source: str
    details: dict[str, Any]


class Store:
    """Observations partitioned by indicator, so that one indicator is read without touching the others."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._observations_path = self.path / "observations"
        self._indicators_path = self.path / "indicators"
        self._table: DeltaTable | None = None

    # Reading ---------------------------------------------------------------------------------------------------

    def _log_of(self, version: int) -> Path:
        return self._observations_path / "_delta_log" / f"{version:020d}.json"

    @property
    def exists(self) -> bool:
        return self._log_of(0).exists()

    def _current(self) -> DeltaTable | None:
        if not self.exists:
            return None
        if self._table is None or self._log_of(self._table.version() + 1).exists():
            self._table = DeltaTable(str(self._observations_path))
        return self._table

    @property
    def version(self) -> int | None:
        """The newest version, or None while nothing has been loaded."""
        table = self._current()
        return None if table is None else table.version()

    def _table_at(self, version: int | None) -> DeltaTable | None:
        if version is None:
            return self._current()
        if not self.exists or not 0 <= version <= (self.version or 0):
            raise StoreError(f"The store has no version {version}; the newest is {self.version}.")
        return DeltaTable(str(self._observations_path), version=version)

    def indicator_ids(self, version: int | None = None) -> list[str]:
        """The identifiers of every indicator that has observations, in order."""
        table = self._table_at(version)
        if table is None:
            return []
        return sorted({part["indicator"] for part in table.partitions()})

    def read(
        self,
        indicators: str | Iterable[str] | None = None,
        *,
        areas: Sequence[str] | None = None,
        headline: bool = False,
        columns: Sequence[str] | None = None,
        version: int | None = None,
    ) -> pl.DataFrame:
        """Observations of these indicators (None: all) and areas (None: all), with the columns of `SCHEMA`.

        `headline` leaves out the rows split by a category such as deprivation.
        """
        frame = self.scan(indicators, version=version)
        if areas is not None:
            frame = frame.filter(pl.col("area_code").is_in(list(areas)))
        if headline:
            frame = frame.filter(pl.col("category_type") == "")
        return frame.select(list(columns or SCHEMA.names())).collect()

    def scan(self, indicators: str | Iterable[str] | None = None, *, version: int | None = None) -> pl.LazyFrame:
        """The same, not yet read: a Polars lazy frame with the columns of `SCHEMA`."""
        table = self._table_at(version)
        if table is None:
            return pl.LazyFrame(schema=SCHEMA)
        if indicators is None:
            uris = table.file_uris()
        else:
            ids = [indicators] if isinstance(indicators, str) else list(indicators)
            uris = table.file_uris(file_pruning_predicate=[("indicator", "in", ids)]) if ids else []
        if not uris:
            return pl.LazyFrame(schema=SCHEMA)
        frame = pl.scan_parquet(uris, hive_partitioning=True, hive_schema={"indicator": pl.String})
        return frame.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())

    def indicators(self) -> dict[str, Indicator]:
        """Metadata of every known indicator, by identifier."""
        if not (self._indicators_path / "_delta_log").exists():
            return {}
        frame = pl.read_delta(str(self._indicators_path))
        return {row["id"]: Indicator.model_validate_json(row["metadata"]) for row in frame.iter_rows(named=True)}

    def history(self) -> list[HistoryEntry]:
        """Every load, newest first."""
        table = self._current()
        if table is None:
            return []
        entries = []
        for commit in table.history():
            details = json.loads(commit.get("commonweal", "{}"))
            entries.append(
                HistoryEntry(
                    version=commit["version"],
                    when=dt.datetime.fromtimestamp(commit["timestamp"] / 1000, tz=dt.UTC),
                    load=details.get("load", ""),
                    source=details.get("source", ""),
                    details=details,
                )
            )
        return entries

    # Writing ---------------------------------------------------------------------------------------------------

    def _lock(self) -> FileLock:
        self.path.mkdir(parents=True, exist_ok=True)
        return FileLock(self.path / "store.lock", timeout=LOCK_SECONDS)

    def upsert(
        self,
        observations: pl.DataFrame,
        details: dict[str, Any],
        *,
        revised: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
        keep_newer: bool = False,
    ) -> Change:
        """Add rows, replacing those with the same key, in one commit; nothing is written when nothing differs.

        Args:
            observations: columns of `SCHEMA`, no two rows with the same key.
            details: what to remember of the load; JSON-able, with `load` and `source`.
            keep_newer: leave what is held where it was extracted after the row that would replace it.
            revised: makes of the rows those to be stored, while no other load can change what is held.

        Raises:
            StoreError: the columns are wrong, a key repeats, or another load holds the store for ten minutes.
        """
        missing = [name for name in SCHEMA.names() if name not in observations.columns]
        if missing:
            raise StoreError(f"These columns are needed to store observations: {', '.join(missing)}.")
        incoming = observations.select(SCHEMA.names()).cast(dict(SCHEMA))  # type: ignore[arg-type]
        repeated = incoming.height - incoming.select(KEY).n_unique()
        if repeated:
            raise StoreError(f"{repeated} rows repeat the key ({', '.join(KEY)}) of another row.")
        if incoming.is_empty():
            return Change(0, 0, 0, self.version)
        try:
            with self._lock():
                return self._upsert_locked(revised(incoming) if revised else incoming, details, keep_newer)
        except Timeout as error:
            raise StoreError(
                f"Another load has held {self.path} for {LOCK_SECONDS // 60} minutes. Nothing was changed."
            ) from error

    def _upsert_locked(self, incoming: pl.DataFrame, details: dict[str, Any], keep_newer: bool) -> Change:
        ids = incoming["indicator"].unique().sort().to_list()
        added = updated = kept = 0
        parts = []
        # Some indicators at a time, so that what is held is never all in memory.
        for first in range(0, len(ids), INDICATORS_AT_A_TIME):
            some = ids[first : first + INDICATORS_AT_A_TIME]
            news = incoming if len(some) == len(ids) else incoming.filter(pl.col("indicator").is_in(some))
            merged, new, changed, older = _merged(self.read(some), news, keep_newer)
            added, updated, kept = added + new, updated + changed, kept + older
            parts.append(merged)
        unchanged = incoming.height - added - updated - kept
        if not (added or updated):
            return Change(0, 0, unchanged, self.version, kept)
        rows = pl.concat(parts)
        affected = rows["indicator"].unique().to_list()
        version = self._commit(rows, affected, details, Change(added, updated, unchanged, None, kept))
        return Change(added, updated, unchanged, version, kept)

    def _commit(self, rows: pl.DataFrame, ids: list[str], details: dict[str, Any], change: Change) -> int:
        remembered = {
            **details,
            "added": change.added,
            "updated": change.updated,
            "unchanged": change.unchanged,
            "kept_newer": change.kept_newer,
        }
        properties = CommitProperties(
            custom_metadata={"commonweal": json.dumps(remembered, ensure_ascii=False, default=str)}
        )
        data = _by_indicator(rows)
        if not self.exists:
            write_deltalake(
                str(self._observations_path),
                data,
                mode="error",
                partition_by=["indicator"],
                configuration=TABLE_PROPERTIES,
                commit_properties=properties,
                writer_properties=WRITER,
            )
        else:
            quoted = ", ".join(f"'{identifier}'" for identifier in ids)
            write_deltalake(
                self._table or str(self._observations_path),
                data,
                mode="overwrite",
                predicate=f"indicator IN ({quoted})",
                partition_by=["indicator"],
                commit_properties=properties,
                writer_properties=WRITER,
            )
        self._table = DeltaTable(str(self._observations_path))
        return self._table.version()

    def save_indicators(self, indicators: Iterable[Indicator], *, replace: bool = True) -> int:
        """Keep metadata; with `replace` False, metadata already held wins. Returns how many were written."""
        with self._lock():
            held = self.indicators()
            merged = dict(held)
            for indicator in indicators:
                if replace or indicator.id not in held:
                    merged[indicator.id] = indicator
            written = sum(1 for key, value in merged.items() if held.get(key) != value)
            if written:
                frame = pl.DataFrame(
                    {
                        "id": list(merged),
                        "metadata": [value.model_dump_json() for value in merged.values()],
                    },
                    schema={"id": pl.String, "metadata": pl.String},
                ).sort("id")
                write_deltalake(str(self._indicators_path), frame, mode="overwrite", configuration=TABLE_PROPERTIES)
            return written


def _merged(held: pl.DataFrame, incoming: pl.DataFrame, keep_newer: bool) -> tuple[pl.DataFrame, int, int, int]:
    """All rows of the indicators that change; how many are new, have other figures, and are older than what is held."""
    if held.is_empty():
        return incoming, incoming.height, 0, 0
    # A re-load of the same figures on another day is not a change, so where a row came from is left out.
    figures = [name for name in SCHEMA.names() if name not in (*KEY, "load", "extracted", "source", "licence")]
    fingerprint = pl.struct(figures).hash(seed=1).alias("fingerprint")
    compared = incoming.select(*KEY, fingerprint, "extracted").join(
        held.select(*KEY, fingerprint.alias("held"), held_extracted="extracted"),
        on=KEY,
        how="left",
        maintain_order="left",
    )
    is_new = compared["held"].is_null()
    differs = ~is_new & (compared["held"] != compared["fingerprint"])
    is_older = differs & (compared["extracted"] < compared["held_extracted"]).fill_null(False) & keep_newer
    is_changed = differs & ~is_older
    changing = incoming.filter(is_new | is_changed)
    affected = pl.col("indicator").is_in(changing["indicator"].unique().to_list())
    kept = held.filter(affected).join(changing.select(KEY), on=KEY, how="anti")
    return pl.concat([kept, changing]), int(is_new.sum()), int(is_changed.sum()), int(is_older.sum())


def _by_indicator(rows: pl.DataFrame) -> pa.RecordBatchReader:
    """The rows of one indicator after another, series by series in order of time, each sorted only when written."""
    places = rows.select("indicator").with_row_index().group_by("indicator").agg("index").sort("indicator")
    order = ("sex", "age", "category_type", "category", "area_code", "period_end")
    schema = rows.head(0).to_arrow().schema
    batches = (batch for of_one in places["index"] for batch in rows[of_one].sort(order).to_arrow().to_batches())
    return pa.RecordBatchReader.from_batches(schema, batches)
