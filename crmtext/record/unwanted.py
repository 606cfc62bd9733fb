"""Warnings about an interaction on a channel that the customer, or the contact, does not want or agree to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from crmtext.computed.reach import DO_NOT_CONTACT, is_marketing, rule_against
from crmtext.i18n import _
from crmtext.problem import Problem, Severity
from crmtext.record.change.draft import errors
from crmtext.terminal.quoting import quoted
from crmtext.text.pointer import split
from crmtext.wording.labels import choice_label
from crmtext.wording.values import customer_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.schema import Schema
    from crmtext.store import Store
    from crmtext.text.document import Document

#: The fields that say who may be contacted, besides name and type.
_FIELDS = ("preferences", "contacts", "consents")


def unwanted(document: Document, item: Mapping[str, Any], store: Store) -> tuple[Problem, ...]:
    """Return a warning for each channel of this interaction and its next step that must not, or not yet, be used.

    What came from the customer needs no consent and breaks no wish. An interaction without a direction is outgoing.
    """
    step = item.get("next") if isinstance(item.get("next"), dict) else None
    texts: dict[str, str] = {} if item.get("direction") == "in" else {item["channel"]: item["summary"]}
    if step and "channel" in step:
        texts[step["channel"]] = "\n".join(filter(None, (texts.get(step["channel"]), step["action"])))
    data, contact = _valid_part(document, store.schema), str(item.get("contact", ""))
    warnings = []
    for channel, text in texts.items():
        against = partial(rule_against, data, channel, store.today, store.settings, marketing=is_marketing(text))
        if against("") == DO_NOT_CONTACT:
            warnings.append(_unwelcome(customer_name(document), channel, store.schema))
        elif (rule := against(contact)) == DO_NOT_CONTACT:
            warnings.append(_unwelcome(contact or customer_name(document), channel, store.schema))
        elif rule:
            warnings.append(_not_agreed(document, contact, channel, store.schema))
    return tuple(warnings)


def _valid_part(document: Document, schema: Schema) -> Mapping[str, Any]:
    """Return the fields that say who may be contacted, without values and list items that have errors."""
    given: Mapping[str, Any] = document.data
    valid: dict[str, Any] = {"name": customer_name(document), "type": str(given.get("type", ""))}
    present = [key for key in _FIELDS if key in given]
    if not present:
        return valid
    wrong = {tuple(split(problem.place.pointer)[:2]) for problem in errors(document, schema)}
    for key in present:
        value = given[key]
        if (key,) in wrong:
            continue
        if isinstance(value, list):
            valid[key] = [one for number, one in enumerate(value) if (key, str(number)) not in wrong]
        else:
            valid[key] = {name: one for name, one in value.items() if (key, name) not in wrong}
    return valid


def _unwelcome(name: str, channel: str, schema: Schema) -> Problem:
    label = choice_label(schema.by_path["interactions[].channel"], channel)
    message = _("{name} does not want to be contacted by {channel}").format(name=name, channel=label)
    hint = _("use another channel next time; if the customer contacted you: --direction in")
    return Problem("do-not-contact", message, hint=hint, severity=Severity.WARNING)


def _not_agreed(document: Document, contact: str, channel: str, schema: Schema) -> Problem:
    name, label = customer_name(document), choice_label(schema.by_path["interactions[].channel"], channel)
    message = _("{name} has not agreed to marketing by {channel}").format(name=contact or name, channel=label)
    words = ("basis=consent", f"channels={channel}", *([f"contact={contact}"] if contact else []))
    customer = quoted(str(document.data.get("id") or name))
    command = " ".join(("crmtext append", customer, "consents", *map(quoted, words)))
    hint = _("once you have the consent: {command}").format(command=command)
    return Problem("no-consent", message, hint=hint, severity=Severity.WARNING)
