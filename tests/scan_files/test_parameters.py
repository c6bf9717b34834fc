"""Parameter files: every parameter is honoured or refused by name, and never ignored."""

import datetime as dt
import re
from pathlib import Path

import pytest

from commonweal.clusters import ScanError
from commonweal.scan_files.catalogue import catalogue
from commonweal.scan_files.choices import scan_settings, study_time
from commonweal.scan_files.parameter_file import is_default, read_parameters
from commonweal.scan_files.problems import ParameterError

EVERY = list(catalogue().values())
PLAIN = """[Input]
CaseFile=a.cas
CoordinatesFile=a.geo
StartDate=2001/11/1
EndDate=2001/11/24
PrecisionCaseTimes=3
[Analysis]
AnalysisType=4
ModelType=2
TimeAggregationUnits=3
"""
OTHER_VALUES = {
    "StartDate": "2001/10/1",
    "EndDate": "2001/11/30",
    "ProspectiveStartDate": "2001/11/20",
    "IntervalStartRange": "2001/11/1,2001/11/2",
    "IntervalEndRange": "2001/11/1,2001/11/2",
    "SpatialMaxima": "1,5,10",
    "EllipseShapes": "1.5,2",
    "EllipseAngles": "4,6",
    "Version": "9.6.0",
    "MonteCarloReps": "199",
    "OutputGoogleMaps": "y",
    "LogRunToHistoryFile": "y",
    "MaxSpatialSizeInPopulationAtRisk": "10",
    "MaxSpatialSizeInMaxCirclePopulationFile": "10",
}


@pytest.fixture
def parameters(tmp_path):
    def read(content=PLAIN, **overrides):
        path = tmp_path / "some.prm"
        path.write_text(content)
        return read_parameters(path, {name.replace("__", "-"): value for name, value in overrides.items()})

    return read


def settings_of(parameters):
    return scan_settings(parameters, study_time(parameters))


def another_value(parameter):
    if parameter.name in OTHER_VALUES:
        return OTHER_VALUES[parameter.name]
    if parameter.is_switch:
        return "n" if parameter.default == "y" else "y"
    if parameter.values:
        return next(value for value in parameter.values if value != parameter.default)
    try:
        return str(float(parameter.default) + 1).removesuffix(".0")
    except ValueError:
        return "something.txt"


def switched_on(parameter):
    """The parameters without which this one does not matter, in turn."""
    needed = {}
    while parameter.needs:
        name, _, value = parameter.needs.partition("=")
        needed[name] = "something.txt" if value == "*" else value
        parameter = catalogue()[name.casefold()]
    return needed


def test_the_catalogue_holds_every_parameter_of_version_10_3():
    """155 in the published list of version 10.3, and 14 that only older versions write, beside e-mail."""
    assert sum(1 for parameter in EVERY if parameter.section != "Older versions") == 155
    assert all(parameter.use in ("honoured", "refused", "no effect", "said") for parameter in EVERY)
    assert all(parameter.instead for parameter in EVERY if parameter.use != "honoured")
    assert all(parameter.needs.partition("=")[0].casefold() in catalogue() for parameter in EVERY if parameter.needs)


@pytest.mark.parametrize("parameter", EVERY, ids=lambda parameter: parameter.name)
def test_a_value_that_is_not_the_default_is_honoured_or_refused_by_name(parameters, parameter):
    value = another_value(parameter)
    assert not is_default(parameter, value)
    given = {**switched_on(parameter), parameter.name: value}
    if parameter.use == "refused":
        with pytest.raises(ParameterError) as caught:
            parameters(**given)
        told = str(caught.value)
        assert any(name in told for name in given), told
        own = read_only_this_one(parameters, parameter, value)
        assert own is None or parameter.name in own
    else:
        try:
            read = parameters(**given)
        except ParameterError as error:
            # What it depends on may itself be refused.
            told = str(error)
            assert any(name in told for name in switched_on(parameter)), told
            return
        assert read[parameter.name] == value
        if parameter.use == "said":
            assert any(parameter.name in notice for notice in read.notices)


def read_only_this_one(parameters, parameter, value):
    """The refusal of a parameter that depends on nothing, or None."""
    if parameter.needs:
        return None
    with pytest.raises(ParameterError) as caught:
        parameters(**{parameter.name: value})
    assert parameter.instead in str(caught.value)
    return str(caught.value)


CHANGES_A_SETTING = {
    "CoordinatesType": ("0", "coordinates"),
    "AnalysisType": ("3", "analysis"),
    "ModelType": ("0", "model"),
    "ScanAreas": ("3", "rates"),
    "TimeAggregationLength": ("7", "interval_length"),
    "MaxSpatialSizeInPopulationAtRisk": ("10", "max_population_share"),
    "IncludePurelyTemporal": ("y", "include_purely_temporal"),
    "IncludePurelySpatial": ("y", "include_purely_spatial"),
    "MinimumTemporalClusterSize": ("2", "min_duration"),
    "MaxTemporalSize": ("30", "max_duration_share"),
    "MinimumCasesInHighRateClusters": ("5", "min_cases_high"),
    "MinimumCasesInLowRateClusters": ("3", "min_cases_low"),
    "AdjustForWeeklyTrends": ("y", "day_of_week_adjustment"),
    "PValueReportType": ("1", "p_value"),
    "EarlyTerminationThreshold": ("100", "sequential_cutoff"),
    "MonteCarloReps": ("9999", "replicates"),
    "ProspectiveFrequencyType": ("2", "recurrence_unit_days"),
    "CriteriaForReportingSecondaryClusters": ("5", "secondary_criterion"),
    "StartDate": ("2001/11/2", "study_period"),
    "EndDate": ("2001/11/23", "study_period"),
}


@pytest.mark.parametrize(("name", "value", "setting"), [(n, v, s) for n, (v, s) in CHANGES_A_SETTING.items()])
def test_an_honoured_parameter_changes_the_setting(parameters, name, value, setting):
    before, after = settings_of(parameters()), settings_of(parameters(**{name: value}))
    assert getattr(before, setting) != getattr(after, setting)


def test_pairs_of_parameters_change_the_setting(parameters):
    assert (
        settings_of(parameters(UseDistanceFromCenterOption="y", MaxSpatialSizeInDistanceFromCenter="3")).max_distance
        == 3
    )
    both = {"UseMaxCirclePopulationFileOption": "y", "MaxSpatialSizeInMaxCirclePopulationFile": "20"}
    assert settings_of(parameters(**both)).max_circle_population_share == pytest.approx(0.2)
    by_time = settings_of(parameters(MaxTemporalSizeInterpretation="1", MaxTemporalSize="7"))
    assert by_time.max_duration == 7
    adjusted = settings_of(parameters(AdjustForEarlierAnalyses="y", ProspectiveStartDate="2001/11/20"))
    assert adjusted.prospective_start == dt.date(2001, 11, 20)
    ellipses = settings_of(parameters(SpatialWindowShapeType="1", CoordinatesType="0", NonCompactnessPenalty="2"))
    assert (ellipses.ellipse_shapes, ellipses.ellipse_penalty) == ((1.5, 2, 3, 4, 5), 1)
    poisson = {"ModelType": "0", "AnalysisType": "3"}
    trend = settings_of(parameters(**poisson, TimeTrendAdjustmentType="2", TimeTrendPercentage="2.5"))
    assert (trend.time_adjustment, trend.annual_trend_percent) == ("fixed percentage", 2.5)
    assert settings_of(parameters(**poisson, TimeTrendAdjustmentType="4")).time_adjustment == "stratified"
    assert settings_of(parameters(**poisson, SpatialAdjustmentType="1")).spatial_adjustment == "stratified"
    spatial = {"ModelType": "0", "AnalysisType": "1"}
    gini = settings_of(parameters(**spatial, ReportGiniClusters="y", SpatialMaxima="5,10"))
    assert (gini.gini, gini.gini_shares) == (True, (0.05, 0.1))
    again = settings_of(parameters(**spatial, IterativeScan="y", IterativeScanMaxIterations="3"))
    assert (again.iterative, again.iterations) == (True, 3)


def test_weekly_analyses_are_a_52nd_of_a_year(parameters):
    assert settings_of(parameters(ProspectiveFrequencyType="2")).recurrence_unit_days == pytest.approx(365.25 / 52)


def test_what_does_not_matter_is_not_refused(parameters):
    """As in a file that a program with windows wrote: dates of a range that is not used."""
    assert parameters(IntervalStartRange="1999/1/1,1999/2/1", NumberPowerReplications="10")


def test_names_in_any_case_comments_sections_and_overrides(parameters):
    read = parameters(PLAIN.replace("ModelType", "modeltype") + ";MonteCarloReps=9\n", MonteCarloReps="99")
    assert read["ModelType"] == "2"
    assert read["monteCARLOreps"] == "99"
    assert read["PValueReportType"] == "0"


def test_an_older_file_is_accepted(parameters):
    old = PLAIN + "[Spatial Output]\nLaunchKMLViewer=y\n[Run Options]\nLogRunToHistoryFile=y\n[System]\nVersion=9.2.0\n"
    read = parameters(old)
    assert any("LogRunToHistoryFile" in notice for notice in read.notices)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("nonsense", r"line 11: 'nonsense' is not a parameter"),
        ("MonteCarloRep=9", r"line 11: MonteCarloRep: There is no such parameter. Is it MonteCarloReps\?"),
        ("ModelType=5", "line 11: ModelType stands twice, as '2' \\(line 9\\) and as '5'"),
        ("CaseFile2=b.cas", "CaseFile2: Several data sets are not supported"),
        ("Polygon1=0,0", "continuous Poisson"),
        ("CaseFile-SourceType=1", "CaseFile-SourceType: dBase files are not read. Save the data as CSV"),
        ("CaseFile-SourceSkip=few", None),
        ("UseGridFile=perhaps", "UseGridFile: 'perhaps' is neither y nor n"),
        ("ScanAreas=9", "ScanAreas: 9 is not supported. Choose one of 1, 2, 3"),
    ],
)
def test_a_bad_parameter_file_says_line_name_and_rule(parameters, line, told):
    if told is None:
        with pytest.raises(ParameterError, match="CaseFile-SourceSkip: 'few' is not a whole number"):
            parameters(PLAIN + line).layout("CaseFile")
        return
    with pytest.raises(ParameterError, match=told):
        parameters(PLAIN + line)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"StartDate": "soon"}, "StartDate: 'soon' is not a date"),
        ({"StartDate": "2002/1/1"}, "EndDate: The study period ends"),
        ({"MonteCarloReps": "1000"}, "MonteCarloReps: 1000 is not 0, 9, 19"),
        ({"MonteCarloReps": "many"}, "MonteCarloReps: 'many' is not a number"),
        ({"MaxSpatialSizeInPopulationAtRisk": "60"}, "not above 0 and at most 50 percent"),
        ({"MaxTemporalSize": "95"}, "not above 0 and at most 90 percent"),
        ({"PrecisionCaseTimes": "0"}, "Only a purely spatial analysis can do without dates"),
        (
            {"PrecisionCaseTimes": "2", "EndDate": "2001/11/30"},
            "Time cannot be cut into days where the cases are dated by month",
        ),
        ({"PrecisionCaseTimes": "2"}, "EndDate: 2001-11-24 is not the last day of a month"),
        ({"PrecisionCaseTimes": "1"}, "StartDate: 2001-11-01 is not the first day of a year"),
        ({"EllipseShapes": "long", "SpatialWindowShapeType": "1"}, "EllipseShapes: 'long' is not numbers"),
    ],
)
def test_values_that_cannot_be(parameters, given, told):
    with pytest.raises(ParameterError, match=told):
        settings_of(parameters(**given))


def test_choices_that_do_not_go_together(parameters):
    with pytest.raises(ScanError, match="permutation model"):
        settings_of(parameters(AnalysisType="1"))


def test_paths_start_from_the_folder_of_the_parameter_file_with_either_slash(parameters, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/b.cas").write_text("A 1\n")
    assert parameters(CaseFile="data\\b.cas").path("CaseFile") == tmp_path / "data/b.cas"
    assert parameters(CaseFile="b.cas").path("CaseFile") == tmp_path / "b.cas"
    assert parameters(CaseFile="").path("CaseFile") is None


def test_how_a_data_file_is_written(parameters):
    read = parameters(
        PLAIN + "CaseFile-SourceType=0\nCaseFile-SourceFieldMap=2,oneCount,1\nCaseFile-SourceDelimiter=,\n"
        'CaseFile-SourceGrouper="\nCaseFile-SourceSkip=1\nCaseFile-SourceFirstRowHeader=y\n'
        'CoordinatesFile-SourceDelimiter=" "\n'
    )
    layout = read.layout("CaseFile")
    assert (layout.delimiter, layout.quote, layout.skip, layout.header) == (",", '"', 1, True)
    assert layout.columns == ("2", "oneCount", "1")
    assert read.layout("CoordinatesFile").delimiter is None


def test_the_guide_names_every_parameter_that_is_refused_by_itself():
    page = (Path(__file__).resolve().parents[2] / "docs/user/cluster-scan.md").read_text(encoding="utf-8")
    refused = [p.name for p in EVERY if p.use == "refused" and not p.needs and p.section != "Older versions"]
    assert [name for name in refused if f"`{name}`" not in page] == []
    named = set(re.findall(r"`([A-Z][A-Za-z]+[a-z][A-Z]\w+)`", page))
    assert {name for name in named if name.casefold() not in catalogue()} == {"CaseFile2"}
