"""Where YAML's parser stopped, and the lines that may be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from crmtext.text.read.events import Event, events, shift

if TYPE_CHECKING:
    from crmtext.problem import Edit


class Finding(NamedTuple):
    """A mistake in `text[start:end]`."""

    rule: str
    message: str
    hint: str
    start: int
    end: int
    fix: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class Stumble:
    """Where the parser stopped, and its message."""

    text: str
    lines: tuple[str, ...]
    message: str
    #: Line numbers from 0: where it stopped, and the start of what it was reading.
    line: int
    column: int
    since: int
    since_column: int

    @property
    def at(self) -> int:
        """The offset where it stopped."""
        return self.offset(self.line, self.column)

    @property
    def begin(self) -> int:
        """The offset where the part it was reading began."""
        return self.offset(self.since, self.since_column)

    def offset(self, line: int, column: int = 0) -> int:
        """The offset of a line and column in the text."""
        mark = 1 if self.text.startswith("\ufeff") else 0
        return mark + sum(len(text) + 1 for text in self.lines[:line]) + column

    def says(self, *parts: str) -> bool:
        """Whether its message contains one of these."""
        return any(part in self.message for part in parts)

    @property
    def suspects(self) -> tuple[int, ...]:
        """The lines that may hold the mistake: the start of the part being read, the line before the stop, the stop."""
        before = next((i for i in range(self.line - 1, -1, -1) if self.lines[i].strip()), 0)
        lines = dict.fromkeys((self.since, before, self.line))
        return tuple(line for line in lines if line < len(self.lines))

    @cached_property
    def last_scalar(self) -> tuple[int, int, Event] | None:
        """The last complete value: its offsets and its event."""
        import yaml

        scalar: Event = None
        try:
            for event in events(self.text):
                scalar = event if isinstance(event, yaml.ScalarEvent) else scalar
        except yaml.YAMLError:
            pass
        by = shift(self.text)
        return (scalar.start_mark.index + by, scalar.end_mark.index + by, scalar) if scalar else None


def stumble(error: Exception, text: str) -> Stumble:
    """The place and message of a `yaml.YAMLError`."""
    lines = tuple(text.removeprefix("\ufeff").split("\n"))
    at, since = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    message = f"{getattr(error, 'context', '') or ''} {getattr(error, 'problem', '') or error}".strip()
    if (stop := at or since) is None:
        return Stumble(text, lines, message, 0, 0, 0, 0)
    start = since or stop
    return Stumble(text, lines, message, stop.line, stop.column, start.line, start.column)
