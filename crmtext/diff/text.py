"""A comparison as text for a terminal, as JSON, and in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.diff.words import ChangeText, Words
from crmtext.i18n import _, bracketed, plural
from crmtext.wording.labels import labelled
from crmtext.wording.values import few

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.diff.customers import Comparison, Difference

_MARKS = {"added": "+", "removed": "-"}


def words(comparison: Comparison) -> Words:
    """Return the words of the newer side."""
    return Words(comparison.new.schema, comparison.new.settings)


def count_line(comparison: Comparison) -> str:
    """Return how much differs: `3 customers: 2 fields, 4 interactions`."""
    differences = comparison.differences
    fields = sum(difference.fields for difference in differences)
    interactions = sum(difference.interactions for difference in differences)
    kinds = [difference.kind for difference in differences]
    parts = [
        plural("{n} new", "{n} new", kinds.count("added")) if "added" in kinds else "",
        plural("{n} removed", "{n} removed", kinds.count("removed")) if "removed" in kinds else "",
        plural("{n} field", "{n} fields", fields) if fields else "",
        plural("{n} interaction", "{n} interactions", interactions) if interactions else "",
        plural("{n} text only", "{n} text only", kinds.count("text-only")) if "text-only" in kinds else "",
        plural("{n} moved", "{n} moved", kinds.count("renamed")) if "renamed" in kinds else "",
    ]
    if not differences:
        return _("no customer changed")
    customers = plural("{n} customer", "{n} customers", len(differences))
    return _("{customers}: {parts}").format(customers=customers, parts=_(", ").join(filter(None, parts)))


def unreadable_line(comparison: Comparison) -> str:
    """Return which records could not be compared; empty if all could."""
    if not comparison.unreadable:
        return ""
    paths = _(", ").join(few(comparison.unreadable, 5))
    return _("not compared, because one side is not valid YAML: {paths}").format(paths=paths)


def text(comparison: Comparison) -> str:
    """Return the comparison for a terminal."""
    say = words(comparison)
    parts = ["".join(f"{line}\n" for line in _customer(difference, say)) for difference in comparison.differences]
    return "\n".join([f"{count_line(comparison)}\n", *parts])


def _customer(difference: Difference, say: Words) -> Iterator[str]:
    yield f"{bracketed(difference.name, difference.id)} {headline(difference)}".rstrip()
    if difference.old_path:
        yield "  " + _("moved: {old} → {new}").format(old=difference.old_path, new=difference.path)
    for change in lines(difference, say):
        yield f"  {mark(change)} {labelled(change.label, value(change))}"
        yield from (f"      {labelled(label, text)}" for label, text in change.below)


def lines(difference: Difference, say: Words) -> Iterator[ChangeText]:
    """Yield the changes of a customer in words: none of a removed one, for a new one without those in the headline."""
    if difference.kind == "removed":
        return
    for change in difference.expanded:
        if difference.kind != "added" or change.path[0] not in ("id", "name", "short_name"):
            yield say.describe(change, difference)


def headline(difference: Difference) -> str:
    """Return what happened to the customer as a whole; empty if values changed."""
    texts = {
        "added": _("new"),
        "removed": _("removed"),
        "renamed": _("moved only"),
        "text-only": _("text only: comments or layout, data unchanged"),
    }
    return texts.get(difference.kind, "")


def mark(change: ChangeText) -> str:
    """Return the sign of a change: `+`, `-` or `~`."""
    return _MARKS.get(change.kind, "~")


def value(change: ChangeText) -> str:
    """Return a change's values in one line."""
    if change.kind == "moved":
        return _("reordered")
    if change.secret:
        return {"added": _("set (not shown)"), "removed": _("removed (not shown)")}.get(
            change.kind, _("changed (not shown)")
        )
    if change.kind == "changed":
        return f"{change.before} → {change.after}"
    return change.after if change.kind == "added" else change.before


def document(comparison: Comparison) -> Mapping[str, Any]:
    """Return the comparison as JSON."""
    say, differences = words(comparison), comparison.differences
    return {
        "from": comparison.old.read,
        "to": comparison.new.read,
        "counts": {
            "customers": len(differences),
            "fields": sum(difference.fields for difference in differences),
            "interactions": sum(difference.interactions for difference in differences),
        },
        "customers": [_record(difference, say) for difference in differences],
        "left_out": list(comparison.unreadable),
    }


def _record(difference: Difference, say: Words) -> Mapping[str, Any]:
    return {
        "id": difference.id,
        "name": difference.name,
        "path": difference.path,
        **({"old_path": difference.old_path} if difference.old_path else {}),
        "kind": difference.kind,
        "changes": changes(difference, say),
    }


def changes(difference: Difference, say: Words) -> list[Mapping[str, Any]]:
    """Return the changes of one customer as JSON; a sensitive value is null and marked."""
    return [
        {
            "kind": change.kind,
            "key": say.key(change.path, difference),
            "before": say.discreet(change.before, change.path),
            "after": None if change.kind == "moved" else say.discreet(change.after, change.path),
            **({"sensitive": True} if say.describe(change, difference).secret else {}),
        }
        for change in difference.expanded
    ]
