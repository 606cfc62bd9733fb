"""Drafts written in one last step: the check before it, the files, the commit, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

from crmtext.answer import Change
from crmtext.git.plumbing import merge_in_progress
from crmtext.git.reading import ignored_by
from crmtext.git.upstream import not_pushed
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
    from crmtext.storage.journal import Commit
    from crmtext.store import Store


#: More files than this are named by their folder in the next step.
_NAMED = 3


#: Gives a commit's message for drafts and the name of a command.
MessageWriter = Callable[["Store", Sequence[Draft], str], str]


class WriteOptions(NamedTuple):
    """How a writing command was asked to write."""

    dry_run: bool = False
    #: Whether to commit; None leaves it to the settings.
    commit: bool | None = None
    #: The commit's subject, as the user typed it; empty where the change is to tell of itself.
    message: str = ""
    #: The command, as the commit's trailer names it.
    action: str = ""
    #: Tells the drafts in a commit's message; None names the customers by id.
    tell: MessageWriter | None = None
    #: The new branch to commit on; empty for the one that is checked out.
    branch: str = ""


def writing(store: Store, how: WriteOptions) -> AbstractContextManager[None]:
    """Be the only writer from reading a record to writing it; nothing is held where nothing is written."""
    if how.dry_run:
        return nullcontext()
    # What takes its time is done before others have to wait for it.
    store.schema.validator.valid(None)
    if commits(store, how):
        from crmtext.record.change import commit as change_commit  # noqa: F401
    return store.writing()


def settle(
    store: Store, drafts: Iterable[Draft], summary: str, how: WriteOptions, *, also: Iterable[Problem] = ()
) -> Change:
    """Write the drafts if the checks have nothing against them; new warnings, and `also`, go with the answer."""
    made = tuple(drafts)
    warnings = checked(store, made)
    done = write(store, made, summary, how)
    return done._replace(problems=(*done.problems, *also, *warnings))


def checked(store: Store, drafts: Sequence[Draft]) -> tuple[Problem, ...]:
    """The warnings that the drafts add. Raises CrmError if they add an error; one that was there may stay."""
    # Late: `log`, which adds an entry and no error, loads no checks.
    from crmtext.validation.change import errors_or_warnings

    found = errors_or_warnings(store, [each.part for each in drafts], [(each.before, each.after) for each in drafts])
    ours = {each.path for each in drafts}
    wrong = (each for each in found if each.severity is Severity.ERROR)
    refuse(_named(each, several=len(drafts) > 1 or each.place.path not in ours) for each in wrong)
    return found


def _named(problem: Problem, *, several: bool) -> Problem:
    """The problem with its file, where more than one may be meant."""
    return problem._replace(message=f"{problem.place.path}: {problem.message}") if several else problem


def write(store: Store, drafts: Iterable[Draft], summary: str, how: WriteOptions, *, message: str = "") -> Change:
    """Put the drafts on the disk and, where it is wanted, into a commit, or only tell the diff; under `writing` only.

    All of it is done or nothing. The commit's message is told from the drafts where none is given.
    """
    wanted = tuple(each for each in drafts if each.changes)
    changed = tuple((each.id, each.path) for each in wanted)
    if how.dry_run:
        return Change(changed, _("nothing was written"), "".join(each.diff for each in wanted))
    if not wanted:
        return Change((), summary, problems=tuple(store.notes))
    commit = _commit(store, wanted, how, message) if commits(store, how) else None
    if commit and how.branch:
        branched = _commit_on_branch(store.git(), commit, how.branch)
        text = f"{summary}\n{committed(branched, commit)}"
        return Change(changed, text, commit=branched, problems=tuple(store.notes))
    says = _says(wanted, summary, how)
    placed = sparse.placed(store.absent, [each.part for each in wanted], committed=commit is not None)
    made = transaction.do(store.home, Transaction(says, placed.parts, commit))
    sparse.reveal(store.absent, placed)
    text = "\n".join((summary, *_afterwards(store, tuple(each.path for each in wanted), how, made, commit)))
    notes = (*store.notes, *sparse.told(placed), *(() if commit else _ignored(store, wanted)))
    return Change(changed, text, commit=made, problems=notes)


def _ignored(store: Store, drafts: Iterable[Draft]) -> Iterator[Problem]:
    """A warning at each new record that git leaves out."""
    for each in drafts:
        if (
            each.before is None
            and store.repository
            and (line := ignored_by(store.repository, store.repository.prefix + each.path))
        ):
            message = _("git ignores '{path}' because of {line}").format(path=each.path, line=line)
            hint = _("it will not be in any commit; remove that line")
            yield Problem("ignored-by-git", message, Place(each.path), hint, Severity.WARNING)


def commits(store: Store, how: WriteOptions) -> bool:
    """Whether a command commits: as it was asked to, else as the settings say and the repository lets it."""
    if how.commit is not None:
        return how.commit
    if how.message:
        return True
    repo = store.repository
    return store.settings.commit == "auto" and repo is not None and not merge_in_progress(repo)


def _says(drafts: Sequence[Draft], summary: str, how: WriteOptions) -> str:
    """What `undo` calls the change: a record that came, went or moved by its command and name."""
    moved = next((each for each in drafts if each.before is None or each.after is None), None)
    if moved is None or not how.action:
        return summary.partition("\n")[0] or how.action
    return f"{how.action} {customer_name(moved.after or moved.before)}"  # type: ignore[arg-type]  # one of the two is there


def _commit(store: Store, drafts: tuple[Draft, ...], how: WriteOptions, message: str) -> Commit:
    from crmtext.record.change import commit as change_commit

    return change_commit.plan_commit(store, drafts, how, message)


def _commit_on_branch(repo: Repository, commit: Commit, branch: str) -> str:
    from crmtext.storage.commit import commit_on_branch

    files = {repo.prefix + part.path: part.after for part in commit.parts}
    return commit_on_branch(repo, files, commit.message, branch, commit.author)


def _afterwards(
    store: Store, paths: tuple[str, ...], how: WriteOptions, made: str | None, commit: Commit | None
) -> Iterator[str]:
    """The commit that was made, or why there is none and what to do next; and what is not pushed."""
    if made and commit:
        yield committed(made, commit)
    elif how.commit is None:
        yield from _not_committed(store, paths)
    yield from unpushed(store)


def _not_committed(store: Store, paths: tuple[str, ...]) -> Iterator[str]:
    """Why the settings led to no commit, with the next step; of a store without git nothing."""
    if store.repository is None:
        return
    if unfinished := merge_in_progress(store.repository):
        yield _("not committed: a {what} is in progress").format(what=_(unfinished))
        return
    named = " ".join(map(quoted, paths if len(paths) <= _NAMED else (RECORDS,)))
    yield _("not committed; next: {command}").format(command=f"git add {named} && git commit")


def committed(made: str, commit: Commit) -> str:
    """The line that names a commit."""
    subject = commit.message.partition("\n")[0]
    return _("Committed {commit}: {subject}").format(commit=made[:8], subject=subject)


def unpushed(store: Store) -> Iterator[str]:
    """How many commits the upstream lacks, and the command that pushes them; nothing where there is no upstream."""
    if store.repository and (count := not_pushed(store.repository)):
        yield plural("{n} commit not pushed: crmtext sync", "{n} commits not pushed: crmtext sync", count)
