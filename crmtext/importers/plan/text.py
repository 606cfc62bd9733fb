"""The plan or result of an import as text for a terminal."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING

from crmtext.duplicates.compare import in_words
from crmtext.i18n import N_, _, bracketed, plural
from crmtext.importers.columns import mapping_file
from crmtext.importers.editing import text as editing
from crmtext.importers.mapping import SPECIAL
from crmtext.importers.plan import conflicts, where
from crmtext.importers.plan.answers import localized
from crmtext.importers.plan.defaults import default_lines
from crmtext.importers.plan.document import filled
from crmtext.importers.row_names import row_in_words, row_name, sheet_name
from crmtext.terminal.quoting import quoted
from crmtext.terminal.width import clip, display_width, pad, wrap
from crmtext.values import lazy
from crmtext.values.folding import folded
from crmtext.wording.values import few

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmtext.importers.findings import BadCell, Question, RowRef
    from crmtext.importers.mapping import Column, Table
    from crmtext.importers.plan.result import Conflict, LikelyDuplicate, Plan
    from crmtext.schema import Schema

#: How many lines of each kind the text has; all of them are in the file of `-o`.
_MOST = 12
_COLUMN, _VALUE = 24, 24
#: The width of the text, whatever the terminal's is: piped and shown, it is the same.
_WIDTH = 80
#: Words typed as a whole: a command, an option with its value. A sign without a width joins its words.
_COMMAND, _JOINED = lazy.pattern(r"crmtext .*|--[a-z-]+ \S+"), "\x01"
#: How many rows a question names.
_MOST_ROWS = 8
#: How many rows are named with their customers.
_MOST_NAMED = 3
#: The objects of a table, as people call them.
_OBJECTS = {
    "customers": N_("customers"),
    "contacts": N_("contacts"),
    "leads": N_("leads"),
    "opportunities": N_("opportunities"),
    "interactions": N_("interactions"),
    "tasks": N_("tasks"),
    "transactions": N_("transactions"),
    "cases": N_("cases"),
    "needs": N_("needs"),
    "feedback": N_("feedback"),
    "users": N_("users"),
}

#: Fields that will be sealed, and that the schema doesn't have yet.
_SEALED = {"person.id_number": N_("ID number"), "billing.bank_account": N_("Bank account")}
#: Reasons why rows are left out, besides a column with its value.
_LEFT_OUT = {
    "total": N_("total"), "footer": N_("below the table"), "deleted": N_("deleted in the source"),
    "no-answer": N_("neither a score nor a text"),
}  # fmt: skip


def text(plan: Plan) -> str:
    """Return a plan, or after the import its result, as lines of text."""
    return "".join(f"{part}\n" for line in _lines(plan) for part in fitted(line))


def fitted(line: str) -> Iterator[str]:
    """Yield a line in the width of a terminal; options and commands stay on one line, so that they can be copied."""
    words = line.lstrip()
    if display_width(line) <= _WIDTH or words.startswith("= "):
        yield line
        return
    indent = " " * (len(line) - len(words))
    words = _COMMAND.sub(lambda match: match[0].replace(" ", _JOINED), words)
    first, *rest = (part.replace(_JOINED, " ") for part in wrap(words, _WIDTH - len(indent) - 2))
    yield indent + first
    yield from (f"{indent}  {part}" for part in rest)


def counts_line(plan: Plan) -> str:
    """Return the numbers of a plan in a line: `New 12, changed 0, same 0.`."""
    rows = plan.fates.counts if plan.fates else None
    return _("New {new}, changed {changed}, same {same}. Rejected rows {rejected}, cells left out {cells}.").format(
        new=plan.count("new"),
        changed=plan.count("changed"),
        same=len(plan.same),
        rejected=rows.rejected if rows else 0,
        cells=len(plan.findings.cells),
    )


def _lines(plan: Plan) -> Iterator[str]:
    if plan.edited:
        yield from editing.head(plan.edited)
        yield from editing.body(plan)
    else:
        yield from _head(plan)
        for table in plan.understanding.tables:
            yield from _table(plan, table)
    for file, sheet, why in plan.understanding.ignored:
        what = f"{file.replace(chr(92), '/').rpartition('/')[2]} {sheet}".strip()
        yield "  " + _("not imported: {what} ({why})").format(what=what, why=why)
    findings = plan.findings
    yield from ("  " + _("left out: {rows} ({why})").format(rows=rows, why=why) for why, rows in left_out(plan))
    yield from (f"  {note}" for note in _some(findings.notes))
    yield from (f"  {line}" for line in default_lines(plan))
    yield from _withheld(plan)
    for column, number in findings.masked.items():
        yield "  " + plural(
            "{n} ID or card number masked in '{column}'",
            "{n} ID or card numbers masked in '{column}'",
            number,
            column=column,
        )
    yield from (_("warning: {text}").format(text=warning) for warning in findings.warnings)
    yield from _rejected(plan)
    yield from _bad(plan, _("Cells left out:"), findings.cells)
    if findings.rewritten:
        yield _("Rewritten values:")
        tables = plan.understanding.tables
        message = _("{row} {column}: {before} → {after} ({why})")
        yield from _some(
            "  "
            + message.format(
                row=row_in_words(one.at, tables),
                column=one.column,
                before=clip(one.before, _VALUE),
                after=clip(one.after, _VALUE),
                why=one.why,
            )
            for one in findings.rewritten
        )
    yield from _likely(plan)
    yield from _conflicts(plan)
    yield from _gone(plan)
    yield counts_line(plan)
    if rows := plan.fates.counts if plan.fates else None:
        yield _(
            "Rows read {read} = used {used} + left out {left_out} + rejected {rejected} + waiting {waiting}"
        ).format(**rows._asdict())
    yield from _questions(plan)


def _questions(plan: Plan) -> Iterator[str]:
    findings = plan.findings
    if findings.questions:
        yield _("To decide:")
    for question in findings.questions.values():
        yield f"  {question.text}"
        if question.rows:
            yield f"    {rows_in_words(plan, question.rows)}"
        yield from (f"    = {localized(plan, option)}" for option in question.options)
    if any(map(asks_for_colleague, findings.questions.values())):
        yield f"  {new_colleague()}"


def asks_for_colleague(question: Question) -> bool:
    """Whether a question is about a name that isn't on the team list."""
    return question.key.startswith("person:")


def new_colleague() -> str:
    """Return how a colleague who isn't on the team list is added."""
    return _("a colleague who is missing: add a table [team.HANDLE] with name and email to crmtext.toml")


def _head(plan: Plan) -> Iterator[str]:
    known, tables = plan.understanding, plan.understanding.tables
    total = sum(len(table.rows) for table in tables)
    shipped = mapping_file.profiles().get(known.profile or "")
    name = shipped.title if shipped else known.profile or _("no saved mapping ({source})").format(source=known.source)
    files = plural("{n} file or sheet", "{n} files or sheets", len(tables))
    yield _("{name}: {files}, {rows}").format(name=name, files=files, rows=plural("{n} row", "{n} rows", total))


def _table(plan: Plan, table: Table) -> Iterator[str]:
    if table.sheet.records:
        yield plural("{file}  {n} record of our own export", "{file}  {n} records of our own export", len(table.rows),
                     file=sheet_name(table))  # fmt: skip
        return
    rows = plural("{n} row", "{n} rows", len(table.rows))
    # Cards and objects have no row for the names.
    line = _("{file}  header in row {header}, {rows}: {object}") if table.header_row else _("{file}  {rows}: {object}")
    yield line.format(file=sheet_name(table), header=table.header_row, rows=rows, object=_(_OBJECTS[table.object]))
    have, total = filled(table), len(table.rows)
    schema = plan.store.schema
    links = {join.column: _("customer") for join in table.joins} | {table.id: _("id in the source")}
    shown = [
        column
        for column in table.columns
        if (column.field or (column.name in links and have[column.position]))
        and column.name not in plan.findings.withheld
        and not (plan.understanding.profile and column.how == "profile")
    ]
    names = [clip(column.name, _COLUMN) for column in shown]
    labels = [field_label(schema, column) if column.field else links[column.name] for column in shown]
    name_width = max(map(display_width, names), default=0)
    room = _WIDTH - len(f"  {'':{name_width}} →  {total}/{total}")
    label_width = min(max(map(display_width, labels), default=0), room)
    for column, name, label in zip(shown, names, labels, strict=True):
        number = f"{have[column.position]:>{len(str(total))}}/{total}"
        yield f"  {pad(name, name_width)} → {pad(clip(label, label_width), label_width)} {number}"
    dropped = [
        column.name
        for column in table.columns
        if not column.field and have[column.position] and column.name not in links
    ]
    if dropped:
        yield "  " + _("not imported: {columns}").format(columns=_(", ").join(few(dropped, _MOST)))


def _withheld(plan: Plan) -> Iterator[str]:
    """Name the columns whose values will be sealed, with their labels."""
    withheld = plan.findings.withheld
    labels = {
        column.name: _sealed_label(plan.store.schema, column)
        for table in plan.understanding.tables
        for column in table.columns
        if column.name in withheld
    }
    for column, number in withheld.items():
        label = labels.get(column) or column
        yield "  " + plural(
            "{n} value of '{column}' left out: it can be stored only sealed",
            "{n} values of '{column}' left out: they can be stored only sealed",
            number,
            column=column if folded(label) == folded(column) else bracketed(column, label),
        )


def _sealed_label(schema: Schema, column: Column) -> str:
    """The label of a sealed field in the current language; empty if it is none of the schema."""
    field = schema.by_path.get(column.field.partition("[")[0] + column.field.partition("]")[2])
    sealed = _(_SEALED.get(column.field, ""))
    return field.label if field else sealed


def field_label(schema: Schema, column: Column) -> str:
    """Return the field of a column in the current language, as it can be typed."""
    if column.field in SPECIAL:
        return column.field
    path = column.field.partition("[")[0] + column.field.partition("]")[2]
    names = []
    field = schema.root
    for key in path.split("."):
        child = field.by_key.get(key) if field else None
        names.append(child.typed if child else key)
        field = child  # type: ignore[assignment]  # None below open fields
    return ".".join(map(str, names))


def _bad(plan: Plan, title: str, cells: Iterable[BadCell]) -> Iterator[str]:
    cells = list(cells)
    if not cells:
        return
    yield title
    for cell in cells[:_MOST]:
        yield f"  {bad_cell(plan, cell)}"
        if cell.fix:
            yield f"    = {cell.fix}"
    yield from _more(len(cells))


def _rejected(plan: Plan) -> Iterator[str]:
    yield from _bad(plan, _("Rejected rows:"), sorted(plan.findings.rejected.values(), key=lambda cell: cell.at))
    if plan.findings.rejected and not plan.options.partial:
        yield "    = " + _("import the other rows: {option}").format(option="--partial")


def bad_cell(plan: Plan, cell: BadCell) -> str:
    """Return where a cell or row is that can't be taken, and why."""
    message = _("{row} {column} '{value}': {why}") if cell.value else _("{row} {column}: {why}")
    if not cell.column:
        message = _("{row}: {why}")
    row = row_in_words(cell.at, plan.understanding.tables)
    return message.format(row=row, column=cell.column, value=clip(cell.value, _VALUE), why=cell.why)


def _likely(plan: Plan) -> Iterator[str]:
    if not plan.likely:
        return
    yield _("Possible duplicates:")
    for one in plan.likely[:_MOST]:
        row = row_name(one.at, plan.understanding.tables)
        yield f"  {duplicate_line(plan, one)}"
        yield f"    = --same {quoted(f'{row}={one.id}')}"
        yield f"    = --not-same {quoted(row)}"
    yield from _more(len(plan.likely))
    if len(plan.likely) > 1:
        yield "    = " + _("all of them are different customers: {option}").format(option="--not-same all")


def duplicate_line(plan: Plan, one: LikelyDuplicate) -> str:
    """Return a row and the customer that it may be."""
    return _("{row} {name} may be {other} ({id}): {reasons}").format(
        row=row_in_words(one.at, plan.understanding.tables),
        name=one.incoming.data.get("name", ""),
        other=one.name,
        id=one.id,
        reasons=_(", ").join(in_words(one.shared)),
    )


def conflict_lines(plan: Plan) -> Iterator[str]:
    """Yield the fields that the store and the files have with different values."""
    yield _("Conflicts: the store's value, then the files':")
    yield from _differences(plan, plan.conflicts)


def _differences(plan: Plan, all_: Sequence[Conflict]) -> Iterator[str]:
    for one in all_[:_MOST]:
        yield from conflicts.lines(plan, one, _VALUE)
    yield from _more(len(all_))


def _conflicts(plan: Plan) -> Iterator[str]:
    if plan.overwritten:
        yield _("Values of the store that the files replace: the store's, then the files':")
        yield from _differences(plan, plan.overwritten)
    if plan.conflicts:
        yield from conflict_lines(plan)
        yield "    = " + _("keep the store's values: {option}").format(option="--on-conflict ours")
        yield "    = " + _("take the files' values: {option}").format(option="--on-conflict theirs")


def left_out(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield the reasons why rows are left out, with the rows of each; --where has its own line."""
    by_reason: defaultdict[str, list[RowRef]] = defaultdict(list)
    for at, why in sorted(plan.findings.left_out.items()):
        by_reason[why].append(at)
    for why, rows in by_reason.items():
        if why != where.REASON:
            yield _(_LEFT_OUT.get(why, why)), rows_in_words(plan, rows)


def _gone(plan: Plan) -> Iterator[str]:
    """Yield what earlier imports of the source wrote and the files don't have."""
    if plan.kept:
        yield plural("{n} conflict: the store's value stays", "{n} conflicts: the store's values stay", len(plan.kept))
    if plan.gone and not plan.edited:
        yield _("Imported earlier, and not in these files:")
        yield from _some(f"  {one.name} ({one.id}) {one.field}".rstrip() for one in plan.gone)
        if not plan.options.with_deletions:
            yield "    = " + _("delete them here, too: {option}").format(option="--with-deletions")
        elif plan.deleted:
            yield "  " + plural("{n} customer deleted", "{n} customers deleted", len(plan.deleted))


def question_line(plan: Plan, question: Question) -> str:
    """Return a question with the rows that wait for the answer."""
    if not question.rows:
        return question.text
    return _("{question} ({rows})").format(question=question.text, rows=rows_in_words(plan, question.rows))


def rows_in_words(plan: Plan, rows: Sequence[RowRef]) -> str:
    """Return the number of rows and the first of them: `17 rows: 2, 3, 5, …`."""
    tables = plan.understanding.tables
    rows = sorted(set(rows))
    count = plural("{n} row", "{n} rows", len(rows))
    if len(tables) > 1 and len(rows) > 1:
        return _("{count}, the first: {row}").format(count=count, row=row_in_words(rows[0], tables))
    if len(rows) <= _MOST_NAMED:
        named = [f"{row_name(at, tables)} {_customer(plan, at)}".rstrip() for at in rows]
    else:
        named = few([row_name(at, tables) for at in rows], _MOST_ROWS)
    names = _(", ").join(named)
    return _("{count}: {names}").format(count=count, names=names)


def _customer(plan: Plan, at: RowRef) -> str:
    """The name of the customer in a row, else that of the person; empty without one."""
    table = next(table for table in plan.understanding.tables if table.file == at.file)
    place = bisect_left(table.rows, at.row, key=lambda row: row.number)
    if place == len(table.rows) or table.rows[place].number != at.row:
        return ""
    cells = table.rows[place].cells
    fields = {column.field: column.position for column in reversed(table.columns)}
    places = [fields[name] for name in ("name", "@full_name", "contacts.name") if name in fields]
    texts = (" ".join(str(cells[at] or "").split()) for at in places if at < len(cells))
    return clip(next(filter(None, texts), ""), _VALUE)


def _some(lines: Iterable[str]) -> Iterator[str]:
    every = list(lines)
    yield from every[:_MOST]
    yield from _more(len(every))


def _more(number: int) -> Iterator[str]:
    if number > _MOST:
        yield "  " + plural(
            "and {n} more; all of them: -o plan.md", "and {n} more; all of them: -o plan.md", number - _MOST
        )
