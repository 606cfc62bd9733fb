"""The state that the steps of joining share: the customers so far, the ways to find them, and the report."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from crmtext.i18n import _
from crmtext.importers.findings import BadCell
from crmtext.importers.joining.draft import Draft, reached
from crmtext.importers.joining.ids import comparable
from crmtext.importers.joining.newest import Newest
from crmtext.importers.joining.shape import Shaper, line
from crmtext.importers.row_names import row_name
from crmtext.terminal.quoting import quoted
from crmtext.values import phones
from crmtext.values.folding import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from crmtext.importers.findings import Findings, RowRef
    from crmtext.importers.incoming import RowData
    from crmtext.importers.mapping import Default, Understanding
    from crmtext.schema import Schema
    from crmtext.settings import Settings

#: How many values a line of the plan names.
_MOST_NAMED = 20
_MOST_ROWS = 8
#: Kinds of things that an id may belong to, besides customers; the first one with the id counts.
_MEMBERS = ("contacts", "leads", "opportunities", "cases", "transactions", "interactions", "tasks")


class Scene(Protocol):
    """The store, as far as joining needs it."""

    @property
    def schema(self) -> Schema:
        """The store's schema."""

    @property
    def settings(self) -> Settings:
        """The store's settings."""

    @property
    def today(self) -> date:
        """Today in the store's time zone."""

    @property
    def defaults(self) -> Mapping[str, tuple[tuple[Default, Any], ...]]:
        """The defaults with their values, by path."""

    @property
    def same(self) -> Mapping[RowRef | str, RowRef]:
        """Rows, and names of customers, with the row of the customer that is meant."""

    def converted(self, path: str, value: Any) -> Any:
        """Return the value of a column as that of another field; None if the field can't have it."""


class Ambiguous(Exception):  # noqa: N818 - no error: a question
    """Several customers fit what a row says about its customer."""

    def __init__(self, value: str, drafts: Sequence[Draft]) -> None:
        super().__init__(value)
        self.value, self.drafts = value, drafts


class Work:
    """The state of joining."""

    def __init__(self, understanding: Understanding, context: Scene, findings: Findings, asked: Iterable[str]) -> None:
        #: The kinds of values that rows find their customer by.
        self.asked = {"id", "name", *_MEMBERS, *asked}
        self.understanding, self.findings = understanding, findings
        self.source = understanding.source
        self.schema, self.settings = context.schema, context.settings
        self.today = context.today.isoformat()
        self.defaults, self.converted, self._same = context.defaults, context.converted, context.same
        #: The defaults for the entries of lists, by list.
        self._item_defaults: defaultdict[str, list[tuple[str, Default, Any]]] = defaultdict(list)
        for path, defaults in self.defaults.items():
            top, _dot, key = path.partition(".")
            if (field := self.schema.root.child(top)) and field.kind == "list" and key:
                self._item_defaults[top].append((key, *defaults[0]))
        #: The columns that can give active customers their start date; an empty one for customers without any.
        self.start_columns: dict[str, None] = {}
        #: The columns and values that gave no value to a field of a customer, by field.
        self.empty: defaultdict[str, dict[tuple[str, str], None]] = defaultdict(dict)
        self.shaper = Shaper(context.schema)
        self.newest = Newest(context.schema, self.today)
        #: The fields with days that can only be past, besides those of interactions.
        self.past_paths = [
            field.path for field in context.schema.marked("x-past") if not field.path.startswith("interactions")
        ]
        self.drafts: list[Draft] = []
        #: The fields that rows clear, each with the name or id of the row's entry.
        self.cleared: dict[RowRef, tuple[tuple[str, str], ...]] = {}
        self._files = _file_names(understanding)
        #: By kind and form; several customers in a dictionary, which keeps their order.
        self._by: defaultdict[str, dict[str, Draft | dict[Draft, None]]] = defaultdict(dict)
        #: Customers by phone number or e-mail address.
        self._reached: defaultdict[str, dict[Draft, None]] = defaultdict(dict)
        #: Names of contacts by their ids.
        self._people: dict[str, str] = {}
        self._columns = {(table.file, one.field) for table in understanding.tables for one in table.columns}
        #: Channels by their names.
        self.channels = _channels(context.schema)
        #: Values of rows of contacts, deals … that their customer has otherwise, by path.
        self._other: defaultdict[str, list[tuple[RowRef, str]]] = defaultdict(list)
        #: Rows by what is reported about them.
        self._tallies: defaultdict[tuple[str, tuple[tuple[str, str], ...]], list[RowRef]] = defaultdict(list)

    def new(self, name: str, at: RowRef, **more: Any) -> Draft:
        """Add a customer."""
        draft = Draft(name, [at], **more)
        self.drafts.append(draft)
        return draft

    def release(self) -> list[Draft]:
        """Return the customers, the first one last, and forget them: no more rows are joined."""
        drafts = self.drafts[::-1]
        self.drafts.clear()
        self._by.clear()
        self._reached.clear()
        return drafts

    def know(self, by: str, value: object, draft: Draft) -> None:
        """Let rows find a customer by a value."""
        if by in self.asked and (form := form_of(by, str(value))):
            have = self._by[by].setdefault(form, draft)
            if isinstance(have, dict):
                have[draft] = None
            elif have is not draft:
                self._by[by][form] = {have: None, draft: None}

    def know_reached(self, item: Mapping[str, Any], draft: Draft) -> None:
        """Let rows find a customer by the phones and e-mail addresses of an entry."""
        for number in item.get("phones", ()):
            self.know("phone", number, draft)
        for email in item.get("emails", ()):
            self.know("email", email, draft)

    def reach(self, draft: Draft) -> None:
        """Let people of the same name find a customer by its phones and e-mail addresses."""
        for form in reached(draft.data):
            self._reached[form][draft] = None

    def named(self, name: str, numbers: Iterable[str]) -> list[Draft]:
        """The customers of a name, in order; of many those that may have one of these numbers."""
        named = self._by["name"].get(form_of("name", name), {})
        if not isinstance(named, dict):
            return [named]
        having = [self._reached.get(number, {}) for number in numbers]
        # Thousands may share a name, such as Unknown, or a number, such as a switchboard's.
        if not having or sum(map(len, having)) >= len(named):
            return [*named]
        fitting = {draft for drafts in having for draft in drafts if draft in named}
        return [*fitting] if len(fitting) < 2 else [draft for draft in named if draft in fitting]

    def has_column(self, file: int, field: str) -> bool:
        """Whether a file has a column for a field."""
        return (file, field) in self._columns

    def item_defaults(self, name: str) -> Sequence[tuple[str, Default, Any]]:
        """The defaults for empty fields of a list's entries, with their keys and values."""
        return self._item_defaults.get(name, ())

    def default(self, path: str, draft: Draft) -> str:
        """The value that a customer's entry of a list takes from the default of a field; empty if there is none."""
        for default, value in self.defaults.get(path, ()):
            draft.use(default)
            return str(value)
        return ""

    def know_person(self, id_: str, name: str) -> None:
        """Let activities name a contact by its id."""
        self._people[comparable(id_)] = name

    def person(self, id_: str) -> str:
        """The name of the contact with this id; empty if there is none."""
        return self._people.get(comparable(first_id(id_)), "")

    def fitting(self, by: str, value: str) -> list[Draft]:
        """The customers that a value fits."""
        if by == "id":
            form = form_of("id", first_id(value))
            for kind in ("id", *_MEMBERS):
                if form in self._by[kind]:
                    return self._fitting(kind, form)
            return []
        return self._fitting(by, form_of(by, value))

    def _fitting(self, by: str, form: str) -> list[Draft]:
        have = self._by[by].get(form, {})
        return [*have] if isinstance(have, dict) else [have]

    def find(self, of: Iterable[tuple[str, str]], *, strict: bool = False) -> Draft | None:
        """The customer that a row names; None if it isn't in the files. Raises Ambiguous if several fit.

        If strict, an id that no customer has rules out customers of that name with another id.
        """
        fitting: list[Draft] = []
        first = unknown = ""
        for by, value in of:
            have = self.fitting(by, value)
            if strict and by == "id" and value and not have:
                unknown = unknown or comparable(first_id(value))
            if unknown and by != "id":
                have = [draft for draft in have if comparable(draft.source_id) in ("", unknown)]
            if fitting:
                have = [draft for draft in fitting if draft in have] or fitting
            elif have:
                first = value
            fitting = have
            if len(fitting) == 1:
                return fitting[0]
        if len(fitting) > 1:
            raise Ambiguous(first, fitting)
        return None

    def owner_of(self, row: RowData) -> Draft | None:
        """The customer of a row; one of the store, which the files only name, if it isn't in them.

        None if the row waits for an answer, or can't come in because it names no customer.
        """
        name = line(row.values.get("name") or "")
        of = row.of or ((("name", name),) if name else ())
        try:
            draft = self.find(of, strict=row.object == "opportunities")
        except Ambiguous as several:
            draft = self.meant(several, row.at)
            if draft is None:
                return None
        if draft is None or (draft.of and draft.of != of and any(by in ("phone", "email") for by, _value in of)):
            # Two people of one name differ in their numbers.
            draft = self.refer(of, row.at)
        if draft is None:
            self.reject(row.at, "", "", _("it doesn't say which customer it belongs to"), _("add the customer's name"))
            return None
        draft.add_row(row.at)
        return draft

    def refer(self, of: Iterable[tuple[str, str]], at: RowRef) -> Draft | None:
        """A customer that the files only name."""
        named = [(by, first_id(value) if by == "id" else value) for by, value in of if value.strip()]
        if not named:
            return None
        ids = [value for by, value in named if by == "id"]
        name = next((line(value) for by, value in named if by == "name"), "")
        draft = self.new(name, at, of=tuple(named), source_id=ids[0] if ids else "")
        for by, value in named:
            self.know(by, value, draft)
        return draft

    def meant(self, several: Ambiguous, at: RowRef) -> Draft | None:
        """Return the one of several customers that the user has named for a row; None if that is asked first."""
        name = line(several.value)
        wanted = self._same.get(at) or self._same.get(folded(name))
        if draft := next((draft for draft in several.drafts if wanted in draft.rows), None):
            return draft
        rows = [row_name(draft.rows[0], self.understanding.tables) for draft in several.drafts[:_MOST_NAMED]]
        text = _("'{value}' fits {n} customers: rows {rows}").format(
            value=name, n=len(several.drafts), rows=_(", ").join(rows)
        )
        options = tuple(f"--same {quoted(f'{name}={row}')}" for row in rows)
        self.findings.ask(f"which:{folded(name)}", text, options, at)
        return None

    def reject(self, at: RowRef, column: str, value: str, why: str, fix: str) -> None:
        """Keep a row out."""
        self.findings.rejected.setdefault(at, BadCell(at, column, value, why, fix))

    def note(self, text: str) -> None:
        """Add a line to the plan."""
        self.findings.notes.append(text)

    def where(self, at: RowRef) -> str:
        """A row in words: the file and the number."""
        return _("{file} row {row}").format(file=self.file(at.file), row=at.row)

    def file(self, number: int) -> str:
        """The name of a file, with the sheet of a workbook."""
        return self._files.get(number, str(number + 1))

    def differs(self, draft: Draft, row: RowData) -> Callable[[str, Any, Any], None]:
        """Report a value of a row that the customer has otherwise: the first one counts, both are named."""

        def report(path: str, have: Any, other: Any) -> None:
            first = draft.origins.get(path.partition(".")[0], draft.rows[0])
            self.note(
                _("{column} of {name}: '{value}' ({row}) is taken, '{other}' ({other_row}) is not").format(
                    column=row.columns.get(path, path),
                    name=draft.name,
                    value=line(have),
                    row=self.where(first),
                    other=line(other),
                    other_row=self.where(row.at),
                )
            )

        return report

    def otherwise(self, row: RowData) -> Callable[[str, Any, Any], None]:
        """Count a value of a contact's or deal's row that the customer has otherwise."""
        return lambda path, _have, other: self._other[row.columns.get(path, path)].append((row.at, line(other)))

    def tally(self, text: str, at: RowRef, **names: str) -> None:
        """Report something about a row in a line of the plan for all rows with the same."""
        self._tallies[text, tuple(names.items())].append(at)

    def report(self) -> None:
        """Report what was counted, in one line for each kind."""
        for (text, names), rows in self._tallies.items():
            self.note(text.format(rows=self.wheres(rows), **dict(names)))
        for column, values in self._other.items():
            known = list(dict.fromkeys(value for _at, value in values))
            shown = _(", ").join(known[:_MOST_NAMED]) + (" …" if len(known) > _MOST_NAMED else "")
            self.note(
                _("{rows}: '{column}' differs from that of the customer, which stays ({values})").format(
                    rows=self.wheres([at for at, _value in values]), column=column, values=shown
                )
            )

    def wheres(self, rows: Sequence[RowRef]) -> str:
        """Rows in words, by file; the first ones of many."""
        if len(rows) == 1:
            return self.where(rows[0])
        by_file: defaultdict[int, list[int]] = defaultdict(list)
        for at in sorted(set(rows)):
            by_file[at.file].append(at.row)
        return _(", ").join(
            _("{file} rows {rows}").format(
                file=self.file(file),
                rows=_(", ").join(map(str, numbers[:_MOST_ROWS]))
                + (f" … ({len(numbers)})" if len(numbers) > _MOST_ROWS else ""),
            )
            for file, numbers in by_file.items()
        )


def first_id(value: str) -> str:
    """The first of several ids in a cell."""
    return value.replace(",", ";").partition(";")[0].strip()


@lru_cache(maxsize=1 << 10)
def form_of(by: str, value: str) -> str:
    """A value in the form for comparison; empty if it says nothing."""
    if by in ("name", "contact", "deal"):
        return folded(value) if value.strip() else ""
    if by == "phone":
        return phones.split(value)[0]
    if by == "email":
        return value.strip().casefold()
    if by == "domain":
        host = value.strip().casefold().partition("://")[2] or value.strip().casefold()
        return host.removeprefix("www.").partition("/")[0].partition(":")[0]
    return comparable(value)


def _channels(schema: Schema) -> dict[str, str]:
    field = schema.by_path.get("interactions[].channel")
    return {folded(name): choice.value for choice in (field.choices if field else ()) for name in choice.names()}


def _file_names(understanding: Understanding) -> dict[int, str]:
    names = {}
    for table in understanding.tables:
        name = table.sheet.path.replace("\\", "/").rpartition("/")[2]
        names[table.file] = f"{name} {table.sheet.name}".strip() if table.sheet.name else name
    return names
