"""Small counts are withheld, and nobody can work them out from all that is shown."""

import datetime as dt
from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.optimize import Bounds, LinearConstraint, milp

from commonweal import stats
from commonweal.datasets.disclosure import protected
from commonweal.datasets.disclosure_rule import DisclosureRule
from commonweal.datasets.indicator import Indicator
from commonweal.datasets.schema import SCHEMA

COUNTRY, REGIONS = "E", {"N": ("N1", "N2", "N3"), "S": ("S1", "S2")}
PARTS = {COUNTRY: [tuple(REGIONS), ("N1", "N2", "N3", "S1", "S2")], **{region: [of] for region, of in REGIONS.items()}}
DISTRICTS = [district for of in REGIONS.values() for district in of]


def indicator(**fields):
    details = {"id": "harm", "name": "Self-harm admissions", "value_type": "crude rate", "per": 100_000}
    return Indicator(**details | {"disclosure": "counts 1 to 7 suppressed"} | fields)


def observations(counts, *, population=20_000.0):
    """Rows of {(area, sex): count}."""
    rows = pl.DataFrame(
        [
            {"area_code": area, "sex": sex, "count": float(count), "denominator": population}
            for (area, sex), count in counts.items()
        ]
    )
    figures = stats.rate(rows, count="count", population="denominator", confidence=[0.95, 0.998])
    return rows.with_columns(
        figures.select("value", "lower_95", "upper_95", "lower_99_8", "upper_99_8"),
        indicator=pl.lit("harm"),
        period=pl.lit("2024"),
        period_start=pl.lit(dt.date(2024, 1, 1)),
        period_end=pl.lit(dt.date(2024, 12, 31)),
        age=pl.lit("All ages"),
        category_type=pl.lit(""),
        category=pl.lit(""),
        status=pl.lit("published"),
        note=pl.lit(""),
        published_trend=pl.lit(""),
        published_comparison=pl.lit(""),
        source=pl.lit("made up"),
        extracted=pl.lit(None, pl.Date),
        licence=pl.lit(""),
        load=pl.lit(""),
    ).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def with_totals(by_district):
    """Counts of every area and sex from {(district, "Male" or "Female"): count}."""
    counts = dict(by_district)
    for region, of in REGIONS.items():
        for sex in ("Male", "Female"):
            counts[region, sex] = sum(counts[district, sex] for district in of)
    for sex in ("Male", "Female"):
        counts[COUNTRY, sex] = sum(counts[region, sex] for region in REGIONS)
    for area in (*DISTRICTS, *REGIONS, COUNTRY):
        counts[area, "Persons"] = counts[area, "Male"] + counts[area, "Female"]
    return counts


def attack(shown):
    """What one who knows how districts, regions and sexes add up can say of each withheld count: least and greatest.

    Rates are printed in full, so a shown count is known exactly whatever its rounding.
    """
    rows = {(r["area_code"], r["sex"]): r for r in shown.iter_rows(named=True)}
    cells = list(rows)
    index = {cell: number for number, cell in enumerate(cells)}
    known = {
        cell: round(row["value"] * row["denominator"] / 100_000)
        for cell, row in rows.items()
        if row["status"] == "published"
    }
    equations = []
    for area in (*DISTRICTS, *REGIONS, COUNTRY):
        equations.append(((area, "Persons"), [(area, "Male"), (area, "Female")]))
    for sex in ("Male", "Female", "Persons"):
        for area, sets in PARTS.items():
            equations += [((area, sex), [(member, sex) for member in members]) for members in sets]
    matrix = np.zeros((len(equations), len(cells)))
    for number, (total, members) in enumerate(equations):
        matrix[number, index[total]] = -1
        for member in members:
            matrix[number, index[member]] = 1
    lower = np.array([known.get(cell, 0) for cell in cells], dtype=float)
    upper = np.array([known.get(cell, np.inf) for cell in cells], dtype=float)
    ranges = {}
    for cell in cells:
        if cell in known:
            continue
        ends = []
        for sign in (1, -1):
            cost = np.zeros(len(cells))
            cost[index[cell]] = sign
            found = milp(
                cost,
                integrality=np.ones(len(cells)),
                bounds=Bounds(lower, upper),
                constraints=LinearConstraint(matrix, 0, 0),
            )
            ends.append(sign * found.fun if found.status == 0 else sign * -np.inf)
        ranges[cell] = tuple(ends)
    return ranges


def quickly(examples):
    """Each example solves some dozens of integer programmes, so a failing one is shown as found, not made smaller."""
    return settings(max_examples=examples, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])


counts_of_districts = st.fixed_dictionaries(
    {cell: st.one_of(st.integers(0, 9), st.integers(0, 60)) for cell in product(DISTRICTS, ("Male", "Female"))}
)


@quickly(20)
@given(counts_of_districts)
def test_no_small_count_can_be_recovered_from_all_that_is_shown(by_district):
    counts = with_totals(by_district)
    shown = protected(observations(counts), indicator(), PARTS)
    ranges = attack(shown)
    for cell, count in counts.items():
        if 1 <= count <= 7:
            least, greatest = ranges[cell]
            assert least <= count <= greatest
            assert greatest - least >= 1, (cell, count, least, greatest)


@quickly(10)
@given(counts_of_districts)
def test_without_secondary_suppression_the_same_attack_succeeds_where_one_count_is_small(by_district):
    by_district = {cell: count + 8 for cell, count in by_district.items()} | {("N1", "Male"): 3}
    counts = with_totals(by_district)
    rule = DisclosureRule(suppress_up_to=7, secondary=False)
    shown = protected(observations(counts), indicator(disclosure=rule), PARTS)
    assert attack(shown) == {("N1", "Male"): (3, 3)}
    # And with it no more is withheld than it takes: two areas for both sexes.
    hidden = protected(observations(counts), indicator(), PARTS).filter(pl.col("status") == "suppressed")
    assert hidden.height == 4


@quickly(10)
@given(counts_of_districts)
def test_protecting_twice_changes_nothing_more(by_district):
    once = protected(observations(with_totals(by_district)), indicator(disclosure="counts 1 to 5 suppressed"), PARTS)
    assert protected(once, indicator(disclosure="counts 1 to 5 suppressed"), PARTS).equals(once)


def test_what_is_withheld_and_what_is_rounded():
    cells = {("N1", "Persons"): 0, ("N2", "Persons"): 7, ("N3", "Persons"): 8, ("S1", "Persons"): 13}
    shown = protected(observations(cells), indicator(), {})
    assert shown["status"].to_list() == ["published", "suppressed", "published", "published"]
    assert shown["count"].to_list() == [0, None, 10, 15]
    withheld = shown.row(1, named=True)
    assert [withheld[name] for name in ("count", "denominator", "value", "lower_95", "upper_99_8")] == [None] * 5
    assert withheld["note"] == "Withheld to protect people: counts 1 to 7 suppressed"
    assert shown["value"][3] == pytest.approx(65.0)  # from 13, not from 15


def test_a_small_denominator_of_a_proportion_is_withheld_too():
    rows = observations({("N1", "Persons"): 0, ("N2", "Persons"): 12}).with_columns(
        denominator=pl.Series([4.0, 22.0]), value=pl.Series([0.0, 54.5])
    )
    shown = protected(rows, indicator(value_type="proportion", per=100), {})
    assert shown["status"].to_list() == ["suppressed", "published"]
    assert shown["denominator"].to_list() == [None, 20]


def test_a_quarter_cannot_be_found_from_its_year():
    year = observations({("N1", "Persons"): 60})
    quarters = [
        observations({("N1", "Persons"): count}).with_columns(
            period=pl.lit(f"2024 Q{n}"),
            period_start=pl.lit(dt.date(2024, 3 * n - 2, 1)),
            period_end=pl.lit(dt.date(2024, 3 * n, 30 + (n in (1, 4)))),
        )
        for n, count in enumerate((3, 17, 20, 20), start=1)
    ]
    shown = protected(pl.concat([year, *quarters]), indicator(), {})
    assert shown["status"].to_list() == ["published", "suppressed", "suppressed", "published", "published"]


def test_an_age_band_cannot_be_found_from_the_others():
    bands = {"10-24 yrs": 48, "10-14 yrs": 4, "15-19 yrs": 24, "20-24 yrs": 20}
    rows = pl.concat([observations({("N1", "Persons"): n}).with_columns(age=pl.lit(age)) for age, n in bands.items()])
    shown = protected(rows, indicator(), {})
    assert shown["status"].to_list() == ["published", "suppressed", "published", "suppressed"]


def test_categories_that_leave_people_out_are_no_total():
    parts = {("", ""): 100, ("Deprivation", "1"): 3, ("Deprivation", "2"): 50}
    rows = pl.concat(
        [
            observations({("N1", "Persons"): n}).with_columns(category_type=pl.lit(kind), category=pl.lit(category))
            for (kind, category), n in parts.items()
        ]
    )
    assert protected(rows, indicator(), {})["status"].to_list() == ["published", "suppressed", "published"]


def test_a_rule_that_withholds_nothing_changes_nothing():
    rows = observations({("N1", "Persons"): 3})
    for name in ("none", "applied at source"):
        assert protected(rows, indicator(disclosure=name), {}).equals(rows)


def test_a_rule_is_a_name_or_a_table():
    assert indicator(disclosure={"suppress_up_to": 9, "round_to": 5}).disclosure.suppress_up_to == 9
    assert str(DisclosureRule(suppress_up_to=9, round_to=5)) == "counts 1 to 9 suppressed, counts rounded to 5"
    kept = Indicator.model_validate_json(indicator().model_dump_json())
    assert kept.disclosure == indicator().disclosure
    with pytest.raises(ValidationError, match="write one of none, applied at source"):
        indicator(disclosure="small numbers hidden")
