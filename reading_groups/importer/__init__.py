"""Reading lists from files: `files` and `rows` read them without a database, `actions` writes them, `report` tells."""

from reading_groups.importer.actions import CannotImport, import_reading_list
from reading_groups.importer.files import read_file
from reading_groups.importer.report import Entry, Outcome, Report
from reading_groups.importer.rows import NotAReadingList, ReadingList, parse, parse_content

__all__ = [
    "CannotImport",
    "Entry",
    "NotAReadingList",
    "Outcome",
    "ReadingList",
    "Report",
    "import_reading_list",
    "parse",
    "parse_content",
    "read_file",
]
