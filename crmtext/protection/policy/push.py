"""A push judged by the policies of the old tip of main: rejected commits, and proposals that others have to merge."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.history import steps
from crmtext.git.incoming import main_ref
from crmtext.git.plumbing import ask
from crmtext.i18n import _
from crmtext.layout import SETTINGS
from crmtext.problem import CrmError, Place, Problem
from crmtext.protection.policy.identity import pusher_problem
from crmtext.protection.policy.judge import Verdict, Witness, judge
from crmtext.protection.policy.rights import denied, locked_out
from crmtext.protection.policy.stores import policies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from crmtext.git.incoming import Update
    from crmtext.git.plumbing import Repository
    from crmtext.protection.policy.rights import Policy
    from crmtext.settings import Member

_HEADS = "refs/heads/"
#: Refs whose commits are judged if the policy is about all branches: main may take them from there.
_JUDGED = (_HEADS, "refs/tags/")


class Proposal(NamedTuple):
    """A branch or tag with commits that their makers couldn't push to main."""

    ref: str
    commits: int
    #: The active members who may make all of the denied changes.
    mergers: tuple[Member, ...]
    #: Whether some commits can't come to main by anyone's merge, such as unsigned ones.
    hopeless: bool = False


class Judged(NamedTuple):
    """What the policy says about a push."""

    #: The rejected commits, each with the ref that it was pushed to.
    verdicts: tuple[tuple[str, Verdict], ...] = ()
    #: The problems of refs, not of a single commit.
    problems: tuple[Problem, ...] = ()
    proposals: tuple[Proposal, ...] = ()

    @property
    def rejected(self) -> bool:
        """Whether the push is rejected."""
        return bool(self.verdicts or self.problems)


def judge_push(
    repo: Repository, updates: Sequence[Update], pusher: str, tick: Callable[[], None] = lambda: None
) -> Judged:
    """Judge a push by the policies of the old tip of main; `tick` is called for each commit, and may end the check.

    Raises CrmError if the policies can't be read.
    """
    main = main_ref(repo)
    base = main and ask(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{main}^{{commit}}")
    in_force = policies(repo, base)
    verdicts: dict[str, tuple[str, Verdict]] = {}
    problems: list[Problem] = []
    problems += filter(None, (pusher_problem(policy, pusher) for policy in in_force))
    if problems:
        return Judged(problems=tuple(problems))
    proposals: list[Proposal] = []
    for update in updates:
        tip = update.new and ask(
            repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{update.new}^{{commit}}"
        )
        if not tip:
            continue
        if update.ref == main:
            problems += left_behind(repo, in_force, tip)
        elif base is None:
            problems += _unguarded(repo, main, update.ref, tip)
        if not in_force:
            continue
        known = (update.old,) if update.old else ()
        commits = steps(repo, base, tip, *(known if update.ref != main else ()))
        every = tuple(judge(repo, in_force, commits, Witness(pusher), tick))
        if update.ref == main or _all_branches(in_force, update.ref):
            for verdict in every:
                verdicts.setdefault(verdict.commit.id, (update.ref, verdict))
        elif every:
            proposals.append(_proposal(in_force, update.ref, every))
    return Judged(tuple(verdicts.values()), tuple(problems), tuple(proposals))


def left_behind(repo: Repository, in_force: Iterable[Policy], new: str) -> Iterator[Problem]:
    """Yield the problems of the settings in a new tip of main that would keep everyone from correcting them."""
    already = {policy.home.folder for policy in in_force if locked_out(policy.settings)}
    try:
        now = policies(repo, new)
    except CrmError as error:
        hint = _("fix it before you push; nobody could push after that")
        yield error.problem._replace(hint=hint)
        return
    for policy in now:
        if policy.home.folder not in already and locked_out(policy.settings):
            message = _("after this push, no active member may change [access] and [team]")
            hint = _('give an active member a role with settings = ["*"]')
            yield Problem("access-locked-out", message, Place(policy.home.folder + SETTINGS), hint)


def _unguarded(repo: Repository, main: str | None, ref: str, tip: str) -> Iterator[Problem]:
    """Yield the problem of a branch with `[access]` in a repository whose HEAD names no branch that exists."""
    if not ref.startswith(_HEADS) or ref == main:
        return
    try:
        guarded = bool(policies(repo, tip))
    except CrmError:
        guarded = True
    if guarded:
        name = (main or "HEAD").removeprefix(_HEADS)
        message = _(
            "[access] is in force only on the main branch, and the server's main branch '{name}' does not exist"
        )
        hint = _("push that branch first, or set the server's main branch: git symbolic-ref HEAD {ref}")
        yield Problem("access-no-main", message.format(name=name), hint=hint.format(ref=ref))


def _all_branches(in_force: Iterable[Policy], ref: str) -> bool:
    named = (policy.access.branches for policy in in_force if policy.access)
    return ref.startswith(_JUDGED) and "all" in named


def _proposal(in_force: Sequence[Policy], ref: str, verdicts: Sequence[Verdict]) -> Proposal:
    # Somebody unknown may have made a proposal that a member merges, but a commit that isn't signed stays so.
    hopeless = any(verdict.problems and not verdict.denials for verdict in verdicts)
    return Proposal(ref, len(verdicts), () if hopeless else mergers(in_force, verdicts), hopeless)


def mergers(in_force: Sequence[Policy], verdicts: Iterable[Verdict]) -> tuple[Member, ...]:
    """Return the members who may make all denied changes, so that their merge would approve them."""
    denials = tuple(denial for verdict in verdicts for denial in verdict.denials)
    return tuple(
        member
        for member in (in_force[0].settings.team.values() if len(in_force) == 1 else ())
        if all(denied(in_force[0], denial.change, member) is None for denial in denials)
    )
