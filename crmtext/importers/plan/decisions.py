"""Decisions about likely duplicates: rows as the user named them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.importers.findings import RowRef
from crmtext.importers.row_names import row_at, row_name
from crmtext.problem import usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmtext.importers.mapping import Table
    from crmtext.importers.options import Options
    from crmtext.model import Customer

_ALL = ("all", "全部")


class Decisions:
    """What `--same` and `--not-same` say."""

    def __init__(self, tables: Sequence[Table], options: Options, customers: Mapping[str, Customer]) -> None:
        self._tables = tables
        self._all = any(row in _ALL for row in options.not_same)
        self._differ = {self._row(row) for row in options.not_same if row not in _ALL}
        self._same: dict[RowRef, Customer] = {}
        for row, id_ in options.same:
            if id_ in customers:
                self._same[self._row(row)] = customers[id_]
            elif row_at(id_, tables) is None:
                raise usage("unknown-customer", _("there is no customer {id}").format(id=id_))

    def same(self, rows: Iterable[RowRef]) -> Customer | None:
        """Return the customer that these rows are, if the user said so."""
        return next((self._same[at] for at in rows if at in self._same), None)

    def differs(self, rows: Iterable[RowRef]) -> bool:
        """Whether the user said that these rows are no duplicates."""
        return self._all or any(at in self._differ for at in rows)

    def _row(self, typed: str) -> RowRef:
        at = row_at(typed, self._tables)
        if at is None:
            example = row_name(RowRef(self._tables[0].file, 12), self._tables) if self._tables else "12"
            hint = _("name rows as the plan prints them: {example}").format(example=example)
            raise usage("unknown-row", _("no row '{row}'").format(row=typed), hint)
        return at
