"""Shallow, partial and empty clones: what they lack, and how to fetch it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.plumbing import Repository, ask, attempt, head, merge_bases, run, settings
from crmtext.i18n import _
from crmtext.problem import CrmError, cannot
from crmtext.terminal.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Fetches the commits that a shallow clone lacks.
UNSHALLOW = "git fetch --unshallow"
_FILTER = "partialclonefilter"


class Partial(NamedTuple):
    """The remote of a partial clone, and the command that fetches everything it lacks."""

    remote: str
    fix: str


def cut(repo: Repository) -> frozenset[str]:
    """The oldest commits of a shallow clone; git shows them without their parents."""
    file = repo.common_dir / "shallow"
    return frozenset(file.read_text("ascii", "replace").split()) if file.is_file() else frozenset()


def refuse_empty(repo: Repository) -> None:
    """Raise CrmError if nothing is checked out because HEAD names a branch that the remote doesn't have."""
    if head(repo) is not None:
        return
    refs = (ask(repo, "for-each-ref", "--format=%(refname:lstrip=3)", "refs/remotes") or "").split("\n")
    branches = sorted({*refs} - {"", "HEAD"}, key=lambda name: (name != "main", name != "master", name))
    if branches:
        message = _("nothing is checked out in this clone; its remote has the branch {branch}")
        raise cannot("no-store", message.format(branch=branches[0]), f"git checkout {quoted(branches[0])}")


def merge_base_missing(repo: Repository, one: str, other: str) -> bool:
    """Whether the merge base of two commits may be one that a shallow clone lacks."""
    return bool(cut(repo)) and not merge_bases(repo, one, other)


def history_missing(message: str) -> CrmError:
    """The error for commits that a shallow clone lacks."""
    return cannot("history-missing", message, unshallow_hint())


def unshallow_hint() -> str:
    """The hint that says how to fetch the older commits of a shallow clone."""
    return _("this clone is shallow; fetch the older commits: {command}").format(command=UNSHALLOW)


def partial(repo: Repository) -> Partial | None:
    """The remote of a partial clone; None if the clone is complete."""
    for setting in settings(repo):
        section, _dot, rest = setting.key.partition(".")
        remote, _dot, name = rest.rpartition(".")
        if (section, name) == ("remote", _FILTER) and setting.value:
            return Partial(remote, f"git config --unset-all {setting.key} && git fetch --refetch {remote}")
    return None


def fill(repo: Repository, remote: str, env: Mapping[str, str], *commits: str) -> None:
    """Fetch at once the files of some commits that a partial clone lacks; git would fetch them one by one.

    Failures are not reported here: reading a missing file raises an error.
    """
    if (origin := partial(repo)) is None or origin.remote != remote:
        return
    before: frozenset[str] = frozenset()
    # In a clone without trees, each fetch of trees reveals more missing files.
    while (missing := _missing(repo, commits)) - before:
        before |= missing
        how = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--filter=blob:none")
        data = "".join(f"{id_}\n" for id_ in sorted(missing)).encode()
        # Otherwise git tells the server that it has these commits, and gets none of their files.
        config = ("fetch.negotiationAlgorithm=noop",)
        asked = ("fetch", *how, "--stdin", "--end-of-options", remote)
        if attempt(repo, *asked, env=env, config=config, data=data)[0]:
            return


def _missing(repo: Repository, commits: tuple[str, ...]) -> frozenset[str]:
    asked = ("rev-list", "--objects", "--no-walk", "--missing=print", "--end-of-options")
    lines = run(repo, *asked, *dict.fromkeys(commits)).decode(errors="replace").splitlines()
    return frozenset(line[1:] for line in lines if line.startswith("?"))
