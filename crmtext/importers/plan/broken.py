"""Records with errors: a row that may be one of their customers can't be compared, and isn't a new customer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.importers.findings import BadCell
from crmtext.importers.joining.ids import comparable, derived_id, key
from crmtext.layout import id_in
from crmtext.snapshot import claimed_id, claimed_names
from crmtext.values import lazy
from crmtext.values.external_ids import FIELD, placed
from crmtext.values.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmtext.importers.findings import Findings
    from crmtext.importers.incoming import Incoming
    from crmtext.importers.plan.absent import Former
    from crmtext.text.document import Document

    #: What a record can be known by: `id`, `name` or `source`, and the value.
    Fact = tuple[str, str]

#: A line that looks like an id of the customer in another system; those of its contacts have more blanks before them.
_FOREIGN = lazy.pattern(r"^ {1,4}([^\s:#]+):[ \t]+(\S+)[ \t]*$", re.MULTILINE)


class Broken:
    """The records with errors by all that says which customer they are."""

    def __init__(self, documents: Iterable[Document], sources: Sequence[str]) -> None:
        self._sources = sources
        self._paths: dict[Fact, str] = {}
        for document in documents:
            for fact in self._facts(document):
                self._paths.setdefault(fact, document.path)

    def reject(self, customer: Incoming, was: Former | None, findings: Findings) -> bool:
        """Reject the rows of a customer that may be one of these; returns whether it did."""
        if not self._paths:
            return False
        path = next((path for fact in self._known_by(customer, was) if (path := self._paths.get(fact))), None)
        if path:
            why = _("{path} has errors, so the row can't be compared with it").format(path=path)
            fix = _("fix the record first; its errors: {command}").format(command="crmtext check")
            for at in customer.rows:
                findings.rejected.setdefault(at, BadCell(at, "", "", why, fix))
        return path is not None

    def _facts(self, document: Document) -> Iterator[Fact]:
        yield from (("id", id_) for id_ in (claimed_id(document), id_in(document.path)) if id_)
        yield from (("name", folded(name)) for name in claimed_names(document))
        data = document.data
        if isinstance(data, dict):
            former = data.get("merged_from")
            yield from (("id", id_) for id_ in (former if isinstance(former, list) else ()) if isinstance(id_, str))
            foreign = [(system, id_) for system, id_, _steps in placed(data.get(FIELD))]
        else:
            foreign = [(system, id_.strip("'\"")) for system, id_ in _FOREIGN.findall(document.text)]
        yield from (("source", comparable(id_)) for system, id_ in foreign if system in self._sources)

    def _known_by(self, customer: Incoming, was: Former | None) -> Iterator[Fact]:
        ids = [was.id if was else "", customer.own_id]
        if not customer.of:
            ids += [derived_id(source, key(customer), customer.created, ()) for source in self._sources]
        yield from (("id", id_) for id_ in ids if id_)
        if customer.source_id:
            yield "source", comparable(customer.source_id)
        yield from (("name", folded(str(name))) for name in [customer.data.get("name")] if name)
        for kind, value in customer.of:
            yield (kind, value) if kind != "name" else (kind, folded(value))
            yield "source", comparable(value)
