"""Whether a customer or a contact may be contacted on a channel: rejected channels, and consents for marketing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmtext.computed.contacts import has_left
from crmtext.i18n import _
from crmtext.settings.privacy import CHANNELS, PRIVACY
from crmtext.settings.problems import value_problem
from crmtext.values import lazy
from crmtext.values.did_you_mean import did_you_mean, nearest
from crmtext.values.folding import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from crmtext.model import Customer
    from crmtext.problem import Problem
    from crmtext.schema import Choice, Schema
    from crmtext.settings import Settings

#: The rules that a message or a call may break.
DO_NOT_CONTACT, NO_CONSENT = "do-not-contact", "no-consent"
#: Words of a purpose, or of the summary of an interaction, that is marketing.
_MARKETING = lazy.pattern(
    r"营销|促销|推广|广告|推销|优惠|群发|宣传|电销|电话销售"
    r"|\b(?:marketing|promot(?:ion|ions|ional|e|ing)|advert(?:s|ising|isements?)?|newsletters?|campaigns?|mailings?"
    r"|special offers?|telesales|telemarketing|cold[ -]calls?)\b",
    re.ASCII | re.IGNORECASE,
)


def rule_against(
    data: Mapping[str, Any], channel: str, today: date, settings: Settings, contact: str = "", *, marketing: bool
) -> str:
    """Return the rule that forbids contacting the customer, or its contact of this name; empty if there is none.

    `do-not-contact` is about any purpose. `no-consent` is about marketing to a person, on the channels of the setting
    `privacy.require_consent`: a customer of the type person, and each contact, needs a consent of their own.
    """
    if channel in not_by(data, today, contact):
        return DO_NOT_CONTACT
    if not marketing or channel not in settings.require_consent or not (contact or data.get("type") == "person"):
        return ""
    return "" if _agrees(data, channel, today, contact) else NO_CONSENT


def may_be_contacted(customer: Customer, channel: str, today: date, settings: Settings, *, marketing: bool) -> bool:
    """Whether the customer, or a contact who hasn't left, may be contacted on a channel."""
    names = ("", *(name for name, _data in people(customer, today)))
    data = customer.data
    return any(not rule_against(data, channel, today, settings, name, marketing=marketing) for name in names)


def people(customer: Customer, today: date) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the contacts who haven't left, each with its name."""
    for contact in customer.data.get("contacts", ()):
        if not has_left(contact, today):
            yield str(contact["name"]), contact


def not_by(data: Mapping[str, Any], today: date, contact: str = "") -> tuple[str, ...]:
    """Return the channels by which the customer, or its contact of this name, does not want to be contacted.

    These are `preferences.do_not_contact`, `opted_out` of the contact, and the channels of a consent of the customer or
    of the contact that was withdrawn and not given again. A customer's own wishes hold for all contacts.
    """
    channels = [*data.get("preferences", {}).get("do_not_contact", ())]
    if contact or data.get("type") == "person":
        for one in data.get("contacts", ()):
            channels += one.get("opted_out", ()) if _is_same(data, one["name"], contact) else ()
    if "consents" in data:
        channels += _withdrawn(data, today, "")
        channels += _withdrawn(data, today, contact) if contact else ()
    return tuple(dict.fromkeys(channels))


def holds(consent: Mapping[str, Any], today: date) -> bool:
    """Whether a consent, or another legal basis, was given by today and not withdrawn by today."""
    return str(consent["date"]) <= today.isoformat() and not _is_withdrawn(consent, today)


def is_marketing(purpose: str) -> bool:
    """Whether a purpose, or the summary of an interaction, is marketing."""
    return _MARKETING.search(purpose) is not None


def channels_of(purpose: str, schema: Schema) -> tuple[str, ...]:
    """Return the channels that a purpose names by value, label or synonym, such as `sms` for 短信营销."""
    text = purpose.casefold()
    choices = _channels(schema)
    return tuple(choice.value for choice in choices if any(_names(text, name.casefold()) for name in choice.names()))


def unknown_channels(settings: Settings, schema: Schema) -> Iterator[Problem]:
    """Yield a problem for each channel of `privacy.require_consent` that consents can't have."""
    names = {name: choice.value for choice in _channels(schema) for name in choice.names()}
    known = _("one of: {values}").format(values=", ".join(dict.fromkeys(names.values())))
    for channel in settings.require_consent:
        if channel not in names.values():
            message = _("unknown channel '{value}' in {key}").format(value=channel, key=f"{PRIVACY}.{CHANNELS}")
            hint = did_you_mean(names.get(nearest(channel, names), ""), known)
            yield value_problem(settings, "consent-channel", PRIVACY, CHANNELS, message, hint, channel)


def _channels(schema: Schema) -> tuple[Choice, ...]:
    field = schema.by_path.get("consents[].channels") or schema.by_path.get("preferences.do_not_contact")
    return (field.item or field).choices if field else ()


def _names(text: str, name: str) -> bool:
    # "text" is a text message, also in "texts" and "texting", but not in "context".
    return bool(re.search(rf"\b{re.escape(name)}(?:s|ed|ing)?\b", text, re.ASCII)) if name.isascii() else name in text


def _agrees(data: Mapping[str, Any], channel: str, today: date, contact: str) -> bool:
    """Whether a consent of the customer, or of the contact, names the channel and holds today."""
    return any(
        one["basis"] == "consent" and channel in one.get("channels", ()) and holds(one, today)
        for one in _consents(data, contact)
    )


def _withdrawn(data: Mapping[str, Any], today: date, contact: str) -> Iterator[str]:
    """Yield the channels whose consent was withdrawn up to today, without one that was given on that day or later."""
    consents = tuple(_consents(data, contact))
    for one in consents:
        if _is_withdrawn(one, today):
            for channel in one.get("channels", ()):
                if not any(
                    channel in other.get("channels", ()) and holds(other, today) and other["date"] >= one["withdrawn"]
                    for other in consents
                ):
                    yield channel


def _consents(data: Mapping[str, Any], contact: str) -> Iterator[Mapping[str, Any]]:
    """Yield the consents of the contact with this name; of the customer if it is empty."""
    for one in data.get("consents", ()):
        if _is_same(data, one.get("contact", ""), contact):
            yield one


def _is_same(data: Mapping[str, Any], one: str, other: str) -> bool:
    """Whether two names of contacts, empty for the customer, are one person: a person may be their own contact."""
    own = data["name"] if data.get("type") == "person" else ""
    return one == other or plain(one or own) == plain(other or own)


def _is_withdrawn(consent: Mapping[str, Any], today: date) -> bool:
    # ISO dates compare as text.
    return "withdrawn" in consent and str(consent["withdrawn"]) <= today.isoformat()
