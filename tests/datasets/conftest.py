import pytest

from commonweal.datasets.workspace import Workspace
from commonweal.places import Collaborative


@pytest.fixture
def workspace(tmp_path):
    """An empty workspace of Cheshire and Merseyside."""
    toml = Collaborative.shipped_toml("cheshire_and_merseyside")
    return Workspace.create(tmp_path / "workspace", collaborative_toml=toml)
