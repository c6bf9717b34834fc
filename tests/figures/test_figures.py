"""Every kind of figure: drawn, described, safe on a page, and refused with words when there is nothing to draw."""

import itertools
from xml.etree import ElementTree

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal import figures
from commonweal.figures import FigureError
from commonweal.figures.trend import apart

NAMES = ["Ashmere", "<script>alert(1)</script>", "Dunmere & District", "Calderfell"]
HEX = {name: [(x, 0.0), (x + 1, 0.0), (x + 1, 1.0), (x, 1.0)] for x, name in enumerate(NAMES)}


def areas():
    return pl.DataFrame(
        {
            "code": NAMES,
            "area": NAMES,
            "value": [60.0, 65.0, 70.0, None],
            "lower": [59.0, 64.0, 69.0, None],
            "upper": [61.0, 66.0, 71.0, None],
            "comparison": ["worse", "similar", "better", "not compared"],
            "status": ["published", "published", "published", "suppressed"],
        }
    )


def ranked(frame=None, **changes):
    settings = {
        "title": "One area is better than England",
        "unit": "%",
        "decimals": 1,
        "benchmark_name": "England",
        "benchmark_value": 66.0,
        "highlighted": "Ashmere",
        "source": "2024/25 · Synthetic",
    }
    return figures.ranked_areas(areas() if frame is None else frame, **settings | changes)


def trend():
    rows = [
        {"area": a, "period": str(y), "period_end": f"{y}-12-31", "value": None if y == 2018 else v + y - 2015.0,
         "lower": v - 1.0, "upper": v + 9.0}
        for a, v in zip([*NAMES, "England"], range(60, 65), strict=True) for y in range(2015, 2025)
    ]  # fmt: skip
    return figures.trend_lines(
        pl.DataFrame(rows).with_columns(pl.col("period_end").str.to_date()),
        title="Ashmere is increasing", unit="%", decimals=1, benchmark_name="England", highlighted="Ashmere",
        source="Synthetic", breaks=[("2019-12-31", "new register")],
    )  # fmt: skip


def hexes():
    return figures.hex_map(HEX, areas(), title="Map", unit="%", decimals=1, source="Synthetic")


def boundaries():
    shapes = {name: {"type": "Polygon", "coordinates": [[*corners, corners[0]]]} for name, corners in HEX.items()}
    return figures.area_map(shapes, areas(), title="Map", unit="%", decimals=1, source="Synthetic")


def scatter():
    frame = pl.DataFrame(
        {"area": NAMES, "x": [1.0, 2, 3, 4], "y": [4.0, 3, 2, 1], "in_collaborative": [True] * 3 + [False]}
    )
    return figures.scatter(
        frame, title="Together", x_title="X", y_title="Y", x_benchmark=2.0, y_benchmark=None, source="Synthetic"
    )


def groups():
    frame = (
        areas()
        .head(3)
        .select(pl.lit("Sex").alias("split"), pl.col("area").alias("part"), "value", "lower", "upper", "comparison")
    )
    return figures.inequality_bars(
        frame, title="Groups", unit="%", decimals=1, whole_name="Ashmere", whole_value=66.0, source="Synthetic"
    )


def spine():
    frame = pl.DataFrame(
        {"indicator": NAMES[:2], "comparison": ["worse", "better"], "at_value": [-0.5, None],
         "at_minimum": [-1.0, -0.8],
         "at_q25": [-0.2, -0.2], "at_q75": [0.2, 0.3], "at_maximum": [0.7, 1.0]}
    )  # fmt: skip
    return figures.spine(frame, title="Profile", benchmark_name="England", source="Synthetic")


def grid():
    frame = pl.DataFrame(
        {"indicator": ["Treated"] * 3, "area": NAMES[:3], "text": ["61.0", "supp.", "66.0"], "mark": ["▼ →", "", "●"],
         "comparison": ["worse", "not compared", "similar"]}
    )  # fmt: skip
    return figures.comparison_grid(frame, title="One area is worse", source="Synthetic")


EVERY = pytest.mark.parametrize("make", [ranked, trend, hexes, boundaries, scatter, groups, spine, grid])


@EVERY
def test_on_a_page_it_breaks_no_security_policy_and_is_named(make):
    svg = make().svg()
    root = ElementTree.fromstring(svg)
    assert not [element for element in root.iter() if "style" in element.attrib or element.tag.endswith("script")]
    assert "<script" not in svg
    named = {element.get("id"): element.text for element in root if element.tag.endswith(("title", "desc"))}
    assert all(named[identifier] for identifier in root.get("aria-labelledby").split())
    assert root.get("viewBox")
    assert "width" not in root.attrib


@EVERY
def test_for_download_it_has_title_and_source(make):
    figure = make()
    svg = figure.svg(standalone=True)
    text = " ".join("".join(element.itertext()) for element in ElementTree.fromstring(svg).iter())
    assert figure.title in text
    assert "Synthetic" in text
    assert figure.png(1).startswith(b"\x89PNG")


@EVERY
def test_the_same_figure_is_the_same_picture(make):
    assert make().digest == make().digest
    assert make().svg() == make().svg()


def test_two_figures_on_a_page_share_no_identifier():
    first, second = ElementTree.fromstring(ranked().svg()), ElementTree.fromstring(trend().svg())
    ids = [{element.get("id") for element in root.iter() if element.get("id")} for root in (first, second)]
    assert not ids[0] & ids[1]


def test_an_area_without_a_value_is_listed_with_the_reason():
    svg = ranked().svg()
    assert "suppressed" in svg
    assert "1 without a value" in ranked().description


def test_the_description_says_the_extremes_and_the_benchmark():
    assert ranked().description.startswith(
        "3 areas ranked from Dunmere & District (70.0%) to Ashmere (60.0%); England is 66.0%"
    )


def test_no_area_has_a_value():
    frame = areas().with_columns(
        value=pl.lit(None, pl.Float64), lower=pl.lit(None, pl.Float64), upper=pl.lit(None, pl.Float64)
    )
    assert ranked(frame, benchmark_value=None).description.startswith("No area has a value")
    assert ranked(frame, benchmark_value=None).svg()


def test_many_areas_stay_readable_in_height():
    frame = pl.DataFrame(
        {"area": [f"Area {n}" for n in range(150)], "value": [float(n) for n in range(150)],
         "lower": [n - 1.0 for n in range(150)], "upper": [n + 1.0 for n in range(150)],
         "comparison": ["similar"] * 150, "status": ["published"] * 150}
    )  # fmt: skip
    box = ElementTree.fromstring(ranked(frame).svg()).get("viewBox").split()
    assert float(box[3]) < 2000


def test_an_empty_table_is_refused_in_words():
    with pytest.raises(FigureError, match="nothing to draw"):
        ranked(areas().head(0))


def test_a_missing_column_is_named():
    with pytest.raises(FigureError, match="needs the column upper"):
        ranked(areas().drop("upper"))


def test_drawn_charts_are_kept_in_the_folder(tmp_path):
    from commonweal.figures import rendering

    rendering.use(tmp_path)
    try:
        ranked(title="Kept in a folder", source=str(tmp_path)).svg(standalone=True)
        assert [path.suffix for path in tmp_path.iterdir()] == [".svg"]
    finally:
        rendering.use(None)


@pytest.mark.parametrize("figure", [ranked, trend, hexes, scatter, groups])
def test_a_telephone_has_a_chart_of_its_own(figure):
    made = figure()
    wide, narrow = (ElementTree.fromstring(f"{part}</svg>") for part in made.markup.split("</svg>")[:2])
    assert "figure__svg--wide" in wide.get("class")
    assert "figure__svg--narrow" in narrow.get("class")
    assert float(narrow.get("viewBox").split()[2]) <= 360
    identities = [element.get("id") for part in (wide, narrow) for element in part.iter() if element.get("id")]
    assert len(identities) == len(set(identities))


@given(places=st.lists(st.floats(0, 100), min_size=1, max_size=12), gap=st.floats(0.1, 5))
def test_names_are_moved_apart_and_no_further_than_needed(places, gap):
    places = sorted(places, reverse=True)
    moved = apart(places, gap)
    assert all(above - below >= gap - 1e-9 for above, below in itertools.pairwise(moved))
    if all(above - below >= gap for above, below in itertools.pairwise(places)):
        assert moved == pytest.approx(places)
    assert sum(moved) == pytest.approx(sum(places))
