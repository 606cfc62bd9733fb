"""Which value of an enumeration is meant by what people type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.schema import nearest
from crmtext.schema.validator_error import listed
from crmtext.values.did_you_mean import did_you_mean

if TYPE_CHECKING:
    from crmtext.schema.dictionary import Field


def chosen(field: Field, typed: str) -> str:
    """The value of a field's choices that a typed value, label or synonym stands for."""
    wanted = typed.strip().casefold()
    found = {each.value for each in field.choices if wanted in (name.casefold() for name in each.names())}
    if len(found) == 1:
        return found.pop()
    close = nearest.choice(typed, field.choices, loose=True)
    meant = "".join(each.typed for each in field.choices if each.value == close and not found)
    hint = did_you_mean(meant, _choices(field))
    raise usage(
        "unknown-value", _("unknown value '{value}' for {key}").format(value=typed, key=_in_a_sentence(field)), hint
    )


def _choices(field: Field) -> str:
    """The values there are, and which of them stands for what is none of the others."""
    known = _("one of: {values}").format(values=listed(field.choices))
    other = [each for each in field.choices if each.value == "other"]
    return known + "\n" + _("if none of them fits: {value}").format(value=listed(other)) if other else known


def _in_a_sentence(field: Field) -> str:
    """A key's label as it stands in the middle of a sentence: `channel`, but `VAT number`."""
    label = field.label
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
