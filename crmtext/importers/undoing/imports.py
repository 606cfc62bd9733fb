"""Commits of imports and of their undoing, and the one that a user means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.clone import cut, history_missing
from crmtext.git.history import Commit, commits_of, mentioning
from crmtext.git.merge import contains
from crmtext.git.plumbing import ask, head, named, resolve
from crmtext.git.reading import objects
from crmtext.i18n import _
from crmtext.importers.apply import MAPPING, SOURCE
from crmtext.problem import CrmError, cannot, usage
from crmtext.storage import journal
from crmtext.terminal.quoting import quoted
from crmtext.terminal.width import clip
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from crmtext.git.plumbing import Repository
    from crmtext.store import Store

#: The trailer of a commit that takes an import back: the import's commit.
UNDONE = "Crm-Import-Undone"
_SOURCE = lazy.pattern(rf"^{SOURCE}:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
_RECORDS = lazy.pattern(r"^Crm-Import-Records:[ \t]*(sha256:[0-9a-f]{64})[ \t]*$", re.MULTILINE)
_MAPPING = lazy.pattern(rf"^{MAPPING}:[ \t]*(sha256:[0-9a-f]{{64}})[ \t]*$", re.MULTILINE)
#: The line of `git revert` counts as well.
_UNDOES = lazy.pattern(rf"^(?:{UNDONE}:[ \t]*|This reverts commit )([0-9a-f]{{40,64}})\b", re.MULTILINE)
_HEX = lazy.pattern(r"[0-9a-fA-F]{4,64}")
_LISTED, _WIDTH = 3, 60


class Import(NamedTuple):
    """The commit of an import, or of the undoing of one."""

    commit: Commit

    @property
    def source(self) -> str:
        """The name of the source; empty if it undoes an import."""
        names = _SOURCE.findall(self.commit.message)
        return names[-1] if names else ""

    @property
    def records(self) -> str:
        """The hash of what the import wrote, which a rebase keeps."""
        hashes = _RECORDS.findall(self.commit.message)
        return hashes[-1] if hashes else ""

    @property
    def mapping(self) -> str:
        """The hash of the mapping that it saved; empty if it saved none."""
        hashes = _MAPPING.findall(self.commit.message)
        return hashes[-1] if hashes else ""

    @property
    def undoes(self) -> tuple[str, ...]:
        """The commits that it takes back."""
        return tuple(_UNDOES.findall(self.commit.message))

    def line(self, zone: tzinfo | None) -> str:
        """The commit on one line, for a hint."""
        return f"{self.commit.id[:8]} {self.commit.day(zone)} {clip(self.commit.subject, _WIDTH)}"


class Past:
    """The imports that HEAD has, newest first, and which of them were taken back."""

    def __init__(self, repo: Repository) -> None:
        self._repo = repo
        words = (f"{SOURCE}:", f"{UNDONE}:", "This reverts commit ")
        self.commits = tuple(map(Import, mentioning(repo, "HEAD", words))) if head(repo) else ()
        self._ids = {one.commit.id for one in self.commits}

    def undone_by(self, done: Import) -> Import | None:
        """Return the commit that took this one back; None if it is in effect."""
        undoers = (other for other in self.commits if self._undoes(other, done))
        return next((other for other in undoers if self.undone_by(other) is None), None)

    def in_effect(self) -> Iterator[Import]:
        """Yield the imports that were not taken back."""
        return (one for one in self.commits if one.source and self.undone_by(one) is None)

    def later(self, done: Import) -> Iterator[Import]:
        """Yield the imports in effect that were made after this one."""
        others = (one for one in self.in_effect() if one.commit.id != done.commit.id)
        return (one for one in others if contains(self._repo, one.commit.id, done.commit.id))

    def _undoes(self, other: Import, done: Import) -> bool:
        if done.commit.id in other.undoes:
            return True
        # After a rebase the import has another id, and the same hash.
        lost = UNDONE in other.commit.message and other.undoes and not self._ids & {*other.undoes}
        same = bool(lost and done.source and done.records and other.records == done.records)
        return same and contains(self._repo, other.commit.id, done.commit.id)


def meant(store: Store, typed: str, past: Past) -> Import:
    """Return the import of a typed commit, which HEAD has. Raises CrmError for anything else."""
    repo = store.git()
    id_ = _id(store, typed, past)
    commit = Import(commits_of(repo, (id_,))[id_])
    if not commit.source and UNDONE not in commit.commit.message:
        raise _no_import(store, commit, past)
    if not contains(repo, "HEAD", id_):
        raise _elsewhere(repo, commit, past)
    if id_ in cut(repo):
        raise history_missing(_("this clone does not have the commit before {commit}").format(commit=id_[:8]))
    return commit


def refuse_undone(store: Store, done: Import, past: Past) -> None:
    """Raise CrmError if an import was taken back already."""
    if by := past.undone_by(done):
        message = _("already undone: {what}").format(what=clip(done.commit.subject, _WIDTH))
        hint = _("by {commit} of {day}; import the files again to bring the customers back")
        raise cannot("nothing-to-undo", message, hint.format(commit=by.commit.id[:8], day=by.commit.day(store.zone)))


def _id(store: Store, typed: str, past: Past) -> str:
    repo = store.git()
    if id_ := named(repo, typed):
        return id_
    if _HEX.fullmatch(typed):
        ids = (ask(repo, "rev-parse", f"--disambiguate={typed}") or "").split()
        kinds = zip(ids, objects(repo, ids, 0), strict=True)
        several = sorted(id_ for id_, stored in kinds if stored.kind == "commit")
        if len(several) > 1:
            message = _("'{typed}' is the beginning of several commits").format(typed=typed)
            lines = [Import(commit).line(store.zone) for commit in commits_of(repo, several).values()]
            raise usage("unknown-revision", message, "\n".join((_("use more letters:"), *lines)))
    try:
        return resolve(repo, typed)
    except CrmError as error:
        problem = error.problem
        if cut(repo) or not (hint := _listed(store, past)):
            raise
        raise CrmError(problem._replace(hint=hint), error.exit_code) from None


def _listed(store: Store, past: Past, known: frozenset[str] | None = None) -> str:
    """The latest imports in effect, or those among some commits, for a hint; empty if there are none."""
    wanted = (one for one in past.in_effect() if known is None or one.commit.id in known)
    lines = [one.line(store.zone) for one, _number in zip(wanted, range(_LISTED), strict=False)]
    return "\n".join((_("the latest imports:"), *lines)) if lines else ""


def _no_import(store: Store, commit: Import, past: Past) -> CrmError:
    repo, id_ = store.git(), commit.commit.id
    message = _("{commit} is not an import: {subject}")
    message = message.format(commit=id_[:8], subject=clip(commit.commit.subject, _WIDTH))
    parents = commit.commit.parents
    if len(parents) > 1:
        merged = (ask(repo, "rev-list", id_, f"^{parents[0]}") or "").split()
        if lines := _listed(store, past, frozenset(merged)):
            return usage("not-an-import", message, "\n".join((_("it merges:"), *lines.splitlines()[1:])))
    last = journal.last(store.home.own)
    command = "crmtext undo" if last and last.commit == id_ else f"git revert {id_[:8]}"
    hint = _("to undo another commit: {command}").format(command=command)
    return usage("not-an-import", message, "\n".join(filter(None, (hint, _listed(store, past)))))


def _elsewhere(repo: Repository, commit: Import, past: Past) -> CrmError:
    """The error for an import that HEAD does not have."""
    id_ = commit.commit.id
    message = _("{commit} is not part of the current branch").format(commit=id_[:8])
    if commit.records and (twin := next((one for one in past.in_effect() if one.records == commit.records), None)):
        hint = _("after a rebase the import is {commit}: {command}")
        short = twin.commit.id[:8]
        return cannot("not-an-import", message, hint.format(commit=short, command=f"crmtext undo {short}"))
    names = (ask(repo, "for-each-ref", "--format=%(refname:short)", "--contains", id_, "refs/heads") or "").split()
    if not names:
        return cannot("not-an-import", message, _("nothing to undo: no branch of this clone has it"))
    hint = _("to drop it: {drop}; to work there: {switch}")
    branch = quoted(names[0])
    hint = hint.format(drop=f"git branch -D {branch}", switch=f"git switch {branch}")
    return cannot("not-an-import", message, hint)
