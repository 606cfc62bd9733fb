"""Enumeration values by what users type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.schema import nearest
from crmtext.schema.validator_error import list_choices
from crmtext.values.did_you_mean import did_you_mean

if TYPE_CHECKING:
    from crmtext.schema.dictionary import Field


def find_choice(field: Field, typed: str) -> str:
    """Return the value of a field's choices for a typed value, label or synonym. Raises CrmError if unknown."""
    wanted = typed.strip().casefold()
    values = {choice.value for choice in field.choices if wanted in (name.casefold() for name in choice.names())}
    if len(values) == 1:
        return values.pop()
    close = nearest.choice(typed, field.choices, loose=True)
    meant = "".join(choice.typed for choice in field.choices if choice.value == close and not values)
    hint = did_you_mean(meant, _choices(field))
    raise usage(
        "unknown-value", _("unknown value '{value}' for {key}").format(value=typed, key=_in_a_sentence(field)), hint
    )


def _choices(field: Field) -> str:
    """The hint with all values, and with the one for everything else."""
    known = _("one of: {values}").format(values=list_choices(field.choices))
    other = [choice for choice in field.choices if choice.value == "other"]
    return known + "\n" + _("if none of them fits: {value}").format(value=list_choices(other)) if other else known


def _in_a_sentence(field: Field) -> str:
    """A field's label inside a sentence: `channel`, but `VAT number`."""
    label = field.label
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
