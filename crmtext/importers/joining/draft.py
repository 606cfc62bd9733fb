"""A customer while the rows of the files are joined."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from crmtext.importers.joining.ids import comparable
from crmtext.importers.joining.shape import is_empty
from crmtext.importers.mapping import NOTHING
from crmtext.values import phones
from crmtext.values.folding import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmtext.importers.findings import RowRef
    from crmtext.importers.mapping import Default
    from crmtext.importers.sheet import Cell

#: Called for a value that differs from the one there, with the path, the value there, and the other one.
Differs: TypeAlias = "Callable[[str, Any, Any], None]"


#: The identity of an entry of a list: its ids or name, or the hash of the whole entry.
_Key: TypeAlias = "tuple[str, ...] | int"


class Step(NamedTuple):
    """A next step that has no interaction yet."""

    #: As in the schema: `action`, `due`, `by`.
    next: dict[str, Any]
    #: The day on which it was written down; empty if unknown.
    created: str
    by: str
    at: RowRef
    contact: str = ""
    #: Its further words, for the details of its interaction: a day such as 下周.
    words: str = ""


@dataclass(slots=True, eq=False)
class Draft:
    """A customer in the making."""

    name: str
    rows: list[RowRef]
    source_id: str = ""
    own_id: str = ""
    created: str = ""
    #: Its names or ids in the store, if no row describes the customer itself.
    of: tuple[tuple[str, str], ...] = ()
    #: Whether it is a record of our own export as it was: with it, empty lists and maps stay, too.
    whole: bool = False
    #: Whether rows of contacts or leads describe it, and none of customers.
    grown: bool = False
    data: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    #: Lines for its notes.
    lines: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    #: Interactions without a date, with their rows.
    undated: list[tuple[dict[str, Any], RowRef]] = field(default_factory=list)
    #: Column by field; the rows of a sheet share theirs.
    columns: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    #: The cells of columns that defaults name.
    named: Mapping[str, Cell] = field(default_factory=dict)
    #: The fields with a default or an assumption.
    assumed: frozenset[str] = frozenset()
    #: The defaults that filled something.
    defaults: frozenset[Default] = frozenset()
    #: The row of each value that doesn't come from the first row.
    origins: dict[str, RowRef] = field(default_factory=dict)
    #: By field: values of further rows, which don't count.
    otherwise: dict[str, list[Any]] = field(default_factory=dict)
    #: How many rows describe the customer itself, and whether they differ.
    own_rows: int = 0
    varies: bool = False
    #: Entries by list and by what identifies them, for lists of more than one.
    _known: dict[str, dict[_Key, list[dict[str, Any]]]] = field(default_factory=dict)

    def use(self, default: Default) -> None:
        """Note that a default filled something."""
        if default not in self.defaults:
            self.defaults |= {default}

    def add_row(self, at: RowRef) -> None:
        """Count a row as one of this customer."""
        if at not in self.rows[-1:]:
            self.rows.append(at)

    def assume(self, path: str) -> None:
        """Note that the value of a field isn't in the files."""
        self.assumed |= {path}

    def add_columns(self, columns: Mapping[str, str]) -> None:
        """Take the columns of a row; those of earlier rows count."""
        if not columns.keys() <= self.columns.keys():
            self.columns = {**columns, **self.columns} if self.columns else columns

    def add_named(self, named: Mapping[str, Cell]) -> None:
        """Take the cells of columns that defaults name; those of earlier rows count, unless they are empty."""
        if named:
            self.named = {**named, **{column: cell for column, cell in self.named.items() if not is_empty(cell)}}

    def fill(self, data: dict[str, Any], at: RowRef, differs: Differs) -> None:
        """Take the values of a row that are missing here."""
        before = len(self.data)

        fill(self.data, data, self._noting(differs))
        if len(self.data) > before and at != self.rows[0]:
            for key in data:
                self.origins.setdefault(key, at)

    def add(self, name: str, item: dict[str, Any], differs: Differs) -> dict[str, Any]:
        """Add an entry to a list, or what it adds to the one with its id; an equal one isn't added again."""
        for have in self._same(name, item, _key):
            fill(have, item, self._noting(differs, name, have), name)
            return have
        return self._append(name, item)

    def add_contact(self, item: dict[str, Any], differs: Differs) -> dict[str, Any]:
        """Add a contact, or what it adds to the same person."""
        ids = item.get("external_ids")
        if ids and (same := self._same("contacts", item, _key)):
            fill(same[0], item, self._noting(differs, "contacts", same[0]), "contacts")
            return same[0]
        for have in self._same("contacts", item, _name_of):
            if not (ids and have.get("external_ids")) and _may_be_same(have, item):
                fill(have, item, self._noting(differs, "contacts", have), "contacts")
                if ids:
                    self._known["contacts"].setdefault(_key("contacts", have), []).append(have)
                return have
        return self._append("contacts", item)

    def _noting(self, differs: Differs, name: str = "", item: Mapping[str, Any] = NOTHING) -> Differs:
        """Return what reports a value that differs, and keeps it by its field, such as `contacts[张三].title`."""
        label = f"{name}[{item.get('name') or item.get('title') or ''}]"

        def note(path: str, have: Any, other: Any) -> None:
            self.otherwise.setdefault(path.replace(name, label, 1) if name else path, []).append(other)
            differs(path, have, other)

        return note

    def _same(
        self, name: str, item: dict[str, Any], key: Callable[[str, dict[str, Any]], _Key]
    ) -> list[dict[str, Any]]:
        """The entries of a list with the key of this one."""
        if name not in self.lists:
            return []
        if name not in self._known:
            self._known[name] = {}
            for have in self.lists[name]:
                self._know(name, have)
        return self._known[name].get(key(name, item), [])

    def _append(self, name: str, item: dict[str, Any]) -> dict[str, Any]:
        self.lists.setdefault(name, []).append(item)
        if name in self._known:
            self._know(name, item)
        return item

    def _know(self, name: str, item: dict[str, Any]) -> None:
        for key in (_key, _name_of) if name == "contacts" else (_key,):
            self._known[name].setdefault(key(name, item), []).append(item)


def fill(have: dict[str, Any], more: dict[str, Any], differs: Differs, path: str = "") -> None:
    """Take the values that are missing; lists are united, a text for `custom` becomes a list of both."""
    for key, value in more.items():
        at = f"{path}.{key}" if path else key
        if is_empty(value):
            continue
        if is_empty(have.get(key)):
            have[key] = value
        elif isinstance(value, dict) and isinstance(have[key], dict):
            fill(have[key], value, differs, at)
        elif isinstance(have[key], list) or path == "custom":
            own = have[key] if isinstance(have[key], list) else [have[key]]
            new = [one for one in (value if isinstance(value, list) else [value]) if one not in own]
            have[key] = [*own, *new] if new else have[key]
        elif key == "notes":
            have[key] = value if have[key] in value else have[key] if value in have[key] else f"{have[key]}\n{value}"
        elif have[key] != value:
            differs(at, have[key], value)


def reached(item: dict[str, Any]) -> set[str]:
    """Return the phones and e-mail addresses of a person, in a form for comparison."""
    numbers = {phones.split(str(number))[0] for number in item.get("phones", ())}
    return numbers | {str(email).casefold() for email in item.get("emails", ())}


def _may_be_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    here, there = reached(one), reached(other)
    return not here or not there or bool(here & there)


def _key(name: str, item: dict[str, Any]) -> _Key:
    """The identity of an entry: its ids in other systems, else all of it."""
    if ids := item.get("external_ids"):
        return (name, "id", *(comparable(str(id_)) for id_ in ids.values()))
    # The text would take more memory than the entry itself.
    return hash((name, *sorted((key, repr(value)) for key, value in item.items())))


def _name_of(_list: str, item: dict[str, Any]) -> _Key:
    return ("name", folded(str(item["name"])))
