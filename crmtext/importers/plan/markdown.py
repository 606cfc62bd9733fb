"""The plan or result of an import as Markdown, for a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.duplicates.compare import in_words
from crmtext.i18n import _
from crmtext.importers.editing import text as editing
from crmtext.importers.plan.answers import localized
from crmtext.importers.plan.conflicts import both_sides, path
from crmtext.importers.plan.defaults import default_lines
from crmtext.importers.plan.document import filled
from crmtext.importers.plan.text import counts_line, field_label, left_out, question_line
from crmtext.importers.row_names import row_name, sheet_name
from crmtext.wording.markdown import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmtext.importers.plan.result import Plan, Planned


def markdown(plan: Plan) -> str:
    """Return the plan with all lists in full."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    tables, findings = plan.understanding.tables, plan.findings
    yield f"# {_('Import {source}').format(source=escape(plan.understanding.source))}"
    yield from ("", _("Merge with a merge commit, don't squash: the next import needs this commit."))
    yield from ("", counts_line(plan))
    if plan.edited:
        yield from ("", *map(escape, editing.head(plan.edited)))
        tables = ()
    for table in tables:
        yield from ("", f"## {escape(sheet_name(table))}", "")
        have, total = filled(table), len(table.rows)
        yield from _table(
            (_("Column"), _("Field"), _("Filled")),
            (
                (column.name,
                 field_label(plan.store.schema, column)
                 if column.field and column.name not in findings.withheld else _("not imported"),
                 f"{have[column.position]}/{total}")
                for column in table.columns
            ),
        )  # fmt: skip
    for title, heads, rows in _parts(plan):
        shown = list(rows)
        if shown:
            yield from ("", f"## {title}", "")
            yield from _table(heads, shown)
    if findings.questions:
        yield from ("", f"## {_('To decide')}", "")
    for question in findings.questions.values():
        yield f"- {escape(question_line(plan, question))}"
        yield from (f"  - {_code(localized(plan, option))}" for option in question.options)
    notes = [*findings.notes, *default_lines(plan), *findings.warnings]
    if notes:
        yield from ("", f"## {_('Notes')}", "", *(f"- {escape(note)}" for note in notes))


def _kind(planned: Planned) -> str:
    return _("new") if planned.kind == "new" else _("changed")


def _parts(plan: Plan) -> tuple[tuple[str, tuple[str, ...], Iterable[Sequence[str]]], ...]:
    """The lists of a plan: title, heads and rows."""
    tables, findings = plan.understanding.tables, plan.findings
    return (
        (
            _("Changes"), (_("Customer"), _("Field"), _("Change")), editing.changed(plan)
        ) if plan.edited else (
            _("Customers"),
            (_("Customer"), _("Kind")),
            (
                (planned.name, _kind(planned))
                for planned in plan.customers
            ),
        ),
        (_("Rows left out"), (_("Reason"), _("Rows")), left_out(plan)),
        (
            _("Rejected rows"),
            (_("Row"), _("Column"), _("Reason"), _("Fix")),
            ((row_name(one.at, tables), one.column, one.why, one.fix) for one in findings.rejected.values()),
        ),
        (
            _("Cells left out"),
            (_("Row"), _("Column"), _("Reason"), _("Fix")),
            ((row_name(one.at, tables), one.column, one.why, one.fix) for one in findings.cells),
        ),
        (
            _("Rewritten values"),
            (_("Row"), _("Column"), _("From"), _("To"), _("Reason")),
            ((row_name(one.at, tables), one.column, one.before, one.after, one.why) for one in findings.rewritten),
        ),
        (
            _("Possible duplicates"),
            (_("Row"), _("Name"), _("Customer"), _("Reason")),
            (
                (row_name(one.at, tables), str(one.incoming.data.get("name", "")), f"{one.id} {one.name}",
                 _(", ").join(in_words(one.shared)))
                for one in plan.likely
            ),
        ),
        *(
            (
                title,
                (_("Row"), _("Customer"), _("Field"), _("Store"), _("File")),
                (
                    (row_name(one.at, tables) if one.at.row else "", f"{one.id} {one.name}",
                     path(plan.store.schema, one.difference), *both_sides(plan, one))
                    for one in conflicts
                ),
            )
            for title, conflicts in (
                (_("Conflicts"), plan.conflicts), (_("Replaced values"), plan.overwritten)
            )
        ),
        (
            _("No longer in the workbook; nothing is deleted") if plan.edited
            else _("Imported earlier, and not in these files"),
            (_("Customer"), _("Field")),
            ((f"{one.id} {one.name}", one.field) for one in plan.gone),
        ),
    )  # fmt: skip


def _code(text: str) -> str:
    """A command as code; as text if it holds what ends code."""
    return escape(text) if "`" in text or "\n" in text else f"`{text}`"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(escape(" ".join(cell.split())) for cell in row) + " |"
