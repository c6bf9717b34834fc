"""Fingertips by its interface: indicators and their metadata, fetched politely and checked before they are believed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import requests
import requests_cache
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from commonweal.datasets.fingertips_metadata import read_metadata
from commonweal.datasets.indicator import Indicator
from commonweal.datasets.mapping import shipped_mappings
from commonweal.errors import CommonwealError

BASE = "https://fingertips.phe.org.uk/api"
KEPT_SECONDS = 12 * 3600
TIMEOUT = (10, 120)
"""Seconds to connect, and between two pieces of an answer."""
RETRIES, BACK_OFF = 4, 0.5
LOCAL_AUTHORITIES = ("upper tier", "counties and ua", "ua and counties", "unitary authorities", "county")
Progress = Callable[[str], None]


class FingertipsError(CommonwealError):
    """Fingertips did not answer, or its answer is not what was asked for."""


class Fingertips:
    """A client of the Fingertips interface.

    Answers are kept for twelve hours in `cache_dir`. Each request is tried up to five times, waiting longer each time;
    the server's certificate is checked.

    Args:
        cache_dir: folder of the answers.
        base: address of the interface.
        back_off: seconds of the first wait.
    """

    def __init__(self, cache_dir: Path | str, base: str = BASE, *, back_off: float = BACK_OFF) -> None:
        self.base = base.rstrip("/")
        folder = Path(cache_dir)
        folder.mkdir(parents=True, exist_ok=True)
        # Only whole, good answers are kept, so that an error today is not an error until tomorrow.
        self._session = requests_cache.CachedSession(
            str(folder / "fingertips"), backend="sqlite", expire_after=KEPT_SECONDS, allowable_codes=(200,)
        )
        retry = Retry(
            total=RETRIES,
            backoff_factor=back_off,
            status_forcelist=(429, 500, 502, 503, 504),
            allowed_methods=("GET",),
            respect_retry_after_header=True,
        )
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))

    def metadata(
        self, *, indicators: Sequence[int] | None = None, profile: int | None = None, to: Path | None = None
    ) -> list[Indicator]:
        """Metadata of the indicators, or of all of a profile.

        Raises:
            FingertipsError: there is no answer, or an indicator asked for is not in it.
        """
        path, asked = self._asked("indicator_metadata/csv", indicators, profile)
        text = self._get(path, asked)
        target = (to or Path(self._session.cache.db_path).parent) / "indicator_metadata.csv"  # type: ignore[attr-defined]
        _write(target, text)
        found = read_metadata(target)
        held = {int(indicator.id) for indicator in found}
        absent = [number for number in indicators or () if number not in held]
        if absent:
            raise FingertipsError(f"Fingertips has no indicator {', '.join(map(str, absent))}. Check the number.")
        return found

    def area_types(self, indicator: int) -> dict[int, str]:
        """The area types an indicator has figures for: number and name."""
        available = self._json("available_data", {"indicator_id": indicator})
        numbers = sorted({int(row["AreaTypeId"]) for row in available if int(row.get("IndicatorId", 0)) == indicator})
        if not numbers:
            raise FingertipsError(f"Fingertips has no figures for indicator {indicator}. Check the number.")
        names = {int(row["Id"]): str(row["Name"]) for row in self._json("area_types", {})}
        return {number: names.get(number, str(number)) for number in numbers}

    def download(
        self,
        *,
        indicators: Sequence[int] | None = None,
        profile: int | None = None,
        expected: Mapping[int, str] | None = None,
        to: Path | str,
        progress: Progress = lambda _: None,
    ) -> Path:
        """Fetch figures for local authorities as one CSV in the shape of the Fingertips export.

        The newest area type of upper-tier authorities that each indicator has is asked for. The file is written when
        all of it has been checked: the columns are those of the export, each row is whole, and the name of each
        indicator is the one its metadata (or `expected`) gives.

        Args:
            indicators: numbers; or all of a `profile`.
            expected: names by number, where the caller knows better than the metadata.
            to: folder of the file.

        Raises:
            FingertipsError: there is no answer, it is cut short, its columns have changed, or a name differs.
        """
        progress("Asking for the metadata")
        names = {int(i.id): i.name for i in self.metadata(indicators=indicators, profile=profile)} | dict(
            expected or {}
        )
        wanted = list(indicators) if indicators else sorted(names)
        heading: list[str] | None = None
        rows: list[list[str]] = []
        for position, number in enumerate(wanted, start=1):
            progress(f"Indicator {number} ({position} of {len(wanted)})")
            area_type = _authorities(number, self.area_types(number))
            asked: dict[str, Any] = {
                "indicator_ids": number,
                "child_area_type_id": area_type,
                "parent_area_type_id": 15,
            }
            if profile is not None:
                asked["profile_id"] = profile
            found_heading, found = self._table("all_data/csv/by_indicator_id", asked)
            _check_names(number, names.get(number, ""), found_heading, found)
            if heading is not None and found_heading != heading:
                positions = [found_heading.index(name) if name in found_heading else -1 for name in heading]
                found = [[row[p] if p >= 0 else "" for p in positions] for row in found]
            heading = heading or found_heading
            rows += found
        assert heading is not None
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(heading)
        writer.writerows(rows)
        stem = f"profile-{profile}" if not indicators else "-".join(map(str, wanted[:6]))
        target = Path(to) / f"fingertips-{stem}.csv"
        _write(target, text.getvalue())
        return target

    def _asked(self, path: str, indicators: Sequence[int] | None, profile: int | None) -> tuple[str, dict[str, Any]]:
        if indicators:
            return f"{path}/by_indicator_id", {"indicator_ids": ",".join(map(str, indicators))}
        if profile is None:
            raise FingertipsError("Say which indicators, or which profile, to fetch.")
        return f"{path}/by_profile_id", {"profile_id": profile}

    def _get(self, path: str, asked: Mapping[str, Any]) -> str:
        address = f"{self.base}/{path}"
        try:
            answer = self._session.get(address, params=dict(asked), timeout=TIMEOUT)
        except requests.exceptions.SSLError as error:
            raise FingertipsError(
                f"The certificate of {address} could not be verified, so nothing was fetched. A proxy of your "
                "organisation may need its own certificate installed."
            ) from error
        except requests.exceptions.RetryError as error:
            raise FingertipsError(f"{address} answered with an error {RETRIES + 1} times. Try again later.") from error
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as error:
            raise FingertipsError(f"The answer of {address} was cut short. Nothing was kept; try again.") from error
        except requests.exceptions.RequestException as error:
            raise FingertipsError(f"{address} did not answer: {type(error).__name__}. Try again later.") from error
        if answer.status_code != 200:
            raise FingertipsError(f"{address} answered {answer.status_code} {answer.reason}. Nothing was fetched.")
        declared = answer.headers.get("Content-Length")
        encoded = answer.headers.get("Content-Encoding")
        if declared and not encoded and len(answer.content) != int(declared):
            self._session.cache.delete(urls=[answer.url])
            raise FingertipsError(f"The answer of {address} was cut short. Nothing was kept; try again.")
        return answer.content.decode("utf-8-sig")

    def _json(self, path: str, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        try:
            return list(json.loads(self._get(path, asked)))
        except ValueError as error:
            raise FingertipsError(f"{self.base}/{path} did not answer with the list that was expected.") from error

    def _table(self, path: str, asked: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
        text = self._get(path, asked)
        rows = list(csv.reader(io.StringIO(text)))
        if len(rows) < 2:
            raise FingertipsError(
                f"Fingertips gave no rows for {', '.join(f'{key} {value}' for key, value in asked.items())}."
            )
        heading = rows[0]
        absent = [name for name in shipped_mappings()["fingertips_export"].recognised_by if name not in heading]
        if absent:
            raise FingertipsError(
                f"The columns of Fingertips have changed: {', '.join(absent)} is missing from {', '.join(heading)}. "
                "Nothing was fetched, because a column that changed its name may have changed its meaning."
            )
        ragged = [number for number, row in enumerate(rows, start=1) if len(row) != len(heading)]
        if ragged or not text.endswith("\n"):
            raise FingertipsError(f"The answer of {self.base}/{path} was cut short. Nothing was kept; try again.")
        return heading, rows[1:]


def _authorities(indicator: int, types: Mapping[int, str]) -> int:
    """The newest area type of upper-tier authorities."""
    fitting = [number for number, name in types.items() if any(word in name.casefold() for word in LOCAL_AUTHORITIES)]
    if not fitting:
        told = ", ".join(types.values())
        raise FingertipsError(f"Indicator {indicator} has no figures for upper-tier authorities, only for {told}.")
    return max(fitting)


def _check_names(number: int, expected: str, heading: list[str], rows: list[list[str]]) -> None:
    """Refuse another indicator than the one asked for."""
    identifiers = {row[heading.index("Indicator ID")] for row in rows}
    if identifiers != {str(number)}:
        raise FingertipsError(
            f"Indicator {number} was asked for, but the answer holds {', '.join(sorted(identifiers))}."
        )
    found = {row[heading.index("Indicator Name")] for row in rows}
    wrong = [name for name in found if expected and _folded(name) != _folded(expected)]
    if wrong:
        raise FingertipsError(
            f"Indicator {number} should be '{expected}' but the answer calls it '{wrong[0]}'. Nothing was fetched."
        )


def _folded(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _write(target: Path, text: str) -> None:
    """Write a whole file or none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(target)
