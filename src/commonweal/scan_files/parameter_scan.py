"""A scan as a parameter file describes it, from Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from commonweal.clusters import ScanResult
from commonweal.scan_files.choices import scan_settings, study_time
from commonweal.scan_files.inputs import read_input
from commonweal.scan_files.parameter_file import read_parameters


def scan_parameter_file(
    path: Path | str,
    overrides: Mapping[str, str] | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
    threads: int | None = None,
) -> ScanResult:
    """Scan the data that a parameter file names, as it says; nothing is written.

    Args:
        overrides: parameters by name that take the place of those in the file.
        progress: told how many replicates are done, and of how many.

    Raises:
        ParameterError: a parameter is unknown, or asks for what Commonweal does not do.
        ScanFileError: a data file is absent or breaks a rule.
        ScanError: the data and the settings do not go together.
    """
    parameters = read_parameters(Path(path), overrides)
    time = study_time(parameters)
    settings = scan_settings(parameters, time)
    return read_input(parameters, time).scan(settings, progress=progress, threads=threads)
