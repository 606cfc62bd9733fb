"""A mapping: which column of a system's sheets goes to which field, as profiles and saved mappings say it.

Names of fields in a mapping are paths of the schema without positions: `name`, `phones`, `contacts.title`,
`opportunities.amount`, `interactions.next.due`, `custom.region`. `addresses[office].city` is the address of that kind.
A few names that begin with `@` say what a column is for when no field holds it (`SPECIAL`).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmtext.importers.sheet import Row, Sheet

NOTHING: Mapping[str, str] = MappingProxyType({})

#: The name of a source without a mapping: of the hash of its headers.
SHEET_SOURCE = lazy.pattern(r"sheet-[0-9a-f]{6}")
#: The kinds of rows that a sheet may list.
OBJECTS = (
    "customers", "contacts", "leads", "opportunities", "interactions", "tasks", "transactions", "cases", "needs",
    "feedback", "users",
)  # fmt: skip

#: Uses of a column besides fields.
SPECIAL: Mapping[str, str] = MappingProxyType(
    {
        "@created": "the day on which the source created the row",
        "@first_name": "given name",
        "@middle_name": "middle name",
        "@last_name": "family name",
        "@full_name": "whole name, if the parts are empty",
        "@done": "whether an activity is done: its status, a yes or a day",
        "@due": "the due day of a task, or the day of an activity",
        "@closed": "the day on which a deal or case was closed",
        "@won": "the deal's outcome: won, lost or open",
        "@text": "the text of an activity: its first line is the summary, the rest the details",
        "@email": "a user's e-mail address, in a sheet of users",
        "@handle": "a user's name, in a sheet of users",
        "@deleted": "whether the source has deleted the row",
    }
)


class Join(NamedTuple):
    """How rows of a sheet find their customer: the value of a column is its id, name, phone, email or domain."""

    column: str
    by: str


class Default(NamedTuple):
    """A value for an empty field of new customers, or of the entries of a list."""

    #: The path of the field.
    field: str
    #: As typed; `@COLUMN` takes the value of a column.
    typed: str
    #: The path of the saved mapping; empty if the default is an option of the command.
    origin: str = ""

    @property
    def column(self) -> str:
        """The column whose value it takes; empty for a fixed value."""
        return self.typed[1:].strip("'\"") if self.typed.startswith("@") else ""


class Column(NamedTuple):
    """A column of a table and its field."""

    #: Position in the row, from 0.
    position: int
    #: The header; the second column of a name ends in ` (2)`, a two-row header is `parent/child`.
    name: str
    #: A path or special name; empty if the column is not imported.
    field: str
    #: `option`, `saved`, `profile`, `label`, `synonym`, `custom` or `dropped`.
    how: str
    #: The meaning of the column's values, besides the schema's labels and synonyms.
    values: Mapping[str, str] = NOTHING
    #: The sub-form of a two-row header, or the number of a repeated group; empty if there is none.
    group: str = ""


class LeftOut(NamedTuple):
    """A row that is not imported, and why: `total`, `footer`, or a column with its value, `IsConverted=TRUE`."""

    row: int
    why: str


class Table(NamedTuple):
    """A sheet with its header found and its columns mapped."""

    #: The index of the sheet in the plan's list of files.
    file: int
    sheet: Sheet
    #: One of `OBJECTS`.
    object: str
    header_row: int
    #: In the order of the header, but those of one field in the order of the mapping: the first one counts.
    columns: tuple[Column, ...]
    #: The rows of data.
    rows: Sequence[Row]
    left_out: tuple[LeftOut, ...] = ()
    #: The column with the row's id in the source; empty if there is none.
    id: str = ""
    #: Ways to find the row's customer, in order.
    joins: tuple[Join, ...] = ()
    #: Values by column that leave a row out.
    leave_out: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    #: The meaning of values, by field, besides the columns' own.
    values: Mapping[str, Mapping[str, str]] = MappingProxyType({})
    #: How many columns the header has, and where the data begins in the sheet's rows.
    width: int = 0
    start: int = 0


class Understanding(NamedTuple):
    """The tables of an import and what holds for all of them."""

    #: The name of the source in `external_ids` and in the commit's trailer.
    source: str
    #: The profile or saved mapping; None if the schema's names were enough.
    profile: str | None
    tables: tuple[Table, ...]
    #: Sheets that hold no customers, with the reason: (file, sheet, why).
    ignored: tuple[tuple[str, str, str], ...] = ()
    #: Names in the source with the handles they mean.
    people: Mapping[str, str] = NOTHING
    #: By field: columns first, the first one with a value counts.
    defaults: Mapping[str, tuple[Default, ...]] = MappingProxyType({})
    #: The source's time zone; empty for the store's.
    timezone: str = ""
    #: Whether the source writes the day before the month; None if unknown.
    day_first: bool | None = None
    #: The source's name before a mapping was saved; empty if it never had another one.
    former: str = ""
    #: Whether the files hold all that the source has, so that what they lack is gone from it.
    is_whole: bool = True
