"""Documents: spreadsheets and slides."""

from commonweal.documents.slide import slide
from commonweal.documents.workbook import workbook

__all__ = ["slide", "workbook"]
