"""The rows of a workbook for editing: which sheets and columns it has, and the mark by which each row comes back."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.exporters.rows import Splitter
from crmtext.exporters.tables import CUSTOMERS, Table, tables
from crmtext.i18n import _
from crmtext.wording.labels import heading, key_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmtext.exporters.tables import Shape
    from crmtext.schema import Schema

#: The hidden sheet that says what the workbook is, its first cell, and the version of its form.
MARK, FORM, VERSION = "_crm", "crmtext-editing", "v1"
#: The header of the column by which rows come back.
ID = "id"
#: The path of the column that names the customer of a row.
CUSTOMER = "name"
#: Between the labels of a map and of its part.
_BETWEEN = " · "
#: Fields that nobody edits in a sheet: other commands keep them, or they name other records.
_KEPT = frozenset({"id", "merged_from", "not_duplicate_of", "person.company_id"})
_KINDS = frozenset({"text", "texts", "choice", "date", "number", "boolean", "open"})
#: Columns that are shown, empty or not.
_SHOWN: Mapping[str, frozenset[str]] = {
    CUSTOMERS: frozenset({
        "name", "short_name", "type", "status", "owner", "priority", "industry", "phones", "emails", "website", "tags",
        "notes",
    }),
    "contacts": frozenset({"name", "title", "department", "role", "phones", "emails", "wechat", "notes"}),
    "opportunities": frozenset({"title", "stage", "owner", "amount", "expected_close", "products", "next_step"}),
    "interactions": frozenset({"date", "summary", "next.action", "next.due", "next.by", "next.done"}),
}  # fmt: skip
#: The fields of a new interaction, in the order of its sheet.
_NEW = ("date", "by", "channel", "contact", "summary", "outcome", "next.action", "next.due")
#: The columns of a next step that say which one it is.
_OF_STEP = ("date", "summary")


class Part(NamedTuple):
    """A sheet of the workbook."""

    #: The list whose entries are its rows, or the customers; `new` for new interactions.
    name: str
    title: str
    table: Table
    #: Fields that are shown, and not read back.
    fixed: tuple[str, ...]
    fields: tuple[str, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The fields of its columns behind those of the customer."""
        return (*self.fixed, *self.fields)

    @property
    def is_new(self) -> bool:
        """Whether its rows are new interactions only."""
        return self.name == "new"

    @property
    def is_customers(self) -> bool:
        """Whether its rows are customers."""
        return self.name == CUSTOMERS

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of its columns in the current language, by path; a path where two have the same label."""
        labels = {path: self._label(path) for path in self.paths}
        taken = Counter([*labels.values(), ID, _("Customer")])
        return {path: label if taken[label] == 1 else path for path, label in labels.items()}

    def _label(self, path: str) -> str:
        if path == "next.action":
            return _("Next step")
        if path.startswith("custom."):
            return path.removeprefix("custom.")
        steps = path.split(".")
        shapes = [self.table.shapes.get(".".join(steps[:length])) for length in range(1, len(steps) + 1)]
        fields = [shape.field if shape else None for shape in shapes]
        labels = [key_label(field, step) for field, step in zip(fields, steps, strict=True)]
        # A row of a next step is about nothing else.
        return labels[-1] if self.table.name == "interactions" else _BETWEEN.join(labels)

    def is_shown(self, path: str) -> bool:
        """Whether a column is shown if nobody has a value there."""
        return path in _SHOWN[self.table.name] or self.is_new

    def full_path(self, path: str) -> str:
        """Return the path of a column's field in a record, without positions."""
        return path if self.is_customers else f"{self.table.name}.{path}"


class EditedRow(NamedTuple):
    """A row of a record: the mark by which it comes back, and its values by column."""

    part: int
    key: str
    values: Mapping[str, Any]


def parts(schema: Schema) -> tuple[Part, ...]:
    """Return the sheets of a workbook, in the current language."""
    by_name = {table.name: table for table in tables(schema)}
    secret = {field.path.replace("[]", "") for field in schema.marked("x-sensitive")}

    def fields(table: Table) -> tuple[str, ...]:
        prefix = "" if table.within is None else f"{table.name}."
        return tuple(
            path for path in table.columns
            if path not in _KEPT and f"{prefix}{path}" not in secret and _is_editable(table.shapes[path])
        )  # fmt: skip

    customers, contacts, deals, talks = (
        by_name[name] for name in (CUSTOMERS, "contacts", "opportunities", "interactions")
    )
    steps = tuple(path for path in fields(talks) if path.startswith("next."))
    return (
        Part(CUSTOMERS, _("Customers"), customers, (), fields(customers)),
        Part("contacts", heading(schema, "contacts"), contacts, (), fields(contacts)),
        Part("opportunities", heading(schema, "opportunities"), deals, (), fields(deals)),
        Part("interactions", _("Next steps"), talks, _OF_STEP, steps),
        Part("new", _("New interactions"), talks, (), tuple(path for path in _NEW if path in talks.columns)),
    )


def _is_editable(shape: Shape) -> bool:
    return shape.kind in _KINDS


class Rows:
    """Splits records into the rows of the sheets."""

    def __init__(self, schema: Schema, wanted: tuple[Part, ...]) -> None:
        self._all = tables(schema)
        self._splitter = Splitter(self._all)
        self._parts = wanted
        numbers = {table.name: number for number, table in enumerate(self._all)}
        self._numbers = [numbers[part.table.name] for part in wanted]

    def of(self, record: Mapping[str, Any]) -> Iterator[EditedRow]:
        """Yield the rows of a record: next steps are those that are open."""
        for number, part in enumerate(self._parts):
            if part.is_new:
                continue
            if part.is_customers:
                yield EditedRow(number, record["id"], self._splitter.customer(record))
                continue
            for at, item in enumerate(record.get(part.name) or (), start=1):
                if not isinstance(item, dict) or (part.fixed and not _is_open(item)):
                    continue
                yield EditedRow(number, f"{record['id']}/{at}", self._splitter.entry(self._numbers[number], item))


def _is_open(item: Mapping[str, Any]) -> bool:
    step = item.get("next")
    return isinstance(step, dict) and not step.get("done")


def row_hash(part: Part, values: Mapping[str, Any]) -> str:
    """Return a short hash of a row's values, which are the same in every language."""
    held = [values.get(path) for path in part.paths]
    text = json.dumps(held, ensure_ascii=False, sort_keys=True, default=str)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def checksum(lines: Sequence[Sequence[str]]) -> str:
    """Return the hash of the lines of the hidden sheet, which shows damage."""
    return sha256("\n".join("\t".join(line) for line in lines).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def steps_of(part: Part, path: str) -> tuple[str, ...]:
    """Return the keys on the way to a column's value; the name of a part of an open map may hold dots."""
    shape = part.table.shapes.get(path)
    holder = "" if shape else part.table.holder(path)
    return (*holder.split("."), path[len(holder) + 1 :]) if holder else tuple(path.split("."))


def is_person(shape: Shape) -> bool:
    """Whether a field names colleagues."""
    field = shape.field
    return bool(field and ((field.item or field).mark("x-handle") or field.mark("x-handle")))
