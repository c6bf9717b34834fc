"""The settings of a scan as a parameter file chooses them."""

from __future__ import annotations

import datetime as dt
import re

from commonweal.clusters import ScanSettings
from commonweal.clusters.settings import SECONDARY_CRITERIA
from commonweal.scan_files.dates import DAY, GENERIC, MONTH, NONE, PRECISIONS, YEAR, parse_date
from commonweal.scan_files.parameter_file import Parameters
from commonweal.scan_files.study_time import StudyTime, When

ANALYSES = {
    "1": "spatial",
    "2": "temporal",
    "3": "space-time",
    "4": "prospective space-time",
    "6": "prospective temporal",
}
MODELS = {"0": "poisson", "1": "bernoulli", "2": "space-time permutation"}
RATES = {"1": "high", "2": "low", "3": "both"}
P_VALUES = {"0": "default", "1": "standard", "2": "sequential", "3": "gumbel"}
PENALTIES = {"0": 0.0, "1": 0.5, "2": 1.0}
TIME_ADJUSTMENTS = {"0": "none", "2": "fixed percentage", "3": "log-linear", "4": "stratified"}
SPATIAL_ADJUSTMENTS = {"0": "none", "1": "stratified"}
DAYS_A_YEAR = 365.25
FREQUENCIES = {
    "1": 1.0,
    "2": DAYS_A_YEAR / 52,
    "3": DAYS_A_YEAR / 12,
    "4": DAYS_A_YEAR / 4,
    "5": DAYS_A_YEAR,
}


def study_time(parameters: Parameters) -> StudyTime:
    """The study period and the precision of the dates.

    Raises:
        ParameterError: a date of the period is none, the period ends before it starts, or its dates are coarser than
            they must be.
    """
    precision = PRECISIONS[int(parameters["PrecisionCaseTimes"])]
    generic = GENERIC in (precision, PRECISIONS[int(parameters["TimeAggregationUnits"])])
    start, end = (_bound(parameters, name, generic) for name in ("StartDate", "EndDate"))
    if start > end:  # type: ignore[operator]
        raise parameters.wrong("EndDate", f"The study period ends ({end}) before it starts ({start}).")
    if precision == NONE and ANALYSES[parameters["AnalysisType"]] != "spatial":
        raise parameters.wrong("PrecisionCaseTimes", "Only a purely spatial analysis can do without dates.")
    if precision in (YEAR, MONTH) and not generic:
        _check_whole(parameters, "StartDate", start, precision)
        _check_whole(parameters, "EndDate", end, precision)
    return StudyTime(precision, start, end)


def scan_settings(parameters: Parameters, time: StudyTime) -> ScanSettings:
    """The settings of the scan.

    Raises:
        ParameterError: a number is none or out of range.
        ScanError: the choices do not go together.
    """
    analysis = ANALYSES[parameters["AnalysisType"]]
    unit = PRECISIONS[int(parameters["TimeAggregationUnits"])]
    if analysis == "spatial" or unit == NONE:
        unit = GENERIC if isinstance(time.start, int) else DAY
    elif unit != GENERIC and time.precision in (YEAR, MONTH) and _finer(unit, time.precision):
        raise parameters.wrong(
            "TimeAggregationUnits", f"Time cannot be cut into {unit}s where the cases are dated by {time.precision}."
        )
    elliptic = parameters["SpatialWindowShapeType"] == "1"
    by_time = parameters["MaxTemporalSizeInterpretation"] == "1"
    adjusting = parameters.is_on("AdjustForEarlierAnalyses") and analysis.startswith("prospective")
    spatial = analysis == "spatial"
    frequency = parameters["ProspectiveFrequencyType"]
    adjustment = TIME_ADJUSTMENTS[parameters["TimeTrendAdjustmentType"]]
    return ScanSettings(
        model=MODELS[parameters["ModelType"]],
        analysis=analysis,
        study_period=(time.start, time.end),  # type: ignore[arg-type]
        rates=RATES[parameters["ScanAreas"]],
        interval_unit=unit,
        interval_length=1 if spatial else parameters.whole("TimeAggregationLength", at_least=1),
        coordinates="cartesian" if parameters["CoordinatesType"] == "0" else "latitude and longitude",
        max_population_share=_share(parameters, "MaxSpatialSizeInPopulationAtRisk", 50),
        max_circle_population_share=(
            _share(parameters, "MaxSpatialSizeInMaxCirclePopulationFile", 50)
            if parameters.is_on("UseMaxCirclePopulationFileOption")
            else None
        ),
        max_distance=(
            _positive(parameters, "MaxSpatialSizeInDistanceFromCenter")
            if parameters.is_on("UseDistanceFromCenterOption")
            else None
        ),
        min_duration=1 if spatial else parameters.whole("MinimumTemporalClusterSize", at_least=1),
        max_duration=parameters.whole("MaxTemporalSize", at_least=1) if by_time and not spatial else None,
        max_duration_share=0.5 if by_time or spatial else _share(parameters, "MaxTemporalSize", 90),
        include_purely_temporal=parameters.is_on("IncludePurelyTemporal") and "space-time" in analysis,
        include_purely_spatial=parameters.is_on("IncludePurelySpatial") and "space-time" in analysis,
        ellipse_shapes=_numbers(parameters, "EllipseShapes") if elliptic else (),
        ellipse_angles=tuple(int(number) for number in _numbers(parameters, "EllipseAngles")) if elliptic else (),
        ellipse_penalty=PENALTIES[parameters["NonCompactnessPenalty"]],
        min_cases_high=parameters.whole("MinimumCasesInHighRateClusters", at_least=1),
        min_cases_low=parameters.whole("MinimumCasesInLowRateClusters"),
        secondary_criterion=SECONDARY_CRITERIA[int(parameters["CriteriaForReportingSecondaryClusters"])],
        replicates=_replicates(parameters),
        p_value=P_VALUES[parameters["PValueReportType"]],
        sequential_cutoff=parameters.whole("EarlyTerminationThreshold", at_least=1),
        adjust_for_earlier_analyses=adjusting,
        prospective_start=_bound(parameters, "ProspectiveStartDate", isinstance(time.start, int))
        if adjusting
        else None,
        time_adjustment="none" if spatial else adjustment,
        annual_trend_percent=parameters.number("TimeTrendPercentage") if adjustment == "fixed percentage" else None,
        spatial_adjustment=SPATIAL_ADJUSTMENTS[parameters["SpatialAdjustmentType"]],
        day_of_week_adjustment=parameters.is_on("AdjustForWeeklyTrends") and not spatial,
        gini=parameters.is_on("ReportGiniClusters") and spatial,
        gini_shares=tuple(number / 100 for number in _numbers(parameters, "SpatialMaxima")),
        iterative=parameters.is_on("IterativeScan"),
        iterative_p_value=parameters.number("IterativeScanMaxPValue"),
        iterations=parameters.whole("IterativeScanMaxIterations", at_least=1),
        recurrence_unit_days=(
            FREQUENCIES[frequency] * parameters.whole("ProspectiveFrequency", at_least=1)
            if frequency != "0" and analysis.startswith("prospective")
            else None
        ),
    )


PARAMETER_OF = {
    "max_population_share": "MaxSpatialSizeInPopulationAtRisk",
    "max_circle_population_share": "UseMaxCirclePopulationFileOption",
    "max_distance": "UseDistanceFromCenterOption",
    "min_duration": "MinimumTemporalClusterSize",
    "max_duration_share": "MaxTemporalSize",
    "max_duration": "MaxTemporalSize",
    "min_cases_high": "MinimumCasesInHighRateClusters",
    "prospective_start": "ProspectiveStartDate",
    "annual_trend_percent": "TimeTrendPercentage",
    "ellipse_angles": "EllipseAngles",
    "gini_shares": "SpatialMaxima",
}


def in_parameter_names(told: str) -> str:
    """A message about settings of a scan, with the names that a parameter file has for them."""
    return SETTING.sub(lambda found: PARAMETER_OF[found[0]], told)


SETTING = re.compile(r"\b(" + "|".join(PARAMETER_OF) + r")\b")


def _bound(parameters: Parameters, name: str, generic: bool) -> When:
    text = parameters[name]
    if generic:
        if not text.lstrip("-").isdigit():
            raise parameters.wrong(name, f"'{text}' is not a whole number, which generic time needs.")
        return int(text)
    found = parse_date(text)
    if found is None:
        raise parameters.wrong(name, f"'{text}' is not a date (yyyy/mm/dd).")
    return found.last if name == "EndDate" else found.first


def _check_whole(parameters: Parameters, name: str, bound: When, precision: str) -> None:
    """A study of cases dated by year (month) starts and ends with a whole one."""
    assert isinstance(bound, dt.date)
    day = bound if name == "StartDate" else bound + dt.timedelta(days=1)
    if day.day != 1 or (precision == YEAR and day.month != 1):
        edge = "first" if name == "StartDate" else "last"
        raise parameters.wrong(
            name, f"{bound} is not the {edge} day of a {precision}, but the cases are dated only by {precision}."
        )


def _finer(unit: str, precision: str) -> bool:
    order = (YEAR, MONTH, DAY)
    return order.index(unit) > order.index(precision)


def _share(parameters: Parameters, name: str, most: float) -> float:
    percent = parameters.number(name)
    if not 0 < percent <= most:
        raise parameters.wrong(name, f"{percent:g} is not above 0 and at most {most:g} percent.")
    return percent / 100


def _positive(parameters: Parameters, name: str) -> float:
    number = parameters.number(name)
    if not number > 0:
        raise parameters.wrong(name, f"{number:g} is not above 0.")
    return number


def _numbers(parameters: Parameters, name: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in parameters[name].split(",") if part.strip())
    except ValueError:
        raise parameters.wrong(name, f"'{parameters[name]}' is not numbers apart by commas.") from None


def _replicates(parameters: Parameters) -> int:
    number = parameters.whole("MonteCarloReps")
    if number not in (0, 9, 19) and (number + 1) % 100:
        raise parameters.wrong("MonteCarloReps", f"{number} is not 0, 9, 19, or a number that ends in 99.")
    return number
