"""What a page says while no figures are held: what to do first."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from commonweal.web.benchmarking.boards import board
from commonweal.web.benchmarking.pages import page
from commonweal.web.workspace import current

View = Callable[..., HttpResponse]


def needs_figures(view: View) -> View:
    """Show the first steps instead of a page that has no figures of the collaborative's areas to show.

    Raises:
        Http404: a download was asked for.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not board().latest_periods.is_empty():
            return view(request, *args, **kwargs)
        if "kind" in kwargs:
            raise Http404("No figures are held yet, so there is nothing to download.")
        collaborative = current().collaborative
        context = {"title": "Nothing to compare yet", "collaborative": collaborative}
        return page(request, "benchmarking/first_steps.html", lambda: context)

    return guarded
