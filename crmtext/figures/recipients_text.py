"""Recipients as a table and as JSON, with a note on those who are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.answer import Column, Table
from crmtext.computed.reach import DO_NOT_CONTACT, NO_CONSENT
from crmtext.figures.recipients import FIELDS
from crmtext.i18n import _, plural
from crmtext.query import listing
from crmtext.wording.labels import choice_label, full_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.figures.recipients import Recipients
    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot


def table(done: Recipients, snapshot: Snapshot) -> Table:
    """Return the recipients with their addresses or numbers."""
    schema = snapshot.schema
    labels = {"email": _("E-mail address"), "visit": _("Address"), "wechat": _("WeChat id")}
    columns = (
        Column("id", full_label(schema, "id"), fixed=True),
        Column("name", full_label(schema, "name")),
        Column("contact", _("Contact")),
        Column("address", labels.get(done.channel) or _("Phone number"), fixed=done.channel in FIELDS),
    )
    return Table(columns, done.listed, _document(done, snapshot), "\n".join(_notes(done, snapshot)))


def left_out(refused: Mapping[str, int], channel: str, schema: Schema) -> Iterator[str]:
    """Yield a line for each rule by which customers are left out of a list for a channel."""
    label = channel_label(channel, schema)
    if count := refused.get(DO_NOT_CONTACT, 0):
        yield plural(
            "{n} customer left out: not to be contacted by {channel}",
            "{n} customers left out: not to be contacted by {channel}",
            count,
            channel=label,
        )
    if count := refused.get(NO_CONSENT, 0):
        yield plural(
            "{n} customer left out: no consent to marketing by {channel}",
            "{n} customers left out: no consent to marketing by {channel}",
            count,
            channel=label,
        )


def channel_label(channel: str, schema: Schema) -> str:
    """Return the label of a channel."""
    return choice_label(schema.by_path.get("preferences.do_not_contact[]"), channel)


def _notes(done: Recipients, snapshot: Snapshot) -> Iterator[str]:
    if not snapshot.checked:
        yield listing.note(snapshot, ())
        return
    if not done.listed:
        yield _("nobody to list")
    yield from left_out(done.refused, done.channel, snapshot.schema)
    if people := sum(done.partly.values()):
        yield plural(
            "{n} more person or number left out at customers in the list",
            "{n} more persons or numbers left out at customers in the list",
            people,
        )
    if done.without:
        yield plural(
            "{n} customer without an address or number for {channel}",
            "{n} customers without an address or number for {channel}",
            done.without,
            channel=channel_label(done.channel, snapshot.schema),
        )
    if line := listing.left_out(snapshot):
        yield line


def _document(done: Recipients, snapshot: Snapshot) -> Mapping[str, Any]:
    recipients = [{**one._asdict(), "contact": one.contact or None} for one in done.listed]
    return {
        "channel": done.channel,
        "recipients": recipients,
        "refused": dict(done.refused),
        "partly_refused": dict(done.partly),
        "without": done.without,
        "left_out": snapshot.left_out,
    }
