"""Errors in the files that describe places."""

from commonweal.errors import CommonwealError


class PlacesError(CommonwealError):
    """A file of areas, a collaborative, boundaries or neighbours is wrong: names file, row or key, and rule."""
