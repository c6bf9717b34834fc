"""Roles: plain classes. A person's permissions are those of all their roles together."""

from __future__ import annotations

from commonweal.web.authorization.permissions import Permission


class Role:
    """One role; subclasses are the roles there are."""

    display_name: str
    description: str
    permissions: frozenset[Permission]
    everywhere = False
    """Whether the role is always one for every area."""


class PublicReader(Role):
    display_name = "Public reader"
    description = "Reads the public pages, as anyone can where they are switched on."
    permissions = frozenset({Permission.VIEW_BENCHMARKS, Permission.VIEW_DATA})
    everywhere = True


class Analyst(Role):
    display_name = "Analyst"
    description = "Loads data, and asks other areas for help on behalf of their own."
    permissions = PublicReader.permissions | {Permission.LOAD_DATA, Permission.ASK_FOR_HELP}


class ProgrammeLead(Role):
    display_name = "Programme lead"
    description = "Leads a programme: asks other areas for help on behalf of their own."
    permissions = PublicReader.permissions | {Permission.ASK_FOR_HELP}


class Administrator(Role):
    display_name = "Administrator"
    description = "Gives people their roles, and may do everything the others may."
    permissions = frozenset(Permission)
    everywhere = True


ROLES: dict[str, type[Role]] = {role.__name__: role for role in (PublicReader, Analyst, ProgrammeLead, Administrator)}
