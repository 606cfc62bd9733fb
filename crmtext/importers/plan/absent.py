"""Customers that one side lacks: removed or renamed in the store, or gone from the source."""

from __future__ import annotations

from collections import defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from crmtext.importers.columns.headers import norm
from crmtext.importers.joining.ids import comparable, derived_id, key
from crmtext.importers.rejected.write import FOLDER
from crmtext.values.external_ids import FIELD, placed
from crmtext.values.folding import folded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from crmtext.importers.findings import Findings
    from crmtext.importers.incoming import Incoming
    from crmtext.importers.mapping import Table, Understanding
    from crmtext.importers.options import Options
    from crmtext.importers.plan.base import Base
    from crmtext.importers.plan.bases import Bases
    from crmtext.model import Customer
    from crmtext.schema import Field, Schema


class Former(NamedTuple):
    """A customer that an import of the source wrote: its id, and what imports wrote of it."""

    id: str
    base: Base


def former(bases: Bases, known: Mapping[str, Customer], new: Sequence[Incoming]) -> dict[int, Former]:
    """Return which customers without a match an earlier import wrote, by their `id()`.

    Their records were removed here, or got another name. An id is made of the source's key, so it leads to the record;
    as two keys may make the same id, the record must have had the name or the id in the source, too.
    """
    if not bases.exist or not new:
        return {}
    written, sources = bases.written(), bases.sources
    lost = written - known.keys()
    derived = {id(one): [derived_id(source, key(one), one.created, ()) for source in sources] for one in new if written}
    wanted = {id_ for ids in derived.values() for id_ in ids if id_ in written}
    if any(one.source_id for one in new):
        wanted |= lost
    read = bases.read(wanted) if wanted else {}
    by_foreign = {comparable(text): id_ for id_ in lost & read.keys() for text in foreign(read[id_], sources)}
    result = {}
    for one in new:
        known_as = by_foreign.get(comparable(one.source_id)) if one.source_id else None
        fitting = (id_ for id_ in derived.get(id(one), ()) if id_ in read and fits(one, read[id_], sources))
        if id_ := known_as or next(fitting, None):
            result[id(one)] = Former(id_, read[id_])
    return result


def fits(one: Incoming, base: Base, sources: Collection[str]) -> bool:
    """Whether imports wrote a customer with the id in the source, else with the name, of one in the files."""
    if one.source_id:
        return comparable(one.source_id) in map(comparable, foreign(base, sources))
    name = folded(str(one.data.get("name", "")))
    return any(folded(str(former)) == name for former in base.child("name").every())


def foreign(base: Base, sources: Collection[str]) -> Iterator[str]:
    """Yield the ids in the source that imports wrote."""
    for systems in base.child(FIELD).every():
        yield from (id_ for system, id_, _steps in placed(systems) if system in sources)


def gone(bases: Bases, customers: Iterable[Customer], seen: Collection[str]) -> Iterator[Customer]:
    """Yield the customers of a source that the files don't have."""
    left = [customer for customer in customers if customer.id not in seen]
    written = bases.written() if left else frozenset()
    yield from (
        customer for customer in left
        if customer.id in written or (bases.exist and not customer.data.get(FIELD, {}).keys().isdisjoint(bases.sources))
    )  # fmt: skip


def are_complete(understanding: Understanding, options: Options, findings: Findings) -> bool:
    """Whether what the files lack is gone from the source: they hold all of it, and all could be read."""
    objects = {table.object for table in understanding.tables}
    return not (
        "customers" not in objects or are_rest(understanding) or options.where or options.read.sheet
        or findings.rejected or findings.questions
    )  # fmt: skip


def are_rest(understanding: Understanding) -> bool:
    """Whether the files hold some rows of the source only, such as those that were rejected before."""
    return not understanding.is_whole or any(
        f"{FOLDER}/" in table.sheet.path.replace("\\", "/") for table in understanding.tables
    )


def partly(
    understanding: Understanding, findings: Findings, schema: Schema, former: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """Return the lists of texts of which the files may lack some: a row was rejected, or a former column is missing."""
    rejected = {at.file for at in findings.rejected}
    now = columns(understanding.tables, schema)
    fields = {field for field, names in former.items() if not names <= now.get(field, frozenset())}
    fields.update(columns([table for table in understanding.tables if table.file in rejected], schema))
    # The numbers of a person may be the customer's own.
    return frozenset(path for field in fields for path in (field, field.removeprefix("contacts.")))


def columns(tables: Iterable[Table], schema: Schema) -> dict[str, frozenset[str]]:
    """Return the columns that fill a list of texts, by its path; a few digits of a hash stand for each."""
    fields: defaultdict[str, set[str]] = defaultdict(set)
    for table in tables:
        for column in table.columns:
            path = column.field.rpartition("|")[2]
            field: Field | None = schema.root
            for step in path.split("."):
                field = field and field.child(step)
            if field and field.kind == "list" and not (field.item and field.item.children):
                fields[path].add(sha256(norm(column.name).encode("utf-8", "surrogatepass")).hexdigest()[:4])
    return {path: frozenset(names) for path, names in fields.items()}


def lists(understanding: Understanding) -> frozenset[str]:
    """Return the lists that the columns of the files fill."""
    fields = (column.field.rpartition("|")[2] for table in understanding.tables for column in table.columns)
    objects = (table.object for table in understanding.tables)
    return frozenset(name.partition(".")[0] for name in (*fields, *objects))
