"""The errors of cluster detection that a person can put right."""

from __future__ import annotations

from commonweal.errors import CommonwealError


class ScanError(CommonwealError):
    """The data or the settings of a scan break a rule."""
