"""Knox and the space-time K function: slow words beside quick ones, p-values without interaction, bad input."""

from itertools import combinations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal import CommonwealError, clusters

COLUMNS = {"x": "x", "y": "y", "time": "day"}
points = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 20)), min_size=3, max_size=25)


def frame(rows):
    return pl.DataFrame(rows, schema=["x", "y", "day"], orient="row")


@given(points)
@settings(max_examples=40, deadline=None)
def test_knox_counts_pairs(rows):
    found = clusters.knox(frame(rows), **COLUMNS, distance=[1, 3], interval=[0, 4], permutations=9)
    for cell in found.iter_rows(named=True):
        near = [np.hypot(a[0] - b[0], a[1] - b[1]) <= cell["distance"] for a, b in combinations(rows, 2)]
        soon = [abs(a[2] - b[2]) <= cell["interval"] for a, b in combinations(rows, 2)]
        both = sum(a and b for a, b in zip(near, soon, strict=True))
        assert cell["close_in_both"] == both
        assert cell["close_in_space_only"] == sum(near) - both
        assert cell["close_in_time_only"] == sum(soon) - both
        assert cell["close_in_neither"] == len(near) - sum(near) - sum(soon) + both
        assert cell["expected"] == pytest.approx(sum(near) * sum(soon) / len(near))


def scattered(seed, n=60):
    random = np.random.default_rng(seed)
    return pl.DataFrame({"x": random.uniform(0, 10, n), "y": random.uniform(0, 10, n), "day": random.uniform(0, 90, n)})


def contagious(seed):
    random = np.random.default_rng(seed)
    first = scattered(seed, 40)
    second = first.with_columns(
        x=pl.col("x") + random.normal(0, 0.1, 40), y=pl.col("y") + random.normal(0, 0.1, 40), day=pl.col("day") + 2
    )
    return pl.concat([first, second])


def test_p_values_without_interaction_are_even():
    knox = [
        clusters.knox(scattered(seed), **COLUMNS, distance=2, interval=10, permutations=99)["p_permutation"][0]
        for seed in range(150)
    ]
    k = [
        clusters.space_time_k(scattered(seed), **COLUMNS, distance=[1, 2], interval=[5, 10], permutations=99).p_value
        for seed in range(150)
    ]
    for p in (np.array(knox), np.array(k)):
        assert 0.01 <= np.mean(p <= 0.05) <= 0.10
        assert 0.40 <= np.mean(p <= 0.5) <= 0.62


def test_contagion_is_found():
    found = clusters.knox(contagious(1), **COLUMNS, distance=1, interval=3)
    assert found["p_permutation"][0] == 0.001
    assert found["p_poisson"][0] < 1e-6
    test = clusters.space_time_k(contagious(1), **COLUMNS, distance=[0.5, 1], interval=[1, 3], permutations=199)
    assert test.p_value == 0.005
    assert test.table["excess"].to_list()[-1] > 2


def test_a_seed_gives_the_same_and_the_order_of_limits_does_not_matter():
    one = clusters.knox(scattered(2), **COLUMNS, distance=[2, 1], interval=[9, 3], permutations=50)
    two = clusters.knox(scattered(2), **COLUMNS, distance=[1, 2], interval=[3, 9], permutations=50)
    assert one.equals(two)
    alone = clusters.knox(scattered(2), **COLUMNS, distance=1, interval=3, permutations=50)
    assert alone.row(0) == two.row(0)


def test_dates_and_kinds_of_frame():
    rows = scattered(3).with_columns(day=pl.date(2024, 1, 1) + pl.duration(days=pl.col("day").cast(int)))
    found = clusters.knox(rows, **COLUMNS, distance=1, interval=3, permutations=20)
    same = clusters.knox(rows.to_pandas(), **COLUMNS, distance=1, interval=3, permutations=20)
    assert isinstance(same, pd.DataFrame)
    assert pl.from_pandas(same).to_dicts() == found.to_dicts()


def test_k_is_the_definition_with_its_edges():
    rows = scattered(4, 30)
    x, y, day = (rows[name].to_numpy() for name in ("x", "y", "day"))
    region = shapely.box(0, 0, 10, 10)
    found = clusters.space_time_k(
        rows, **COLUMNS, distance=[2.0], interval=[8.0], region=region, period=(0, 90), permutations=3
    ).table
    total = space = time = 0.0
    for i in range(30):
        for j in range(30):
            if i == j:
                continue
            d, u = np.hypot(x[i] - x[j], y[i] - y[j]), abs(day[i] - day[j])
            angle = np.linspace(0, 2 * np.pi, 20001)[:-1]
            a, b = x[i] + d * np.cos(angle), y[i] + d * np.sin(angle)
            w = 1 / np.mean((a >= 0) & (a <= 10) & (b >= 0) & (b <= 10))
            v = 1.0 if day[i] - u >= 0 and day[i] + u <= 90 else 2.0
            total += w * v * (d <= 2) * (u <= 8)
            space += w * (d <= 2)
            time += v * (u <= 8)
    assert found["k"][0] == pytest.approx(100 * 90 / (30 * 29) * total, rel=2e-3)
    assert found["k_space"][0] == pytest.approx(100 / (30 * 29) * space, rel=2e-3)
    assert found["k_time"][0] == pytest.approx(90 / (30 * 29) * time, rel=1e-9)


def test_k_of_an_even_scatter_is_the_area_of_the_circle():
    rows = scattered(5, 1500)
    found = clusters.space_time_k(
        rows, **COLUMNS, distance=[1.0], interval=[5.0], region=shapely.box(0, 0, 10, 10), period=(0, 90),
        permutations=1,
    ).table  # fmt: skip
    assert found["k_space"][0] == pytest.approx(np.pi, rel=0.05)
    assert found["k_time"][0] == pytest.approx(10, rel=0.05)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"x": [1.0, None, 3.0]}, {}, "'x' is missing or infinite in 1 rows, first at row 2"),
        ({"x": ["1", "2", "3"]}, {}, "'x' holds String, such as '1'; it must hold numbers"),
        ({"day": ["1", "2", "3"]}, {}, "'day' holds String, such as '1'; it must hold dates or numbers"),
        ({}, {"distance": [-1.0]}, "'distance' is a number from 0"),
        ({}, {"interval": []}, "'interval' is a number from 0"),
        ({}, {"permutations": 0}, "'permutations' is 1 or more"),
    ],
)
def test_bad_input_is_refused(change, options, message):
    rows = pl.DataFrame({"x": [1.0, 2, 3], "y": [1.0, 2, 4], "day": [1, 2, 3]} | change)
    given = {"distance": [1.0], "interval": [1.0]} | options
    for method in (clusters.knox, clusters.space_time_k):
        with pytest.raises(CommonwealError, match=message):
            method(rows, **COLUMNS, **given)


def test_events_outside_are_refused():
    rows = scattered(6)
    with pytest.raises(CommonwealError, match="events lie outside the region"):
        clusters.space_time_k(rows, **COLUMNS, distance=[1.0], interval=[1.0], region=shapely.box(0, 0, 5, 5))
    with pytest.raises(CommonwealError, match="events lie outside the period"):
        clusters.space_time_k(rows, **COLUMNS, distance=[1.0], interval=[1.0], period=(10, 90))
    with pytest.raises(CommonwealError, match="needs 3 events or more; there are 2"):
        clusters.knox(rows[:2], **COLUMNS, distance=1, interval=1)
