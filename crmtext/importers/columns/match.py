"""The field of each column: typed options first, then saved mapping, profile and the schema's names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crmtext.importers.columns import fields
from crmtext.importers.columns.headers import norm, numbered
from crmtext.importers.columns.names import Names, sensitive, words
from crmtext.importers.mapping import NOTHING, Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmtext.importers.columns.mapping_file import SheetMapping, Target
    from crmtext.importers.columns.names import Meaning

_SUFFIX = re.compile(r"(.+) \((\d{1,3})\)")
_COUNTED = re.compile(r"(\D*?)[\s_-]*([0-9一二三四五六七八九]{1,2})[\s_-]*(\D*)")
_DIGITS = {sign: str(number) for number, sign in enumerate("一二三四五六七八九", 1)}
#: Names of a person's own phone, and of a company's: the others belong to the name left of them.
_PERSONAL, _COMPANY = words("personal"), words("of_company")
#: Lists of a record whose entries have fields of their own.
_LISTS = ("contacts", "opportunities", "interactions", "transactions", "needs", "cases", "feedback", "addresses")


@dataclass
class Matcher:
    """Maps the columns of one sheet."""

    names: Names
    kind: str
    saved: SheetMapping | None = None
    profile: SheetMapping | None = None
    #: Typed fields and dropped columns, by the column's normal name.
    maps: Mapping[str, str] = field(default_factory=dict)
    drops: frozenset[str] = frozenset()
    #: Names that fit several fields: column and the fields.
    unclear: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: Columns that no field holds and whose names can't be own fields.
    unnameable: list[str] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)

    def columns(self, headers: Sequence[str], groups: Sequence[str]) -> tuple[Column, ...]:
        """Return the columns of a sheet with their fields."""
        layers = (("saved", self.saved), ("profile", self.profile))
        self._layers = [(how, _by_name(sheet)) for how, sheet in layers if sheet]
        self._people = {
            number
            for header in headers
            for number, base in [_counted(header)]
            if number and self._fields(base)[:1] == ("contacts.name",)
        }
        self._contact_at = next((at for at, header in enumerate(headers) if self._names_contact(header)), None)
        mapped = {at: self._mapped(at, header, groups[at]) for at, header in enumerate(headers) if header}
        self._taken = {column.field for column in mapped.values() if column and column.field}
        columns = [mapped[at] or self._by_schema(at, header, groups[at]) for at, header in enumerate(headers) if header]
        return self._in_order(columns)

    def _in_order(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        """Columns as in the file, but those of one field in the order of the mapping: the first one counts."""
        first: dict[str, int] = {}
        for column in columns:
            first.setdefault(column.field, column.position)
        ranks = {how: {name: rank for rank, name in enumerate(targets)} for how, targets in self._layers}

        def place(column: Column) -> tuple[int, int, int]:
            if not column.field or column.how not in ranks:
                return (first[column.field] if column.field else column.position), 0, column.position
            rank = ranks[column.how]
            name = next((one for one in (norm(column.name), numbered(column.name)) if one in rank), "")
            return first[column.field], rank.get(name, len(rank)), column.position

        return tuple(sorted(columns, key=place))

    def _mapped(self, at: int, header: str, group: str) -> Column | None:
        """A column that an option, the saved mapping or the profile names."""
        name = norm(header)
        if name in self.drops:
            return Column(at, header, "", "dropped")
        if name in self.maps:
            return Column(at, header, self.maps[name], "option", group=self._group(at, header, group, self.maps[name]))
        for how, targets in self._layers:
            target = targets.get(name) or targets.get(numbered(header))
            if target is None and (suffix := _SUFFIX.fullmatch(header)):
                target = targets.get(norm(suffix[1]))
                target = target if target and self._holds_many(target.to) else None
            if target is not None:
                to = self._kept_private(name, target.to)
                own = self._group(at, header, group, to) if how == "saved" else group
                return Column(at, header, to, how if to else "dropped", target.values, own)
        return None

    def _group(self, at: int, header: str, group: str, to: str) -> str:
        """The sub-form of a column whose field is given, or the number of its person."""
        if group or not to.startswith("contacts."):
            return group
        return self._meanings(at, header, "")[1]

    def _kept_private(self, name: str, to: str) -> str:
        """A column for what will be sealed never becomes an own field."""
        return sensitive(name) or to if to.startswith("custom.") else to

    def _by_schema(self, at: int, header: str, group: str) -> Column:
        """A column by the names of the schema, else a field of the team's own."""
        if secret := sensitive(norm(header.rpartition("/")[2] if group else header)):
            return Column(at, header, secret, "label")
        if path := fields.labelled(self.names, header.rpartition("/")[2] if group else header, self._list(group)):
            return Column(at, header, path, "label", NOTHING, group)
        meanings, number = self._meanings(at, header, group)
        many = bool(number or group)
        free = [one for one in meanings if many or one.field not in self._taken or self._holds_many(one.field)]
        if len(free) > 1:
            self.unclear[header] = tuple(meaning.field for meaning in free)
        if free:
            if free[0].field == "@row":
                return Column(at, header, "", "dropped")
            self._taken.add(free[0].field)
            return Column(at, header, free[0].field, free[0].how, NOTHING, group or number)
        return self._own(at, header)

    def _own(self, at: int, header: str) -> Column:
        if self.kind not in ("customers", "leads"):
            return Column(at, header, "", "dropped")
        if not fields.can_be_custom(header):
            self.unnameable.append(header)
            return Column(at, header, "", "dropped")
        return Column(at, header, f"custom.{header}", "custom")

    def _meanings(self, at: int, header: str, group: str) -> tuple[Sequence[Meaning], str]:
        """The fields that a header may mean, and the number of its group."""
        if group:
            return self._in_group(header, group), ""
        meanings: Sequence[Meaning] = self.names.meanings(self.kind, norm(header))
        number = ""
        if not meanings:
            number, base = _counted(header)
            meanings = self.names.meanings(self.kind, base) if number else ()
            if number and number not in self._people and meanings and meanings[0].field != "contacts.name":
                number = ""
                meanings = [one for one in meanings if self._holds_many(one.field)]
        if self.kind == "customers":
            meanings = [one._replace(field=self._side(one.field, norm(header), at, number)) for one in meanings]
        return meanings, number if meanings and meanings[0].field.startswith("contacts.") else ""

    def _side(self, path: str, name: str, at: int, number: str) -> str:
        """Whether a phone, an address or a title is the customer's or the contact's."""
        if path in ("phones", "emails") and self._contact_at is not None and name not in _COMPANY:
            beside = number or at > self._contact_at
            return f"contacts.{path}" if name in _PERSONAL or beside else path
        if path in ("contacts.phones", "contacts.emails") and self._contact_at is None:
            return path.removeprefix("contacts.")
        if path.startswith("contacts.") and self._contact_at is None:
            person = f"person.{path.removeprefix('contacts.')}"
            return person if person in self.names.fields else path
        return path

    def _in_group(self, header: str, group: str) -> Sequence[Meaning]:
        """The fields of a sub-form: those of the list that its title names."""
        child, part = norm(header.rpartition("/")[2]), self._list(group)
        return (self.names.meanings(part, child) if part else ()) or self.names.meanings(self.kind, child)

    def _list(self, group: str) -> str:
        """The list that the title of a sub-form names; empty if it names none."""
        title = norm(group)
        for part in _LISTS if title else ():
            top = self.names.schema.by_path.get(part)
            if top and title in map(norm, (*top.names(), *(top.main.names() if top.main else ()))):
                return part
        return ""

    def _names_contact(self, header: str) -> bool:
        name = norm(header)
        if name in self.maps:
            return self.maps[name] == "contacts.name"
        for _how, targets in self._layers:
            if target := targets.get(name):
                return target.to == "contacts.name"
        return any(self._fields(one)[:1] == ("contacts.name",) for one in (name, _counted(header)[1]))

    def _fields(self, name: str) -> tuple[str, ...]:
        return tuple(meaning.field for meaning in self.names.meanings(self.kind, name))

    def _holds_many(self, path: str) -> bool:
        known = self.names.fields.get(path)
        return bool(known and known.kind == "list") or path in ("notes", "interactions.details")


def _by_name(sheet: SheetMapping) -> dict[str, Target]:
    return {norm(column): target for column, target in sheet.columns.items()}


def _counted(header: str) -> tuple[str, str]:
    """The number in a header and its normal name without it: 2 and 联系人电话 for 联系人2电话; empty if it has none."""
    if match := _SUFFIX.fullmatch(header):
        return match[2], norm(match[1])
    if match := _COUNTED.fullmatch(header):
        return _DIGITS.get(match[2], match[2].lstrip("0") or "0"), norm(match[1] + match[3])
    return "", ""
