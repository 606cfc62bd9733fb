"""Check a push on either side: report the errors by commit, and on a server what the policy denies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.cli.framework.render import note, tell
from crmtext.cli.framework.session import current
from crmtext.git.incoming import pushed_updates, updates
from crmtext.git.plumbing import repository
from crmtext.i18n import _, plural
from crmtext.problem import Exit
from crmtext.protection.policy import identity
from crmtext.protection.policy.proposal_text import proposal_text
from crmtext.protection.policy.push import judge_push
from crmtext.text.secret_numbers import masked
from crmtext.validation import push
from crmtext.validation.pushed_objects import Search

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

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
    checked = _check_push(repo, changes, "--all", kept)
    return checked or _judge(repo, changes, kept)


def _judge(repo: Repository, changes: Sequence[Update], kept: str) -> Exit:
    """Judge a push by the policy of main; say who has to merge a proposal."""
    judged = judge_push(repo, changes, identity.named_pusher(), Search(repo).tick)
    _say(judged.problems)
    for ref, verdict in judged.verdicts[:_MOST]:
        note(_commit_line(ref, verdict.commit.id, verdict.by, verdict.commit.subject))
        _say([problem._replace(excerpt="") for problem in verdict.all_problems])
    if judged.rejected:
        count = plural(
            "Push rejected: {n} commit makes changes that its committer may not make.",
            "Push rejected: {n} commits make changes that their committers may not make.",
            len(judged.verdicts),
        )
        note(_("{what} {then}").format(what=count if judged.verdicts else _("Push rejected."), then=kept))
        return Exit.FOUND
    for proposal in judged.proposals:
        note(proposal_text(proposal))
    return Exit.FINE


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
        note(_commit_line(ref, errors.commit.id, errors.commit.author, errors.commit.subject))
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


def _commit_line(ref: str, id_: str, by: str, subject: str) -> str:
    return _("commit {id} on {ref} by {author}: {subject}").format(
        id=id_[:10], ref=masked(ref.removeprefix("refs/heads/")), author=masked(by), subject=masked(subject)
    )


def _on(ref: str, problem: Problem) -> Problem:
    return problem._replace(message=_("{what}, on {ref}").format(what=problem.message, ref=ref))


def _say(problems: Collection[Problem]) -> None:
    tell(problems)
    if problems:
        note("")
