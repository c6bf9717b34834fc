import pytest
from made_up_store import ENGLAND, HALTON, KNOWSLEY, LIVERPOOL, WARRINGTON, fill

from commonweal.benchmarking import CollaborativeBenchmark
from commonweal.datasets.store import Store
from commonweal.places import Catalogue, Collaborative


@pytest.fixture
def store(tmp_path):
    return fill(Store(tmp_path / "store"))


@pytest.fixture
def make_board(store):
    """Makes a benchmark of the store as it stands: of an earlier one nothing new would be seen."""
    areas, catalogue = [HALTON, WARRINGTON, KNOWSLEY, LIVERPOOL], Catalogue.england()
    return lambda: CollaborativeBenchmark(store, catalogue, areas, ENGLAND)


@pytest.fixture
def benchmark(make_board):
    return make_board()


@pytest.fixture
def collaborative():
    return Collaborative.shipped("cheshire_and_merseyside")
