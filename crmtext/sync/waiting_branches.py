"""The branches `crm/HANDLE`, which wait where the main branch is protected until a job has merged them into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.git import merge, upstream
from crmtext.git.config import identity, stranger
from crmtext.git.plumbing import ask
from crmtext.git.upstream import WAITING
from crmtext.i18n import _
from crmtext.problem import CrmError, cannot
from crmtext.record.input import arguments
from crmtext.sync import plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.git.plumbing import Repository
    from crmtext.git.upstream import Upstream
    from crmtext.problem import Problem
    from crmtext.store import Store


class Merged(NamedTuple):
    """What a job did with one of the branches: how many commits it merged, or what a person has to see to first."""

    branch: str
    commits: int = 0
    #: Files in conflict.
    conflicts: tuple[str, ...] = ()
    #: Files that only a person merges.
    for_a_person: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def left(self) -> bool:
        """Whether the branch stays for a person."""
        return bool(self.conflicts or self.for_a_person or self.problems)


def possible(repo: Repository, where: Upstream) -> bool:
    """Whether commits for this branch may wait: they are merged into the main branch, and into no other."""
    return not where.there.startswith(WAITING) and upstream.is_default(repo, where)


def always(store: Store, where: Upstream) -> bool:
    """Whether the settings say that nobody pushes to this branch."""
    settings, _problems = store.settings_around
    return settings.push == "branch" and possible(store.git(), where)


def of_user(store: Store, where: Upstream) -> Upstream:
    """The branch in which the user's commits wait. Raises CrmError if the team list does not have the user."""
    repo = store.git()
    settings, _problems = store.settings_around
    about = _("{name} is protected; your commits are pushed to the branch {branch}")
    try:
        handle = arguments.me(identity(repo), settings)
    except CrmError as error:
        said = f"{about.format(name=where.name, branch=f'{WAITING}HANDLE')}\n{error.problem.hint}"
        raise CrmError(error.problem._replace(hint=said), error.exit_code) from None
    if "/" in handle or ask(repo, "check-ref-format", f"refs/heads/{WAITING}{handle}") is None:
        message = _("git does not allow the branch name '{branch}'").format(branch=f"{WAITING}{handle}")
        hint = about.format(name=where.name, branch=f"{WAITING}{handle}")
        raise cannot("push-refused", message, f"{hint}\n{_('use another handle in crmtext.toml: letters and digits')}")
    return where.beside(f"{WAITING}{handle}")


def merge_all(store: Store) -> Iterator[Merged]:
    """Merge each of the branches into the one that is checked out here and followed, over there; nothing here changes.

    What the records are checked by is that branch's: a change of anything else is left to a person.
    """
    repo = store.git()
    where = upstream.tracked(repo)
    upstream.refuse_received(repo)
    upstream.refuse_inside(repo, where)
    if identity(repo) is None:
        raise stranger()
    for branch, tip in upstream.fetch_all_waiting(repo, where):
        yield _merge(store, where, branch, tip)


def _merge(store: Store, where: Upstream, branch: Upstream, tip: str) -> Merged:
    repo = store.git()
    for _try in range(plan.TRIES):
        theirs = upstream.fetch(repo, where)
        if theirs is None:
            raise cannot("no-upstream", _("the branch {name} was deleted on the remote").format(name=where.name))
        try:
            decided, commit = _decided(store, where, branch, tip, theirs)
        except CrmError as error:
            # Such as a branch that is too large to look at: the others are merged all the same.
            return Merged(branch.there, problems=(error.problem,))
        if decided.left:
            return decided
        if not decided.commits or _pushed(repo, where, commit, theirs):
            upstream.delete(repo, branch, tip)
            return decided
    message = _("others keep pushing to {name}").format(name=where.name)
    raise cannot("others-quicker", message, _("run the command again"))


def _decided(store: Store, where: Upstream, branch: Upstream, tip: str, theirs: str) -> tuple[Merged, str]:
    """What is to be done about a branch, with the commit that has it merged."""
    repo = store.git()
    found = Merged(branch.there, merge.count(repo, theirs, tip))
    step = plan.merge_step(store, branch, theirs, tip)
    if step is None:
        return found, theirs
    if step.stages:
        return found._replace(conflicts=tuple(sorted({each.path for each in step.stages}))), ""
    # First: a schema or settings of the branch's own would decide about its records.
    if left := plan.for_a_person(repo, theirs, step.made):
        return found._replace(for_a_person=left), ""
    wrong = plan.errors(store, where.remote, theirs, step.made, step)
    return found._replace(problems=tuple(problem for _commit, problem in wrong)), step.made


def _pushed(repo: Repository, where: Upstream, commit: str, theirs: str) -> bool:
    try:
        return plan.send(repo, where, commit, theirs)
    except upstream.ProtectedError as error:
        message = _("{name} is protected, and this account may not push to it").format(name=where.name)
        said = error.problem.hint.partition("\n")[0]
        hint = _(
            "allow the CI job's account to push to {branch}: on GitHub the bypass list of its ruleset, on GitLab "
            "*Allowed to push and merge*, on Gitea the push whitelist"
        ).format(branch=where.there)
        raise cannot("push-refused", message, f"{said}\n{hint}") from None
