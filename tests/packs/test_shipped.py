"""The packs that ship are sound, and the blood pressure pack holds what its sources say."""

from __future__ import annotations

import datetime as dt

import pytest

from commonweal.packs import PackError, check_pack, shipped_folder, shipped_packs


def test_every_shipped_pack_is_sound_and_named_after_its_folder() -> None:
    packs = shipped_packs()
    assert "blood_pressure" in packs
    for identifier, pack in packs.items():
        folder = shipped_folder(identifier)
        assert check_pack(folder) == []
        assert folder.name == pack.id == identifier


def test_an_unknown_pack_is_guessed() -> None:
    with pytest.raises(PackError, match=r"'blood-pressure' is not a pack that ships\. Did you mean 'blood_pressure'"):
        shipped_folder("blood-pressure")


def test_targets_are_those_of_the_strategy() -> None:
    """77% by March 2024 and 80% by 2029: https://champspublichealth.com/blood-pressure/."""
    pack = shipped_packs()["blood_pressure"]
    treated = next(objective for objective in pack.objectives if objective.id == "treated-to-target")
    assert treated.indicator == "cvdprevent.007hyp"
    assert [(target.value, target.by) for target in treated.targets] == [
        (77.0, dt.date(2024, 3, 31)),
        (80.0, dt.date(2029, 12, 31)),
    ]


def test_every_target_and_baseline_names_its_source() -> None:
    for pack in shipped_packs().values():
        for objective in pack.objectives:
            parts = [*objective.targets, *([objective.baseline] if objective.baseline else [])]
            assert all(part.source.startswith("http") for part in parts), objective.id


def test_every_indicator_is_fully_described_and_shown() -> None:
    for pack in shipped_packs().values():
        shown = {identifier for section in pack.dashboard.sections for identifier in section.indicators}
        for indicator in pack.indicators:
            assert indicator.id in shown
            assert indicator.topic == pack.topic
            for key in ("definition", "rationale", "numerator", "denominator", "unit", "method", "source", "caveats"):
                assert getattr(indicator, key), f"{indicator.id}: {key}"


def test_the_published_hypertension_indicators_of_the_audit_are_all_there() -> None:
    """CVDPREVENT publishes 001 to 007 and 009; there is no 008."""
    held = {indicator.id for indicator in shipped_packs()["blood_pressure"].indicators}
    assert {f"cvdprevent.00{n}hyp" for n in (1, 2, 3, 4, 5, 6, 7, 9)} <= held
    assert {"qof.hyp008", "qof.hyp009", "219", "94111", "40401", "91112"} <= held
