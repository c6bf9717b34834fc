from enum import StrEnum


class Permission(StrEnum):
    """What a person may do."""

    VIEW_BENCHMARKS = "view_benchmarks"
    VIEW_DATA = "view_data"
    ASK_FOR_HELP = "ask_for_help"
    LOAD_DATA = "load_data"
    MANAGE_PEOPLE = "manage_people"
