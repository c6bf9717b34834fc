from datetime import date

import pytest

from commonweal.datasets.periods import Period, PeriodError, parse_period, year_label

CASES = [
    ("2018/19", "2018/19", date(2018, 4, 1), date(2019, 3, 31)),
    ("2018-19", "2018/19", date(2018, 4, 1), date(2019, 3, 31)),
    ("2018/2019", "2018/19", date(2018, 4, 1), date(2019, 3, 31)),
    ("1999/00", "1999/00", date(1999, 4, 1), date(2000, 3, 31)),
    ("2016 - 18", "2016 - 18", date(2016, 1, 1), date(2018, 12, 31)),
    ("2016-18", "2016 - 18", date(2016, 1, 1), date(2018, 12, 31)),
    ("2016–18", "2016 - 18", date(2016, 1, 1), date(2018, 12, 31)),
    ("2016 to 2018", "2016 - 18", date(2016, 1, 1), date(2018, 12, 31)),
    ("2009-11", "2009 - 11", date(2009, 1, 1), date(2011, 12, 31)),
    ("2001-03", "2001 - 03", date(2001, 1, 1), date(2003, 12, 31)),
    ("1999 - 01", "1999 - 01", date(1999, 1, 1), date(2001, 12, 31)),
    ("2017", "2017", date(2017, 1, 1), date(2017, 12, 31)),
    ("2022 Q3", "2022 Q3", date(2022, 7, 1), date(2022, 9, 30)),
    ("2022Q3", "2022 Q3", date(2022, 7, 1), date(2022, 9, 30)),
    ("2021/22 Q1", "2021/22 Q1", date(2021, 4, 1), date(2021, 6, 30)),
    ("2021/22 Q4", "2021/22 Q4", date(2022, 1, 1), date(2022, 3, 31)),
    ("2021/22 Q1 - 2021/22 Q2", "2021/22 Q1 - 2021/22 Q2", date(2021, 4, 1), date(2021, 9, 30)),
    ("2021/22 Q1 - 2025/26 Q3", "2021/22 Q1 - 2025/26 Q3", date(2021, 4, 1), date(2025, 12, 31)),
    ("2020/21 - 24/25", "2020/21 - 24/25", date(2020, 4, 1), date(2025, 3, 31)),
    ("2019/20 - 21/22", "2019/20 - 21/22", date(2019, 4, 1), date(2022, 3, 31)),
    ("2019/20 - 2021/22", "2019/20 - 21/22", date(2019, 4, 1), date(2022, 3, 31)),
    ("Sep 2021", "Sep 2021", date(2021, 9, 1), date(2021, 9, 30)),
    ("September 2021", "Sep 2021", date(2021, 9, 1), date(2021, 9, 30)),
    ("May 2017", "May 2017", date(2017, 5, 1), date(2017, 5, 31)),
    ("2023-05", "May 2023", date(2023, 5, 1), date(2023, 5, 31)),
    ("Apr 2021 - Mar 2022", "Apr 2021 - Mar 2022", date(2021, 4, 1), date(2022, 3, 31)),
    ("20190000", "2019", date(2019, 1, 1), date(2019, 12, 31)),
    ("20220300", "2022 Q3", date(2022, 7, 1), date(2022, 9, 30)),
    ("2023-05-31", "2023-05-31", date(2023, 5, 31), date(2023, 5, 31)),
    ("2023-05-31 00:00:00", "2023-05-31", date(2023, 5, 31), date(2023, 5, 31)),
    ("31/05/2023", "2023-05-31", date(2023, 5, 31), date(2023, 5, 31)),
    (" 2017 ", "2017", date(2017, 1, 1), date(2017, 12, 31)),
]


@pytest.mark.parametrize(("text", "label", "start", "end"), CASES)
def test_every_form_met(text, label, start, end):
    assert parse_period(text) == Period(label, start, end)


@pytest.mark.parametrize("label", sorted({case[1] for case in CASES}))
def test_canonical_labels_read_back_as_themselves(label):
    assert parse_period(label).label == label


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a period"),
        ("last year", "not a period"),
        ("2018/20", "does not follow"),
        ("2018-17", "ends before"),
        ("1999-01", "could be the years"),
        ("2022 Q5", "not a period"),
        ("20220900", "not a quarter"),
        ("2023-02-30", "not a day"),
        ("2021/22 Q1 - 2024", "different kinds"),
        ("2021/22 Q3 - 2021/22 Q1", "ends before"),
        ("0018", "not a year"),
        ("Mayhem 2021", "not a period"),
    ],
)
def test_what_is_not_a_period_is_refused_in_words(text, words):
    with pytest.raises(PeriodError, match=words):
        parse_period(text)


def test_a_bare_year_takes_its_kind_from_the_metadata():
    assert year_label(2018, "calendar") == "2018"
    assert year_label(2018, "financial") == "2018/19"
    assert year_label(2018, "financial 3") == "2018/19 - 20/21"
    assert year_label(2018, "calendar 3") == "2018 - 20"
    assert parse_period(year_label(1998, "financial 3")).end == date(2001, 3, 31)
    with pytest.raises(PeriodError, match="kind of year"):
        year_label(2018, "lunar")
