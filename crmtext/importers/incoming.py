"""Rows and customers as the files describe them, before they are compared with the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.importers.mapping import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.importers.findings import RowRef
    from crmtext.importers.mapping import Default
    from crmtext.importers.sheet import Cell


NO_CELLS: Mapping[str, Cell] = MappingProxyType({})


class RowData(NamedTuple):
    """A row as values of fields."""

    at: RowRef
    #: The object of its table.
    object: str
    #: By field of the mapping. A field that holds a list has a list; a cell that names several people has a list of
    #: their names. Columns of the same field follow each other in the list. Fields of a repeated group or sub-form
    #: have the group before them: `2|contacts.name`.
    values: Mapping[str, Any]
    #: The row's id in the source; empty if it has none.
    id: str = ""
    #: The ways to its customer: pairs of `id`, `name`, `phone`, `email` or `domain` and the value, best first.
    of: tuple[tuple[str, str], ...] = ()
    #: The column that each field was read from.
    columns: Mapping[str, str] = NOTHING
    #: The fields whose cells are just `-`: a value that the source wrote goes.
    cleared: tuple[str, ...] = ()
    #: The cells of columns that defaults name, by column, whether the columns are imported or not.
    named: Mapping[str, Cell] = NO_CELLS


@dataclass(slots=True)
class Incoming:
    """A customer that the files describe."""

    #: The record's data without `id`, as the schema wants it.
    data: dict[str, Any]
    #: Its rows; the first one names it.
    rows: list[RowRef]
    #: The customer's id in the source; empty if it has none.
    source_id: str = ""
    #: Our own id, if the file has it in the form of an id.
    own_id: str = ""
    #: The day on which the source created it, `YYYY-MM-DD`; empty if unknown.
    created: str = ""
    #: Column by field, for messages.
    columns: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    #: The reason why it can't come in, such as a missing name; empty if nothing does.
    wrong: str = ""
    #: If the files only refer to the customer: its names, as in `RowData.of`. It must be in the store, and `data`
    #: holds only what the files add to it: interactions without `by` are its owner's.
    of: tuple[tuple[str, str], ...] = ()
    #: The fields whose values aren't in the files, by path: defaults and assumptions for new customers only.
    assumed: frozenset[str] = frozenset()
    #: The defaults that filled something.
    defaults: frozenset[Default] = frozenset()
    #: The fields whose cells are just `-`, each with the name or id of the row's own entry.
    cleared: tuple[tuple[str, str], ...] = ()
    #: How many rows describe the customer itself, and whether they differ.
    own_rows: int = 1
    varies: bool = False
    #: The row that it begins with: `rows` may begin with one of its deals.
    first: RowRef | None = None
    #: The rows of fields that come from another row.
    origins: Mapping[str, RowRef] = field(default_factory=dict)
    #: By field: values of further rows, which don't count.
    otherwise: Mapping[str, list[Any]] = field(default_factory=dict)
