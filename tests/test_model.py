"""Which interactions are contacts."""

from __future__ import annotations

from itertools import product

from crmtext.model import is_contact

CHANNELS = (
    "phone", "visit", "email", "exhibition", "online-meeting", "wechat", "sms", "social", "note", "handover", "other",
)  # fmt: skip
#: Channel and direction of what is not a contact, whatever its outcome.
NEVER = {
    *product(("note", "handover"), (None, "in", "out")),
    ("email", "out"), ("wechat", "out"), ("sms", "out"), ("social", "out"), ("sms", None),
}  # fmt: skip


def test_a_contact_reached_the_customer() -> None:
    for channel, direction, outcome in product(CHANNELS, (None, "in", "out"), (None, "neutral", "done", "no-answer")):
        pairs = {"channel": channel, "direction": direction, "outcome": outcome}
        interaction = {key: value for key, value in pairs.items() if value}
        expected = outcome != "no-answer" and (channel, direction) not in NEVER
        assert is_contact(interaction) is expected, interaction
