"""Vega-Lite to SVG and PNG, each chart drawn once.

Drawing takes 60 to 200 ms and most charts are asked for again, so results are kept by the content of the chart: in
memory, and in a folder where `use` names one, so that workers share and a restart costs nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

KEPT = 400
_memory: OrderedDict[str, bytes] = OrderedDict()
_lock = threading.Lock()
_folder: Path | None = None


def use(folder: Path | None) -> None:
    """Keep drawn charts in a folder as well; None stops."""
    global _folder
    _folder = folder
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)


def warm() -> None:
    """Load the renderer, which takes seconds the first time."""
    draw({"mark": "point", "data": {"values": []}}, "svg")


def digest(specification: dict[str, Any]) -> str:
    """The identity of a chart: a hash of its content."""
    return hashlib.sha256(json.dumps(specification, sort_keys=True, default=str).encode()).hexdigest()


def draw(specification: dict[str, Any], kind: str, scale: float = 1) -> bytes:
    """The chart as `svg` or `png` (at `scale`)."""
    key = f"{digest(specification)}-{scale:g}.{kind}"
    with _lock:
        if key in _memory:
            _memory.move_to_end(key)
            return _memory[key]
    drawn = _from_folder(key)
    if drawn is None:
        drawn = _draw(specification, kind, scale)
        _to_folder(key, drawn)
    with _lock:
        _memory[key] = drawn
        while len(_memory) > KEPT:
            _memory.popitem(last=False)
    return drawn


def _draw(specification: dict[str, Any], kind: str, scale: float) -> bytes:
    import vl_convert  # imported late: it takes seconds

    if kind == "svg":
        return vl_convert.vegalite_to_svg(specification, allowed_base_urls=[]).encode("utf-8")
    return bytes(vl_convert.vegalite_to_png(specification, scale=scale, allowed_base_urls=[]))


def _from_folder(key: str) -> bytes | None:
    if _folder is None:
        return None
    try:
        return (_folder / key).read_bytes()
    except OSError:
        return None


def _to_folder(key: str, drawn: bytes) -> None:
    if _folder is None:
        return
    part = _folder / f"{key}.{os.getpid()}.{threading.get_ident()}.part"
    try:
        part.write_bytes(drawn)
        part.replace(_folder / key)
    except OSError:
        part.unlink(missing_ok=True)
