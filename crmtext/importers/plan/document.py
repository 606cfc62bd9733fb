"""The plan or result of an import as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from crmtext.answer import LazyList
from crmtext.diff.customers import Difference
from crmtext.diff.text import changes
from crmtext.diff.words import Words
from crmtext.merge.compare import compare
from crmtext.merge.item_keys import keys
from crmtext.text.document import Document
from crmtext.wording.values import discreet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.importers.findings import BadCell, RowRef
    from crmtext.importers.mapping import Table
    from crmtext.importers.plan.result import Plan, Planned


def document(plan: Plan) -> Mapping[str, Any]:
    """Return a plan as JSON; the same before and after but for the commit and the branch."""
    findings, schema = plan.findings, plan.store.schema
    item_keys = keys(schema.data)
    words = Words(schema, plan.store.settings)

    def customer(planned: Planned) -> Mapping[str, Any]:
        # Read once: the data of a new record is read again for each use.
        before, after = (
            Document(side.path, side.text, side.data) if side else None
            for side in (planned.draft.before, planned.draft.after)
        )
        old, new = (dict(side.data) if side else {} for side in (before, after))
        difference = Difference(before, after, tuple(compare(old, new, item_keys)))
        return {
            "id": str(new.get("id", "")),
            "name": str(new.get("name", "")),
            "path": planned.draft.path,
            "kind": planned.kind,
            "rows": [_row(at) for at in planned.incoming.rows],
            "changes": changes(difference, words),
        }

    return {
        "source": plan.understanding.source,
        "profile": plan.understanding.profile,
        "files": [_file(table) for table in plan.understanding.tables],
        "counts": counts(plan),
        "customers": LazyList(plan.customers, customer),
        "likely": [
            {**_row(one.at), "name": str(one.incoming.data.get("name", "")), "id": one.id, "score": one.score,
             "reasons": [kind for kind, _value in one.shared]}
            for one in plan.likely
        ],
        "conflicts": [
            {"id": one.id, "name": one.name, "field": one.difference.field,
             "base": _shown(plan, one.difference.pointer, one.difference.base),
             "ours": _shown(plan, one.difference.pointer, one.difference.ours),
             "theirs": _shown(plan, one.difference.pointer, one.difference.theirs), **_row(one.at)}
            for one in plan.conflicts
        ],
        "rewritten": [
            {**_row(one.at), "column": one.column, "from": one.before, "to": one.after, "why": one.why}
            for one in findings.rewritten
        ],
        "rejected": [_cell(cell) for cell in findings.rejected.values()],
        "cells": [_cell(cell) for cell in findings.cells],
        "gone": [{"id": one.id, "field": one.field or None} for one in plan.gone],
        "questions": [{"text": one.text, "options": list(one.options)} for one in findings.questions.values()],
        "commit": plan.commit,
        "branch": plan.branch,
    }  # fmt: skip


def counts(plan: Plan) -> Mapping[str, Any]:
    """Return the numbers of a plan: rows, customers, and what needs attention."""
    findings = plan.findings
    rows = plan.fates.counts._asdict() if plan.fates else {}
    return {
        "rows": rows,
        "customers": {
            "new": plan.count("new"),
            "changed": plan.count("changed"),
            "same": len(plan.same),
            "gone": sum(not one.field for one in plan.gone),
        },
        "left_out": Counter(findings.left_out.values()),
        "likely": len(plan.likely),
        "conflicts": len(plan.conflicts),
        "rewritten": len(findings.rewritten),
        "masked": sum(findings.masked.values()),
        "withheld": sum(findings.withheld.values()),
        "cells": len(findings.cells),
    }


def filled(table: Table) -> Counter[int]:
    """Return the number of filled cells of each column, by its position."""
    number: Counter[int] = Counter()
    for row in table.rows:
        for place, cell in enumerate(row.cells):
            if cell is not None and cell != "":
                number[place] += 1
    return number


def _file(table: Table) -> Mapping[str, Any]:
    have = filled(table)
    return {
        "path": table.sheet.path,
        "sheet": table.sheet.name,
        "encoding": table.sheet.encoding,
        "header_row": table.header_row,
        "object": table.object,
        "rows": len(table.rows),
        "columns": [
            {
                "column": column.name,
                "field": column.field or None,
                "how": column.how,
                "filled": have[column.position],
            }
            for column in table.columns
        ],
    }


def _row(at: RowRef) -> dict[str, Any]:
    return {"file": at.file, "row": at.row}


def _cell(cell: BadCell) -> Mapping[str, Any]:
    return {**_row(cell.at), "column": cell.column, "value": cell.value, "why": cell.why, "fix": cell.fix}


def _shown(plan: Plan, pointer: str, value: Any) -> Any:
    return discreet(value, pointer, plan.store.schema)
