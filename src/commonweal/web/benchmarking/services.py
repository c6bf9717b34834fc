"""What benchmarking changes: requests for help."""

from __future__ import annotations

from typing import Any

from commonweal.web.benchmarking.models import HelpRequest


def ask_for_help(
    *, indicator: str, from_area: str, to_area: str, message: str, finding: str, data_version: int, asked_by: Any
) -> HelpRequest:
    """Record that one area asks another for help, with the finding that led to it.

    Raises:
        ValidationError: the area asks itself, or the same request is already open.
    """
    request = HelpRequest(
        indicator=indicator,
        from_area=from_area,
        to_area=to_area,
        message=message,
        finding=finding,
        data_version=data_version,
        asked_by=asked_by,
    )
    request.full_clean()
    request.save()
    return request


def withdraw(request: HelpRequest) -> None:
    """Take back a request for help; the record stays."""
    request.status = HelpRequest.Status.WITHDRAWN
    request.save(update_fields=["status"])
