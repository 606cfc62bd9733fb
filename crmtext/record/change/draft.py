"""Drafts: records before and after a change, checked before anything is written."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from crmtext.disk.unified_diff import unified_diff
from crmtext.i18n import _
from crmtext.problem import CrmError, Exit, Problem, Severity, unknown, usage
from crmtext.sealing.mask import MaskedDocument
from crmtext.storage.journal import Part
from crmtext.text.document import Document
from crmtext.text.edit.rewrite import Operation, rewrite
from crmtext.text.read.load import parse
from crmtext.wording.values import customer_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.schema import Schema
    from crmtext.store import Store


class Draft(NamedTuple):
    """A record before and after; `before` is None for a new record, `after` for a removed one."""

    before: Document | None
    after: Document | None
    #: How to get from one to the other, to do the same to HEAD's text if the user has uncommitted edits.
    operations: tuple[Operation, ...] = ()

    @classmethod
    def of(cls, part: Part) -> Draft:
        """Return the draft of a change given as bytes. Raises CrmError for bytes that are no record."""
        sides = (None if raw is None else parse(raw, part.path) for raw in (part.before, part.after))
        return cls(next(sides), next(sides))

    @property
    def part(self) -> Part:
        """The change as bytes of a file."""
        if isinstance(self.before, MaskedDocument) or isinstance(self.after, MaskedDocument):
            raise TypeError("a masked record can't be written")
        old, new = (document.text.encode() if document else None for document in (self.before, self.after))
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
        """Whether anything changes; faster than building the diff."""
        old, new = (document.text if document else "" for document in (self.before, self.after))
        return old != new

    @property
    def diff(self) -> str:
        """The change as a unified diff; empty if nothing changes."""
        old, new = (document.text if document else None for document in (self.before, self.after))
        return unified_diff(self.path, old, new)


def draft(before: Document, operations: Iterable[Operation], schema: Schema) -> Draft:
    """Return the record after these operations. Raises CrmError if they add an error; earlier errors may stay."""
    if isinstance(before, MaskedDocument):
        raise TypeError("a masked record can't be changed")
    wanted = tuple(operations)
    after = parse(rewrite(before.text, wanted, dates=schema.dates).encode(), before.path)
    if problems := errors(after, schema):
        refuse(as_assignments(unknown(problems, errors(before, schema)), after, schema))
    return Draft(before, after, wanted)


@contextmanager
def naming(document: Document) -> Iterator[None]:
    """Name the customer in the errors of a block, for a change of many customers."""
    try:
        yield
    except CrmError as error:
        problem = error.problem
        message = _("{name}: {message}").format(name=customer_name(document), message=problem.message)
        raise CrmError(Problem(problem.rule, message, problem.place, problem.hint), error.exit_code) from None


def moved(store: Store, before: Document, after: Document, path: str) -> tuple[Draft, ...]:
    """Return the drafts that put a record, changed or not, at a path. Raises CrmError if the path is taken."""
    if path == before.path:
        return (Draft(before, after),)
    if (store.root / path).exists() or path in store.absent.entries:
        raise usage("file-exists", _("the file {path} already exists").format(path=path), _("choose another name"))
    return (Draft(None, Document(path, after.text, after.data, after.problems)), Draft(before, None))


def errors(document: Document, schema: Schema) -> tuple[Problem, ...]:
    """Return the errors of a record on its own, without other records."""
    return tuple(problem for problem in schema.record_problems(document) if problem.severity is Severity.ERROR)


def as_assignments(problems: Iterable[Problem], document: Document, schema: Schema, form: str = "{}") -> list[Problem]:
    """Return the problems, with the assignment that fixes a missing field as the hint, written in this form."""
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
    """Raise the first of the problems and say that nothing was written."""
    for problem in problems:
        message = _("nothing was written: {reason}").format(reason=problem.message)
        raise CrmError(Problem(problem.rule, message, hint=problem.hint), Exit.USAGE)
