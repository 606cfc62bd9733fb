"""Messages of a customer that nobody has answered."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.computed.figure import Figure
from crmtext.i18n import N_
from crmtext.model import INTERNAL
from crmtext.query.computed_names import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot

#: Channels on which one side writes, and the other answers later.
_WRITTEN = frozenset({"email", "wechat", "sms", "social", "other"})
#: Channels on which both sides talk.
_SPOKEN = frozenset({"phone", "visit", "exhibition", "online-meeting"})


class Message(NamedTuple):
    """An incoming message, or a call that was missed, without an answer so far."""

    day: date
    #: The last working day on which to answer; None if it is beyond the calendar.
    due: date | None
    channel: str
    summary: str
    #: The contact that it is from; empty if the interaction names none.
    contact: str = ""


def unanswered(customer: Customer, snapshot: Snapshot) -> Message | None:
    """Return the earliest message up to today that has neither an answer nor a next step of its own."""
    if not any(interaction.get("direction") == "in" for interaction in customer.interactions):
        return None
    today = snapshot.today.isoformat()
    waiting: Mapping[str, Any] | None = None
    # Sorting keeps the file's order within a day.
    for interaction in sorted(customer.interactions, key=lambda interaction: str(interaction["date"])[:10]):
        if str(interaction["date"])[:10] > today:
            break
        if _is_answer(interaction):
            waiting = None
        elif waiting is None and _asks(interaction):
            waiting = interaction
    if waiting is None:
        return None
    day = date.fromisoformat(str(waiting["date"])[:10])
    due = snapshot.settings.working_days.after(day, snapshot.settings.answer_days)
    return Message(day, due, str(waiting["channel"]), str(waiting["summary"]), str(waiting.get("contact", "")))


def _asks(interaction: Mapping[str, Any]) -> bool:
    """Whether the customer wrote, or called in vain, and it is neither done nor has a next step."""
    if interaction.get("direction") != "in" or interaction.get("next") or interaction.get("outcome") == "done":
        return False
    channel = interaction["channel"]
    return channel in _WRITTEN or (channel == "phone" and interaction.get("outcome") == "no-answer")


def _is_answer(interaction: Mapping[str, Any]) -> bool:
    """Whether the team got in touch, or both sides talked."""
    channel = interaction["channel"]
    if channel in INTERNAL:
        return False
    talked = channel in _SPOKEN and interaction.get("outcome") != "no-answer"
    return interaction.get("direction") != "in" or talked


def _since(customer: Customer, snapshot: Snapshot) -> date | None:
    message = unanswered(customer, snapshot)
    return message.day if message else None


MESSAGES = Table(
    {
        "unanswered_since": Figure(
            _since, "date", N_("Unanswered since"),
            N_("the date of the earliest incoming message, or missed call, that has neither an answer nor a next step"),
            ("未回复", "unanswered"),
        ),
    },
    lambda snapshot: (snapshot,),
)  # fmt: skip
