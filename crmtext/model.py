"""A customer: the data of a valid record; typed only where code computes with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.text.document import Document

#: Channels that only colleagues see.
INTERNAL = frozenset({"note", "handover"})
#: Channels on which an outgoing message is not a contact: the reply is.
_MESSAGES = frozenset({"email", "wechat", "sms", "social"})

#: The order of priorities in lists.
_PRIORITY = {"key": 0, "normal": 1, "low": 2}


class NextStep(NamedTuple):
    """A next step. `number` is the one that `show` and `done` use: open ones from 1, by due date."""

    number: int
    action: str
    due: date | None
    by: str
    done: date | None
    #: The index of its interaction, from 0.
    interaction: int
    #: The time of day, such as 14:00, and the channel; empty if not set.
    time: str = ""
    channel: str = ""


@dataclass(frozen=True)
class Customer:
    """A record that is valid by the schema."""

    document: Document

    @property
    def data(self) -> Mapping[str, Any]:
        """The record as JSON-shaped data."""
        data: Mapping[str, Any] = self.document.data
        return data

    @property
    def path(self) -> str:
        """The path in the store, with `/`."""
        return self.document.path

    @property
    def id(self) -> str:
        """The customer's id."""
        return str(self.data["id"])

    @property
    def name(self) -> str:
        """The full name."""
        return str(self.data["name"])

    @property
    def short(self) -> str:
        """The short name, else the full one."""
        return str(self.data.get("short_name", self.data["name"]))

    @property
    def names(self) -> tuple[str, ...]:
        """All names: the full one, the short one, and others."""
        short = (str(self.data["short_name"]),) if "short_name" in self.data else ()
        return (self.name, *short, *self.data.get("aliases", ()))

    @property
    def type(self) -> str:
        """Company, person, institution or other."""
        return str(self.data["type"])

    @property
    def status(self) -> str:
        """The status, from lead to lost."""
        return str(self.data["status"])

    @property
    def owner(self) -> str:
        """The handle of the colleague in charge."""
        return str(self.data["owner"])

    @property
    def priority(self) -> str:
        """Key, normal or low; normal by default."""
        return str(self.data.get("priority", "normal"))

    @property
    def interactions(self) -> tuple[Mapping[str, Any], ...]:
        """The interactions in the file's order."""
        return tuple(self.data.get("interactions", ()))

    @cached_property
    def nearest_step(self) -> Mapping[str, Any] | None:
        """The open next step that is due first, by date and time, as data."""
        steps = [step for interaction in self.interactions if (step := interaction.get("next"))]
        dated = [step for step in steps if step.get("due") and not step.get("done")]
        return min(dated, key=lambda step: (str(step["due"])[:10], str(step.get("time", "~"))), default=None)


def unmasked(customer: Customer) -> Customer:
    """Return the full customer of a masked one, for conditions and figures; its values must not be shown."""
    full = vars(customer.document).get("_full")
    return Customer(full) if full else customer


def priority_rank(priority: str) -> int:
    """The place of a priority in lists: key customers come first; an unknown one counts as normal."""
    return _PRIORITY.get(priority, _PRIORITY["normal"])


def is_contact(interaction: Mapping[str, Any]) -> bool:
    """Whether the interaction reached the customer: no note, handover, unanswered attempt or message sent."""
    channel, direction = interaction["channel"], interaction.get("direction")
    if channel in INTERNAL or interaction.get("outcome") == "no-answer":
        return False
    # A text message is sent, unless it says that it came in.
    return not (channel in _MESSAGES and direction == "out") and (channel != "sms" or direction == "in")


def signature(interaction: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields that identify an interaction, which has no id."""
    return tuple(str(interaction[key]) for key in ("date", "by", "channel", "summary"))


def next_steps(customer: Customer) -> tuple[NextStep, ...]:
    """All next steps: open ones first, by due date and time (those without one last), then those done, newest first."""
    steps = list(_steps(customer))
    due = sorted(
        (step for step in steps if step.done is None), key=lambda s: (s.due or date.max, s.time or "~", s.interaction)
    )
    ended = (step for step in steps if step.done is not None)
    done = sorted(ended, key=lambda s: (s.done or date.min, s.interaction), reverse=True)
    return tuple(step._replace(number=number) for number, step in enumerate([*due, *done], start=1))


def _steps(customer: Customer) -> Iterator[NextStep]:
    for index, interaction in enumerate(customer.interactions):
        if step := interaction.get("next"):
            by = str(step.get("by", interaction["by"]))
            more = (str(step.get("time", "")), str(step.get("channel", "")))
            yield NextStep(0, str(step["action"]), day(step.get("due")), by, day(step.get("done")), index, *more)


def working_on(customer: Customer) -> set[str]:
    """The handles of the owner and of the colleagues with an open next step, case or opportunity."""
    data = customer.data
    steps = ((entry, entry.get("next")) for entry in data.get("interactions", ()))
    handles = {step.get("by", entry["by"]) for entry, step in steps if step and not step.get("done")}
    handles |= {case.get("owner") for case in data.get("cases", ()) if case["status"] != "closed"}
    handles |= {deal.get("owner") for deal in data.get("opportunities", ()) if deal["stage"] not in ("won", "lost")}
    return {customer.owner, *map(str, handles - {None})}


def day(value: Any) -> date | None:
    """The day of a stored date or date-time; None if there is none."""
    return date.fromisoformat(str(value)[:10]) if value else None


def start_of(partial: Any) -> str:
    """The first day of a date that may lack its day or month; empty for none."""
    text = str(partial or "")
    return text + "-01-01"[len(text) - len("2000") :] if text else ""


def exists(partial: Any) -> bool:
    """Whether a date, possibly partial, is in the calendar: `1990`, `1990-05`, `1990-05-01`, `--02-29`."""
    # A leap year stands in for an unknown year.
    text = str(partial).replace("--", "2000-", 1)
    try:
        date.fromisoformat(text + "-01-01"[len(text) - len("2000") :])
    except ValueError:
        return False
    return True
