"""What is wrong, where it stands, and what to do about it."""

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
    """How bad a problem is: errors refuse a commit, warnings do not."""

    ERROR = "error"
    WARNING = "warning"

    @property
    def label(self) -> str:
        """What it is called in the language in use; in JSON and annotations it is its value."""
        return _("error") if self is Severity.ERROR else _("warning")


class Place(NamedTuple):
    """A stretch of a file. Lines and columns count from 1, columns in characters; 0 means the whole file."""

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
    """One mistake, told once. `rule` is its only identity; `excerpt` is the source line, empty if not to be shown."""

    rule: str
    message: str
    place: Place = Place()
    hint: str = ""
    severity: Severity = Severity.ERROR
    excerpt: str = ""
    fix: tuple[Edit, ...] = ()
    also: tuple[Place, ...] = ()
    #: The commit that brought it, where several were looked at.
    commit: str = ""

    @property
    def identity(self) -> tuple[str, str, str]:
        """What it is known by in two versions of a store: its line may have moved."""
        return self.place.path, self.rule, self.told

    @property
    def told(self) -> str:
        """The message; for a rule whose message names lines, which move, the place in the record instead."""
        return self.place.pointer if self.rule == "duplicate-key" else self.message

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place.path else ""
        return f"{place}{self.severity.label}: {self.message} [{self.rule}]"


def unknown(found: Iterable[Problem], known: Iterable[Problem], *, moved: bool = False) -> list[Problem]:
    """Those of the problems of a version that are more than those known from another one.

    With `moved`, a record may have another path now.
    """
    start = 1 if moved else 0
    before = Counter(each.identity[start:] for each in known)
    more = []
    for each in found:
        name = each.identity[start:]
        if before[name]:
            before[name] -= 1
        else:
            more.append(each)
    return more


class CrmError(Exception):
    """The command cannot go on. Carries the reason as a Problem and the exit code to leave with."""

    def __init__(self, problem: Problem, exit_code: Exit = Exit.CANNOT) -> None:
        super().__init__(str(problem))
        self.problem = problem
        self.exit_code = exit_code


def usage(rule: str, message: str, hint: str = "") -> CrmError:
    """The error to raise when what the user typed cannot be meant."""
    return CrmError(Problem(rule, message, hint=hint), Exit.USAGE)


def cannot(rule: str, message: str, hint: str = "", place: Place = Place()) -> CrmError:
    """The error to raise when the world does not let the command go on."""
    return CrmError(Problem(rule, message, place, hint), Exit.CANNOT)
