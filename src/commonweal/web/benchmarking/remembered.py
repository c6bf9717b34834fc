"""The comparison a person last chose, kept for their session.

The choice is put into addresses, never into pages: a page's body is kept by its address alone (decision 0004). It is
added only where the person walks on within the site, so that an address from a mail shows what its sender saw.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from commonweal.benchmarking import METHODS
from commonweal.web.benchmarking.boards import benchmark_choices
from commonweal.web.benchmarking.query import choices
from commonweal.web.workspace import current

View = Callable[..., HttpResponse]
SUBMITTED = "chosen"
"""The form that offers a comparison sends this, which tells a person's choice from a link they followed."""
KEPT_AS = "comparison"


def remembers_comparison(view: View) -> View:
    """Keep a comparison chosen in a form of the page, and bring it back on later pages."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = choices(request)
        if SUBMITTED in request.GET:
            _keep(request, chosen)
            return redirect(_address(request, chosen))
        if _walked_here(request):
            missing = {name: value for name, value in _kept(request).items() if name not in chosen}
            if missing:
                return redirect(_address(request, chosen | missing))
        return view(request, *args, **kwargs)

    return guarded


def _address(request: HttpRequest, chosen: dict[str, str]) -> str:
    return f"{request.path}?{urlencode(chosen)}" if chosen else request.path


def _walked_here(request: HttpRequest) -> bool:
    """The request comes from a page of this site."""
    before = urlsplit(request.META.get("HTTP_REFERER", ""))
    return before.netloc == request.get_host() and not before.path.startswith("/account/")


def _keep(request: HttpRequest, chosen: dict[str, str]) -> None:
    """Remember what is not the default; forget it when the default is chosen again."""
    kept = dict(request.session.get(KEPT_AS, {}))
    for name, default in (("method", "indicator"), ("against", current().collaborative.benchmark)):
        if name not in chosen:
            continue
        if chosen[name] == default:
            kept.pop(name, None)
        else:
            kept[name] = chosen[name]
    if kept != request.session.get(KEPT_AS, {}):
        request.session[KEPT_AS] = kept


def _kept(request: HttpRequest) -> dict[str, str]:
    """What was remembered and can still be chosen."""
    kept = request.session.get(KEPT_AS, {})
    if not kept:
        return {}
    offered = {"method": METHODS, "against": benchmark_choices(current())}
    return {name: value for name, value in kept.items() if value in offered.get(name, {})}
