"""Where YAML's parser gave up, and the lines that may be to blame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from crmtext.text.read.events import Event, events, shift

if TYPE_CHECKING:
    from crmtext.problem import Edit


class Finding(NamedTuple):
    """What is wrong with `text[start:end]`."""

    rule: str
    message: str
    hint: str
    start: int
    end: int
    fix: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class Stumble:
    """Where the scanner gave up and what it said."""

    text: str
    lines: tuple[str, ...]
    said: str
    #: Line numbers from 0: where it gave up, and where what it was reading began.
    line: int
    column: int
    since: int
    since_column: int

    @property
    def at(self) -> int:
        """The offset where it gave up."""
        return self.offset(self.line, self.column)

    @property
    def begin(self) -> int:
        """The offset where what it was reading began."""
        return self.offset(self.since, self.since_column)

    def offset(self, line: int, column: int = 0) -> int:
        """The offset of a line and column in the text."""
        mark = 1 if self.text.startswith("\ufeff") else 0
        return mark + sum(len(each) + 1 for each in self.lines[:line]) + column

    def says(self, *parts: str) -> bool:
        """Whether what it said holds one of these."""
        return any(part in self.said for part in parts)

    @property
    def suspects(self) -> tuple[int, ...]:
        """The lines that may hold the mistake: where what it was reading began, the one before, where it stopped."""
        before = next((i for i in range(self.line - 1, -1, -1) if self.lines[i].strip()), 0)
        found = dict.fromkeys((self.since, before, self.line))
        return tuple(line for line in found if line < len(self.lines))

    @cached_property
    def last_scalar(self) -> tuple[int, int, Event] | None:
        """The last value that was read whole: its offsets and its event."""
        import yaml

        found: Event = None
        try:
            for event in events(self.text):
                found = event if isinstance(event, yaml.ScalarEvent) else found
        except yaml.YAMLError:
            pass
        by = shift(self.text)
        return (found.start_mark.index + by, found.end_mark.index + by, found) if found else None


def stumble(error: Exception, text: str) -> Stumble:
    """Where and why a `yaml.YAMLError` was raised."""
    lines = tuple(text.removeprefix("\ufeff").split("\n"))
    at, since = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    said = f"{getattr(error, 'context', '') or ''} {getattr(error, 'problem', '') or error}".strip()
    if (stop := at or since) is None:
        return Stumble(text, lines, said, 0, 0, 0, 0)
    start = since or stop
    return Stumble(text, lines, said, stop.line, stop.column, start.line, start.column)
