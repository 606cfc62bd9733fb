"""The verdicts on commits: what each changes that neither its maker nor somebody who merged it may change."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.history import commits_of
from crmtext.git.scratch import scratch
from crmtext.i18n import _
from crmtext.problem import Problem
from crmtext.protection.policy.approvals import approving
from crmtext.protection.policy.changes import changes
from crmtext.protection.policy.files import steps
from crmtext.protection.policy.identity import TRUST, actors
from crmtext.protection.policy.own_merge import attributes, own_merge
from crmtext.protection.policy.records import Records
from crmtext.protection.policy.rights import denied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from crmtext.git.history import Commit, Step
    from crmtext.git.plumbing import Repository
    from crmtext.protection.policy.changes import Change
    from crmtext.protection.policy.files import Files
    from crmtext.protection.policy.identity import Actor
    from crmtext.protection.policy.rights import Denial, Policy
    from crmtext.settings import Member, Settings


class Verdict(NamedTuple):
    """A rejected commit: the problems of the commit itself, and its changes that are denied."""

    commit: Commit
    #: The member who made it, by name; the author if nobody on the team did.
    by: str
    problems: tuple[Problem, ...] = ()
    denials: tuple[Denial, ...] = ()

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """All its problems."""
        return (*self.problems, *(denial.problem for denial in self.denials))


class Witness(NamedTuple):
    """What is known beside the commits: who pushes them, and who has approved all of them."""

    #: The name that the server gives; empty if it gives none, as in a CI job.
    pusher: str = ""
    approvers: tuple[str, ...] = ()


#: No pusher, and no approvers.
NOBODY = Witness()


def judge(
    repo: Repository,
    policies: Sequence[Policy],
    commits: Sequence[Step],
    witness: Witness = NOBODY,
    tick: Callable[[], None] = lambda: None,
) -> Iterator[Verdict]:
    """Yield the verdicts on the rejected ones of these commits, which come parents first, by policies in force.

    `tick` is called for each commit.
    """
    if not policies or not commits:
        return
    homes = tuple(policy.home.folder for policy in policies)
    ids = [step.id for step in commits]
    with scratch(repo, attributes(homes)) as room:
        judges = [_Judge(policy, commits, actors(policy, room, ids, witness.pusher), witness) for policy in policies]
        compared: dict[str, tuple[str, ...]] = {}
        for step in commits:
            tick()
            compared[step.id] = _compared(room, step, homes)
        differing = steps(room, [(old, id_) for id_, olds in compared.items() for old in olds])
        rejected: dict[str, tuple[dict[Problem, None], list[Denial]]] = {}
        for step in commits:
            tick()
            sides = [next(differing) for _old in compared[step.id]]
            problems = dict.fromkeys([_octopus()] if len(step.parents) > 2 else [])
            denials: list[Denial] = []
            for judge_ in judges:
                of_commit, of_changes = judge_.verdict(step.id, sides)
                problems.update(dict.fromkeys(of_commit))
                denials += of_changes
            if problems or denials:
                rejected[step.id] = problems, denials
    if not rejected:
        return
    written = commits_of(repo, rejected)
    for id_, (problems, denials) in rejected.items():
        by = next((name for judge_ in judges if (name := judge_.maker(id_))), written[id_].author)
        yield Verdict(written[id_], by, tuple(problems), tuple(denials))


def _compared(room: Repository, step: Step, homes: tuple[str, ...]) -> tuple[str, ...]:
    """The commits with which a commit is compared: its parent, or the merge that crmtext makes; empty for no parent."""
    if len(step.parents) > 2:
        return ()
    return own_merge(room, *step.parents, homes) if len(step.parents) == 2 else (step.parents or ("",))


def _octopus() -> Problem:
    message = _("a merge of more than two commits can't be compared with the one that crmtext makes")
    return Problem("octopus-merge", message, hint=_("merge the branches one after the other"))


def by_handle(settings: Settings, name: str) -> Member | None:
    """Return the member with a handle, in any case: a login of a forge must not be taken for a member's name."""
    wanted = name.casefold()
    return next((member for member in settings.team.values() if member.handle.casefold() == wanted), None)


class _Judge:
    """The policy of one store, and what it needs to judge the commits of a push."""

    def __init__(self, policy: Policy, commits: Sequence[Step], makers: Mapping[str, Actor], witness: Witness) -> None:
        self._policy = policy
        self._commits = commits
        self._makers = makers
        self._approvers = tuple(
            member for name in witness.approvers if (member := by_handle(policy.settings, name)) is not None
        )
        self._records = Records(policy.home.folder)

    def maker(self, commit: str) -> str:
        """The name of the member who made a commit; empty if nobody on the team did."""
        member = self._makers[commit].member
        return member.shown if member else ""

    def verdict(
        self, commit: str, sides: Iterable[tuple[Files, Files]]
    ) -> tuple[tuple[Problem, ...], tuple[Denial, ...]]:
        """The problems of a commit, and its denied changes, by the files that differ from what it is compared with."""
        actor = self._makers[commit]
        # By trust, somebody unknown may merge what others may change.
        trusting = self._policy.access is not None and self._policy.access.identity == TRUST
        if actor.problem and not trusting:
            return (actor.problem,), ()
        denials: dict[object, Denial] = {}
        for old, new in sides:
            for change in changes(old, new, self._policy.home, self._records):
                denial = denied(self._policy, change, actor.member)
                if denial and not self._is_approved(change, commit):
                    # Both sides of a conflict may show the same change.
                    denials.setdefault((denial.problem.message, denial.problem.place), denial)
        return ((actor.problem,) if actor.problem and denials else ()), tuple(denials.values())

    def _is_approved(self, change: Change, commit: str) -> bool:
        """Whether somebody who may make a change has merged its commit, or has approved all."""
        return any(denied(self._policy, change, member) is None for member in self._standing_for(commit))

    def _standing_for(self, commit: str) -> Iterator[Member]:
        """The members whose rights count for a commit beside its maker's."""
        yield from self._approvers
        for merge in approving(self._commits, commit):
            member = self._makers[merge].member
            if member:
                yield member
