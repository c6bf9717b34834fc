"""The files of cluster scans: data and parameters as the field's scan programs write them, reports and tables out."""

from commonweal.scan_files.parameter_scan import scan_parameter_file
from commonweal.scan_files.problems import ParameterError, ScanFileError

__all__ = ["ParameterError", "ScanFileError", "scan_parameter_file"]
