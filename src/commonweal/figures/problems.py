"""Errors of figures."""

from commonweal.errors import CommonwealError


class FigureError(CommonwealError):
    """A figure cannot be drawn from what was given."""
