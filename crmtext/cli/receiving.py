"""The answer to a push, on either side of it: which commit brought which error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext import pushed
from crmtext.cli.render import note, tell
from crmtext.cli.session import current
from crmtext.git.arriving import departures, updates
from crmtext.git.plumbing import repository
from crmtext.i18n import _, plural
from crmtext.problem import Exit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.git.arriving import Update
    from crmtext.git.plumbing import Repository
    from crmtext.problem import Problem

#: No more commits are told: the pusher mends them from the first.
_MOST = 20


def receive(lines: Iterable[str]) -> Exit:
    """Refuse a push that brings errors; git hands each line of what is said on to who pushes."""
    repo = repository(current().directory)
    if repo is None:
        return Exit.FINE
    asked = updates(lines)
    if forbidden := tuple(pushed.forbidden(repo, asked)):
        _say(forbidden)
        return Exit.FOUND
    return _judge(repo, asked, "--all")


def send(lines: Iterable[str], remote: str) -> Exit:
    """Refuse to push what brings errors; what is known of the other side is not looked at again."""
    repo = repository(current().directory)
    return Exit.FINE if repo is None else _judge(repo, departures(lines), f"--remotes={remote}")


def _judge(repo: Repository, asked: Iterable[Update], known: str) -> Exit:
    seen: dict[str, pushed.Pushed] = {}
    for update in asked:
        if update.new:
            seen |= {each.commit.id: each for each in pushed.walk(repo, update.old, update.new, known)}
    if not seen:
        return Exit.FINE
    for each in [*seen.values()][:_MOST]:
        commit = each.commit
        said = _("commit {id} by {author}: {subject}")
        note(said.format(id=commit.id[:10], author=commit.author, subject=commit.subject))
        _say(each.problems)
    count = plural(
        "The push is refused: {n} commit brings errors.", "The push is refused: {n} commits bring errors.", len(seen)
    )
    note(count)
    note(_("Mend them where they are made: git rebase -i, or git commit --amend for the last one; then push again."))
    return Exit.FOUND


def _say(problems: tuple[Problem, ...]) -> None:
    tell(problems)
    if problems:
        note("")
