"""A record about to change: operations on its text, checked before anything is written."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmtext import files
from crmtext.answer import Change
from crmtext.i18n import _
from crmtext.problem import CrmError, Exit, Problem, Severity
from crmtext.text.edit import Operation, rewrite
from crmtext.text.parse import parse_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from crmtext.schema import Schema
    from crmtext.store import Store
    from crmtext.text.document import Document


@dataclass(frozen=True)
class Draft:
    """A record before and after."""

    before: Document
    after: Document
    #: The customer's id, as the record has it.
    id: str

    @property
    def diff(self) -> str:
        """The change as a unified diff; empty if nothing changes."""
        from difflib import unified_diff

        old, new = (each.text.splitlines(keepends=True) for each in (self.before, self.after))
        name = self.before.path
        return "".join(
            line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
            for line in unified_diff(old, new, f"a/{name}", f"b/{name}")
        )


def draft(before: Document, operations: Iterable[Operation], schema: Schema) -> Draft:
    """The record after these operations. Raises CrmError if they would add an error; one that is there may stay."""
    text = rewrite(before.text, operations, dates=dates(schema))
    after = parse_text(text, before.path)
    if found := errors(after, schema):
        known = {(problem.rule, problem.message) for problem in errors(before, schema)}
        for problem in found:
            if (problem.rule, problem.message) not in known:
                raise CrmError(_refused(problem), Exit.USAGE)
    return Draft(before, after, str(before.data.get("id", "")) if isinstance(before.data, dict) else "")


def errors(document: Document, schema: Schema) -> tuple[Problem, ...]:
    """The errors of a record taken by itself."""
    found = document.problems + (schema.problems(document) if document.data is not None else ())
    return tuple(problem for problem in found if problem.severity is Severity.ERROR)


def dates(schema: Schema) -> frozenset[str]:
    """The paths whose values are dates, which are written without quotes."""
    return frozenset(field.path for field in schema.by_path.values() if field.kind == "date")


def write(store: Store, drafts: Iterable[Draft], summary: str, *, dry_run: bool) -> Change:
    """Put the drafts on the disk, or only tell the diff; under `writing` only."""
    wanted = tuple(each for each in drafts if each.diff)
    changed = tuple((each.id, each.before.path) for each in wanted)
    if dry_run:
        return Change(changed, _("nothing was written"), "".join(each.diff for each in wanted))
    for each in wanted:
        path: Path = store.root / each.before.path
        files.write(path, each.after.text.encode(), each.before.text.encode(), within=store.root)
    return Change(changed, summary)


def writing(store: Store, *, dry_run: bool) -> AbstractContextManager[None]:
    """Be the only writer from reading a record to writing it; nothing is held where nothing is written."""
    return nullcontext() if dry_run else store.writing()


def _refused(problem: Problem) -> Problem:
    message = _("nothing was written: {reason}").format(reason=problem.message)
    return Problem(problem.rule, message, hint=problem.hint)
