import pytest
from made_up_store import ENGLAND, HALTON, KNOWSLEY, LIVERPOOL, WARRINGTON, fill

from commonweal.benchmarking import CollaborativeBenchmark
from commonweal.datasets.store import Store
from commonweal.places import Catalogue, Collaborative


@pytest.fixture
def store(tmp_path):
    return fill(Store(tmp_path / "store"))


@pytest.fixture
def benchmark(store):
    areas = [HALTON, WARRINGTON, KNOWSLEY, LIVERPOOL]
    return CollaborativeBenchmark(store, Catalogue.england(), areas, ENGLAND)


@pytest.fixture
def collaborative():
    return Collaborative.shipped("cheshire_and_merseyside")
