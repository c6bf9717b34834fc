"""The same answers as R surveillance (GPL-2; run as a program by tools/surveillance_reference.R), where it is right.

The stored figures name the versions. Where the peer has a defect (docs/methods/clusters), the test says so.
"""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import poisson

from commonweal import clusters

REFERENCE = Path(__file__).parent / "reference"
SCRIPT = Path(__file__).resolve().parents[2] / "tools/surveillance_reference.R"
CLOSE = 1e-6

NOUFAILY = {"trend_p_threshold": 1.0, "weeks_excluded": 26, "periods": 10}
FLEXIBLE = {
    "noufaily": NOUFAILY | {"threshold_method": "nbPlugin", "alpha": 0.01},
    "muan": NOUFAILY | {"threshold_method": "muan", "alpha": 0.05},
    "delta": NOUFAILY | {"threshold_method": "delta", "alpha": 0.05},
    "windows": {
        "periods": 1, "weeks_excluded": 3, "weights_threshold": 1.0, "trend_p_threshold": 0.05,
        "threshold_method": "delta", "alpha": 0.05,
    },
    "half": {
        "periods": 5, "years": 4, "half_window": 2, "weeks_excluded": 20, "power": "1/2", "trend_p_threshold": 0.05,
        "threshold_method": "delta", "alpha": 0.1,
    },
    "none": {
        "periods": 10, "years": 3, "half_window": 4, "weeks_excluded": None, "power": "none",
        "trend_p_threshold": 0.05, "threshold_method": "delta", "alpha": 0.1, "least_cases": (20, 6),
    },
    "unweighted": {
        "periods": 10, "years": 4, "reweight": False, "trend_p_threshold": 0.05, "threshold_method": "delta",
        "alpha": 0.05,
    },
    "level": {"periods": 10, "trend": False, "threshold_method": "delta", "alpha": 0.05},
    "offset": NOUFAILY | {"population": "population", "threshold_method": "delta", "alpha": 0.05},
}  # fmt: skip


@cache
def reference(name: str, folder: Path = REFERENCE) -> pl.DataFrame:
    return pl.read_csv(folder / f"{name}.csv", comment_prefix="#", null_values=["NA", "NaN"], infer_schema_length=None)


def one(series: str) -> pl.DataFrame:
    return reference("series").filter(pl.col("series") == series)


def same(found, wanted, tolerance=CLOSE):
    found, wanted = (np.array([np.nan if v is None else float(v) for v in column]) for column in (found, wanted))
    np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance)


def enough_cases(found: pl.DataFrame) -> pl.Series:
    return ~found["reason"].str.starts_with("fewer than")


@pytest.mark.parametrize("options", FLEXIBLE)
@pytest.mark.parametrize("series", ["common", "rising", "rare", "agona"])
def test_farrington_flexible(series, options):
    wanted = reference("farrington_flexible").filter((pl.col("series") == series) & (pl.col("options") == options))
    if wanted.is_empty():
        pytest.skip("the published series has no population")
    found = clusters.farrington_flexible(
        one(series), count="count", time="week", newest=8, standard_errors="surveillance", **FLEXIBLE[options]
    )
    assert found["week"].to_list() == wanted["week"].to_list()
    # The peer blanks what it finds where there are too few cases; here expected and bound stay, the alarm is off.
    judged = enough_cases(found)
    assert found["alarm"].cast(int).to_list() == wanted["alarm"].fill_null(0).to_list()
    found, wanted = found.filter(judged), wanted.filter(judged)
    same(found["expected"], wanted["expected"])
    same(found["upperbound"], wanted["upperbound"])
    same(found["dispersion"], wanted["phi"])
    same(found["trend_coefficient"], wanted["coefficient"])
    same(found["p_value"], wanted["pvalue"])
    if FLEXIBLE[options]["threshold_method"] == "delta":
        same(found["score"], wanted["score"])
    else:
        # The peer takes the logarithm of the expected count for the expected count in the score of these methods.
        excess = (found["count"] - found["expected"].log()) / (found["upperbound"] - found["expected"].log())
        same(excess, wanted["score"])
        same(found["mu0"], wanted["mu0"])


def test_farrington_flexible_by_the_calendar():
    wanted = reference("farrington_dated")
    weeks = pl.date_range(pl.date(2012, 1, 2), pl.date(2012, 1, 2) + pl.duration(weeks=339), "1w", eager=True)
    found = clusters.farrington_flexible(
        one("common").with_columns(week=weeks), count="count", time="week", newest=51, **FLEXIBLE["noufaily"]
    )
    same(found["upperbound"], wanted["upperbound"])
    same(found["expected"], wanted["expected"])
    same(found["dispersion"], wanted["phi"])
    assert found["alarm"].cast(int).to_list() == wanted["alarm"].to_list()


@pytest.mark.parametrize("power", ["none", "1/2", "2/3"])
@pytest.mark.parametrize("series", ["common", "rising", "rare", "agona"])
def test_farrington(series, power):
    wanted = reference("farrington").filter((pl.col("series") == series) & (pl.col("power") == power))
    found = clusters.farrington(one(series), count="count", time="week", newest=10, power=power, alpha=0.05)
    assert found["alarm"].cast(int).to_list() == wanted["alarm"].to_list()
    judged = enough_cases(found)
    same(found.filter(judged)["upperbound"], wanted.filter(judged)["upperbound"])


@pytest.mark.parametrize("least", [0.0, 0.5])
@pytest.mark.parametrize("variant", ["C1", "C2"])
@pytest.mark.parametrize("series", ["common", "rare"])
def test_ears(series, variant, least):
    chosen = (pl.col("series") == series) & (pl.col("variant") == variant) & (pl.col("least_deviation") == least)
    wanted = reference("ears").filter(chosen)
    found = clusters.ears(one(series), count="count", time="week", variant=variant, least_deviation=least)[19:32]
    same(found["upperbound"], wanted["upperbound"])
    assert found["alarm"].cast(int).to_list() == wanted["alarm"].to_list()


@pytest.mark.parametrize(
    ("kind", "transform"),
    [
        ("standard", "standard"),
        ("rossi", "rossi"),
        ("anscombe", "anscombe"),
        ("anscombe2nd", "anscombe second order"),
        ("pearsonNegBin", "negative binomial"),
        ("glm", "rossi"),
    ],
)
@pytest.mark.parametrize("series", ["common", "rare"])
def test_cusum(series, kind, transform):
    wanted = reference("cusum").filter((pl.col("series") == series) & (pl.col("kind") == kind))
    found = clusters.cusum(
        one(series)[:125], count="count", time="week", training=104, transform=transform, reference=1.04,
        decision=2.26, mean="seasonal" if kind == "glm" else "constant", trend=False,
        dispersion=0.2 if kind == "pearsonNegBin" else 0.0,
    )[104:]  # fmt: skip
    same(found["expected"], wanted["mean"])
    same(found["statistic"], wanted["statistic"])
    assert found["alarm"].cast(int).to_list() == wanted["alarm"].to_list()
    # The peer solves for a real number; a count is whole. Its bound of the second-order residual does not belong to its
    # own statistic, which is the same as here; test_cusum.py shows that the bound here does.
    if kind != "anscombe2nd":
        same(found["upperbound"], (wanted["upperbound"] - 1e-9).ceil())


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("poisson", {}),
        ("shift", {"shift": 0.3}),
        ("decrease", {"direction": "decrease"}),
        ("binomial", {"dispersion": 0.2}),
        ("binomial_shift", {"dispersion": 0.2, "shift": 0.4}),
        ("seasonal", {}),
    ],
)
def test_likelihood_ratio(kind, options):
    wanted = reference("likelihood_ratio").filter(pl.col("kind") == kind)
    week = pl.col("week")
    rows = one("common").with_columns(mu0=(1.6 + 0.5 * (2 * np.pi * week / 52).sin() + 0.002 * week).exp())[:215]
    if kind == "seasonal":
        found = clusters.generalised_likelihood_ratio(rows, count="count", time="week", training=164)[164:]
        # The peer fits the mean anew after an alarm; here it stays as learnt.
        alarms = np.flatnonzero(wanted["alarm"])
        last = alarms[0] + 1 if len(alarms) else wanted.height
        found, wanted = found[:last], wanted[:last]
    else:
        found = clusters.generalised_likelihood_ratio(rows[164:], count="count", time="week", expected="mu0", **options)
    if kind == "decrease":
        # The peer passes over stretches without a case, where the ratio is at its limit, the sum of the means.
        empty = int(np.flatnonzero(found["count"] == 0)[0])
        assert found["statistic"][empty] == pytest.approx(found["mu0"][empty])
        assert wanted["statistic"][empty] < found["mu0"][empty]
        found, wanted = found[:empty], wanted[:empty]
    same(found["statistic"], wanted["statistic"])
    assert found["alarm"].cast(int).to_list() == wanted["alarm"].to_list()
    # 1e99: the peer's search for the bound has given up.
    searched = ~(wanted["upperbound"].cast(float) > 1e9).fill_null(False)
    found, wanted = found.filter(searched), wanted.filter(searched)
    if wanted["upperbound"].dtype != pl.String and not wanted["upperbound"].is_null().all():
        same(found["upperbound"], (wanted["upperbound"] - 1e-9).ceil())


EVENTS = """
if (!suppressWarnings(require(surveillance, quietly = TRUE))) quit(status = 3)
data(imdepi)
places <- coordinates(imdepi$events)
write.csv(data.frame(type = imdepi$events$type, day = imdepi$events$time, x = places[, 1], y = places[, 2]),
          commandArgs(trailingOnly = TRUE)[1], row.names = FALSE)
"""


def test_knox_on_the_events_of_r(tmp_path):
    """Invasive meningococcal disease in Germany, 2002-08; the events belong to the package and are not kept here."""
    if not shutil.which("Rscript"):
        pytest.skip("Rscript is not installed here")
    (tmp_path / "events.R").write_text(EVENTS)
    run = subprocess.run(["Rscript", tmp_path / "events.R", tmp_path / "events.csv"], capture_output=True)
    if run.returncode == 3:
        pytest.skip("R has no package surveillance here")
    assert run.returncode == 0, run.stderr
    events = pl.read_csv(tmp_path / "events.csv")
    for kind in ("B", "C"):
        found = clusters.knox(
            events.filter(pl.col("type") == kind), x="x", y="y", time="day", distance=[20, 50, 100],
            interval=[14, 28, 30], permutations=99,
        )  # fmt: skip
        wanted = reference("knox").filter(pl.col("type") == kind)
        for column in ("distance", "interval", "close_in_both", "expected"):
            same(found[column], wanted[column])
        # The peer's Poisson p is of more pairs than observed; a p-value is of so many or more.
        same(poisson.sf(found["close_in_both"], found["expected"]), wanted["p_poisson"])
        same(poisson.sf(found["close_in_both"] - 1, found["expected"]), found["p_poisson"])


def test_everything_with_r_itself(tmp_path):
    """Runs about a minute of R: set COMMONWEAL_TEST_R=1 where Rscript and surveillance are installed."""
    if not shutil.which("Rscript"):
        pytest.skip("Rscript is not installed here")
    if os.environ.get("COMMONWEAL_TEST_R") != "1":
        pytest.skip("a minute of R runs only with COMMONWEAL_TEST_R=1")
    if subprocess.run(["Rscript", "-e", "library(surveillance)"], capture_output=True).returncode:
        pytest.skip("R has no package surveillance here")
    subprocess.run(["Rscript", str(SCRIPT), str(tmp_path)], check=True, capture_output=True)
    for name in sorted(path.stem for path in REFERENCE.glob("*.csv")):
        live, stored = reference(name, tmp_path), reference(name)
        assert live.columns == stored.columns
        for column in live.columns:
            if live[column].dtype.is_numeric() and stored[column].dtype.is_numeric():
                same(live[column], stored[column])
            else:
                assert live[column].to_list() == stored[column].to_list()
