"""Who may do what, and pages that ask first."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from commonweal.datasets.workspace import WorkspaceError
from commonweal.web.authorization.permissions import Permission
from commonweal.web.authorization.roles import ROLES, PublicReader
from commonweal.web.workspace import current

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


def permissions_of(user: Any) -> frozenset[Permission]:
    """Everything a person may do: the public's rights where public pages are on, and those of their roles."""
    held: set[Permission] = set()
    if _has_public_pages():
        held |= PublicReader.permissions
    if user is not None and user.is_authenticated and user.is_active:
        for membership in user.memberships.all():
            held |= ROLES[membership.role].permissions
    return frozenset(held)


def _has_public_pages() -> bool:
    """As the settings say; not where they cannot be read, so that a slip of the pen opens nothing."""
    try:
        return current().settings.public_pages
    except WorkspaceError as error:
        logger.error("%s", error)
        return False


def areas_of(user: Any, permission: Permission, among: Iterable[str]) -> list[str]:
    """Those of the areas for which a person has the permission: all, or those of their memberships."""
    if user is None or not user.is_authenticated or not user.is_active:
        return []
    having = [m for m in user.memberships.all() if permission in ROLES[m.role].permissions]
    if any(ROLES[membership.role].everywhere or not membership.area_code for membership in having):
        return list(among)
    own = {membership.area_code for membership in having}
    return [code for code in among if code in own]


def requires(permission: Permission) -> Callable[[View], View]:
    """A view that only people with the permission reach; others sign in, or are told who may.

    Raises:
        PermissionDenied: someone signed in lacks the permission; the message says which roles have it.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if permission in permissions_of(request.user):
                return view(request, *args, **kwargs)
            if not request.user.is_authenticated:
                from django.contrib.auth.views import redirect_to_login  # needs the apps to be ready

                return redirect_to_login(request.get_full_path())
            able = [role.display_name for role in ROLES.values() if permission in role.permissions]
            raise PermissionDenied(f"This page is for people with the role {' or '.join(able)}.")

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate
