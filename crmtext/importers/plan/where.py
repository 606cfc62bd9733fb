"""`--where`: only the rows of customers that an expression fits come in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from crmtext.figures.rules import NAMES
from crmtext.i18n import plural
from crmtext.model import Customer
from crmtext.query import filter as query_filter
from crmtext.query import listing
from crmtext.text.document import Document

if TYPE_CHECKING:
    from crmtext.importers.findings import Findings, RowRef
    from crmtext.importers.incoming import Incoming
    from crmtext.snapshot import Snapshot

#: The reason of rows that are left out.
REASON = "where"


class _Watched(Mapping[str, Any]):
    """The values of a customer by name, and the names that an expression has asked for."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class Where:
    """Decides which customers come in, by what the files say and what the store has."""

    def __init__(self, expression: str, snapshot: Snapshot, findings: Findings) -> None:
        self._test = query_filter.compiled(expression, listing.terms(snapshot, NAMES))
        self._values_of, self._findings = NAMES.of(snapshot), findings
        self._unread: dict[RowRef, set[str]] = {}
        for at, field in findings.unread:
            self._unread.setdefault(at, set()).add(field.partition(".")[0])
        #: Fields without a value whose default is asked for.
        self._missing: dict[RowRef, set[str]] = {}
        for key, question in findings.questions.items():
            about, _colon, path = key.partition(":")
            for at in question.rows if about == "default" else ():
                self._missing.setdefault(at, set()).add(path.partition(".")[0])
        self._out: set[RowRef] = set()

    def fits(self, incoming: Incoming, known: Customer | None) -> bool:
        """Whether a customer comes in. One whose values wait for an answer stays until it is given."""
        data = {"id": "", "name": "", **(known.data if known else {}), **incoming.data}
        row = _Watched(self._values_of(Customer(Document("", "", data))))
        if self._test.matches(row):
            return True
        waiting = {field for at in incoming.rows for field in self._unread.get(at, ())}
        waiting |= {field for at in incoming.rows for field in self._missing.get(at, ()) if field not in data}
        if row.names & waiting:
            return True
        self._out.update(incoming.rows)
        return False

    def leave_out(self) -> None:
        """Take the rows that don't fit out of the findings, except for their number."""
        findings, out = self._findings, self._out
        if not out:
            return
        findings.left_out.update(dict.fromkeys(sorted(out), REASON))
        for at in out & findings.rejected.keys():
            del findings.rejected[at]
        findings.cells = [cell for cell in findings.cells if cell.at not in out]
        findings.rewritten = [one for one in findings.rewritten if one.at not in out]
        for key, question in [*findings.questions.items()]:
            left = [at for at in question.rows if at not in out]
            if left or not question.rows:
                findings.questions[key] = question._replace(rows=left)
            else:
                del findings.questions[key]
        findings.notes.append(
            plural(
                "{n} row left out: its customer doesn't fit --where",
                "{n} rows left out: their customers don't fit --where",
                len(out),
            )
        )
