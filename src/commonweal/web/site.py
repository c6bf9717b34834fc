"""What every page shows around its content."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from commonweal.web.authorization import Permission, permissions_of
from commonweal.web.workspace import current


def site(request: HttpRequest) -> dict[str, Any]:
    """Collaborative, navigation and what the person may do; for templates."""
    collaborative = current().collaborative
    held = permissions_of(getattr(request, "user", None))
    return {
        "collaborative": collaborative,
        "demonstration": settings.DEMONSTRATION or collaborative.demonstration,
        "permissions": {permission.value for permission in held},
        "navigation": _navigation(request, held),
        "program_version": settings.VERSION,
    }


def _navigation(request: HttpRequest, held: frozenset[Permission]) -> list[tuple[str, str, bool]]:
    rooms = [
        ("Benchmarks", reverse("benchmarking:overview"), Permission.VIEW_BENCHMARKS),
        ("Learn from", reverse("benchmarking:learn"), Permission.VIEW_BENCHMARKS),
        ("Requests for help", reverse("benchmarking:asks"), Permission.ASK_FOR_HELP),
        ("Data", reverse("datasets:status"), Permission.VIEW_DATA),
        ("People", reverse("accounts:people"), Permission.MANAGE_PEOPLE),
    ]
    shown = [(label, address) for label, address, needed in rooms if needed in held]
    # The deepest address that the page lies under is where we are.
    under = [address for _, address in shown if request.path.startswith(address)]
    here = max(under, key=len, default="")
    return [(label, address, address == here) for label, address in shown]
