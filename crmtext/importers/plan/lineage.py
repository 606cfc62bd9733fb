"""The bases of customers of the store under all ids that they had: they may have been renamed or merged."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from crmtext.importers.joining.ids import comparable, derived_id, key
from crmtext.importers.plan.absent import fits
from crmtext.importers.plan.bases import Base
from crmtext.values.external_ids import FIELD, placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.importers.incoming import Incoming
    from crmtext.importers.plan.bases import Bases
    from crmtext.model import Customer


def bases_of(
    bases: Bases, customers: Iterable[Customer], matched: Sequence[tuple[Incoming, Customer]]
) -> dict[str, Base]:
    """Return the bases of customers of the store, given with what the files have of them, by their ids."""
    sources = bases.sources
    own = {known.id: _ids(known) for _one, known in matched}
    written = bases.written()
    renamed = {known.id for _one, known in matched if not written.issuperset(own[known.id])}
    lost = bases.changed().difference(*map(_ids, customers)) if renamed else frozenset()
    read = bases.read(lost.union(*own.values()))
    orphans = {id_: read[id_] for id_ in lost & read.keys()}
    by_foreign: defaultdict[str, list[str]] = defaultdict(list)
    for id_, base in orphans.items():
        systems = (side for sides in base.child(FIELD).sides for side in sides)
        texts = {comparable(text) for held in systems for system, text, _at in placed(held) if system in sources}
        for text in texts:
            by_foreign[text].append(id_)
    result = {}
    for one, known in matched:
        ids = dict.fromkeys(id_ for id_ in own[known.id] if id_ in read)
        if orphans and known.id in renamed:
            ids |= dict.fromkeys(_former(one, known, sources, by_foreign, orphans))
        if ids:
            # A merged customer's row is compared with what the same row said before, not with that of the other one.
            first = {id_ for id_ in ids if "merged_from" in known.data and fits(one, read[id_], sources)}
            parts = [[id_ for id_ in ids if id_ in first], [id_ for id_ in ids if id_ not in first]]
            result[known.id] = Base(side for part in parts for side in bases.together(read, part))
    return result


def has_all_rows(one: Incoming, known: Customer, sources: Sequence[str]) -> bool:
    """Whether the files have all rows of a customer: of a merged one, those of the others may be in other files."""
    if "merged_from" not in known.data:
        return True
    have, new = ({comparable(text) for system, text, _steps in placed(data.get(FIELD)) if system in sources}
                 for data in (known.data, one.data))  # fmt: skip
    return bool(new) and have <= new


def _ids(customer: Customer) -> tuple[str, ...]:
    """The ids that a customer has, and had before others were merged into it."""
    return (customer.id, *map(str, customer.data.get("merged_from", ())))


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
