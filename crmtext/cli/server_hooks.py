"""The answer to a push, on either side of it: which commit brought which error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.cli.framework.render import note, tell
from crmtext.cli.framework.session import current
from crmtext.git.incoming import departures, updates
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

#: No more commits are shown: the pusher fixes them from the first.
_MOST = 20


def receive(lines: Iterable[str]) -> Exit:
    """Reject a push that brings errors; git hands each line of what is said on to the pusher."""
    repo = repository(current().directory)
    if repo is None:
        return Exit.FINE
    asked = updates(lines)
    kept = _("The server kept nothing of this push.")
    if forbidden := tuple(push.branch_problems(repo, asked)):
        _say(forbidden)
        return Exit.FOUND
    return _judge(repo, asked, "--all", kept)


def send(lines: Iterable[str], remote: str) -> Exit:
    """Reject a push before it leaves; what is known of the other side is not looked at again."""
    repo = repository(current().directory)
    kept = _("Nothing was pushed.")
    return Exit.FINE if repo is None else _judge(repo, departures(lines), f"--remotes={remote}", kept)


def _judge(repo: Repository, asked: Iterable[Update], known: str, kept: str) -> Exit:
    search = Search(repo)
    refs: list[Problem] = []
    seen: dict[str, tuple[str, push.CommitErrors]] = {}
    for update in asked:
        told = tuple(push.ref_problems(update, search))
        refs += told
        ref = masked(update.ref)
        _say([each if each.place.path == ref else _on(ref, each) for each in told])
        if update.new:
            for each in push.commit_errors(repo, update.old, update.new, known, search):
                seen.setdefault(each.commit.id, (update.ref, each))
    if not seen and not refs:
        return Exit.FINE
    for ref, each in [*seen.values()][:_MOST]:
        line = _("commit {id} on {ref} by {author}: {subject}").format(
            id=each.commit.id[:10],
            ref=masked(ref.removeprefix("refs/heads/")),
            author=masked(each.commit.author),
            subject=masked(each.commit.subject),
        )
        note(line)
        _say(each.problems)
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
