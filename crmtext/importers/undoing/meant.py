"""The import that a user means, by a typed commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git.clone import cut, history_missing
from crmtext.git.history import commits_of
from crmtext.git.merge import contains
from crmtext.git.plumbing import ask, named, resolve
from crmtext.git.reading import objects
from crmtext.i18n import _
from crmtext.importers.past.imports import UNDONE, WIDTH, Import
from crmtext.problem import CrmError, cannot, usage
from crmtext.storage import journal
from crmtext.terminal.quoting import quoted
from crmtext.terminal.width import clip
from crmtext.values import lazy

if TYPE_CHECKING:
    from crmtext.git.plumbing import Repository
    from crmtext.importers.past.imports import Past
    from crmtext.store import Store

_HEX = lazy.pattern(r"[0-9a-fA-F]{4,64}")
_LISTED = 3


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
        message = _("already undone: {what}").format(what=clip(done.commit.subject, WIDTH))
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
    message = message.format(commit=id_[:8], subject=clip(commit.commit.subject, WIDTH))
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
