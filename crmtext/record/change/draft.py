"""Records about to change: decided on their text, checked before anything is written, written in one last step."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.disk.unified_diff import unified_diff
from crmtext.i18n import _
from crmtext.problem import CrmError, Exit, Problem, Severity, unknown, usage
from crmtext.storage.journal import Part
from crmtext.text.document import Document
from crmtext.text.edit.rewrite import Operation, rewrite
from crmtext.text.read.load import parse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.schema import Schema
    from crmtext.store import Store


class Draft(NamedTuple):
    """A record before and after; None before is a new one, None after one that goes."""

    before: Document | None
    after: Document | None
    #: How the one becomes the other, so that the same can be done to HEAD's text where the user has edits of their own.
    operations: tuple[Operation, ...] = ()

    @classmethod
    def of(cls, part: Part) -> Draft:
        """The draft of a change that is known as bytes. Raises CrmError for bytes that are no record."""
        sides = (None if raw is None else parse(raw, part.path) for raw in (part.before, part.after))
        return cls(next(sides), next(sides))

    @property
    def part(self) -> Part:
        """The change as bytes of a file."""
        old, new = (each.text.encode() if each else None for each in (self.before, self.after))
        return Part(self.path, old, new)

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
    def changes(self) -> bool:
        """Whether there is a difference: quicker told than shown."""
        old, new = (each.text if each else "" for each in (self.before, self.after))
        return old != new

    @property
    def diff(self) -> str:
        """The change as a unified diff; empty if nothing changes."""
        old, new = (each.text if each else None for each in (self.before, self.after))
        return unified_diff(self.path, old, new)


def draft(before: Document, operations: Iterable[Operation], schema: Schema) -> Draft:
    """The record after these operations. Raises CrmError if they would add an error; one that is there may stay."""
    wanted = tuple(operations)
    after = parse(rewrite(before.text, wanted, dates=schema.dates).encode(), before.path)
    if found := errors(after, schema):
        refuse(as_assignments(unknown(found, errors(before, schema)), after, schema))
    return Draft(before, after, wanted)


def moved(store: Store, before: Document, after: Document, path: str) -> tuple[Draft, ...]:
    """The drafts that put a record, changed or not, at a path. Raises CrmError if that is taken."""
    if path == before.path:
        return (Draft(before, after),)
    if (store.root / path).exists() or path in store.absent.entries:
        raise usage("file-exists", _("the file {path} already exists").format(path=path), _("choose another name"))
    return (Draft(None, Document(path, after.text, after.data, after.problems)), Draft(before, None))


def errors(document: Document, schema: Schema) -> tuple[Problem, ...]:
    """The errors of a record taken by itself."""
    return tuple(problem for problem in schema.found_in(document) if problem.severity is Severity.ERROR)


def as_assignments(problems: Iterable[Problem], document: Document, schema: Schema, form: str = "{}") -> list[Problem]:
    """The problems of what was typed; a missing field is added on the command line, in this form."""
    return [
        problem._replace(
            hint=_("add: {words}").format(
                words=form.format(f"{schema.typed_at(problem.place.pointer, document.data)}=…")
            )
        )
        if problem.rule == "missing-key" and problem.place.pointer
        else problem
        for problem in problems
    ]


def refuse(problems: Iterable[Problem]) -> None:
    """Raise the first of the problems, saying that nothing was written."""
    for problem in problems:
        message = _("nothing was written: {reason}").format(reason=problem.message)
        raise CrmError(Problem(problem.rule, message, hint=problem.hint), Exit.USAGE)
