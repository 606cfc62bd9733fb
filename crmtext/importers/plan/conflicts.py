"""Values that the store and the files have differently, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.importers.row_names import row_in_words
from crmtext.text.pointer import last, parent, split
from crmtext.values import lazy
from crmtext.wording.labels import key_label, labelled
from crmtext.wording.values import texts, value_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.importers.plan.decided import Difference
    from crmtext.importers.plan.result import Conflict, Plan
    from crmtext.schema import Field, Schema

#: The name of an item in the path of a difference.
_ITEM = lazy.pattern(r"\[([^\]]*)\]")


def lines(plan: Plan, conflict: Conflict, width: int) -> Iterator[str]:
    """Yield the customer, and the field with both values, each in at most so many columns."""
    ours, theirs = both_sides(plan, conflict, width)
    row = f" ({row_in_words(conflict.at, plan.understanding.tables)})" if conflict.at.row else ""
    yield f"  {conflict.name} ({conflict.id})"
    yield f"    {labelled(path(plan.store.schema, conflict.difference), f'{ours} ≠ {theirs}')}{row}"


def both_sides(plan: Plan, conflict: Conflict, width: int | None = None) -> tuple[str, str]:
    """Return the store's value and the files' in words, each in at most so many columns; masked if sensitive."""
    pointer = conflict.difference.pointer
    if plan.store.schema.sensitive(pointer):
        return "***", "***"
    sides = (conflict.difference.ours, conflict.difference.theirs)
    if None in sides and any(isinstance(side, dict) for side in sides):
        return (_("removed"), _("changed")) if sides[0] is None else (_("changed"), _("gone"))
    field = plan.store.schema.at(pointer)
    if field and field.kind != "map" and any(isinstance(side, dict) for side in sides):
        # An amount with its currency.
        holder = plan.store.schema.at(parent(pointer))
        ours, theirs = (
            texts(side, holder, plan.store.settings)[last(pointer)] if side else _("no value") for side in sides
        )
        return ours, theirs
    ours, theirs = (
        _("no value") if side is None else value_text(side, field, plan.store.settings, width) for side in sides
    )
    return ours, theirs


def path(schema: Schema, difference: Difference) -> str:
    """Return the path of a difference in labels: `联系人 › 张三 › 职务`."""
    names = iter(_ITEM.findall(difference.field))
    field: Field | None = schema.root
    parts = []
    for step in split(difference.pointer):
        if field and field.kind == "list":
            field = field.item
            parts.append(next(names, step))
        else:
            field = field.child(step) if field else None
            parts.append(key_label(field, step))
    # An item as a whole is at the end of its list.
    return " › ".join([*parts, *names]) or _("the customer")
