"""Improvers, by the rule of OpenPrescribing's improvement radar (reference/domain.md section 9)."""

from datetime import date

import polars as pl

from commonweal import stats


def improvers(first, last, *, polarity="low is good", counts=(500.0, 500.0)):
    rows = [
        {"i": "x", "area": f"a{n:02}", "end": end, "value": float(value), "count": count}
        for end, values, count in ((date(2020, 12, 31), first, counts[0]), (date(2024, 12, 31), last, counts[1]))
        for n, value in enumerate(values)
    ]
    return stats.improvers(
        pl.DataFrame(rows), by="i", area="area", period_end="end", value="value", polarity=polarity, count="count"
    )


WORST_FIRST = list(range(100, 80, -1))


def test_from_the_worst_fifth_to_the_better_half():
    found = improvers(WORST_FIRST, [70, 99, *WORST_FIRST[2:]])
    assert found["area"].to_list() == ["a00"]
    assert found["change"][0] == 0.3
    assert (found["first_percentile"][0], found["last_percentile"][0]) == (1.0, 0.0)


def test_high_is_good_turns_it_round():
    best_last = [*range(1, 21)]
    found = improvers(best_last, [30, *best_last[1:]], polarity="high is good")
    assert found["area"].to_list() == ["a00"]


def test_an_area_that_was_in_the_middle_is_none():
    assert improvers(WORST_FIRST, [*WORST_FIRST[:10], 10, *WORST_FIRST[11:]]).is_empty()


def test_a_rise_in_rank_without_a_real_change_is_none():
    barely = [value / 1000 + 100 for value in WORST_FIRST]
    assert improvers(barely, [barely[-1] - 0.01, *barely[1:]]).is_empty()


def test_small_counts_are_none():
    assert improvers(WORST_FIRST, [70, *WORST_FIRST[1:]], counts=(500.0, 49.0)).is_empty()


def test_without_judgement_there_are_none():
    assert improvers(WORST_FIRST, [70, *WORST_FIRST[1:]], polarity="no judgement").is_empty()


def test_one_period_alone_shows_no_improvement():
    rows = pl.DataFrame(
        {"i": ["x"] * 5, "area": list("abcde"), "end": [date(2024, 12, 31)] * 5, "value": [1.0, 2, 3, 4, 5]}
    )
    found = stats.improvers(rows, by="i", area="area", period_end="end", value="value", polarity="low is good")
    assert found.is_empty()


def test_nought_that_stays_nought_is_no_improvement():
    # Half of the areas are at 0 in both years: 0 is the worst where high is good, and the better half at the end.
    first = [0] * 4 + list(range(1, 17))
    last = [0, 0, 0, 0, *([0] * 16)]
    assert improvers(first, last, polarity="high is good").is_empty()
