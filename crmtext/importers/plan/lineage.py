"""The history of customers in imports, under all ids that they had: they may have been renamed or merged."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from crmtext.importers.joining.ids import comparable, derived_id, key
from crmtext.importers.plan.absent import fits
from crmtext.importers.plan.rows import Written, former, name_of
from crmtext.values.external_ids import FIELD, placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.importers.incoming import Incoming
    from crmtext.importers.plan.base import Base
    from crmtext.importers.plan.bases import Bases
    from crmtext.importers.plan.rows import Rows
    from crmtext.model import Customer


def written_of(bases: Bases, customers: Iterable[Customer], matched: Sequence[Rows]) -> dict[str, list[Written]]:
    """Return what imports wrote of customers of the store, given with their rows, by their ids; the newest first."""
    own = {rows.known.id: former(rows.known) for rows in matched}
    written = bases.written()
    renamed = {id_ for id_, ids in own.items() if not written.issuperset(ids)}
    lost = bases.changed().difference(*map(former, customers)) if renamed else frozenset()
    read = bases.read(lost.union(*own.values()))
    orphans = {id_: read[id_] for id_ in lost & read.keys()}
    by_foreign: defaultdict[str, list[str]] = defaultdict(list)
    for id_, base in orphans.items():
        systems = (held for side in base.child(FIELD).sides for held in (side.before, side.after))
        texts = {comparable(text) for held in systems for system, text, _at in placed(held) if system in bases.sources}
        for text in texts:
            by_foreign[text].append(id_)
    result = {}
    for rows in matched:
        known, ids = rows.known, dict.fromkeys(id_ for id_ in own[rows.known.id] if id_ in read)
        for one in rows.incoming if orphans and known.id in renamed else ():
            ids |= dict.fromkeys(_former(one, known, bases.sources, by_foreign, orphans))
        merged = {*own[known.id]} - {known.id}
        names = {name_of(side.after or side.before) for id_ in merged if id_ in read for side in read[id_].sides}
        sides = [
            Written.of(side, id_, bases.sources, names, merged=id_ in merged) for id_ in ids for side in read[id_].sides
        ]
        result[known.id] = sorted(sides, key=lambda one: one.side.age)
    return result


def _former(
    one: Incoming,
    known: Customer,
    sources: Sequence[str],
    by_foreign: Mapping[str, Sequence[str]],
    orphans: Mapping[str, Base],
) -> Iterator[str]:
    """Yield the ids that no customer has now, under which imports wrote this one."""
    for system, text, _steps in placed(known.data.get(FIELD)):
        if system in sources:
            yield from by_foreign.get(comparable(text), ())
    given = (one.own_id, *(derived_id(source, key(one), one.created, ()) for source in sources))
    yield from (id_ for id_ in given if id_ in orphans and fits(one, orphans[id_], sources))
