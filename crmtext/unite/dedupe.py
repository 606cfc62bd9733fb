"""List groups of likely duplicates: as a table, as JSON, as a workbook with a column for the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.answer import Column, Table
from crmtext.duplicates.compare import in_words
from crmtext.duplicates.groups import Group, Pair, groups
from crmtext.i18n import _, plural, speaking
from crmtext.terminal.quoting import quoted
from crmtext.unite.unite import differences
from crmtext.wording.labels import heading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.snapshot import Snapshot

#: How many groups a table shows.
_MOST = 200


class Duplicates(NamedTuple):
    """The groups of a store, and the records that could not be compared."""

    groups: tuple[Group, ...]
    left_out: int
    snapshot: Snapshot


def find(snapshot: Snapshot, least: float) -> Duplicates:
    """Return the groups of likely duplicates whose pairs have at least this score."""
    return Duplicates(groups(snapshot.customers, least), snapshot.left_out, snapshot)


def _differ(pair: Pair, snapshot: Snapshot) -> tuple[str, ...]:
    """Return the fields that a merge of the two would ask about, as they can be typed."""
    schema, one, other = snapshot.schema, pair.one.data, pair.other.data
    pointers = (difference.pointer for difference in differences(schema, one, other))
    return tuple(dict.fromkeys(schema.typed_at(pointer, one) for pointer in pointers))


def table(listed: Duplicates) -> Table:
    """Return a row for each customer, group after group, with the JSON document."""
    columns = (
        Column("group", _("Group"), right=True),
        Column("id", _("Customer"), fixed=True),
        Column("name", _("Name")),
        Column("owner", heading(listed.snapshot.schema, "owner")),
        Column("score", _("Score"), right=True),
        Column("reasons", _("Reasons")),
        Column("differ", _("Fields that differ")),
    )
    rows = tuple(
        row for number, group in enumerate(listed.groups[:_MOST], start=1) for row in _rows(number, group, listed)
    )
    return Table(columns, rows, document(listed), _note(listed))


def document(listed: Duplicates) -> dict[str, object]:
    """Return the JSON document."""
    return {
        "groups": [
            {
                "customers": [{"id": one.id, "name": one.name, "path": one.path} for one in group.customers],
                "pairs": [
                    {
                        "ids": [pair.one.id, pair.other.id],
                        "score": pair.score,
                        "certain": pair.certain,
                        "reasons": [kind for kind, _value in pair.shared],
                    }
                    for pair in group.pairs
                ],
                "differ": _differ_in(group, listed.snapshot),
            }
            for group in listed.groups
        ]
    }


def _differ_in(group: Group, snapshot: Snapshot) -> list[str]:
    """Return the fields that differ in a group by their names in the records, in whatever language."""
    with speaking("en"):
        return list(dict.fromkeys(field for pair in group.pairs for field in _differ(pair, snapshot)))


def _rows(number: int, group: Group, listed: Duplicates) -> Iterator[tuple[str, ...]]:
    best: dict[str, Pair] = {}
    for pair in group.pairs:
        best.setdefault(pair.other.path, pair)
    for customer in group.customers:
        head = (f"{number}", customer.id, customer.name, listed.snapshot.settings.shown(customer.owner))
        match = best.get(customer.path)
        if match is None:
            yield (*head, "", "", "")
        else:
            fields = _(", ").join(_differ(match, listed.snapshot))
            yield (*head, f"{match.score:.2f}", _(", ").join(in_words(match.shared)), fields)


def _note(listed: Duplicates) -> str:
    count = len(listed.groups)
    if not count:
        lines = [_("no likely duplicates")]
    else:
        lines = [plural("{n} group of likely duplicates", "{n} groups of likely duplicates", count)]
        if count > _MOST:
            lines.append(
                _("the first {n} are shown; all of them: crmtext dedupe --format xlsx -o FILE").format(n=_MOST)
            )
        one, other = (quoted(customer.id) for customer in listed.groups[0].pairs[0][:2])
        lines.append(_("to merge two: {command}").format(command=f"crmtext merge {one} {other}"))
        different = f"crmtext set {one} not_duplicate_of+={other}"
        lines.append(_("if they are two customers: {command}").format(command=different))
    if listed.left_out:
        lines.append(
            plural(
                "{n} record has errors and was not compared: crmtext check",
                "{n} records have errors and were not compared: crmtext check",
                listed.left_out,
            )
        )
    return "\n".join(lines)
