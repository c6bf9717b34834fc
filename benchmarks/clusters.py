"""Scans for clusters on synthetic surveillance data, each row in a process of its own.

Warm: who is near whom is known. Cold: it is found first. A scan is the whole answer: clusters, members, p-values. The
figures of SaTScan are the CPU seconds recorded for 10.3.2 on data of the same sizes.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from benchmarks.surveillance import Surveillance, surveillance
from commonweal.clusters.backtest import scanned_days
from commonweal.clusters.candidates import spatial_windows
from commonweal.clusters.case_table import LEAVE_OUT, REFUSE, Admission
from commonweal.clusters.first_use import prepare
from commonweal.clusters.scan import scan_study
from commonweal.clusters.scanner import Scanner
from commonweal.clusters.settings import ScanSettings
from commonweal.clusters.study import Tables, make_study

PROSPECTIVE, RETROSPECTIVE, SPATIAL = "prospective space-time", "space-time", "spatial"
FIRST_DAY = dt.date(2020, 1, 1)
BACKTEST_DAYS = 1_825
RUNS = 3


@dataclass(frozen=True)
class Case:
    """One row: its sizes, SaTScan's recorded CPU time in words, and the target for 2 cores with tables warm."""

    name: str
    analysis: str
    areas: int
    days: int
    cases: int
    longest: int
    share: float
    satscan: str
    target: str
    runs: int = RUNS


CASES = {
    "small": Case("1,000 areas, 365 days, 300 cases, 30 d", PROSPECTIVE, 1_000, 365, 300, 30, 0.5, "36 s", "0.3 s"),
    "middle": Case("3,000 areas, 730 days, 1,000 cases, 60 d", PROSPECTIVE, 3_000, 730, 1000, 60, 0.5, "13 min", "3 s"),
    "large": Case(
        "7,000 areas, 1,825 days, 3,000 cases, 90 d", PROSPECTIVE, 7_000, 1_825, 3_000, 90, 0.5, "1.8 h", "10 s"
    ),
    "retrospective": Case(
        "retrospective, 1,000 areas, 365 days, 300 cases", RETROSPECTIVE, 1_000, 365, 300, 30, 0.5, "2.8 h", "12 s"
    ),
    "spatial": Case("spatial Poisson, 5,000 areas and cases", SPATIAL, 5_000, 365, 5_000, 0, 0.5, "42 s", "2 s"),
    "wide": Case(
        "spatial Poisson, 35,000 areas, 15,000 cases, 10 %", SPATIAL, 35_000, 365, 15_000, 0, 0.1, "9-16 min",
        "60 s, < 2 GB", 1,
    ),
}  # fmt: skip


def tables(data: Surveillance) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Places, cases and population as frames."""
    names = [f"A{number:05}" for number in range(len(data.population))]
    places = pl.DataFrame({"place": names, "x": data.coordinates[:, 0], "y": data.coordinates[:, 1]})
    population = pl.DataFrame({"place": names, "population": data.population})
    dates = [FIRST_DAY + dt.timedelta(days=int(day)) for day in data.day]
    return places, pl.DataFrame({"place": [names[place] for place in data.place], "date": dates}), population


def _timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Wall and CPU seconds, and the answer."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    return time.perf_counter() - wall, time.process_time() - cpu, answer


def ready(case: Case, areas: int) -> tuple[Callable[[], Any], Callable[[Any], Any]]:
    """What sets a row up, and what scans once it is set up; of its first `areas` areas only."""
    excess = 60 if case.analysis == SPATIAL else 8
    places, cases, population = tables(surveillance(case.areas, case.days, case.cases, excess=excess))
    places, known = places.head(areas), f"A{areas:05}"
    cases, population = cases.filter(pl.col("place") < known), population.head(areas)
    choices: dict[str, Any] = {"coordinates": "cartesian", "max_population_share": case.share, "p_value": "standard"}
    period = (FIRST_DAY, FIRST_DAY + dt.timedelta(days=case.days - 1))
    if case.analysis != SPATIAL:
        model = "space-time permutation"
        choices |= {"model": model, "analysis": case.analysis, "max_duration": case.longest}
        return lambda: Scanner(places, **choices), lambda scanner: scanner.scan(cases, period)
    settings = ScanSettings.from_choices(model="poisson", analysis=SPATIAL, **choices)

    def set_up() -> Any:
        study = make_study(
            Tables(
                cases=cases, places=places, population=population, controls=None, centres=None, neighbours=None,
                circle_population=None, place="place", count=None, date="date", covariates=(), coordinates=("x", "y"),
                population_count="population", population_date=None, admission=Admission(REFUSE, LEAVE_OUT),
            ),
            settings,
        )  # fmt: skip
        return study, spatial_windows(study)

    return set_up, lambda made: scan_study(*made)


def run(name: str) -> dict[str, float]:
    """One row in this process: seconds, megabytes, and what was found."""
    case = CASES[name]
    prepare(lambda sentence: print(sentence, file=sys.stderr))
    set_up, scan = ready(case, 80)
    scan(set_up())
    set_up, scan = ready(case, case.areas)
    set_up_wall, set_up_cpu, made = _timed(set_up)
    runs = [_timed(lambda: scan(made)) for _ in range(case.runs)]
    wall, cpu, result = min(runs, key=lambda one: one[1])
    return {
        "wall": min(one[0] for one in runs),
        "cpu": cpu,
        "cold_wall": set_up_wall + wall,
        "cold_cpu": set_up_cpu + cpu,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "statistic": result.clusters[0].statistic,
        "p_value": result.clusters[0].p_value,
    }


def run_backtest(days: int) -> dict[str, float]:
    """Daily scans of the first row's size over `days` days, in this process."""
    case = CASES["small"]
    prepare()
    total = days + case.days
    places, cases, _ = tables(surveillance(case.areas, total, case.cases * total // case.days))
    scanner = Scanner(places, coordinates="cartesian", max_duration=case.longest)
    first, last = FIRST_DAY + dt.timedelta(days=case.days), FIRST_DAY + dt.timedelta(days=total - 1)

    def scan_all() -> int:
        return sum(
            len(day.signals)
            for day in scanned_days(scanner, cases, first_day=first, last_day=last, study_days=case.days)
        )

    wall, cpu, signals = _timed(scan_all)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"wall": wall, "cpu": cpu, "signals": signals, "megabytes": megabytes}


def compilation() -> float:
    """Seconds until the kernels are ready on a machine that never used them."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        code = "from commonweal.clusters.first_use import prepare; prepare(print)"
        subprocess.run(
            [sys.executable, "-c", code], check=True, stdout=sys.stderr, env={**os.environ, "NUMBA_CACHE_DIR": folder}
        )
        return time.perf_counter() - began


def _apart(*arguments: str) -> dict[str, float]:
    """A row in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, "-m", "benchmarks.clusters", *arguments]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def measure() -> list[tuple[str, str, str, str]]:
    rows = [("Kernels compiled, once a machine", "-", f"{compilation():.0f} s", "")]
    for name, case in CASES.items():
        found = _apart(name)
        detail = (
            f"cold {found['cold_wall']:.2f} s; CPU {found['cpu']:.2f} s, cold {found['cold_cpu']:.2f} s; "
            f"{found['megabytes']:,.0f} MB; SaTScan {case.satscan} CPU"
        )
        rows.append((f"{case.analysis}: {case.name}", case.target, f"{found['wall']:.2f} s", detail))
    found = _apart("backtest", str(BACKTEST_DAYS))
    detail = f"CPU {found['cpu']:.0f} s; {found['megabytes']:,.0f} MB"
    rows.append((f"back-test, {BACKTEST_DAYS:,} days of the first row", "10 min", f"{found['wall']:.0f} s", detail))
    return rows


if __name__ == "__main__":
    row, *days = sys.argv[1:]
    print(json.dumps(run_backtest(int(days[0])) if row == "backtest" else run(row)))
