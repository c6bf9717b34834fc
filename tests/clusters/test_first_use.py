"""Compilation happens once and is told."""

import pytest

from commonweal.clusters import first_use


def test_a_wait_is_announced_once_and_no_wait_is_not(monkeypatch):
    first_use.prepare()
    told = []
    first_use.prepare(told.append)
    assert told == []
    monkeypatch.setattr(first_use, "PATIENCE_SECONDS", 0)
    first_use.prepare(told.append)
    assert told == [first_use.MESSAGE]


def test_a_kernel_that_fails_is_not_hidden(monkeypatch):
    def fail():
        raise RuntimeError("no compiler")

    monkeypatch.setattr(first_use, "_scan_four_places", fail)
    with pytest.raises(RuntimeError, match="no compiler"):
        first_use.prepare()
