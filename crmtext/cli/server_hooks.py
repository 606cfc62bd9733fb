"""Check a push on either side: report the errors by commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.cli.framework.render import note, tell
from crmtext.cli.framework.session import current
from crmtext.git.incoming import pushed_updates, updates
from crmtext.git.plumbing import repository
from crmtext.i18n import _, plural
from crmtext.problem import Exit
from crmtext.text.secret_numbers import masked
from crmtext.validation import push
from crmtext.validation.pushed_objects import Search

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from crmtext.git.incoming import Update
    from crmtext.git.plumbing import Repository
    from crmtext.problem import Problem

#: The most commits that are shown; they are fixed from the first one on.
_MOST = 20


def receive(lines: Iterable[str]) -> Exit:
    """Check a push on the server and return the exit code; git shows the output to the pusher."""
    repo = repository(current().directory)
    if repo is None:
        return Exit.FINE
    changes = updates(lines)
    kept = _("The server kept nothing of this push.")
    if forbidden := tuple(push.branch_problems(repo, changes)):
        _say(forbidden)
        return Exit.FOUND
    return _check_push(repo, changes, "--all", kept)


def send(lines: Iterable[str], remote: str) -> Exit:
    """Check a push in the clone and return the exit code; commits known to the remote are skipped."""
    repo = repository(current().directory)
    kept = _("Nothing was pushed.")
    return Exit.FINE if repo is None else _check_push(repo, pushed_updates(lines), f"--remotes={remote}", kept)


def _check_push(repo: Repository, changes: Iterable[Update], known: str, kept: str) -> Exit:
    search = Search(repo)
    refs: list[Problem] = []
    seen: dict[str, tuple[str, push.CommitErrors]] = {}
    for update in changes:
        problems = tuple(push.ref_problems(update, search))
        refs += problems
        ref = masked(update.ref)
        _say([problem if problem.place.path == ref else _on(ref, problem) for problem in problems])
        if update.new:
            for errors in push.commit_errors(repo, update.old, update.new, known, search):
                seen.setdefault(errors.commit.id, (update.ref, errors))
    if not seen and not refs:
        return Exit.FINE
    for ref, errors in [*seen.values()][:_MOST]:
        line = _("commit {id} on {ref} by {author}: {subject}").format(
            id=errors.commit.id[:10],
            ref=masked(ref.removeprefix("refs/heads/")),
            author=masked(errors.commit.author),
            subject=masked(errors.commit.subject),
        )
        note(line)
        _say(errors.problems)
    if seen:
        count = plural(
            "Push rejected: {n} commit introduces errors.", "Push rejected: {n} commits introduce errors.", len(seen)
        )
        fix = _("Fix them in those commits (git rebase -i, or git commit --amend for the last one), then push again.")
        note(_("{what} {then}").format(what=count, then=kept) + f"\n{fix}")
    else:
        note(_("{what} {then}").format(what=_("Push rejected."), then=kept))
    return Exit.FOUND


def _on(ref: str, problem: Problem) -> Problem:
    return problem._replace(message=_("{what}, on {ref}").format(what=problem.message, ref=ref))


def _say(problems: Collection[Problem]) -> None:
    tell(problems)
    if problems:
        note("")
