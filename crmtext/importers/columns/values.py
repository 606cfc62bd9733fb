"""What `--value` says: the meaning of values that an enumeration doesn't know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.importers.columns.headers import norm
from crmtext.importers.values import scores
from crmtext.problem import usage
from crmtext.text.pointer import without_places
from crmtext.values.did_you_mean import did_you_mean, nearest
from crmtext.values.folding import folded

if TYPE_CHECKING:
    from collections.abc import Collection

    from crmtext.importers.columns.names import Names
    from crmtext.importers.mapping import Column
    from crmtext.importers.options import Options
    from crmtext.schema import Field

#: Stands for no value: cells that say so are empty.
NONE = "-"
_COLON = re.compile("[:：]")


def split(typed: str, headers: Collection[str]) -> tuple[str, str] | None:
    """Return the normal name of a column and its value, such as `级别:重点`; None if no header begins the text."""
    for colon in _COLON.finditer(typed):
        name = norm(typed[: colon.start()])
        if name in headers:
            return name, typed[colon.end() :].strip()
    return None


def with_meanings(columns: tuple[Column, ...], options: Options, names: Names) -> tuple[Column, ...]:
    """Return the columns with the typed meanings of their values. Raises CrmError for one that a field can't have."""
    if not options.meanings:
        return columns
    by_name = {norm(column.name): place for place, column in enumerate(columns)}
    known = list(columns)
    for typed, ours in options.meanings:
        if (parts := split(typed, by_name)) and known[by_name[parts[0]]].field:
            column = known[by_name[parts[0]]]
            _check_scale(parts[1], ours, _holder(column, names))
            known[by_name[parts[0]]] = column._replace(
                values={**column.values, parts[1]: _meaning(column, ours, names)}
            )
    return tuple(known)


def _holder(column: Column, names: Names) -> Field | None:
    """The field whose values a column has."""
    field = names.fields.get(without_places(column.field))
    return field.item if field and field.item else field


def _check_scale(value: str, ours: str, holder: Field | None) -> None:
    """Raise the error for a score, or a scale of scores, that isn't from 1 to 5."""
    if holder is None or holder.definition != "score" or ours == NONE:
        return
    is_scale = scores.typed_scale(value) is not None
    wanted = scores.typed_scale(ours) == scores.OURS if is_scale else ours in ("1", "2", "3", "4", "5")
    if not wanted:
        message = _("'{value}' is no score").format(value=ours[:80])
        raise usage("wrong-type", message, _("scores are from 1 to 5, and a scale becomes 1-5: 0-10=1-5"))


def _meaning(column: Column, typed: str, names: Names) -> str:
    """The value that a typed one names."""
    if typed == NONE:
        return ""
    holder = _holder(column, names)
    if holder and holder.definition == "score":
        return typed
    if column.field in ("@done", "@won") or (holder and holder.kind == "boolean"):
        return typed
    if not holder or not holder.choices:
        message = _("'{column}' goes to {field}, which takes any text: --value is for fields with a list of values")
        raise usage("wrong-type", message.format(column=column.name, field=column.field))
    known = {folded(name): choice.value for choice in holder.choices for name in choice.names()}
    if folded(typed) not in known:
        message = _("unknown value '{value}' for {key}").format(value=typed[:80], key=holder.label)
        some = _("one of: {values}").format(values=_(", ").join(choice.typed for choice in holder.choices))
        forms = [name for choice in holder.choices for name in choice.names()]
        raise usage("unknown-value", message, did_you_mean(nearest(typed, forms, loose=True), some))
    return known[folded(typed)]
