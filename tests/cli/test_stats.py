"""`commonweal stats`: methods on files."""

import subprocess
import sys
from dataclasses import dataclass

import polars as pl
import pytest

from commonweal import stats
from commonweal.cli import method_signatures

DEATHS = "area,year,deaths,people\nHalton,2023,12,1000\n\nHalton,2024,8,1000\nWirral,2023,3,2000\nWirral,2024,5,2000\n"


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs `commonweal` in this process, in an empty folder."""
    from commonweal.cli import main

    def ran(*arguments):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["commonweal", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as stopped:
            code = stopped.code or 0
        told = capsys.readouterr()
        return Done(code, told.out, told.err)

    return ran


@pytest.fixture
def deaths(tmp_path):
    path = tmp_path / "deaths.csv"
    path.write_text(DEATHS)
    return path


def test_every_method_that_takes_a_table_is_a_command(run):
    told = run("stats", "--help").stdout
    for name in ("rate", "mean", "life-expectancy", "funnel-limits", "control-chart", "aggregate", "rate-of-change"):
        assert f"  {name} " in told
    assert "nearest-neighbours" not in told


def test_signatures_are_read_as_they_are():
    import inspect

    for name in method_signatures.methods():
        function = getattr(stats, name)
        given = list(inspect.signature(function).parameters)[1:]
        read = method_signatures.method(name)
        assert [parameter.name for parameter in read.parameters] == given
        assert read.summary


def test_help_of_a_method_names_its_options_and_imports_no_frame_library(tmp_path):
    code = (
        "import sys; sys.argv = ['commonweal', 'stats', 'rate', '--help']\n"
        "from commonweal.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print({*sys.modules} & {'polars', 'django', 'numpy', 'rich', 'pandas'})"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "set()"
    assert "--population" in done.stdout
    assert "multiplier, such as 100,000" in done.stdout


def test_a_table_on_the_screen(command, deaths):
    done = command("stats", "rate", deaths, "--count", "deaths", "--population", "people", "--by", "area")
    assert done.returncode == 0, done.stderr
    halton = next(line for line in done.stdout.splitlines() if "Halton" in line)
    assert "1,000" in halton
    assert "Byar" in halton


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_result_in_a_file_is_that_of_the_library(run, deaths, tmp_path, ending):
    from commonweal.datasets.table_files import read_table

    target = tmp_path / f"rates.{ending}"
    done = run(
        "stats", "rate", deaths, "--count", "deaths", "--population", "people", "--by", "area,year", "--per", "1000",
        "--confidence", "95,99.8", "--output", target,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().startswith("4 rows written")
    expected = stats.rate(
        read_table(deaths).frame, count="deaths", population="people", by=["area", "year"], per=1000,
        confidence=[0.95, 0.998],
    )  # fmt: skip
    found = read_table(target).frame
    assert found.columns == expected.columns
    for name in ("value", "lower_95", "upper_99_8"):
        assert found[name].to_list() == pytest.approx(expected[name].to_list())


def test_a_second_file(run, tmp_path):
    bands = "area,band,people,ref,refpeople\nA,0-4,100,50,1000\nA,5+,200,80,2000\nB,0-4,300,50,1000\nB,5+,400,80,2000\n"
    (tmp_path / "bands.csv").write_text(bands)
    (tmp_path / "totals.csv").write_text("area,deaths\nA,11\nB,22\n")
    done = run(
        "stats", "indirectly-standardised-ratio", "bands.csv", "--count", "deaths", "--population", "people",
        "--reference-count", "ref", "--reference-population", "refpeople", "--by", "area", "--observed", "totals.csv",
        "-o", "ratios.csv",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = pl.read_csv(tmp_path / "ratios.csv")
    assert found["observed"].to_list() == [11, 22]
    assert found["expected"].to_list() == pytest.approx([13, 31])


def test_a_result_of_several_tables(run, deaths, tmp_path):
    target = tmp_path / "chart.xlsx"
    done = run("stats", "run-chart", deaths, "--value", "deaths", "--order", "year", "--by", "area", "-o", target)
    assert done.returncode == 0, done.stderr
    import openpyxl

    assert openpyxl.load_workbook(target).sheetnames == ["Points", "Summary"]


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (("8,1000", "-8,1000"), (), "deaths.csv, row 4: 'deaths' -8 is below 0 in 1 row, first at row 4."),
        (("8,1000", "*,1000"), (), "row 4: 'deaths' holds text, '*', where a number is needed"),
        (("", ""), ("--count", "death"), "no column 'death'. Did you mean 'deaths'?"),
        (("", ""), ("--confidence", "1"), "confidence level lies between"),
        (("", ""), ("--confidence", "high"), "'high' is not a number"),
        (("", ""), ("--output", "rates.doc"), "ends in .csv, .xlsx or .parquet"),
        (("Halton,2024,8,1000", "Halton,2024,8,1000,9"), (), "row 4"),
    ],
)
def test_what_is_wrong_names_file_row_and_column(run, deaths, change, options, message):
    deaths.write_text(DEATHS.replace(*change) if change[0] else DEATHS)
    done = run("stats", "rate", deaths, "--count", "deaths", "--population", "people", *options)
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_missing_option_and_an_unknown_method(run, deaths):
    done = run("stats", "rate", deaths, "--count", "deaths")
    assert done.returncode == 2
    assert "--population" in done.stderr
    assert run("stats", "no-such-method", deaths).returncode == 2
