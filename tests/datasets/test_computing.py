"""A recipe makes the same observations as the statistics on the same counts, and says what is wrong with itself."""

import datetime as dt

import polars as pl
import pytest

from commonweal import stats
from commonweal.datasets.computing import compute, store
from commonweal.datasets.problems import DataFileError
from commonweal.datasets.recipe import Recipe, RecipeError
from commonweal.datasets.records import RecordsError

HALTON, KNOWSLEY = "E06000006", "E08000011"
GROUP = "liverpool_city_region"
RECIPE = """
format = 1
indicator = "local.admissions"
period = "financial year"
by_sex = true
source = "Hospital records (made up)"
totals = []

[metadata]
name = "Admissions for self-harm"
value_type = "crude rate"
per = 100000
polarity = "low is good"
disclosure = "none"

[records]
file = "admissions.csv"
area = "lsoa"
date = "admitted"
sex = "sex"
age = "age"
where = [{ column = "cause", between = ["X60", "X84"] }]

[area_lookup]
file = "lookup.csv"
from = "lsoa21"
to = "ltla24"

[population]
file = "population.csv"
sex = "sex"
"""


@pytest.fixture
def folder(tmp_path):
    """Records of two areas: admissions on every third day, one in five for another cause."""
    rows = []
    for n in range(1_200):
        day = dt.date(2022, 4, 1) + dt.timedelta(days=n % 730)
        cause = "X611" if n % 5 else "Y10"
        rows.append(f"0{n % 3}A,{day},{n % 2 + 1},{n * 7 % 95},{cause}")
    (tmp_path / "admissions.csv").write_text("lsoa,admitted,sex,age,cause\n" + "\n".join(rows) + "\n")
    (tmp_path / "lookup.csv").write_text(f"lsoa21,ltla24\n00A,{HALTON}\n01A,{HALTON}\n02A,{KNOWSLEY}\n")
    people = [
        f"{area},{year},{sex},{age},{400 + age}"
        for area in (HALTON, KNOWSLEY)
        for year in (2022, 2023)
        for sex in ("1", "2")
        for age in range(0, 91)
    ]
    (tmp_path / "population.csv").write_text("area_code,year,sex,age,population\n" + "\n".join(people) + "\n")
    return tmp_path


def written(folder, text=RECIPE, **changes):
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path = folder / "recipe.toml"
    path.write_text(text)
    return Recipe.read(path)


def counted(folder):
    """Counts by area, financial year, sex and age, by hand."""
    lookup = {"00A": HALTON, "01A": HALTON, "02A": KNOWSLEY}
    rows = pl.read_csv(folder / "admissions.csv", infer_schema=False)
    kept = rows.filter(pl.col("cause").str.slice(0, 3).is_between(pl.lit("X60"), pl.lit("X84")))
    return kept.with_columns(
        area=pl.col("lsoa").replace_strict(lookup),
        year=pl.col("admitted").str.to_date().dt.offset_by("-3mo").dt.year(),
        age=pl.col("age").cast(pl.Int64),
    )


def test_a_crude_rate(folder, workspace):
    made = compute(written(folder), workspace)
    rows = made.observations
    assert set(rows["period"]) == {"2022/23", "2023/24"}
    assert set(rows["sex"]) == {"Persons", "Male", "Female"}
    assert (rows["age"] == "All ages").all()
    by_hand = counted(folder).group_by("area", "year").len()
    for area, year, count in by_hand.iter_rows():
        row = rows.filter(
            pl.col("area_code") == area, pl.col("period_start") == dt.date(year, 4, 1), pl.col("sex") == "Persons"
        ).row(0, named=True)
        assert row["count"] == count
        assert row["denominator"] == 2 * sum(400 + age for age in range(91))
        lower, upper = stats.intervals.poisson([count], 0.95)
        assert row["lower_95"] == pytest.approx(lower[0] / row["denominator"] * 100_000)
        assert row["upper_95"] == pytest.approx(upper[0] / row["denominator"] * 100_000)
    assert made.records == 1_200


def test_a_directly_standardised_rate(folder, workspace):
    made = compute(written(folder, **{'"crude rate"': '"directly standardised rate"'}), workspace)
    rows = counted(folder).with_columns(band=pl.min_horizontal(pl.col("age") // 5 * 5, 90))
    halton = rows.filter(pl.col("area") == HALTON, pl.col("year") == 2022).group_by("band").len("count")
    people = pl.DataFrame({"age": range(91)}).with_columns(
        band=pl.min_horizontal(pl.col("age") // 5 * 5, 90), people=2 * (400 + pl.col("age"))
    )
    table = people.group_by("band").agg(pl.col("people").sum()).join(halton, on="band", how="left").sort("band")
    expected = stats.directly_standardised_rate(
        table.with_columns(pl.col("count").fill_null(0)), count="count", population="people", age_band="band"
    ).row(0, named=True)
    row = made.observations.filter(
        pl.col("area_code") == HALTON, pl.col("period") == "2022/23", pl.col("sex") == "Persons"
    ).row(0, named=True)
    for name in ("count", "value", "lower_95", "upper_95"):
        assert row[name] == pytest.approx(expected[name])


def test_age_groups_and_pooled_years(folder, workspace):
    text = RECIPE.replace("by_sex = true", "by_sex = false\npooled = 2\nages = [{ from = 10, to = 24 }, { from = 65 }]")
    rows = compute(written(folder, text), workspace).observations
    assert set(rows["period"]) == {"2022/23 - 23/24"}
    assert rows["period_end"].unique().to_list() == [dt.date(2024, 3, 31)]
    assert set(rows["age"]) == {"10-24 yrs", "65+ yrs"}
    young = rows.filter(pl.col("age") == "10-24 yrs", pl.col("area_code") == KNOWSLEY).row(0, named=True)
    expected = counted(folder).filter(pl.col("area") == KNOWSLEY, pl.col("age").is_between(10, 24)).height
    assert young["count"] == expected
    assert young["denominator"] == 2 * 2 * sum(400 + age for age in range(10, 25))


def test_a_proportion_split_by_category(folder, workspace):
    text = (
        RECIPE.replace('"crude rate"', '"proportion"')
        .replace("per = 100000", "per = 100")
        .replace("totals = []", 'totals = []\ndenominator = []\ncategory = { column = "cause", type = "Cause" }')
    )
    text = text[: text.index("[population]")]
    rows = compute(written(folder, text), workspace).observations
    headline = rows.filter(pl.col("category_type") == "", pl.col("sex") == "Persons")
    assert headline["denominator"].sum() == 1_200
    assert headline["count"].sum() == 960
    split = rows.filter(pl.col("category_type") == "Cause", pl.col("sex") == "Persons")
    assert set(split["category"]) == {"X611", "Y10"}
    assert split.filter(pl.col("category") == "Y10")["value"].unique().to_list() == [0.0]


def test_a_total_is_the_sum_of_its_parts_and_needs_all_of_them(folder, workspace):
    (folder / "lookup.csv").write_text("lsoa21,ltla24\n00A,E06000049\n01A,E06000050\n02A,E06000007\n")
    people = (folder / "population.csv").read_text()
    halton = [line for line in people.splitlines() if HALTON in line]
    more = [line.replace(HALTON, code) for code in ("E06000049", "E06000050", "E06000007") for line in halton]
    (folder / "population.csv").write_text(people + "\n".join(more) + "\n")
    rows = compute(written(folder, **{"totals = []": 'totals = ["cheshire_and_warrington"]'}), workspace).observations
    total = rows.filter(pl.col("area_code") == "cheshire_and_warrington")["count"].sum()
    assert total == rows.filter(pl.col("area_code") != "cheshire_and_warrington")["count"].sum()
    with pytest.raises(RecordsError, match="cannot be added up: no record or population of E06000006"):
        compute(written(folder, **{"totals = []": f'totals = ["{GROUP}"]'}), workspace)


def test_the_population_may_be_an_indicator_of_the_data_set(folder, workspace):
    from commonweal.datasets.loading import load_file

    lines = [
        f"{area},{year},{age} yrs,{900 + age}"
        for area in (HALTON, KNOWSLEY)
        for year in (2022, 2023)
        for age in range(91)
    ]
    table = folder / "people.csv"
    table.write_text("area code,period,age,value\n" + "\n".join(lines) + "\n")
    load_file(workspace, table, constants={"indicator": "population.resident", "indicator_name": "Residents"})
    text = RECIPE[: RECIPE.index("[population]")].replace("by_sex = true", "by_sex = false")
    rows = compute(written(folder, text + '[population]\nindicator = "population.resident"\n'), workspace).observations
    assert rows["denominator"].unique().to_list() == [sum(900 + age for age in range(91))]


def test_what_is_stored_is_protected(folder, workspace):
    text = RECIPE.replace('disclosure = "none"', 'disclosure = "counts 1 to 7 suppressed"')
    text = text.replace("by_sex = true", "by_sex = true\nages = [{ from = 3, to = 3 }, { from = 0 }]")
    recipe = written(folder, text)
    made = compute(recipe, workspace)
    assert made.observations["count"].is_between(1, 7).any()
    change = store(made, recipe, workspace)
    assert change.added == made.observations.height
    held = workspace.store.read("local.admissions")
    assert not held["count"].is_between(1, 7).any()
    assert (held["status"] == "suppressed").any()
    again = store(compute(recipe, workspace), recipe, workspace)
    assert (again.added, again.updated) == (0, 0)


def test_records_that_cannot_be_counted_are_told(folder, workspace):
    with (folder / "admissions.csv").open("a") as file:
        file.write("99Z,2023-01-01,1,30,X60\n00A,,1,30,X60\n00A,2023-01-01,7,30,X60\n")
    told = " ".join(compute(written(folder), workspace).notices)
    assert "1 of 1,203 records have no area" in told
    assert "1 of 1,203 records have no date" in told
    assert "1 of 1,203 records have a sex that is neither" in told


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("format = 1", "format = 2", "format"),
        ('period = "financial year"', 'period = "fiscal year"', "'fiscal year' is not one of"),
        ('area = "lsoa"', 'place = "lsoa"', "'place' is not a key that belongs here"),
        ("between = ", "betwixt = ", "betwixt"),
        ('between = ["X60", "X84"]', 'between = ["X60", "X84"], at_least = 3', "one test"),
        ('value_type = "crude rate"', 'value_type = "life expectancy"', "is not computed from records"),
        ('value_type = "crude rate"', 'value_type = "proportion"', "a proportion needs the conditions"),
        ('age = "age"\n', "", None),
        ('sex = "sex"\nage', "age", "by_sex needs records.sex"),
        ("format = 1", "format = 1\npooled = 3\nperiod = 'month'", "not TOML"),
    ],
)
def test_a_recipe_says_what_is_wrong_with_it(folder, workspace, old, new, words):
    if words is None:
        compute(written(folder, **{old: new}), workspace)
        return
    with pytest.raises(RecipeError, match=words):
        compute(written(folder, **{old: new}), workspace)


def test_files_that_are_wrong_are_named(folder, workspace):
    with pytest.raises(RecordsError, match=r"admissions.csv has no column 'lsoa01'"):
        compute(written(folder, **{'area = "lsoa"': 'area = "lsoa01"'}), workspace)
    with pytest.raises(DataFileError, match=r"absent.csv.*no such file"):
        compute(written(folder, **{'"admissions.csv"': '"absent.csv"'}), workspace)
    (folder / "population.csv").write_text("area_code,year,sex,age,population\nE06000006,2022,1,4,many\n")
    with pytest.raises(DataFileError, match=r"population.csv, row 2, column 'population'.*'many' is not a number"):
        compute(written(folder), workspace)
    (folder / "lookup.csv").write_text("lsoa21,ltla24\n00A,x\n00A,y\n")
    with pytest.raises(RecordsError, match="'00A' lies in more than one area"):
        compute(written(folder), workspace)
