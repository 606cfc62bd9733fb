"""The branches `crm/HANDLE`, which wait until a job merges them into the protected main branch."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.git import merge, upstream
from crmtext.git.config import identity, no_identity
from crmtext.git.plumbing import ask
from crmtext.git.upstream import WAITING
from crmtext.i18n import _
from crmtext.problem import CrmError, cannot
from crmtext.record.input import arguments
from crmtext.sync import plan
from crmtext.terminal.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmtext.git.plumbing import Repository
    from crmtext.git.upstream import Upstream
    from crmtext.problem import Problem
    from crmtext.store import Store

    #: Returns the changes that are denied in the commits from one to another, by the access rights in the first.
    Denials = Callable[[str, str], tuple[Problem, ...]]


class Merged(NamedTuple):
    """The result for one branch: the number of merged commits, or what a person has to do first."""

    branch: str
    commits: int = 0
    #: Files in conflict.
    conflicts: tuple[str, ...] = ()
    #: Files that a person must merge.
    for_a_person: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    #: The changes that their committers may not make, each with its commit.
    denied: tuple[Problem, ...] = ()

    @property
    def left(self) -> bool:
        """Whether the branch is left for a person."""
        return bool(self.conflicts or self.for_a_person or self.problems or self.denied)


def possible(repo: Repository, where: Upstream) -> bool:
    """Whether commits for this branch may wait: only those for the main branch are merged."""
    return not where.there.startswith(WAITING) and upstream.is_default(repo, where)


def always(store: Store, where: Upstream) -> bool:
    """Whether the settings require a waiting branch for every push."""
    settings, _problems = store.settings_around
    return settings.push == "branch" and possible(store.git(), where)


def of_user(store: Store, where: Upstream) -> Upstream:
    """Return the waiting branch of the user. Raises CrmError if the user is not in the team list."""
    repo = store.git()
    settings, _problems = store.settings_around
    about = _("{name} is protected; your commits are pushed to the branch {branch}")
    try:
        handle = arguments.me(identity(repo), settings)
    except CrmError as error:
        advice = f"{about.format(name=where.name, branch=f'{WAITING}HANDLE')}\n{error.problem.hint}"
        raise CrmError(error.problem._replace(hint=advice), error.exit_code) from None
    if "/" in handle or ask(repo, "check-ref-format", f"refs/heads/{WAITING}{handle}") is None:
        message = _("git does not allow the branch name '{branch}'").format(branch=f"{WAITING}{handle}")
        hint = about.format(name=where.name, branch=f"{WAITING}{handle}")
        raise cannot("push-refused", message, f"{hint}\n{_('use another handle in crmtext.toml: letters and digits')}")
    return where.beside(f"{WAITING}{handle}")


def with_branch(store: Store, where: Upstream, error: CrmError) -> CrmError:
    """Return the error with the command that pushes to the user's branch; unchanged if that is no way into main."""
    if not possible(store.git(), where):
        return error
    try:
        branch = of_user(store, where).there
    except CrmError:
        branch = f"{WAITING}HANDLE"
    command = f"git push {quoted(where.remote)} {quoted(f'HEAD:refs/heads/{branch}')}"
    advice = _("for a colleague to merge, push to a branch: {command}").format(command=command)
    return CrmError(error.problem._replace(hint=f"{error.problem.hint}\n{advice}"), error.exit_code)


def merge_all(store: Store, denials: Denials) -> Iterator[Merged]:
    """Merge each waiting branch into the upstream on the remote; nothing changes in this clone.

    Records are checked by the settings and schema of the upstream, commits by its access rights: changes of other
    files, and those that are denied, are left to a person.
    """
    repo = store.git()
    where = upstream.tracked(repo)
    upstream.refuse_received(repo)
    upstream.refuse_inside(repo, where)
    if identity(repo) is None:
        raise no_identity()
    for branch, tip in upstream.fetch_all_waiting(repo, where):
        yield _merge(store, denials, where, branch, tip)


def _merge(store: Store, denials: Denials, where: Upstream, branch: Upstream, tip: str) -> Merged:
    repo = store.git()
    for _try in range(plan.TRIES):
        theirs = upstream.fetch(repo, where)
        if theirs is None:
            raise cannot("no-upstream", _("the branch {name} was deleted on the remote").format(name=where.name))
        try:
            decided, commit = _decided(store, denials, where, branch, tip, theirs)
        except CrmError as error:
            # Such as a branch that is too large to check: the others are still merged.
            return Merged(branch.there, problems=(error.problem,))
        if decided.left:
            return decided
        if not decided.commits or _pushed(repo, where, commit, theirs):
            upstream.delete(repo, branch, tip)
            return decided
    message = _("others keep pushing to {name}").format(name=where.name)
    raise cannot("others-quicker", message, _("run the command again"))


def _decided(
    store: Store, denials: Denials, where: Upstream, branch: Upstream, tip: str, theirs: str
) -> tuple[Merged, str]:
    """The result for a branch, with the commit that merges it."""
    repo = store.git()
    result = Merged(branch.there, merge.count(repo, theirs, tip))
    step = plan.merge_step(store, branch, theirs, tip)
    if step is None:
        return result, theirs
    if step.stages:
        return result._replace(conflicts=tuple(sorted({entry.path for entry in step.stages}))), ""
    # First: otherwise the branch's own schema or settings would decide about its records.
    if left := plan.for_a_person(repo, theirs, step.commit):
        return result._replace(for_a_person=left), ""
    if denied := denials(theirs, tip):
        return result._replace(denied=denied), ""
    wrong = plan.errors(store, where.remote, theirs, step.commit, step)
    return result._replace(problems=tuple(problem for _commit, problem in wrong)), step.commit


def _pushed(repo: Repository, where: Upstream, commit: str, theirs: str) -> bool:
    try:
        return plan.send(repo, where, commit, theirs)
    except upstream.ProtectedError as error:
        message = _("{name} is protected, and this account may not push to it").format(name=where.name)
        reason = error.problem.hint.partition("\n")[0]
        hint = _(
            "allow the CI job's account to push to {branch}: on GitHub the bypass list of its ruleset, on GitLab "
            "*Allowed to push and merge*, on Gitea the push whitelist"
        ).format(branch=where.there)
        raise cannot("push-refused", message, f"{reason}\n{hint}") from None
