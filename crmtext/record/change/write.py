"""Write drafts in one last step: checks, files, commit and the summary of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

from crmtext.answer import Change, LazyList
from crmtext.git.plumbing import merge_in_progress
from crmtext.git.reading import first_ignored
from crmtext.git.upstream import unpushed
from crmtext.i18n import _, plural
from crmtext.layout import RECORDS
from crmtext.problem import Place, Problem, Severity
from crmtext.record.change import sparse
from crmtext.record.change.draft import Draft, refuse
from crmtext.storage import transaction
from crmtext.storage.journal import Transaction
from crmtext.terminal.quoting import quoted
from crmtext.wording.values import customer_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from crmtext.git.plumbing import Repository
    from crmtext.storage.journal import Commit, Part
    from crmtext.store import Store


#: Above this number of files the next step names their folder.
_NAMED = 3


#: Returns the commit message for drafts and the name of a command.
MessageWriter = Callable[["Store", Sequence[Draft], str], str]


#: Returns the commit message for what a commit changes in HEAD.
TextOf = Callable[[Sequence["Part"]], str]


class WriteOptions(NamedTuple):
    """How a command writes."""

    dry_run: bool = False
    #: Whether to commit; None leaves it to the settings.
    commit: bool | None = None
    #: The commit's subject as the user typed it; empty for one made from the change.
    message: str = ""
    #: The command, as the commit's trailer names it.
    action: str = ""
    #: Describes the drafts in the commit message; None names the customers by id.
    tell: MessageWriter | None = None
    #: The new branch to commit on; empty for the current one.
    branch: str = ""
    #: Lines that follow the message's own trailers.
    trailers: tuple[str, ...] = ()


def writing(store: Store, how: WriteOptions) -> AbstractContextManager[None]:
    """Hold the store's lock from reading a record to writing it; a dry run takes no lock."""
    if how.dry_run:
        return nullcontext()
    # Do the slow part before others have to wait for the lock.
    store.schema.validator.valid(None)
    if commits(store, how):
        from crmtext.record.change import commit as change_commit  # noqa: F401
    return store.writing()


def check_and_write(
    store: Store, drafts: Iterable[Draft], summary: str, how: WriteOptions, *, also: Iterable[Problem] = ()
) -> Change:
    """Write the drafts if the checks find no error; return new warnings and `also` with the change."""
    drafts = tuple(drafts)
    warnings = new_warnings(store, drafts)
    done = write(store, drafts, summary, how)
    return done._replace(problems=(*done.problems, *also, *warnings))


def new_warnings(store: Store, drafts: Sequence[Draft]) -> tuple[Problem, ...]:
    """Return the warnings that the drafts add. Raises CrmError if they add an error; earlier errors may stay."""
    # Imported late: `log` adds an entry and no error, and needs no checks.
    from crmtext.validation.change import errors_or_warnings

    sides = [(draft.before, draft.after) for draft in drafts]
    problems = errors_or_warnings(store, [draft.part for draft in drafts], sides)
    ours = {draft.path for draft in drafts}
    wrong = (problem for problem in problems if problem.severity is Severity.ERROR)
    refuse(_named(problem, several=len(drafts) > 1 or problem.place.path not in ours) for problem in wrong)
    return problems


def _named(problem: Problem, *, several: bool) -> Problem:
    """Return the problem with its file if there may be more than one."""
    return problem._replace(message=f"{problem.place.path}: {problem.message}") if several else problem


def write(
    store: Store,
    drafts: Iterable[Draft],
    summary: str,
    how: WriteOptions,
    *,
    message: str | TextOf = "",
    judged: bool = False,
    brief: bool = False,
    empty: bool = False,
) -> Change:
    """Put the drafts on the disk and, if wanted, into a commit; a dry run returns the diff. Under `writing` only.

    All or nothing is written. Without a message, the commit's message describes the drafts. `judged` skips the checks
    of the commit, for a caller that knows that the drafts add no error. With `brief`, the journal keeps only the id of
    the commit once it is made. With `empty`, a commit may change no file: its message is what counts.
    """
    wanted = tuple(draft for draft in drafts if draft.changes)
    changed = LazyList(wanted, lambda draft: (draft.id, draft.path))
    if how.dry_run:
        return Change(changed, _("nothing was written"), "".join(draft.diff for draft in wanted))
    if not wanted and not (empty and commits(store, how)):
        return Change((), summary, problems=tuple(store.notes))
    commit = _commit(store, wanted, how, message, judged=judged) if commits(store, how) else None
    if commit and how.branch:
        branched = _commit_on_branch(store.git(), commit, how.branch)
        text = f"{summary}\n{committed(branched, commit)}"
        return Change(changed, text, commit=branched, problems=tuple(store.notes))
    says = commit.message.partition("\n")[0] if commit and brief else _undo_name(wanted, summary, how)
    # Mostly the disk and HEAD change alike: the texts are held once.
    in_head = {part.path: part for part in commit.parts} if commit else {}
    parts = [in_head[part.path] if in_head.get(part.path) == part else part for part in (one.part for one in wanted)]
    placed = sparse.placed(store.absent, parts, committed=commit is not None)
    own = message(parts) if callable(message) and not commit else ""
    brief = brief and commit is not None
    commit_id = transaction.do(store.home, Transaction(says, placed.parts, commit, brief=brief, message=own))
    sparse.reveal(store.absent, placed)
    text = "\n".join((summary, *commit_lines(store, tuple(draft.path for draft in wanted), how, commit_id, commit)))
    notes = (*store.notes, *sparse.warnings(placed), *(() if commit else _ignored(store, wanted)))
    return Change(changed, text, commit=commit_id, problems=notes)


def _ignored(store: Store, drafts: Iterable[Draft]) -> Iterator[Problem]:
    """Yield a warning for the first new record that git ignores."""
    repo = store.repository
    new = [draft.path for draft in drafts if draft.before is None]
    if new and repo and (unwanted := first_ignored(repo, [repo.prefix + path for path in new])):
        path = unwanted[0].removeprefix(repo.prefix)
        message = _("git ignores '{path}' because of {line}").format(path=path, line=unwanted[1])
        hint = _("it will not be in any commit; remove that line")
        yield Problem("ignored-by-git", message, Place(path), hint, Severity.WARNING)


def commits(store: Store, how: WriteOptions) -> bool:
    """Whether a command commits: as its options say, else as the settings say if the repository allows it."""
    if how.commit is not None:
        return how.commit
    if how.message:
        return True
    repo = store.repository
    return store.settings.commit == "auto" and repo is not None and not merge_in_progress(repo)


def _undo_name(drafts: Sequence[Draft], summary: str, how: WriteOptions) -> str:
    """Return the change's name for `undo`: command and customer if a record came, went or moved, else the summary."""
    moved = next((draft for draft in drafts if draft.before is None or draft.after is None), None)
    if moved is None or not how.action:
        return summary.partition("\n")[0] or how.action
    if (new := sum(draft.before is None for draft in drafts)) > 1:
        return f"{how.action}: {plural('{n} customer', '{n} customers', new)}"
    return f"{how.action} {customer_name(moved.after or moved.before)}"  # type: ignore[arg-type]  # one of the two is there


def _commit(
    store: Store, drafts: tuple[Draft, ...], how: WriteOptions, message: str | TextOf, *, judged: bool
) -> Commit:
    from crmtext.record.change import commit as change_commit

    return change_commit.plan_commit(store, drafts, how, message, judged=judged)


def _commit_on_branch(repo: Repository, commit: Commit, branch: str) -> str:
    from crmtext.storage.commit import commit_on_branch

    files = {repo.prefix + part.path: part.after for part in commit.parts}
    return commit_on_branch(repo, files, commit.message, branch, commit.author)


def commit_lines(
    store: Store, paths: tuple[str, ...], how: WriteOptions, commit_id: str | None, commit: Commit | None
) -> Iterator[str]:
    """Yield the line of the commit, or why there is none and what to do next; then the number of commits to push."""
    if commit_id and commit:
        yield committed(commit_id, commit)
    elif how.commit is None:
        yield from _not_committed(store, paths)
    yield from unpushed(store.repository)


def _not_committed(store: Store, paths: tuple[str, ...]) -> Iterator[str]:
    """Yield why the settings led to no commit, and the next step; nothing without git."""
    if store.repository is None:
        return
    if unfinished := merge_in_progress(store.repository):
        yield _("not committed: a {what} is in progress").format(what=_(unfinished))
        return
    named = " ".join(map(quoted, paths if len(paths) <= _NAMED else (RECORDS,)))
    yield _("not committed; next: {command}").format(command=f"git add {named} && git commit")


def committed(commit_id: str, commit: Commit) -> str:
    """Return the line that names a commit."""
    subject = commit.message.partition("\n")[0]
    return _("Committed {commit}: {subject}").format(commit=commit_id[:8], subject=subject)
