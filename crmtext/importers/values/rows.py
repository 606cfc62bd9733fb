"""Rows of a table as values of fields: the third step of an import."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _
from crmtext.importers.findings import BadCell, Rewritten, RowRef
from crmtext.importers.incoming import NO_CELLS, RowData
from crmtext.importers.values import convert, customer_type, days, names, plain_text
from crmtext.importers.values.outcome import EMPTY, Converter, Outcome, Yearless
from crmtext.terminal.quoting import quoted
from crmtext.text import secret_numbers
from crmtext.values import lazy
from crmtext.values.mail_providers import MAIL_PROVIDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crmtext.importers.findings import Findings
    from crmtext.importers.mapping import Column, Join, Table
    from crmtext.importers.sheet import Cell, Row
    from crmtext.importers.values.context import Context

#: How many outcomes of a column are kept.
_MOST_KEPT = 2048
_LONGEST_KEPT = 200
_MOST_SHOWN = 120
_LONGEST_SUMMARY = 200
#: The rest of an outcome that is no more than a value.
_NOTHING_ELSE = EMPTY[1:]
#: The parts of a person's name.
_PARTS = ("@first_name", "@middle_name", "@last_name", "@full_name")
#: A cell that takes away the value that the source wrote before.
_CLEARED = "-"
#: Required fields of a table's own rows; without them the row can't come in, and no default helps.
_REQUIRED = frozenset({
    "name", "contacts.name", "transactions.date", "transactions.amount", "opportunities.title", "needs.description",
    "feedback.date",
})  # fmt: skip
#: Names of columns whose values will be sealed, in the languages of the profiles.
_PRIVATE = lazy.pattern(
    r"身份证|证件号|出生日期|出生年月|生日|家庭(?:住址|地址)|住宅(?:地址|住址)|银行(?:账号|帐号|账户|帐户|卡号?)|开户(?:账号|帐号)"
    r"|护照|government id|national id|id card|passport|social security|\bssn\b|birth ?da(?:y|te)|date of birth|\bbday\b"
    r"|home (?:street|address|city|state|postal|zip|country)|bank account|\biban\b|account number",
    re.IGNORECASE,
)


class _Reader(NamedTuple):
    """A column with its converter."""

    column: Column
    place: int
    #: The name of its values: the field, with the group before it.
    key: str
    #: Returns an outcome, and whether it is no more than a value: nothing to report or to decide by the row.
    judge: Callable[[Cell], tuple[Outcome, bool]]
    #: The outcomes of the first different cells: a column with few values is read once a value.
    kept: dict[object, tuple[Outcome, bool]]
    required: bool
    private: bool
    #: Whether other columns of the field only count where this one is empty.
    single: bool

    def first(self, cell: Cell, key: object) -> tuple[Outcome, bool]:
        """Return the outcome of a cell that isn't kept; it is kept from now on if there is room."""
        outcome = self.judge(cell)
        if len(self.kept) < _MOST_KEPT and not (isinstance(cell, str) and len(cell) > _LONGEST_KEPT):
            self.kept[key] = outcome
        return outcome


def read_rows(table: Table, context: Context, findings: Findings) -> Iterator[RowData]:
    """Return the rows of a table as values of fields, without those that are rejected or deleted.

    Findings are complete when the last row has been read.
    """
    if table.object == "users":
        return
    reader = _Rows(table, context, findings)
    for row in table.rows:
        if data := reader.read(row):
            yield data
    _report_former(context, findings)


class _Rows:
    """Reads the rows of one table."""

    def __init__(self, table: Table, context: Context, findings: Findings) -> None:
        self._table, self._context, self._findings = table, context, findings
        self._readers = [self._reader(column) for column in table.columns if column.field]
        self._at = {column.name: column.position for column in table.columns}
        keys = dict.fromkeys(reader.key for reader in self._readers)
        self._summaries = [key for key in keys if key.endswith("interactions.summary")]
        self._width = _width(table)
        self._id = convert.choose(context, convert.Facts(table.id, "external_ids.id"))
        wanted = {one.column for path in context.defaults.values() for one, _value in path} - {""}
        private = {reader.column.name for reader in self._readers if reader.private}
        self._defaults = [(name, place) for name, place in self._at.items() if name in wanted - private]
        #: The columns of rows by the readers whose cells had a value: most rows share theirs.
        self._columns: dict[tuple[int, ...], dict[str, str]] = {}

    def _reader(self, column: Column) -> _Reader:
        table, place = self._table, column.position
        also = [column.values, table.values.get(column.field, {})]
        facts = convert.Facts(
            column.name,
            column.field,
            table.object,
            [mapping for mapping in also if mapping],
            lambda: ((row.number, row.cells[place]) for row in table.rows if place < len(row.cells)),
        )
        field = convert.field_of(self._context.schema, column.field)
        private = column.field.startswith("addresses[home]") or bool(field and field.mark("x-sensitive"))
        if field is None and not column.field.startswith("@"):
            private = private or _PRIVATE.search(f"{column.name} {column.field}") is not None
        own = column.field == "name" or column.field.startswith(f"{table.object}.")
        required = own and column.field in _REQUIRED
        key = f"{column.group}|{column.field}" if column.group and not column.field.startswith("@") else column.field
        judge = _judge(convert.choose(self._context, facts), column.field, private=private)
        return _Reader(
            column,
            place,
            key,
            judge,
            {},
            required,
            private,
            bool(field and field.choices),
        )

    def read(self, row: Row) -> RowData | None:
        """Return the values of a row; None if it can't come in."""
        at = RowRef(self._table.file, row.number)
        if at in self._findings.rejected or at in self._findings.left_out or self._is_ragged(row, at):
            return None
        values: dict[str, Any] = {}
        having: list[int] = []
        cleared: tuple[str, ...] = ()
        special: list[tuple[_Reader, Outcome]] = []
        cells, size = row.cells, len(row.cells)
        for number, reader in enumerate(self._readers):
            cell = cells[reader.place] if reader.place < size else None
            if cell is None or cell == "":
                continue
            # 1, 1.0 and yes are equal, but not the same.
            known_as = cell if type(cell) is str else (type(cell), cell)
            result, is_plain = reader.kept.get(known_as) or reader.first(cell, known_as)
            if not is_plain and not self._report(reader, cell, result, at):
                return None
            value, key = result.value, reader.key
            if value is None or (reader.single and key in values):
                if cell == _CLEARED and not reader.private:
                    cleared = (*cleared, reader.column.field)
                continue
            if not is_plain and (result.currency or isinstance(value, Yearless)):
                special.append((reader, result))
            if is_plain or not isinstance(value, Yearless):
                _put(values, key, value)
                having.append(number)
        columns = self._columns_of(tuple(having))
        further = self._add_special(values, special, at)
        self._finish(values, columns, further)
        if not further.keys() <= columns.keys():
            columns = {**further, **columns}
        of, named = self._of(row), self._for_defaults(row)
        return RowData(at, self._table.object, values, self._row_id(row, at), of, columns, cleared, named)

    def _for_defaults(self, row: Row) -> Mapping[str, Cell]:
        """The cells of the columns that defaults name."""
        have = ((name, place) for name, place in self._defaults if place < len(row.cells))
        return {name: row.cells[place] for name, place in have} if self._defaults else NO_CELLS

    def _columns_of(self, having: tuple[int, ...]) -> dict[str, str]:
        """The columns of the values of these readers, by key and by field; the first one of a field counts."""
        if having not in self._columns:
            columns: dict[str, str] = {}
            for reader in (self._readers[number] for number in having):
                columns.setdefault(reader.key, reader.column.name)
                columns.setdefault(reader.column.field, reader.column.name)
            self._columns[having] = columns
        return self._columns[having]

    def _is_ragged(self, row: Row, at: RowRef) -> bool:
        extra = [cell for cell in row.cells[self._width :] if cell not in (None, "")] if self._width else []
        if not extra:
            return False
        why = _("more cells than the header has: {n}").format(n=len(row.cells))
        fix = _("put quotes round a text that contains the separator")
        if self._table.sheet.format != "csv":
            fix = _("give its column a header, or remove it")
        self._findings.rejected[at] = BadCell(at, "", _shown(extra[0], ""), why, fix)
        return True

    def _report(self, reader: _Reader, cell: Cell, result: Outcome, at: RowRef) -> bool:
        """Report what is remarkable about a cell. Whether the row can come in."""
        findings, name = self._findings, reader.column.name
        if reader.private:
            findings.withheld[name] += 1
            return True
        self._count(name, reader.column.field, result, at)
        if result.bad:
            problem = BadCell(at, name, _shown(cell, name), result.bad, result.fix)
            if reader.required and result.value is None:
                findings.rejected[at] = problem
                return False
            findings.cells.append(problem)
        if result.ask:
            findings.ask(result.ask.key, result.ask.text, result.ask.options, at)
            findings.unread.add((at, reader.column.field))
        if result.rewritten and result.value is not None:
            after = _shown(_as_text(result.value), name)
            findings.rewritten.append(Rewritten(at, name, _shown(cell, name), after, result.rewritten))
        if reader.column.field == "@deleted" and result.value is not None:
            findings.left_out[at] = "deleted"
            return False
        return True

    def _count(self, column: str, field: str, result: Outcome, at: RowRef) -> None:
        """Note what the plan counts or names, which keeps no value out."""
        findings = self._findings
        if result.masked:
            findings.masked[column] += 1
        if result.nothing:
            findings.empty[at, field] = (column, result.nothing)
        if result.former:
            self._context.former[result.former] += 1
        if result.odd:
            findings.odd.setdefault(at, []).extend((number, column) for number in result.odd)

    def _add_special(
        self, values: dict[str, Any], special: list[tuple[_Reader, Outcome]], at: RowRef
    ) -> dict[str, str]:
        """Take what other cells of the row decide about; returns the columns of values that came to the row's."""
        columns: dict[str, str] = {}
        for reader, result in special:
            if isinstance(result.value, Yearless):
                self._add_year(values, columns, reader, result.value, at)
            else:
                self._add_currency(values, reader, result, at)
                # Also the store's own currency, which isn't written.
                columns.setdefault(f"{reader.column.field.rpartition('.')[0]}.currency", reader.column.name)
        return columns

    def _add_year(
        self, values: dict[str, Any], columns: dict[str, str], reader: _Reader, day: Yearless, at: RowRef
    ) -> None:
        """Take a day without a year: of a next step, the next one after its interaction."""
        name, text = reader.column.name, day.text
        own = values.get("interactions.date") or values.get("@created") or ""
        base = date.fromisoformat(own) if isinstance(own, str) and own else self._context.today
        is_step = reader.column.field in ("interactions.next.due", "@due", "opportunities.expected_close")
        if is_step and (whole := days.with_year(text, base)):
            values[reader.key] = whole
            columns.setdefault(reader.column.field, name)
            self._findings.rewritten.append(Rewritten(at, name, text, whole, _("the next such day")))
        else:
            why, fix = _("the date has no year"), _("enter a date such as 2024-05-01")
            self._findings.cells.append(BadCell(at, name, text, why, fix))

    def _add_currency(self, values: dict[str, Any], reader: _Reader, result: Outcome, at: RowRef) -> None:
        """Take the currency typed with an amount."""
        key, code = reader.key, result.currency
        beside = f"{key.rpartition('.')[0]}.currency"
        have = values.get(beside)
        if have is None:
            if code != self._context.settings.currency:
                values[beside] = code
        elif have != code and key in values:
            name = reader.column.name
            why = _("the amount is in {code}, but the currency is {other}").format(code=code, other=have)
            self._findings.cells.append(BadCell(at, name, str(values.pop(key)), why, _("correct one of them")))

    def _finish(self, values: dict[str, Any], columns: Mapping[str, str], further: dict[str, str]) -> None:
        """Make names of their parts, details of long summaries, and guess the type of a customer."""
        if not values.keys().isdisjoint(_PARTS):
            parts = [values.get(part, "") for part in _PARTS]
            first, middle, last, full = (part if isinstance(part, str) else " ".join(map(str, part)) for part in parts)
            target = "name" if self._table.object == "customers" and not values.get("name") else "contacts.name"
            if not values.get(target) and (name := names.compose(first, middle, last, full)):
                values[target] = name
                source = next(f"@{part}" for part in ("last_name", "first_name", "full_name", "middle_name")
                              if values.get(f"@{part}"))  # fmt: skip
                further.setdefault(target, columns[source])
        for key in self._summaries:
            if not isinstance(summary := values.get(key), str):
                continue
            first, _newline, rest = summary.partition("\n")
            values[key] = plain_text.line(first)
            if len(first) > _LONGEST_SUMMARY:
                del values[key]
                rest = summary
            if rest := rest.strip():
                details = key.removesuffix("summary") + "details"
                more = values.get(details)
                values[details] = f"{rest}\n{more}" if isinstance(more, str) else rest
        if self._table.object == "customers" and not values.get("type") and isinstance(values.get("name"), str):
            other = values.get("contacts.name")
            persons = not self._context.of_firms and (not other or other == values["name"])
            if type_ := customer_type.guess(values["name"], persons=persons):
                values["type"] = type_

    def _row_id(self, row: Row, at: RowRef) -> str:
        """The row's id in the source."""
        place = self._at.get(self._table.id, -1)
        if not 0 <= place < len(row.cells):
            return ""
        result = self._id(row.cells[place])
        if result.bad:
            name = self._table.id
            self._findings.cells.append(BadCell(at, name, _shown(row.cells[place], name), result.bad, result.fix))
        return str(result.value or "")

    def _of(self, row: Row) -> tuple[tuple[str, str], ...]:
        """The names and ids of the customer of a row."""
        if not self._table.joins:
            return ()
        pairs = (pair for join in self._table.joins for pair in self._named(join, row))
        return tuple(dict.fromkeys(pairs))

    def _named(self, join: Join, row: Row) -> Iterator[tuple[str, str]]:
        place = self._at.get(join.column, -1)
        if not 0 <= place < len(row.cells):
            return
        text = plain_text.read(row.cells[place]).text
        if join.by == "id":
            text = plain_text.whole(text)
        elif join.by == "domain" and "@" in text:
            text = re.split(r"[;,\s]", text)[0].rpartition("@")[2].casefold()
            text = "" if text in MAIL_PROVIDERS else text
        elif join.by == "phone":
            text = plain_text.whole(plain_text.narrow(text))
        if text := plain_text.line(text):
            yield join.by, text


def _width(table: Table) -> int:
    """How many cells the header has, empty ones at its end included."""
    header = next((row for row in table.sheet.rows if row.number == table.header_row), None)
    return max([len(header.cells) if header else 0, *(column.position + 1 for column in table.columns)])


def _judge(convert_: Converter, field: str, *, private: bool) -> Callable[[Cell], tuple[Outcome, bool]]:
    """The converter, whose outcomes come with whether each is no more than a value."""

    def judge(cell: Cell) -> tuple[Outcome, bool]:
        if private:
            return EMPTY, not plain_text.read(cell).text
        outcome = convert_(cell)
        # A column of values of its own comes here for each row: one comparison decides for nearly all of them.
        is_plain = outcome[1:] == _NOTHING_ELSE and field != "@deleted" and not isinstance(outcome.value, Yearless)
        return outcome, is_plain

    return judge


def _put(values: dict[str, Any], key: str, value: Any) -> None:
    """Add a value; values of several columns of a field follow each other."""
    have = values.get(key)
    if have is None:
        values[key] = [*value] if type(value) is list else value
    elif not isinstance(have, dict):
        have = have if isinstance(have, list) else [have]
        more = value if isinstance(value, list) else [value]
        values[key] = [*have, *(one for one in more if one not in have)]


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return _(", ").join(map(str, value))
    return str(value.get("text", value)) if isinstance(value, dict) else str(value)


def _shown(cell: Cell, column: str) -> str:
    """A cell as the plan shows it: on one line, without numbers of IDs and cards."""
    text = plain_text.line(str(cell) if not isinstance(cell, str) else cell)
    if secret_numbers.may_contain(text):
        start = f"{column}: "
        text = secret_numbers.masked(start + text)[len(start) :]
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _report_former(context: Context, findings: Findings) -> None:
    """Warn, once for each, of owners who have left."""
    for handle, count in context.former.items():
        start = _("{name} has left the team").format(name=context.settings.shown(handle))
        findings.warnings[:] = [line for line in findings.warnings if not line.startswith(start)]
        more = _(" and is named in {n} cells; hand over the customers later: {command}").format(
            n=count, command=f"crmtext handover --from {quoted(handle)} --to COLLEAGUE"
        )
        findings.warnings.append(f"{start}{more}")
