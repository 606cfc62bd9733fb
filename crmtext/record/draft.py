"""Records about to change: decided on their text, checked before anything is written, written in one last step."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmtext import files
from crmtext.answer import Change
from crmtext.i18n import _
from crmtext.problem import CrmError, Exit, Problem, Severity
from crmtext.text.edit import Operation, rewrite
from crmtext.text.parse import parse

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from crmtext.schema import Schema
    from crmtext.store import Store
    from crmtext.text.document import Document


@dataclass(frozen=True)
class Draft:
    """A record before and after; None before is a new one, None after one that goes."""

    before: Document | None
    after: Document | None

    @property
    def path(self) -> str:
        """The path in the store."""
        return (self.after or self.before).path  # type: ignore[union-attr]  # one of the two is there

    @property
    def id(self) -> str:
        """The customer's id, as the record has it."""
        data = (self.after or self.before).data  # type: ignore[union-attr]  # one of the two is there
        return str(data.get("id", "")) if isinstance(data, dict) else ""

    @property
    def diff(self) -> str:
        """The change as a unified diff; empty if nothing changes."""
        from difflib import unified_diff

        old, new = (each.text.splitlines(keepends=True) if each else [] for each in (self.before, self.after))
        names = (f"a/{self.path}" if self.before else "/dev/null", f"b/{self.path}" if self.after else "/dev/null")
        lines = unified_diff(old, new, *names)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


@dataclass(frozen=True, slots=True)
class How:
    """How a writing command was asked to write."""

    dry_run: bool = False


def draft(before: Document, operations: Iterable[Operation], schema: Schema) -> Draft:
    """The record after these operations. Raises CrmError if they would add an error; one that is there may stay."""
    after = parse(rewrite(before.text, operations, dates=dates(schema)).encode(), before.path)
    if found := errors(after, schema):
        known = {(problem.rule, problem.message) for problem in errors(before, schema)}
        refuse(problem for problem in found if (problem.rule, problem.message) not in known)
    return Draft(before, after)


def errors(document: Document, schema: Schema) -> tuple[Problem, ...]:
    """The errors of a record taken by itself."""
    found = document.problems + (schema.problems(document) if document.data is not None else ())
    return tuple(problem for problem in found if problem.severity is Severity.ERROR)


def refuse(problems: Iterable[Problem]) -> None:
    """Raise the first of the problems, saying that nothing was written."""
    for problem in problems:
        message = _("nothing was written: {reason}").format(reason=problem.message)
        raise CrmError(Problem(problem.rule, message, hint=problem.hint), Exit.USAGE)


def dates(schema: Schema) -> frozenset[str]:
    """The paths whose values are dates, which are written without quotes."""
    return frozenset(field.path for field in schema.by_path.values() if field.kind == "date")


def writing(store: Store, how: How) -> AbstractContextManager[None]:
    """Be the only writer from reading a record to writing it; nothing is held where nothing is written."""
    return nullcontext() if how.dry_run else store.writing()


def write(store: Store, drafts: Iterable[Draft], summary: str, how: How) -> Change:
    """Put the drafts on the disk, or only tell the diff; under `writing` only."""
    wanted = tuple(each for each in drafts if each.diff)
    changed = tuple((each.id, each.path) for each in wanted)
    if how.dry_run:
        return Change(changed, _("nothing was written"), "".join(each.diff for each in wanted))
    for each in wanted:
        _put(store, each)
    return Change(changed, summary)


def _put(store: Store, each: Draft) -> None:
    path = store.root / each.path
    expected = each.before.text.encode() if each.before else None
    if each.after is None:
        files.remove(path, expected or b"", within=store.root)
        return
    files.write(path, each.after.text.encode(), expected, within=store.root)
