"""Packs are read whole or refused with file, key and rule."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commonweal.packs import PackError, check_pack, read_pack, shipped_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the pack that ships, to spoil."""
    return Path(shutil.copytree(shipped_folder("blood_pressure"), tmp_path / "pack"))


def spoil(folder: Path, file: str, old: str, new: str) -> list[str]:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is no longer in {file}: mend the test"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return check_pack(folder)


def test_the_copy_is_sound(folder: Path) -> None:
    assert check_pack(folder) == []
    assert read_pack(folder).id == "blood_pressure"


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        (
            "objectives.toml",
            'indicator = "91112"',
            'indicator = "911122"',
            "objectives.toml: objectives[3].indicator: '911122' is not an indicator of the pack. Did you mean '91112'?",
        ),
        (
            "objectives.toml",
            'indicator = "91112"',
            'indicator = "x"',
            "objectives.toml: objectives[3].indicator: 'x' is not an indicator of the pack.",
        ),
        (
            "objectives.toml",
            'id = "detected"',
            'id = "treated-to-target"',
            "objectives.toml: objectives[2].id: 'treated-to-target' is already the id of objectives[1].",
        ),
        (
            "objectives.toml",
            'id = "detected"',
            'id = "Found early"',
            "objectives.toml: objectives[2].id: 'Found early' is not an identifier: use small letters, digits, dots, "
            "dashes and underscores.",
        ),
        (
            "objectives.toml",
            'direction = "increase"',
            'direction = "decrease"',
            "objectives.toml: objectives[1].direction: 'decrease' goes the wrong way: of 'cvdprevent.007hyp', "
            "high is good.",
        ),
        (
            "objectives.toml",
            'direction = "increase"',
            'direction = "increased"',
            "objectives.toml: objectives[1].direction: 'increased' is not one of increase, decrease. "
            "Did you mean 'increase'?",
        ),
        (
            "objectives.toml",
            "value = 77.0",
            "value = 55.0",
            "objectives.toml: objectives[1].targets[1].value: 55 is not above the baseline, 60.",
        ),
        (
            "objectives.toml",
            "value = 77.0",
            "value = 90.0",
            "objectives.toml: objectives[1].targets[2].value: 80 asks less than the earlier target, 90.",
        ),
        (
            "objectives.toml",
            "value = 77.0",
            "value = 770.0",
            "objectives.toml: objectives[1].targets[1].value: 770 is outside 0 to 100, the range of "
            "'cvdprevent.007hyp'.",
        ),
        (
            "objectives.toml",
            "by = 2024-03-31",
            "by = 2022-03-31",
            "objectives.toml: objectives[1].targets[1].by: 2022-03-31 is not after the baseline's period, 2022/23.",
        ),
        (
            "objectives.toml",
            "by = 2024-03-31",
            "by = 2030-03-31",
            "objectives.toml: objectives[1].targets[2].by: 2029-12-31 is not after the target before it, 2030-03-31; "
            "list them by date.",
        ),
        (
            "objectives.toml",
            "by = 2024-03-31",
            'by = "next spring"',
            "objectives.toml: objectives[1].targets[1].by: 'next spring' is not a date; write the year, month and "
            "day, as 2029-03-31.",
        ),
        (
            "objectives.toml",
            "by = 2024-03-31",
            "by = 2024",
            "objectives.toml: objectives[1].targets[1].by: 2024 is not a date; write the year, month and day, as "
            "2029-03-31.",
        ),
        (
            "objectives.toml",
            "value = 60.0",
            'value = "60"',
            "objectives.toml: objectives[1].baseline.value: '60' is not a number that fits: input should be a valid "
            "number.",
        ),
        (
            "objectives.toml",
            'period = "2022/23"',
            'period = "recently"',
            "objectives.toml: objectives[1].baseline.period: 'recently' is not a period; write",
        ),
        (
            "objectives.toml",
            "[[objectives.targets]]\nvalue = 75.0",
            "[[objectives.goals]]\nvalue = 75.0",
            "objectives.toml: objectives[3].goals: 'goals' is not a key that belongs here.",
        ),
        (
            "objectives.toml",
            'label = "75% by 2029"',
            'lable = "75% by 2029"',
            "objectives.toml: objectives[3].targets[1].lable: 'lable' is not a key that belongs here. "
            "Did you mean 'label'?",
        ),
        (
            "objectives.toml",
            'label = "75% by 2029"',
            'label = "75% by 2029',
            "objectives.toml: this is not TOML: Illegal character '\\n' (at line",
        ),
        (
            "dashboard.toml",
            '"91112"',
            '"91112x"',
            "dashboard.toml: sections[2].indicators[1]: '91112x' is not an indicator of the pack. "
            "Did you mean '91112'?",
        ),
        (
            "dashboard.toml",
            '"219", ',
            '"219", "219", ',
            "dashboard.toml: sections[1].indicators[3]: '219' is already in this section.",
        ),
        (
            "dashboard.toml",
            'title = "Checking"',
            'title = "finding people"',
            "dashboard.toml: sections[2].title: 'finding people' is already the title of sections[1].",
        ),
        (
            "dashboard.toml",
            'chart = "trend"',
            'chart = "pie"',
            "dashboard.toml: sections[2].chart: 'pie' is not one of table, ranked areas, trend, map, inequalities.",
        ),
        (
            "pack.toml",
            "format = 1",
            "format = 2",
            "pack.toml: format: this Commonweal reads packs of format 1, and this one says 2.",
        ),
        ("pack.toml", "format = 1\n", "", "pack.toml: format: this key is needed."),
        (
            "pack.toml",
            "lead_role",
            "leadrole",
            "pack.toml: leadrole: 'leadrole' is not a key that belongs here. Did you mean 'lead_role'?",
        ),
        (
            "indicators.toml",
            'polarity = "no judgement"',
            'polarity = "no judgment"',
            "indicators.toml: indicators[1].polarity: 'no judgment' is not one of high is good, low is good, no "
            "judgement, not applicable. Did you mean 'no judgement'?",
        ),
        (
            "indicators.toml",
            'id = "94111"',
            'id = "219"',
            "indicators.toml: indicators[2]: '219' is already defined by indicators.toml: indicators[1].",
        ),
        (
            "indicators.toml",
            'comparison = "none"',
            'comparison = "goal"',
            "indicators.toml: indicators[16].comparison: 'goal' needs a [goal] with its lower value.",
        ),
        (
            "indicators.toml",
            "decimals = 0",
            "decimals = 0\nseries_breaks = [{ date = 'spring', reason = 'new' }]",
            "indicators.toml: indicators[16].series_breaks[1].date: 'spring' is not a date; write the year",
        ),
        (
            "indicators.toml",
            "[[indicators]]",
            "[[indicator]]",
            "indicators.toml: indicator: 'indicator' is not a key that belongs here. Did you mean 'indicators'?",
        ),
    ],
)
def test_a_fault_is_named_with_file_key_and_rule(folder: Path, file: str, old: str, new: str, fault: str) -> None:
    found = spoil(folder, file, old, new)
    assert any(line.startswith(fault) for line in found), found
    with pytest.raises(PackError) as caught:
        read_pack(folder)
    assert caught.value.faults == found


def test_every_fault_is_found_in_one_pass(folder: Path) -> None:
    spoil(folder, "pack.toml", "format = 1", "format = 7")
    spoil(folder, "dashboard.toml", '"91112"', '"91112x"')
    found = spoil(folder, "objectives.toml", "value = 77.0", "value = 55.0")
    assert {line.split(":")[0] for line in found} == {"pack.toml", "dashboard.toml", "objectives.toml"}


@pytest.mark.parametrize("name", ["objectives.toml", "dashboard.toml", "indicators.toml", "README.md", "pack.toml"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert any(line.startswith(f"{name}: this file is needed") for line in check_pack(folder))


def test_a_broken_indicator_is_not_also_blamed_on_those_who_use_it(folder: Path) -> None:
    found = spoil(folder, "indicators.toml", 'id = "94111"', 'id = "94 111"')
    assert len(found) == 1
    assert found[0].startswith("indicators.toml: indicators[2].id: '94 111' is not an identifier")


def test_a_misnamed_file_is_guessed(folder: Path) -> None:
    (folder / "objectives.toml").rename(folder / "objective.toml")
    assert "objective.toml: this is not a file of a pack. Did you mean 'objectives.toml'?" in check_pack(folder)


def test_a_folder_that_is_not_there_or_not_a_pack(tmp_path: Path) -> None:
    assert check_pack(tmp_path / "nowhere") == [f"{tmp_path / 'nowhere'}: there is no such folder."]
    assert check_pack(tmp_path) == [f"{tmp_path}: this folder is not a pack: it has no pack.toml."]


def test_text_that_is_not_utf8(folder: Path) -> None:
    (folder / "pack.toml").write_bytes(b'format = 1\nname = "\xe9t\xe9"\n')
    assert "pack.toml: this is not UTF-8 text (byte 20); save it as UTF-8." in check_pack(folder)


def test_deep_nesting_is_refused_in_words(folder: Path) -> None:
    (folder / "dashboard.toml").write_text("a = " + "[" * 100_000, encoding="utf-8")
    assert "dashboard.toml: this is not TOML: brackets are nested too deeply." in check_pack(folder)


def test_indicators_may_be_one_file_each(folder: Path) -> None:
    whole = read_pack(folder)
    (folder / "indicators.toml").unlink()
    (folder / "indicators").mkdir()
    for indicator in whole.indicators:
        table = indicator.model_dump(exclude_none=True)
        (folder / "indicators" / f"{indicator.id}.toml").write_text(tomli_w.dumps(table), encoding="utf-8")
    again = read_pack(folder)
    assert {i.id: i for i in again.indicators} == {i.id: i for i in whole.indicators}
    found = spoil(folder, "indicators/219.toml", "decimals", "decimal")
    assert found == ["indicators/219.toml: decimal: 'decimal' is not a key that belongs here. Did you mean 'decimals'?"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.data())
def test_no_damage_makes_it_fall_over(folder: Path, data: st.DataObject) -> None:
    """Whatever is cut from or put into a file, the answer is a pack or faults that name a file of it."""
    source = shipped_folder("blood_pressure")
    name = data.draw(st.sampled_from(["pack.toml", "objectives.toml", "dashboard.toml", "indicators.toml"]))
    text = (source / name).read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 60))
    put = data.draw(st.text(alphabet='[]{}="#\n 0129.-abc,', max_size=12))
    (folder / name).write_text(text[:start] + put + text[start + length :], encoding="utf-8")
    try:
        faults = check_pack(folder)
        assert all(fault.split(":")[0].endswith(".toml") for fault in faults), faults
        if not faults:
            read_pack(folder)
    finally:
        shutil.copy(source / name, folder / name)
