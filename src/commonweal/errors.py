"""The one root of every error a user of Commonweal can cause and put right."""


class CommonwealError(Exception):
    """An error in words for a non-programmer: it says what is wrong, where, and the rule it breaks."""
