"""How long `commonweal --help` takes, from an interpreter that is not running to the prompt."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 15


def measure() -> list[tuple[str, str, str, str]]:
    command = [str(Path(sys.executable).with_name("commonweal")), "--help"]
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - began)
    detail = f"median of {RUNS} runs; slowest {max(times):.2f} s"
    return [("commonweal --help", "< 0.3 s", f"{statistics.median(times):.2f} s", detail)]
