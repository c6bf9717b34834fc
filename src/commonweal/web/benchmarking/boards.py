"""The benchmark of the site's collaborative, computed once for each version of the common data-set."""

from __future__ import annotations

import threading
from collections import OrderedDict

from commonweal.benchmarking import CollaborativeBenchmark
from commonweal.datasets.workspace import Workspace
from commonweal.errors import CommonwealError
from commonweal.web.workspace import current

KEPT = 6
_boards: OrderedDict[tuple[str, str, int | None], CollaborativeBenchmark] = OrderedDict()
_lock = threading.Lock()


class UnknownBenchmark(CommonwealError):
    """The area asked for is not one that the collaborative can be compared with."""


def benchmark_choices(workspace: Workspace) -> dict[str, str]:
    """Codes and names of the areas to compare with: the benchmark, then the parents of the collaborative's areas."""
    collaborative, catalogue = workspace.collaborative, workspace.catalogue
    shared = [set(area.parents) for code in collaborative.areas if (area := catalogue.get(code))]
    common = set.intersection(*shared) if shared else set()
    codes = [collaborative.benchmark, *sorted(common - {collaborative.benchmark})]
    held = set(board().held_areas) if len(codes) > 1 else set(codes)
    return {code: catalogue[code].name for code in codes if code == collaborative.benchmark or code in held}


def board(against: str | None = None) -> CollaborativeBenchmark:
    """The benchmark at the newest version of the store, compared with `against` (the collaborative's own when None)."""
    workspace = current()
    collaborative = workspace.collaborative
    against = against or collaborative.benchmark
    key = (str(workspace.path), against, workspace.store.version)
    with _lock:
        found = _boards.get(key)
        if found is None:
            found = CollaborativeBenchmark(workspace.store, workspace.catalogue, collaborative.areas, against, key[2])
            _boards[key] = found
            while len(_boards) > KEPT:
                _boards.popitem(last=False)
        else:
            _boards.move_to_end(key)
    return found
