"""The cells of a file for a system: each column takes the values that an import writes from it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmtext.exporters.cells import to_json
from crmtext.i18n import speaking
from crmtext.importers.values.convert import LISTS_OF_NAMES
from crmtext.importers.values.names import compose, split
from crmtext.importers.values.outcome import Outcome
from crmtext.importers.values.texts import items
from crmtext.systems.tables import fitting
from crmtext.values import phones
from crmtext.values.surnames import family_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmtext.importers.columns.mapping_file import Output, SheetMapping, SystemMapping
    from crmtext.importers.columns.names import Names
    from crmtext.settings import Settings
    from crmtext.systems.rows import Row

_ADDRESS = re.compile(r"addresses\[(\w+)\]\.(\w+)")
_SEVERAL = re.compile(r"\s*[、;；,，/／\n:]+\s*")
_YEAR = re.compile(r"\d{4}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
#: The longest text that an import takes as the summary of a text.
_SUMMARY = 200
_DECIDED = ("won", "lost")
#: Lists whose items a system has columns for, and the number of a column that takes all of a list.
_REACH, _ALL = ("phones", "emails"), -1
#: Yes and no in a form.
_TRUTH = {"en": ("yes", "no"), "zh": ("是", "否")}


class Cells:
    """The columns of an output."""

    def __init__(self, mapping: SystemMapping, sheet: SheetMapping, output: Output, names: Names, settings: Settings):
        self._sheet, self._output, self._names, self._settings = sheet, output, names, settings
        #: The kind of its rows.
        self.kind = output.rows or sheet.object
        self._language = mapping.outgoing.language if mapping.outgoing else ""
        #: Whether it is a form of the team's own making, whose fields take any text.
        self._is_form = bool(output.groups)
        self._own_id = f".external_ids.{mapping.source}"
        self._targets = [target_of(sheet, column) for column in output.columns]
        if self._is_form:
            # The rows of its sub-form have the kinds of all addresses.
            self._targets = [_ADDRESS.sub(r"addresses.\2", target) for target in self._targets]
        kinds = [match[1] for one in self._targets if (match := _ADDRESS.fullmatch(one))]
        self._kinds = (*dict.fromkeys(kinds),)
        #: Which columns of phones are for mobile numbers.
        self._mobile = [
            column in output.mobile
            for column, target in zip(output.columns, self._targets, strict=True)
            if target == "contacts.phones"
        ]
        seen: dict[str, int] = {}
        self._columns: list[Callable[[Row], str]] = []
        for column, target in zip(output.columns, self._targets, strict=True):
            number = seen[target] = _ALL if self._is_form else seen.get(target, -1) + 1
            self._columns.append(self._column(column, target, number))

    def of(self, row: Row) -> list[str]:
        """Return the cells of a row, and note which values they hold."""
        return [column(row) for column in self._columns]

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self._columns)

    @property
    def heads(self) -> set[str]:
        """The fields of a record that have columns here, or parts that have."""
        return {re.split(r"[.\[]", target)[0] for target in self._targets}

    def has(self, row: Row) -> bool:
        """Whether the row belongs into this output."""
        return all(row.get(key) in values for key, values in self._output.only.items())

    def _column(self, column: str, target: str, number: int) -> Callable[[Row], str]:
        output = self._output
        links: dict[str, Callable[[Row], str]] = {
            **dict.fromkeys(self._sheet.id, lambda row: row.id),
            output.customer: (
                (lambda row: row.customer_id)
                if output.contact or self.kind == "contacts"
                else (lambda row: row.source.id)
            ),
            output.contact: lambda row: row.contact_id,
        }
        if column in output.fixed:
            return self._fixed(output.fixed[column], target)
        if target.endswith(self._own_id):
            return lambda row: row.id
        if target in _SPECIAL:
            links.setdefault(column, _SPECIAL[target])
        return links.get(column) or self._field(target, self._writer(column, target), number)

    def _fixed(self, word: str, target: str) -> Callable[[Row], str]:
        """A constant; in the column of a field it stands for all its values."""
        kind, _dot, key = target.partition(".")

        def fixed(row: Row) -> str:
            if key and kind == self.kind and row.get(key) is not None:
                row.source.changed.add(row.where(key))
            return word

        return fixed

    def _field(self, target: str, write: Callable[[Any], str], number: int) -> Callable[[Row], str]:
        """The column of a field: of the customer, or of the entry that is in the row."""
        head, _dot, rest = target.partition(".")
        if target == "company.founded" and not self._is_form:
            return _founded
        if match := _ADDRESS.fullmatch(target):
            return self._address(match[1], match[2])
        if head == "custom":
            return lambda row: _of_custom(row, rest)
        if head != ("interactions" if self.kind == "tasks" else self.kind):
            steps = ("sources", 0, rest) if head == "sources" else (*target.split("."),)
            return lambda row: _of_customer(row, steps, write, number)
        own: dict[str, Callable[[Row], str]] = {
            "contacts.name": lambda row: _named(row, "name"),
            "interactions.contact": lambda row: _named(row, "contact"),
            "contacts.opted_out": lambda row: (
                _put(row, row.where(rest), write, _ALL) if self._is_form else _blocked(row, write)
            ),
            "contacts.phones": lambda row: (
                _put(row, row.where(rest), write, _ALL) if self._is_form else _phone(row, self._mobile, number)
            ),
            "opportunities.expected_close": self._close(write),
            # A next step that is done would come back as an open one.
            "interactions.next.due": lambda row: (
                "" if row.get("next.done") and not self._is_form else _put(row, row.where("next.due"), write)
            ),
        }
        if self.kind == "tasks":
            return lambda row: _of_task(row, rest, write)
        return own.get(target) or (lambda row: _put(row, row.where(rest), write, number))

    def _close(self, write: Callable[[Any], str]) -> Callable[[Row], str]:
        has_closed = not {"@closed", "opportunities.closed"}.isdisjoint(self._targets)

        def close(row: Row) -> str:
            is_decided = row.get("stage") in _DECIDED
            if is_decided and has_closed:
                # A deal that is decided comes back with the day on which it was, and without a plan.
                return _in_part(row, row.where("expected_close"), write(row.get("expected_close") or ""))
            return _put(row, row.where("closed" if is_decided else "expected_close"), write)

        return close

    def _address(self, kind: str, part: str) -> Callable[[Row], str]:
        kinds, first = self._kinds, kind == self._kinds[0]

        def address(row: Row) -> str:
            if row.object == "contacts" and not row.source.is_contact:
                return ""
            have = row.source.record.get("addresses") or ()
            own = next((n for n, one in enumerate(have) if one.get("kind", kinds[0]) == kind), None)
            if own is None and first:
                # An address of a kind that the system doesn't have is better than none.
                own = next((n for n, one in enumerate(have) if one.get("kind") not in (*kinds, "home")), None)
            elif own is not None:
                row.source.taken.add(("addresses", own, "kind"))
            return "" if own is None else _put(row, ("addresses", own, part), str)

        return address

    def _writer(self, column: str, target: str) -> Callable[[Any], str]:
        """The function from values, or items of a list, to cells; an empty cell if the system has no word for one."""
        field = self._names.fields.get(target)
        field = field.item if field and field.kind == "list" and field.item else field
        own = self._sheet.columns.get(column)
        table = {**self._sheet.values.get(target, {}), **(own.values if own else {})}
        words = _words(table, self._output.words, self._output.avoid)
        if field is None:
            return _text
        if field.mark("x-handle"):
            return self._person
        if field.choices:
            if not table:
                with speaking(self._language):
                    words = {choice.value: choice.label for choice in field.choices}
            return lambda value: words.get(value, "")
        if field.kind == "date":
            return lambda value: value if _DAY.fullmatch(str(value)) else ""
        if field.kind == "boolean" and self._is_form:
            yes, no = _TRUTH[self._language]
            return lambda value: yes if value else no
        return _text

    def _person(self, handle: Any) -> str:
        member = self._settings.team.get(str(handle))
        return member.emails[0] if member and member.emails else str(handle)


def target_of(sheet: SheetMapping, column: str) -> str:
    """Return the field that an import writes from a column; empty if it is not imported."""
    if column in sheet.columns:
        return sheet.columns[column].to
    pattern = re.sub(r"\d+", "#", column)
    return sheet.columns[pattern].to if pattern in sheet.columns else ""


def is_known(sheet: SheetMapping, output: Output, column: str) -> bool:
    """Whether a column of an output has something to hold."""
    own = (*sheet.id, output.customer, output.contact)
    return column in output.fixed or column in own or bool(target_of(sheet, column))


def _words(table: Mapping[str, str], wanted: Sequence[str], avoided: Sequence[str]) -> dict[str, str]:
    words: dict[str, str] = {}
    for word in (*wanted, *table):
        if word not in avoided and (meaning := table.get(word)):
            words.setdefault(meaning, word)
    return words


def _text(value: Any) -> str:
    return value if isinstance(value, str) else to_json(value)


def _put(row: Row, place: tuple[str | int, ...], write: Callable[[Any], str], number: int = 0) -> str:
    """The cell of the value at a place; of a list with several columns, that of one item."""
    value = row.source.at(place)
    if isinstance(value, list) and number != _ALL and place[-1] in _REACH:
        place, value = (*place, number), value[number] if number < len(value) else None
    elif number > 0:
        return ""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, list):
        return _put_list(row, place, [write(one) for one in value])
    cell = write(value)
    if row.source.longest and (short := fitting(cell, row.source.longest)) != cell:
        return _in_part(row, place, short)
    if cell:
        row.source.taken.add(place)
    return cell


def _put_list(row: Row, place: tuple[str | int, ...], texts: Sequence[str]) -> str:
    """The cell of a list: what an import reads as one item is one."""
    of_names = place[-1] in LISTS_OF_NAMES
    cell = (";" if of_names or place[-1] in _REACH else ",").join(filter(None, texts))
    back = items(Outcome, of_names=of_names)(cell).value or ()
    for at, text in enumerate(texts):
        if text:
            (row.source.taken if text in back else row.source.changed).add((*place, at))
    return cell


def _of_custom(row: Row, name: str) -> str:
    """The cell of an own field; an import knows no number, truth or list in it."""
    place, value = ("custom", name), row.source.at(("custom", name))
    if isinstance(value, str) or value is None:
        return _put(row, place, str)
    texts = [value] if not isinstance(value, list) else value
    cell = ";".join(one if isinstance(one, str) else to_json(one) for one in texts)
    row.source.changed.update({place, *((*place, at) for at in range(len(texts)))})
    return cell


def _in_part(row: Row, place: tuple[str | int, ...], cell: str) -> str:
    """A cell that holds a value in part or in another form."""
    if cell:
        row.source.changed.add(place)
    return cell


def _phone(row: Row, mobile: Sequence[bool], column: int) -> str:
    """The number for one of several columns: those for mobile numbers take no others, the rest what is left."""
    numbers = [str(number) for number in row.get("phones") or ()]
    left = [*range(len(numbers))]
    places: dict[int, int] = {}
    for wanted in (True, False):
        for place, is_mobile in enumerate(mobile):
            fitting = [one for one in left if not wanted or phones.kind(numbers[one]) == "mobile"]
            if is_mobile is wanted and fitting:
                places[place] = fitting[0]
                left.remove(fitting[0])
    if column not in places:
        return ""
    row.source.taken.add((*row.where("phones"), places[column]))
    return numbers[places[column]]


def _blocked(row: Row, write: Callable[[Any], str]) -> str:
    """Whether a person is not to be contacted by a column's channel: what the customer wants holds for its contacts."""
    cell = ""
    for place in dict.fromkeys((row.where("opted_out"), ("preferences", "do_not_contact"))):
        is_own = place == row.where("opted_out")
        for number, channel in enumerate(row.source.at(place) or ()):
            if word := write(channel):
                cell = word
                (row.source.taken if is_own else row.source.changed).add((*place, number))
    return cell


def _of_customer(row: Row, place: tuple[str | int, ...], write: Callable[[Any], str], number: int = 0) -> str:
    """A value of the customer: in the rows of its entries only its name and owner stand."""
    if row.place and place not in (("name",), ("owner",)):
        return ""
    if place == ("name",) and row.source.is_contact:
        # A person without a company stands among the contacts alone.
        return ""
    return _put(row, place, write, number)


def _founded(row: Row) -> str:
    """The year of the foundation: no system takes more."""
    place = ("company", "founded")
    year = str(row.source.at(place) or "")
    if _YEAR.fullmatch(year):
        return _of_customer(row, place, str)
    return _in_part(row, place, year[:4].strip("-"))


def _of_task(row: Row, key: str, write: Callable[[Any], str]) -> str:
    talk = row.place[:-1]
    if key == "by" and not row.get("by"):
        return write(row.source.at((*talk, "by")) or "")
    if key == "contact":
        return write(row.source.at((*talk, "contact")) or "")
    own = {"summary": "action"}.get(key, key)
    return "" if key in ("details", "outcome", "date") else _put(row, (*row.place, own), write)


def parts(name: str) -> tuple[str, str]:
    """Return the given and the family name that an import composes to the same name."""
    family = family_of(name)
    if family and len(name) > len(family):
        given, last = name[len(family) :], family
    else:
        given, _blank, last = name.rpartition(" ")
    return (given, last) if compose(given, "", last, "") == name else ("", name)


def _first(row: Row) -> str:
    return parts(str(row.get("name") or ""))[0]


def _named(row: Row, key: str) -> str:
    """A whole name. One that an import changes is written, too: it leaves out Dr., and A / B are two people."""
    name = str(row.get(key) or "")
    people = split(name)
    if people == [name]:
        row.source.taken.add(row.where(key))
        return name
    return _in_part(row, row.where(key), name if len(people) < 2 else _SEVERAL.sub(" ", name))


def _last(row: Row) -> str:
    name = str(row.get("name") or "")
    given, family = parts(name)
    if compose(given, "", family, "") == name:
        row.source.taken.add(row.where("name"))
        return family
    # A title such as Dr. and the blank of a Japanese name don't come back.
    return _in_part(row, row.where("name"), family)


def _created(row: Row) -> str:
    if row.object == "tasks":
        return str(row.source.at((*row.place[:-1], "date")) or "")
    if row.object == "interactions":
        return str(row.get("date") or "")
    return _of_customer(row, ("sources", 0, "date"), lambda day: day if _DAY.fullmatch(str(day)) else "")


def _talk(row: Row) -> str:
    """The text of an interaction, whose first line an import takes as its summary."""
    summary = _put(row, row.where("summary"), lambda text: text if len(text) <= _SUMMARY else "")
    summary = summary or _in_part(row, row.where("summary"), str(row.get("summary") or ""))
    return "\n".join(filter(None, (summary, _put(row, row.where("details"), str))))


_SPECIAL: Mapping[str, Callable[[Row], str]] = {
    "@first_name": _first,
    "@last_name": _last,
    "@full_name": lambda row: _put(row, row.where("name"), str),
    "@created": _created,
    "@due": lambda row: _put(row, row.where("due" if row.object == "tasks" else "date"), str),
    "@closed": lambda row: _put(row, row.where("closed"), str),
    "@text": _talk,
}
