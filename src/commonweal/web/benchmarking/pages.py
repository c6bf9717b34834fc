"""Finished pages kept until the common data-set changes.

What a page shows depends only on its address and the version of the store, so the body is rendered once and kept.
Anything that depends on the person (their name, what they may do) is outside the body.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from commonweal.web.benchmarking.query import choices
from commonweal.web.workspace import current

KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Body:
    """The title of a page and its rendered body."""

    title: str
    html: str


def page(request: HttpRequest, template: str, build: Callable[[], dict[str, Any]]) -> HttpResponse:
    """The page at this address; `build` gives the context of `template`, with `title`, when it must be rendered."""
    workspace = current()
    address = urlencode(choices(request))
    named = f"{workspace.path}|{workspace.store.version}|{request.path}|{address}"
    key = "page:" + hashlib.sha256(named.encode()).hexdigest()
    body = cache.get(key)
    if body is None:
        context = build()
        body = Body(context["title"], render_to_string(template, context))
        cache.set(key, body, KEPT_SECONDS)
    return render(request, "benchmarking/page.html", {"body": body})
