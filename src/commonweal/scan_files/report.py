"""The report of a scan as plain text, in the blocks and with the labels that existing scripts read."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Sequence

import commonweal
from commonweal.clusters import Cluster, ScanResult
from commonweal.clusters.settings import BERNOULLI, POISSON, SPACE_TIME_PERMUTATION
from commonweal.scan_files import number_texts as texts
from commonweal.scan_files.catalogue import catalogue
from commonweal.scan_files.cluster_tables import LEAST_REPLICATES, percent_cases, unpenalised
from commonweal.scan_files.parameter_file import Parameters, is_default

WIDTH = 95
RULE = "_" * WIDTH
LABEL = 22
A_HUNDRED_THOUSAND = 100_000
DAYS_A_YEAR = 365.25
ANALYSES = {
    "spatial": "Purely Spatial",
    "temporal": "Purely Temporal",
    "space-time": "Retrospective Space-Time",
    "prospective space-time": "Prospective Space-Time",
    "prospective temporal": "Prospective Purely Temporal",
}
MODELS = {
    POISSON: "Discrete Poisson",
    BERNOULLI: "Bernoulli",
    SPACE_TIME_PERMUTATION: "Space-Time Permutation",
}
RATES = {"high": "high rates", "low": "low rates", "both": "high or low rates"}
CRITICAL_SHARES = (0.05, 0.01, 0.001)


def report_text(
    result: ScanResult,
    parameters: Parameters,
    *,
    notices: Sequence[str] = (),
    files: Sequence[tuple[str, str]] = (),
    started: dt.datetime | None = None,
    finished: dt.datetime | None = None,
) -> str:
    """The whole report.

    Args:
        notices: what was left out of the data or is done otherwise than asked, in words.
        files: label and path of the other files written.
        started, finished: when the scan ran.
    """
    started = started or dt.datetime.now()
    parts = [
        _heading(result, parameters, started),
        _data(result),
        _clusters(result, parameters),
        _notes(result, parameters, notices),
        _settings(parameters, files),
        _end(started, finished or dt.datetime.now()),
    ]
    return f"{RULE}\n\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def _heading(result: ScanResult, parameters: Parameters, started: dt.datetime) -> str:
    settings = result.settings
    title = parameters["ResultsTitle"]
    banner = f"Commonweal {commonweal.__version__}"
    line = "_" * 29
    return "\n".join(
        [
            line.center(WIDTH).rstrip(),
            "",
            banner.center(WIDTH).rstrip(),
            line.center(WIDTH).rstrip(),
            "",
            "",
            *([title, ""] if title else []),
            f"Program run on: {started:%a %b} {started.day:>2} {started:%H:%M:%S %Y}",
            "",
            f"{ANALYSES[settings.analysis]} analysis",
            f"scanning for clusters with {RATES[settings.rates]}",
            f"using the {MODELS[settings.model]} model.",
        ]
    )


def _data(result: ScanResult) -> str:
    settings = result.settings
    lines = ["SUMMARY OF DATA", ""]

    def tell(label: str, value: str) -> None:
        lines.append(f"{label.ljust(35, '.')}: {value}")

    if settings.study_period is not None:
        start, end = settings.study_period
        tell("Study period", f"{texts.day(start)} to {texts.day(end)}")
    if settings.uses_space:
        tell("Number of locations", str(result.locations.height))
    if result.total_population is not None:
        label = "Population, averaged over time" if settings.model == POISSON else "Total population"
        tell(label, f"{result.total_population:.0f}")
    tell("Total number of cases", str(result.total_cases))
    rate = annual_rate(result)
    if rate is not None:
        tell(f"Annual cases / {A_HUNDRED_THOUSAND}", f"{rate:.1f}")
    if settings.model == BERNOULLI and result.total_population:
        tell("Percent cases in area", f"{100 * result.total_cases / result.total_population:.1f}")
    return "\n".join(lines)


def annual_rate(result: ScanResult) -> float | None:
    """Cases in 100,000 people a year over the whole study (Poisson with a population and dates)."""
    if result.settings.model != POISSON or not result.total_population or result.settings.study_period is None:
        return None
    start, end = result.settings.study_period
    if not isinstance(start, dt.date) or not isinstance(end, dt.date):
        return None
    years = ((end - start).days + 1) / DAYS_A_YEAR
    return result.total_cases / (result.total_population * years) * A_HUNDRED_THOUSAND


def _clusters(result: ScanResult, parameters: Parameters) -> str:
    if not result.clusters:
        return "CLUSTERS DETECTED\n\nNo clusters were found."
    blocks = [_cluster(result, parameters, number) for number in range(1, len(result.clusters) + 1)]
    return "CLUSTERS DETECTED\n\n" + "\n\n".join(blocks)


def _cluster(result: ScanResult, parameters: Parameters, number: int) -> str:
    settings = result.settings
    cluster = result.clusters[number - 1]
    names = ", ".join(cluster.location_ids) if settings.uses_space else "All"
    margin = " " * (len(f"{number}.Location IDs included.: "))
    lines = textwrap.wrap(
        names,
        WIDTH,
        initial_indent=f"{number}.Location IDs included.: ",
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )

    def tell(label: str, value: str) -> None:
        lines.append(f"  {label.ljust(LABEL, '.')}: {value}")

    if settings.uses_space:
        overlapping = [str(other) for other in _overlapping(result, number)]
        tell("Overlap with clusters", ", ".join(overlapping) or "No Overlap")
    if cluster.centre is not None:
        _tell_place(tell, cluster)
    if settings.gini:
        tell("Gini Cluster", "Yes" if cluster.gini else "No")
    if settings.uses_time:
        tell("Time frame", f"{texts.day(cluster.start)} to {texts.day(cluster.end)}")
    if cluster.population is not None:
        tell("Population", f"{cluster.population:.0f}")
    tell("Number of cases", str(cluster.observed))
    tell("Expected cases", texts.amount(cluster.expected))
    rate = annual_rate(result)
    if rate is not None:
        tell(f"Annual cases / {A_HUNDRED_THOUSAND}", f"{rate * cluster.ratio:.1f}")
    tell("Observed / expected", texts.amount(cluster.ratio))
    if cluster.relative_risk is not None:
        tell("Relative risk", texts.amount(cluster.relative_risk))
    if settings.model == BERNOULLI:
        tell("Percent cases in area", f"{percent_cases(cluster):.1f}")
    permutation = settings.model == SPACE_TIME_PERMUTATION
    if not permutation:
        tell("Log likelihood ratio", f"{unpenalised(result, cluster):.6f}")
    if permutation or settings.ellipse_shapes:
        tell("Test statistic", f"{cluster.statistic:.6f}")
    if parameters.is_on("ReportClusterRank") and result.replicates:
        rank = 1 + int((result.simulated >= cluster.statistic).sum())
        tell("Monte Carlo rank", f"{rank}/{result.replicates + 1}")
    if cluster.p_value is not None and settings.replicates >= LEAST_REPLICATES:
        tell(
            "P-value",
            texts.p_value_in_report(cluster.p_value, result.replicates, gumbel=cluster.p_value_is_gumbel),
        )
    if parameters.is_on("ReportGumbel") and cluster.gumbel_p_value is not None:
        tell("Gumbel P-value", texts.p_value_in_report(cluster.gumbel_p_value, result.replicates, gumbel=True))
    if cluster.recurrence_interval_days is not None:
        tell("Recurrence interval", texts.recurrence_interval(cluster.recurrence_interval_days))
    return "\n".join(lines)


def _tell_place(tell, cluster: Cluster) -> None:  # type: ignore[no-untyped-def]
    assert cluster.centre is not None
    first, second = cluster.centre
    if cluster.coordinates == "cartesian":
        where, unit = f"({first:.6f},{second:.6f})", ""
    else:
        where = f"({abs(first):.6f} {'NS'[first < 0]}, {abs(second):.6f} {'EW'[second < 0]})"
        unit = " km"
    radius = cluster.radius or 0.0
    if cluster.ellipse_shape is None:
        tell("Coordinates / radius", f"{where} / {texts.amount(radius)}{unit}")
        return
    tell("Coordinates", where)
    tell("Semiminor axis", f"{texts.amount(radius)}{unit}")
    tell("Semimajor axis", f"{texts.amount(radius * cluster.ellipse_shape)}{unit}")
    tell("Angle (degrees)", f"{cluster.ellipse_angle or 0:.2f}")
    tell("Shape", f"{cluster.ellipse_shape:.2f}")


def _overlapping(result: ScanResult, number: int) -> list[int]:
    mine = result.clusters[number - 1]
    places = set(mine.location_ids)
    return [
        other
        for other, cluster in enumerate(result.clusters, 1)
        if other != number and places.intersection(cluster.location_ids) and _same_time(mine, cluster)
    ]


def _same_time(one: Cluster, other: Cluster) -> bool:
    if one.start is None or other.start is None or one.end is None or other.end is None:
        return True
    return one.start <= other.end and other.start <= one.end  # type: ignore[operator]


def _notes(result: ScanResult, parameters: Parameters, notices: Sequence[str]) -> str:
    paragraphs = []
    asked = result.settings.replicates
    if 0 < result.replicates < asked:
        paragraphs.append(
            f"NOTE: The sequential Monte Carlo procedure ended the calculations after {result.replicates} of "
            f"{asked} replications."
        )
    if asked < LEAST_REPLICATES:
        paragraphs.append(f"NOTE: There are no p-values, because they need at least {LEAST_REPLICATES} replications.")
    if parameters.is_on("CriticalValue"):
        told = ", ".join(f"{value:.6f} (p = {share:g})" for share, value in critical_values(result))
        paragraphs.append(
            f"A cluster is statistically significant when its statistic is above: {told}."
            if told
            else "NOTE: Critical values need at least 99 replications."
        )
    if parameters.is_on("ReportGiniIndexCoefficents") and result.gini:
        told = ", ".join(f"{100 * share:g}%: {value:.4f}" for share, value in result.gini.items())
        paragraphs.append(f"Gini index by maximum size: {told}.")
    paragraphs += [f"Warning: {text}" for text in dict.fromkeys([*notices, *result.warnings])]
    return "\n\n".join(textwrap.fill(text, WIDTH, break_on_hyphens=False) for text in paragraphs)


def critical_values(result: ScanResult) -> list[tuple[float, float]]:
    """The least statistic with a p-value of 0.05, 0.01 and 0.001, as far as the replicates can tell."""
    simulated = sorted(result.simulated, reverse=True)
    found = []
    for share in CRITICAL_SHARES:
        place = round(share * (len(simulated) + 1))
        if place >= 1 and len(simulated) >= LEAST_REPLICATES and place / (len(simulated) + 1) <= share:
            found.append((share, float(simulated[place - 1])))
    return found


def _settings(parameters: Parameters, files: Sequence[tuple[str, str]]) -> str:
    """Every parameter that is not at its default, by section, and the files written."""
    lines = ["PARAMETER SETTINGS"]
    sections: dict[str, list[tuple[str, str]]] = {}
    for known in catalogue().values():
        value = parameters[known.name]
        if known.use == "honoured" and ((value != known.default and not is_default(known, value)) or known.values):
            sections.setdefault(known.section, []).append((known.name, value))
    sections.setdefault("Output", []).extend(files)
    for section, pairs in sections.items():
        width = max((len(name) for name, _ in pairs), default=0)
        lines += ["", section, "-" * len(section), *(f"  {name.ljust(width)} : {value}" for name, value in pairs)]
    lines += ["", "Parameters that are not listed have their default value."]
    return "\n".join(lines)


def _end(started: dt.datetime, finished: dt.datetime) -> str:
    seconds = max(0.0, (finished - started).total_seconds())
    return "\n".join(
        [
            f"Program completed  : {finished:%a %b} {finished.day:>2} {finished:%H:%M:%S %Y}",
            f"Total Running Time : {seconds:.1f} seconds",
        ]
    )
