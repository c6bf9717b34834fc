"""The benchmark's value beside that of every area: the same as a join on all columns."""

import datetime as dt

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from commonweal import stats

ROW = st.tuples(
    st.sampled_from(["a", "b", None]),
    st.sampled_from(["Male", "Female"]),
    st.sampled_from(["England", "X1", "X2"]),
    st.sampled_from([dt.date(2020, 1, 1), dt.date(2021, 4, 1), None]),
    st.floats(0, 100),
)


@given(st.lists(ROW, max_size=40))
def test_the_value_is_that_of_a_join(rows):
    frame = pl.DataFrame(
        rows,
        schema={"i": pl.String, "sex": pl.String, "area": pl.String, "end": pl.Date, "v": pl.Float64},
        orient="row",
    )
    found = stats.beside_benchmark(frame, by=["i", "sex"], area="area", benchmark="England", value="v", period="end")
    on = ["i", "sex", "end"]
    national = frame.filter(pl.col("area") == "England").unique(on, keep="first", maintain_order=True)
    wanted = frame.join(
        national.select(*on, benchmark_value="v"), on=on, how="left", nulls_equal=True, maintain_order="left"
    )
    assert found.equals(wanted)
