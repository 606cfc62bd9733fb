"""A comparison told: as text for a terminal, as JSON, and in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.diff.words import ChangeText, Words
from crmtext.i18n import _, plural
from crmtext.wording.labels import labelled
from crmtext.wording.values import few

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.diff.customers import Comparison, Difference

_MARKS = {"added": "+", "removed": "-"}


def words(comparison: Comparison) -> Words:
    """The words of the newer side."""
    return Words(comparison.new.schema, comparison.new.settings)


def count_line(comparison: Comparison) -> str:
    """How much differs: `3 customers: 2 fields, 4 interactions`."""
    found = comparison.differences
    fields, interactions = sum(each.fields for each in found), sum(each.interactions for each in found)
    kinds = [each.kind for each in found]
    parts = [
        plural("{n} new", "{n} new", kinds.count("added")) if "added" in kinds else "",
        plural("{n} removed", "{n} removed", kinds.count("removed")) if "removed" in kinds else "",
        plural("{n} field", "{n} fields", fields) if fields else "",
        plural("{n} interaction", "{n} interactions", interactions) if interactions else "",
        plural("{n} text only", "{n} text only", kinds.count("text-only")) if "text-only" in kinds else "",
        plural("{n} moved", "{n} moved", kinds.count("renamed")) if "renamed" in kinds else "",
    ]
    if not found:
        return _("no customer changed")
    said = plural("{n} customer", "{n} customers", len(found))
    return _("{customers}: {parts}").format(customers=said, parts=_(", ").join(filter(None, parts)))


def unreadable_line(comparison: Comparison) -> str:
    """Which records could not be compared; empty if all could."""
    if not comparison.unreadable:
        return ""
    paths = _(", ").join(few(comparison.unreadable, 5))
    return _("not compared, because one side is not valid YAML: {paths}").format(paths=paths)


def text(comparison: Comparison) -> str:
    """The comparison for a terminal."""
    say = words(comparison)
    parts = ["".join(f"{line}\n" for line in _customer(each, say)) for each in comparison.differences]
    return "\n".join([f"{count_line(comparison)}\n", *parts])


def _customer(each: Difference, say: Words) -> Iterator[str]:
    yield f"{each.name} ({each.id}) {headline(each)}".rstrip()
    if each.old_path:
        yield "  " + _("moved: {old} → {new}").format(old=each.old_path, new=each.path)
    for said in lines(each, say):
        yield from _lines(said)


def lines(each: Difference, say: Words) -> Iterator[ChangeText]:
    """What is told of a customer: of one who went nothing, of a new one not what stands in the headline."""
    if each.kind == "removed":
        return
    for change in each.told:
        if each.kind != "added" or change.path[0] not in ("id", "name", "short_name"):
            yield say.describe(change, each)


def headline(each: Difference) -> str:
    """What happened to the customer as a whole; empty where values changed."""
    said = {
        "added": _("new"),
        "removed": _("removed"),
        "renamed": _("moved only"),
        "text-only": _("text only: comments or layout, data unchanged"),
    }
    return said.get(each.kind, "")


def mark(said: ChangeText) -> str:
    """The sign of a change: `+`, `-` or `~`."""
    return _MARKS.get(said.kind, "~")


def _lines(said: ChangeText) -> Iterator[str]:
    yield f"  {mark(said)} {labelled(said.label, value(said))}"
    for label, below in said.below:
        yield f"      {labelled(label, below)}"


def value(said: ChangeText) -> str:
    """What became of a value, in a line."""
    if said.kind == "moved":
        return _("reordered")
    if said.secret:
        return {"added": _("set (not shown)"), "removed": _("removed (not shown)")}.get(
            said.kind, _("changed (not shown)")
        )
    if said.kind == "changed":
        return f"{said.before} → {said.after}"
    return said.after if said.kind == "added" else said.before


def document(comparison: Comparison) -> Mapping[str, Any]:
    """The comparison as the contract's JSON has it."""
    say, found = words(comparison), comparison.differences
    return {
        "from": comparison.old.read,
        "to": comparison.new.read,
        "counts": {
            "customers": len(found),
            "fields": sum(each.fields for each in found),
            "interactions": sum(each.interactions for each in found),
        },
        "customers": [_record(each, say) for each in found],
        "left_out": list(comparison.unreadable),
    }


def _record(each: Difference, say: Words) -> Mapping[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "path": each.path,
        **({"old_path": each.old_path} if each.old_path else {}),
        "kind": each.kind,
        "changes": changes(each, say),
    }


def changes(each: Difference, say: Words) -> list[Mapping[str, Any]]:
    """The changes of one customer as JSON; a sensitive value is null, and said to be so."""
    return [
        {
            "kind": change.kind,
            "key": say.key(change.path, each),
            "before": say.discreet(change.before, change.path),
            "after": None if change.kind == "moved" else say.discreet(change.after, change.path),
            **({"sensitive": True} if say.describe(change, each).secret else {}),
        }
        for change in each.told
    ]
