import csv

from made_up_store import HALTON, KNOWSLEY, LIVERPOOL, WARRINGTON

from commonweal.benchmarking.neighbours import neighbours_of
from commonweal.places import Collaborative


def chosen(tmp_path, neighbours):
    toml = Collaborative.shipped_toml("cheshire_and_merseyside")
    before, _, after = toml.partition("[neighbours]")
    path = tmp_path / "collaborative.toml"
    path.write_text(before + "[neighbours]\n" + neighbours + "\n" + after[after.index("[map.hex]") :])
    return Collaborative.read(path)


def test_computed_from_the_indicators_named(tmp_path, benchmark):
    computed = chosen(tmp_path, 'method = "computed"\nn = 3\nindicators = ["treated", "absent"]')
    found = neighbours_of(benchmark, computed, KNOWSLEY)
    # Knowsley has 50%; an area outside has the same, and two are five points away.
    assert found[0] == "E08000003"
    assert set(found) == {"E08000003", "E08000002", "E08000004"}


def test_listed_are_read_from_the_file(tmp_path, benchmark):
    with (tmp_path / "list.csv").open("w", newline="") as file:
        rows = [(HALTON, KNOWSLEY, 2), (HALTON, WARRINGTON, 1)]
        csv.writer(file).writerows([("area_code", "neighbour_code", "rank"), *rows])
    listed = chosen(tmp_path, 'method = "listed"\nn = 5\nfile = "list.csv"')
    assert neighbours_of(benchmark, listed, HALTON) == [WARRINGTON, KNOWSLEY]
    assert neighbours_of(benchmark, listed, LIVERPOOL) == []


def test_none_where_the_method_lacks_its_data(benchmark, collaborative, tmp_path):
    assert neighbours_of(benchmark, collaborative, HALTON) == []
    computed = chosen(tmp_path, 'method = "computed"\nn = 3\nindicators = ["treated"]')
    assert neighbours_of(benchmark, computed, LIVERPOOL) == []
