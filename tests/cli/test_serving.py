"""The demonstration as a newcomer starts it: made, served and answering from one command."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answer(address, within=90):
    """The first answer of a server that is starting."""
    for _ in range(within * 4):
        try:
            with urllib.request.urlopen(address, timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            time.sleep(0.25)
    raise AssertionError(f"{address} did not answer within {within} seconds.")


def _is_silent(address, within=20):
    for _ in range(within * 4):
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            return True
        time.sleep(0.25)
    return False


@pytest.fixture
def demonstration(tmp_path):
    """`commonweal demo` in a folder of its own, where nothing was made before."""
    port = _free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("COMMONWEAL", "DJANGO"))}
    command = [sys.executable, "-m", "commonweal", "demo", "--folder", str(tmp_path / "demo"), "--port", str(port)]
    with (tmp_path / "log").open("w") as log:
        served = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    yield f"http://127.0.0.1:{port}", served
    if served.poll() is None:
        served.send_signal(signal.SIGINT)
        served.wait(30)


def test_the_first_start_makes_the_data_and_answers_until_killed(demonstration):
    address, served = demonstration
    status, page = _answer(f"{address}/benchmarks/")
    assert status == 200
    assert "How our nine areas compare" in page
    assert "every place and figure here is synthetic" in page
    served.kill()
    served.wait(30)
    assert _is_silent(f"{address}/healthz"), "a worker was left behind and keeps the port"


def test_a_load_that_then_serves_answers(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("Indicator,Area code,Period,Value\nSmoking,E08000012,2024,5\n")
    port = _free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("COMMONWEAL", "DJANGO"))}
    command = [sys.executable, "-m", "commonweal", "data", "load", str(table), "-c", "cheshire_and_merseyside"]
    with (tmp_path / "log").open("w") as log:
        served = subprocess.Popen(
            [*command, "--serve", "--port", str(port)], env=environment, stdout=log, stderr=log, cwd=tmp_path
        )
    try:
        status, page = _answer(f"http://127.0.0.1:{port}/data/")
        assert status == 200
        assert "Smoking" in page
    finally:
        served.send_signal(signal.SIGINT)
        served.wait(30)
