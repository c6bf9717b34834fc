"""Loading, looking and exporting, as an analyst types them."""

import csv
import signal
import subprocess
import sys
import time

import polars as pl
import pytest


def test_load_says_what_happened_and_where_the_rejected_rows_are(command, audit):
    done = command("data", "load", audit, "-c", "cheshire_and_merseyside")
    assert done.returncode == 0
    assert "3 rows in; 1 rejected" in done.stdout
    assert "2 observations added" in done.stdout
    assert "rejected, 1:" in done.stdout
    with (audit.parent / "audit.csv.rejected.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [(row["row"], row["column"]) for row in rows] == [("4", "area_code")]


def test_the_same_file_twice_changes_nothing(loaded, audit):
    again = loaded("data", "load", audit)
    assert "0 observations added, 0 updated, 2 unchanged" in again.stdout
    assert loaded("data", "history").stdout.count("audit.csv") == 1


def test_strict_loads_nothing_when_a_row_breaks_a_rule(command, audit):
    done = command("data", "load", audit, "-c", "cheshire_and_merseyside", "--strict")
    assert done.returncode == 2
    assert "Nothing" in done.stderr
    assert "0 observations" in command("data", "status").stdout


def test_status_and_history(loaded):
    assert "2 observations of 1 indicator," in loaded("data", "status").stdout
    assert "audit.csv" in loaded("data", "history").stdout


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_export(loaded, tmp_path, suffix):
    target = tmp_path / f"out.{suffix}"
    done = loaded("data", "export", target, "--area", "E06000006")
    assert done.returncode == 0, done.stderr
    read = {"csv": pl.read_csv, "xlsx": pl.read_excel, "parquet": pl.read_parquet}[suffix]
    assert read(target)["value"].to_list() == [50]


def test_preview_loads_nothing(command, audit):
    done = command("data", "preview", audit, "-c", "cheshire_and_merseyside")
    assert done.returncode == 0
    assert "would be read as" in done.stdout
    assert "row 4, column area_code" in done.stdout
    assert "0 observations" in command("data", "status").stdout


def test_a_field_the_file_lacks_can_be_set(command, tmp_path):
    path = tmp_path / "no_period.csv"
    path.write_text("indicator,area_code,value\nchecks,E06000006,50\n")
    refused = command("data", "load", path, "-c", "cheshire_and_merseyside")
    assert refused.returncode == 2
    assert "period" in refused.stderr
    done = command("data", "load", path, "--set", "period=2023")
    assert "1 observations added" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("data", "load", "absent.csv", "-c", "cheshire_and_merseyside"), "absent.csv"),
        (("data", "load", "absent.csv"), "--collaborative"),
        (("data", "load", "absent.csv", "-c", "narnia"), "narnia"),
        (("data", "load", "absent.csv", "-c", "cheshire_and_merseyside", "--set", "period"), "field=text"),
        (("data", "status"), "commonweal init"),
        (("data", "export", "out.docx"), "commonweal init"),
        (("data", "fetch", "-c", "cheshire_and_merseyside"), "--indicator"),
    ],
)
def test_what_cannot_be_done_is_one_message_and_exit_code_2(command, arguments, told):
    done = command(*arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_another_collaborative_cannot_load_into_this_one(loaded, audit, tmp_path):
    from commonweal.places import Collaborative

    other = tmp_path / "other.toml"
    other.write_text(
        Collaborative.shipped_toml("cheshire_and_merseyside").replace("cheshire_and_merseyside", "elsewhere", 1)
    )
    done = loaded("data", "load", audit, "-c", other)
    assert done.returncode == 2
    assert "already belongs to" in done.stderr


def test_killed_in_the_middle_nothing_is_half_loaded(command, tmp_path):
    big = tmp_path / "big.csv"
    with big.open("w") as file:
        file.write("indicator,area_code,period,age,value\n")
        for number in range(30):
            for age in range(90):
                file.writelines(
                    f"local-{number},{area},{year},{age} yrs,{age}\n"
                    for area in ("E06000006", "E06000007", "E08000011")
                    for year in range(2010, 2024)
                )
    command("init")
    for wait in (0.6, 1.2, 1.8):
        child = subprocess.Popen(
            [sys.executable, "-m", "commonweal", "data", "load", str(big)],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(wait)
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert any(f"{rows:,} observations" in command("data", "status").stdout for rows in (0, 113_400))
    assert "0 rejected" in command("data", "load", big).stdout
    assert "113,400 observations" in command("data", "status").stdout


def test_exports_name_indicator_and_area(loaded, tmp_path):
    loaded("data", "export", tmp_path / "out.csv")
    first, second, *_ = (tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()
    assert first.startswith("indicator,indicator_name,area_code,area_name,")
    assert second.startswith("local.checks,checks,E06000006,Halton,")


def test_status_in_plain_words(command, loaded, tmp_path):
    assert "2 observations of 1 indicator, version 0" in loaded("data", "status").stdout
    command("init", "--workspace", tmp_path / "empty")
    told = command("data", "status", "--workspace", tmp_path / "empty").stdout
    assert "nothing has been loaded yet" in told
    assert "None" not in told
