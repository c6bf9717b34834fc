"""Every kind of figure: drawn, described, safe on a page, and refused with words when there is nothing to draw."""

import itertools
import json
from xml.etree import ElementTree

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal import figures
from commonweal.figures import FigureError
from commonweal.figures.scales import periods_labelled
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


def funnel():
    points = pl.DataFrame(
        {"area": NAMES, "x": [100.0, 200, 300, 400], "y": [60.0, 65, 70, 66], "in_collaborative": [True] * 3 + [False],
         "comparison": ["worst", "similar", "better", "similar"],
         "significance": ["below the 99.8% limit", "within the limits", "above the 95% limit", "within the limits"]}
    )  # fmt: skip
    limits = pl.concat(
        pl.DataFrame({"limit": [limit] * 4, "side": [side] * 4, "x": [1.0, 100, 300, 400],
                      "y": [65 + sign * reach / x for x in (1, 100, 300, 400)]})
        for limit, reach in (("95%", 300), ("99.8%", 500)) for side, sign in (("lower", -1), ("upper", 1))
    )  # fmt: skip
    return figures.funnel_plot(
        points, limits, baseline=65.0, baseline_name="average", title="Funnel", unit="%", decimals=1,
        size_title="People", highlighted="Ashmere", source="Synthetic",
    )  # fmt: skip


def control():
    frame = pl.DataFrame(
        {"period": [str(year) for year in range(2015, 2025)], "value": [50.0, 51, None, 51, 50, 51, 50, 51, 50, 60],
         "centre": [50.5] * 5 + [52.0] * 5, "lower": [48.0] * 5 + [49.0] * 5, "upper": [53.0] * 5 + [55.0] * 5,
         "target": [55.0] * 10, "phase": [1] * 5 + [2] * 5,
         "variation": [*["common cause"] * 8, "concerning low", "improving high"]}
    )  # fmt: skip
    return figures.control_plot(
        frame, title="Control", unit="%", decimals=1, source="Synthetic", target_name="goal <b>"
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


EVERY = pytest.mark.parametrize(
    "make", [ranked, trend, hexes, boundaries, scatter, groups, spine, grid, funnel, control]
)


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


@pytest.mark.parametrize("figure", [ranked, trend, hexes, scatter, groups, funnel, control])
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


def test_the_limits_of_a_funnel_are_drawn_where_there_are_areas():
    drawn = json.dumps(funnel().specification)
    assert '"x": 1.0' not in drawn, "a limit for one person would flatten the rest"
    assert '"x": 400.0' in drawn
    assert "Ashmere 60.0%, below the 99.8% limit" in funnel().description


def test_each_phase_of_a_control_chart_has_lines_of_its_own():
    layers = control().specification["layer"]
    lines = [layer for layer in layers if "detail" in layer["encoding"]]
    assert [layer["encoding"]["detail"]["field"] for layer in lines] == ["phase"] * 3
    assert "Special causes: 2023: concerning; 2024: improving." in control().description


def test_labels_of_periods_have_room():
    quarters = [f"20{year}/{year + 1} Q{quarter}" for year in range(10, 20) for quarter in range(1, 5)]
    for width, most in ((260, 4), (750, 12)):
        shown = periods_labelled(quarters, width, most)
        assert shown[0] == "2019/20 Q4"
        assert len(shown) * 7 * len(shown[0]) <= width
