"""Problems: the message, the place and the fix; and the errors that end a command."""

from __future__ import annotations

from collections import Counter
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable


class Exit(IntEnum):
    """Every exit code of the program."""

    FINE = 0
    FOUND = 1
    USAGE = 2
    CANNOT = 3
    NOT_ALLOWED = 4
    BUG = 70
    INTERRUPTED = 130


class Severity(StrEnum):
    """The severity of a problem: an error rejects the commit, a warning doesn't."""

    ERROR = "error"
    WARNING = "warning"

    @property
    def label(self) -> str:
        """The word in the language in use; JSON and annotations use the value."""
        return _("error") if self is Severity.ERROR else _("warning")


class Place(NamedTuple):
    """A span of a file. Lines and columns count from 1, columns in characters; 0 means the whole file."""

    path: str = ""
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    pointer: str = ""

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part)


class Edit(NamedTuple):
    """Replace `text[start:end]` by `new`; offsets count characters."""

    start: int
    end: int
    new: str


class Problem(NamedTuple):
    """One problem. `excerpt` is the source line; empty to show none."""

    rule: str
    message: str
    place: Place = Place()
    hint: str = ""
    severity: Severity = Severity.ERROR
    excerpt: str = ""
    fix: tuple[Edit, ...] = ()
    also: tuple[Place, ...] = ()
    #: The commit that introduced it, if several were checked.
    commit: str = ""

    @property
    def identity(self) -> tuple[str, str, str]:
        """The key that matches a problem between two versions of a store, independent of its line."""
        # The message of duplicate-key names lines, which move.
        text = self.place.pointer if self.rule == "duplicate-key" else self.message
        return self.place.path, self.rule, text

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place.path else ""
        return f"{place}{self.severity.label}: {self.message} [{self.rule}]"


def unknown(problems: Iterable[Problem], known: Iterable[Problem], *, moved: bool = False) -> list[Problem]:
    """Return the problems that are not among the known ones, by identity and count.

    With `moved`, a problem without a known one of its own path is matched with one of another path.
    """
    before: Counter[tuple[str, ...]] = Counter(problem.identity for problem in known)
    more = _beyond(problems, before, 0)
    if not moved:
        return more
    elsewhere: Counter[tuple[str, ...]] = Counter()
    for (_path, *name), count in before.items():
        elsewhere[tuple(name)] += count
    return _beyond(more, elsewhere, 1)


def _beyond(problems: Iterable[Problem], before: Counter[tuple[str, ...]], start: int) -> list[Problem]:
    """Return the problems that exceed the counts by identity from `start` on, and take the others from the counts."""
    more = []
    for problem in problems:
        name = problem.identity[start:]
        if before[name]:
            before[name] -= 1
        else:
            more.append(problem)
    return more


class CrmError(Exception):
    """Ends the command with a Problem and an exit code."""

    def __init__(self, problem: Problem, exit_code: Exit = Exit.CANNOT) -> None:
        super().__init__(str(problem))
        self.problem = problem
        self.exit_code = exit_code


def usage(rule: str, message: str, hint: str = "") -> CrmError:
    """Return the error for wrong input by the user."""
    return CrmError(Problem(rule, message, hint=hint), Exit.USAGE)


def cannot(rule: str, message: str, hint: str = "", place: Place = Place()) -> CrmError:
    """Return the error for a command that can't continue in the current state of files or git."""
    return CrmError(Problem(rule, message, place, hint), Exit.CANNOT)
