"""Whose wrong passwords are counted."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def email_of(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """The e-mail address somebody tries to sign in with."""
    given = (credentials or {}).get("email") or (credentials or {}).get("username")
    if not given and request is not None:
        given = request.POST.get("login", "")
    return str(given or "").strip().lower()
