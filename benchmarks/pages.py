"""Pages of the demonstration, warm, asked for 20 times a second by wrk over loopback."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

SECONDS, CONNECTIONS, RATE = 20, 4, 20
SCRIPT = """
function delay() return {delay} end
function done(summary, latency, requests)
  io.write(string.format("P50 %d\\nP95 %d\\nREQUESTS %d\\nERRORS %d\\n", latency:percentile(50), latency:percentile(95),
    summary.requests, summary.errors.status + summary.errors.timeout + summary.errors.read + summary.errors.connect))
end
"""
PAGES = {
    "Overview page": "/benchmarks/",
    "Indicator page": "/benchmarks/indicators/{indicator}/",
    "Profile page": "/benchmarks/areas/{area}/",
}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait(address: str, seconds: float) -> float:
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                answer.read()
            return time.perf_counter() - began
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"{address} did not answer in {seconds} s")


def measure() -> list[tuple[str, str, str, str]]:
    wrk = shutil.which("wrk")
    if wrk is None:
        return [("Pages", "-", "not measured", "wrk is not installed (Debian package wrk)")]
    from commonweal.demo.build import build

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        workspace = build(Path(folder))
        rows.append(("Make the demonstration's data", "-", f"{time.perf_counter() - began:.1f} s", ""))
        script = Path(folder, "pace.lua")
        script.write_text(SCRIPT.format(delay=1000 * CONNECTIONS // RATE))
        port = _free_port()
        command = [str(Path(sys.executable).with_name("commonweal")), "demo", "--folder", folder, "--port", str(port)]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            started = _wait(f"http://127.0.0.1:{port}/healthz", 60)
            rows.append(
                ("Start the demonstration to its first answer", "< 10 s", f"{started:.1f} s", "data already made")
            )
            names = {"indicator": workspace.store.indicator_ids()[0], "area": workspace.collaborative.areas[0]}
            for title, path in PAGES.items():
                address = f"http://127.0.0.1:{port}{path.format(**names)}"
                cold = _wait(address, 60)
                for _ in range(12):  # every worker keeps its own pages
                    _wait(address, 60)
                output = subprocess.run(
                    [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", str(script), address],
                    check=True, capture_output=True, text=True,
                ).stdout  # fmt: skip
                told = dict(re.findall(r"^(P50|P95|REQUESTS|ERRORS) (\d+)$", output, re.MULTILINE))
                rate = int(told["REQUESTS"]) / SECONDS
                detail = f"median {int(told['P50']) / 1000:.0f} ms at {rate:.0f} a second; first {cold:.2f} s"
                if told["ERRORS"] != "0":
                    detail += f"; {told['ERRORS']} errors"
                rows.append((title, "p95 < 100 ms", f"p95 {int(told['P95']) / 1000:.0f} ms", detail))
        finally:
            server.terminate()
            server.wait(20)
    return rows
