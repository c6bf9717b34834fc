"""Answers of SaTScan 10.3.2 on its sample data (shared/reference/clusters.md, section 4), and how to ask for them."""

from dataclasses import dataclass, field

NEW_MEXICO = {
    "CaseFile": "nm.cas",
    "PopulationFile": "nm.pop",
    "CoordinatesFile": "nm.geo",
    "CoordinatesType": "1",
    "PrecisionCaseTimes": "1",
    "StartDate": "1973/1/1",
    "EndDate": "1991/12/31",
    "ModelType": "0",
    "TimeAggregationUnits": "1",
    "PValueReportType": "1",
}
NEW_YORK = {
    "CaseFile": "NYCfever.cas",
    "CoordinatesFile": "NYCfever.geo",
    "CoordinatesType": "1",
    "PrecisionCaseTimes": "3",
    "StartDate": "2001/11/1",
    "EndDate": "2001/11/24",
    "ModelType": "2",
    "AnalysisType": "4",
    "TimeAggregationUnits": "3",
    "MaxTemporalSizeInterpretation": "1",
    "MaxTemporalSize": "7",
    "PValueReportType": "1",
}
THREE_KM = {"UseDistanceFromCenterOption": "y", "MaxSpatialSizeInDistanceFromCenter": "3"}
NORTH_HUMBERSIDE = {
    "CaseFile": "NHumberside.cas",
    "ControlFile": "NHumberside.ctl",
    "CoordinatesFile": "NHumberside.geo",
    "CoordinatesType": "0",
    "PrecisionCaseTimes": "0",
    "ModelType": "1",
    "AnalysisType": "1",
    "PValueReportType": "1",
}
IN_QUEENS = (40.699240, -73.831760)
QUEENS = ("11418", "11415", "11419", "11435", "11416", "11421", "11451", "11375", "11417")


@dataclass(frozen=True)
class Run:
    """A run and its answer. `p_value` is equal where `exact`, else within Monte Carlo error."""

    parameters: dict[str, str]
    places: int | None
    observed: int
    expected: float
    statistic: float
    p_value: float
    centre: tuple[float, float] | None = None
    radius: float | None = None
    start: str | None = None
    end: str | None = None
    relative_risk: float | None = None
    recurrence: str | None = None
    exact: bool = False
    replicates: int | None = None
    members: tuple[str, ...] = field(default=())


TORRANCE = (34.764079, -106.003634)
RUNS = {
    "a": Run(
        {**NEW_MEXICO, "AnalysisType": "1"}, 6, 576, 512.66, 6.890841, 0.012, TORRANCE, 113.54, relative_risk=1.24
    ),
    "a2": Run(
        {**NEW_MEXICO, "AnalysisType": "1", "MaxSpatialSizeInPopulationAtRisk": "25", "ScanAreas": "3"},
        2, 72, 98.29, 4.196940, 0.262, (32.527170, -104.262035), 90.25, relative_risk=0.72,
    ),
    "b": Run(
        {**NEW_MEXICO, "AnalysisType": "3"}, 9, 236, 176.22, 10.979758, 0.014, TORRANCE, 125.60,
        "1985-01-01", "1989-12-31", 1.42,
    ),
    "b2": Run(
        {**NEW_MEXICO, "AnalysisType": "3", "TimeTrendAdjustmentType": "4"}, 5, 42, 22.90, 6.532128, 0.455,
        (35.501494, -105.077987), 116.05, "1986-01-01", "1988-12-31", 1.86,
    ),
    "b3": Run(
        {**NEW_MEXICO, "AnalysisType": "3", "TimeTrendAdjustmentType": "3"}, 5, 54, 29.92, 8.062448, 0.163,
        (35.501494, -105.077987), 116.05, "1986-01-01", "1989-12-31", 1.84,
    ),
    "c": Run(
        {**NEW_YORK, **THREE_KM}, 9, 4, 0.67, 3.845418, 0.216, IN_QUEENS, 2.90, "2001-11-22", "2001-11-24",
        recurrence="5 days", exact=True, members=QUEENS,
    ),
    "c2": Run(
        NEW_YORK, 9, 4, 0.67, 3.845418, 0.338, IN_QUEENS, 2.90, "2001-11-22", "2001-11-24",
        recurrence="3 days", exact=True, members=QUEENS,
    ),
    "c3": Run(
        {**NEW_YORK, **THREE_KM, "PValueReportType": "0"}, 9, 4, 0.67, 3.845418, 50 / 207, IN_QUEENS, 2.90,
        "2001-11-22", "2001-11-24", recurrence="4 days", exact=True, replicates=207, members=QUEENS,
    ),
    "c4": Run(
        {**NEW_YORK, "AnalysisType": "3"}, 8, 5, 0.40, 8.119521, 0.020, (40.805490, -73.917000), 2.70,
        "2001-11-08", "2001-11-08", exact=True,
    ),
    "c5": Run(
        {**NEW_YORK, **THREE_KM, "AdjustForEarlierAnalyses": "y", "ProspectiveStartDate": "2001/11/20"}, 9, 4, 0.67,
        3.845418, 0.627, IN_QUEENS, 2.90, "2001-11-22", "2001-11-24", recurrence="6 days", exact=True,
        members=QUEENS,
    ),
    "c6": Run(
        {**NEW_YORK, **THREE_KM, "MinimumTemporalClusterSize": "2"}, 9, 4, 0.67, 3.845418, 0.128,
        IN_QUEENS, 2.90, "2001-11-22", "2001-11-24", recurrence="8 days", exact=True, members=QUEENS,
    ),
    "d": Run(
        NORTH_HUMBERSIDE, 4, 4, 1.22, 4.836516, 0.674, (5176, 4669), 5.83, relative_risk=3.43
    ),
    "d3": Run(
        {**NORTH_HUMBERSIDE, "PValueReportType": "2"}, 4, 4, 1.22, 4.836516, 0.360, (5176, 4669), 5.83,
        relative_risk=3.43
    ),
    "d4": Run(
        {**NORTH_HUMBERSIDE, "ScanAreas": "3"}, 11, 0, 4.28, 5.327243, 0.581, (5047, 4300), 14.87, relative_risk=0
    ),
    "e": Run(
        {**NEW_MEXICO, "AnalysisType": "2"}, None, 552, 495.69, 5.485618, 0.030, start="1985-01-01", end="1991-12-31",
        relative_risk=1.21,
    ),
    "e2": Run(
        {**NEW_MEXICO, "AnalysisType": "6"}, None, 552, 495.69, 5.485618, 0.001, start="1985-01-01", end="1991-12-31",
        relative_risk=1.21,
    ),
    "f": Run(
        {**NEW_MEXICO, "AnalysisType": "4"}, 9, 313, 252.84, 8.654067, 0.009, TORRANCE, 125.60, "1985-01-01",
        "1991-12-31", 1.32,
    ),
    "f2": Run(
        {**NEW_MEXICO, "AnalysisType": "4", "AdjustForEarlierAnalyses": "y", "ProspectiveStartDate": "1988/1/1",
         "UseDistanceFromCenterOption": "y", "MaxSpatialSizeInDistanceFromCenter": "150"},
        9, 313, 252.84, 8.654067, 0.020, TORRANCE, 125.60, "1985-01-01", "1991-12-31", 1.32,
    ),
}  # fmt: skip
