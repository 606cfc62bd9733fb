"""Customers of the files that are one customer of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.importers.joining.draft import fill as fill_data
from crmtext.importers.row_names import row_name
from crmtext.values.external_ids import FIELD, ids_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.importers.findings import Findings
    from crmtext.importers.incoming import Incoming
    from crmtext.importers.mapping import Table
    from crmtext.model import Customer


def grouped(
    matched: Sequence[tuple[Incoming, Customer]], tables: Sequence[Table], findings: Findings
) -> list[tuple[Incoming, Customer]]:
    """Each customer of the store with the first that the files have of it; further ones are merged into that."""
    first: dict[str, tuple[Incoming, Customer]] = {}
    for customer, known in matched:
        if known.id in first:
            _unite(first[known.id][0], customer, known.id, tables, findings)
        else:
            first[known.id] = (customer, known)
    return list(first.values())


def _unite(have: Incoming, more: Incoming, id_: str, tables: Sequence[Table], findings: Findings) -> None:
    """Merge what the files have of a customer elsewhere; its first value of a field counts, and others are reported."""
    one, other = (row_name(side.rows[0], tables) for side in (have, more))

    def report(path: str, _have: Any, _other: Any) -> None:
        note = _("rows {one} and {other} are both {id}; '{field}' is taken from row {one}")
        findings.warnings.append(note.format(one=one, other=other, id=id_, field=more.columns.get(path, path)))

    # A value of the files comes before a default or a guess.
    guessed = {path for path in have.assumed - more.assumed if path in more.data}
    have.data = {key: value for key, value in have.data.items() if key not in guessed}
    data = {key: value for key, value in more.data.items() if key not in more.assumed or key not in have.data}
    # The source has the customer twice.
    for system, foreign in data.pop(FIELD, {}).items():
        ids = have.data.setdefault(FIELD, {})
        texts = [*dict.fromkeys([*ids_of(ids.get(system)), *ids_of(foreign)])]
        ids[system] = texts if len(texts) > 1 else texts[0]
    fill_data(have.data, data, report)
    have.assumed = (have.assumed - guessed) | (more.assumed & data.keys())
    have.columns = {**have.columns, **more.columns}
    have.cleared += more.cleared
    have.rows.extend(more.rows)
