"""A customer: a valid record's data under the names users see; typed only where code computes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.text.document import Document

#: Channels that are no contact with the customer.
NO_CONTACT = frozenset({"note", "handover"})


class NextStep(NamedTuple):
    """A promise with a due date. `number` is how `show` and `done` name it: open ones from 1, in order of due date."""

    number: int
    action: str
    due: date | None
    by: str
    done: date | None
    #: Which interaction it belongs to, from 0.
    interaction: int


@dataclass(frozen=True)
class Customer:
    """A record that fits the schema."""

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
        """The customer's number, the identity."""
        return str(self.data["id"])

    @property
    def name(self) -> str:
        """The full name."""
        return str(self.data["name"])

    @property
    def short(self) -> str:
        """The short name; the full one where there is none."""
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
        """Where the customer stands."""
        return str(self.data["status"])

    @property
    def owner(self) -> str:
        """The handle of the colleague in charge."""
        return str(self.data["owner"])

    @property
    def priority(self) -> str:
        """Key, normal or low; normal where the record does not say."""
        return str(self.data.get("priority", "normal"))

    @property
    def interactions(self) -> tuple[Mapping[str, Any], ...]:
        """The interactions as they stand in the file."""
        return tuple(self.data.get("interactions", ()))

    @cached_property
    def last_contact(self) -> date | None:
        """The day of the last interaction that was a contact."""
        # Days of one form are in the order of their letters, and one of them is enough to be read.
        return day(max([str(each["date"])[:10] for each in self.interactions if is_contact(each)], default=None))

    @cached_property
    def nearest_step(self) -> Mapping[str, Any] | None:
        """The open next step that is due first, as it stands in the file."""
        steps = [step for each in self.interactions if (step := each.get("next"))]
        dated = [step for step in steps if step.get("due") and not step.get("done")]
        return min(dated, key=lambda step: str(step["due"])[:10], default=None)


def is_contact(interaction: Mapping[str, Any]) -> bool:
    """Whether customer and colleague were in touch; internal notes and unanswered calls are no contact."""
    return interaction["channel"] not in NO_CONTACT and interaction.get("outcome") != "no-answer"


def signature(interaction: Mapping[str, Any]) -> tuple[str, ...]:
    """What an interaction is known by: it has no number, and its content is what it is."""
    return tuple(str(interaction[key]) for key in ("date", "by", "channel", "summary"))


def next_steps(customer: Customer) -> tuple[NextStep, ...]:
    """All next steps: open ones first, by due date (those without one last), then those done, newest first."""
    found = list(_steps(customer))
    due = sorted((each for each in found if each.done is None), key=lambda s: (s.due or date.max, s.interaction))
    ended = (each for each in found if each.done is not None)
    done = sorted(ended, key=lambda s: (s.done or date.min, s.interaction), reverse=True)
    return tuple(step._replace(number=number) for number, step in enumerate([*due, *done], start=1))


def _steps(customer: Customer) -> Iterator[NextStep]:
    for index, interaction in enumerate(customer.interactions):
        if step := interaction.get("next"):
            by = str(step.get("by", interaction["by"]))
            yield NextStep(0, str(step["action"]), day(step.get("due")), by, day(step.get("done")), index)


def day(value: Any) -> date | None:
    """The day of a stored date or moment; None where there is none."""
    return date.fromisoformat(str(value)[:10]) if value else None


def exists(partial: Any) -> bool:
    """Whether a date of which parts may be unknown is in the calendar: `1990`, `1990-05`, `1990-05-01`, `--02-29`."""
    # A leap year stands for a year that is not known.
    text = str(partial).replace("--", "2000-", 1)
    try:
        date.fromisoformat(text + "-01-01"[len(text) - len("2000") :])
    except ValueError:
        return False
    return True
