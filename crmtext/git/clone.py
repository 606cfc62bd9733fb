"""What a shallow, a partial or an empty clone does not hold, and fetching it where the network may be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.plumbing import Repository, ask, attempt, head, merge_bases, run, settings
from crmtext.i18n import _
from crmtext.problem import CrmError, cannot
from crmtext.terminal.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Brings the commits that a shallow clone left out.
UNSHALLOW = "git fetch --unshallow"
_FILTER = "partialclonefilter"


class Partial(NamedTuple):
    """The remote that has what a partial clone left out, and the command that makes the clone a whole one."""

    remote: str
    mend: str


def cut(repo: Repository) -> frozenset[str]:
    """The commits at which a shallow clone ends; git shows them without their parents."""
    file = repo.common_dir / "shallow"
    return frozenset(file.read_text("ascii", "replace").split()) if file.is_file() else frozenset()


def refuse_empty(repo: Repository) -> None:
    """Refuse a clone in which nothing is checked out, as its HEAD names a branch that the remote doesn't have."""
    if head(repo) is not None:
        return
    refs = (ask(repo, "for-each-ref", "--format=%(refname:lstrip=3)", "refs/remotes") or "").split("\n")
    branches = sorted({*refs} - {"", "HEAD"}, key=lambda name: (name != "main", name != "master", name))
    if branches:
        message = _("nothing is checked out in this clone; its remote has the branch {branch}")
        raise cannot("no-store", message.format(branch=branches[0]), f"git checkout {quoted(branches[0])}")


def is_parted(repo: Repository, one: str, other: str) -> bool:
    """Whether the commit in which two lines were one may be among those that a shallow clone left out."""
    return bool(cut(repo)) and not merge_bases(repo, one, other)


def history_missing(message: str) -> CrmError:
    """The error for a question about commits that a shallow clone left out."""
    return cannot("history-missing", message, deeper())


def deeper() -> str:
    """How a shallow clone gets the other commits."""
    return _("this clone is shallow; fetch the older commits: {command}").format(command=UNSHALLOW)


def partial(repo: Repository) -> Partial | None:
    """What there is to know of a partial clone; None where it leaves nothing out."""
    for each in settings(repo):
        section, _dot, rest = each.key.partition(".")
        remote, _dot, name = rest.rpartition(".")
        if (section, name) == ("remote", _FILTER) and each.value:
            return Partial(remote, f"git config --unset-all {each.key} && git fetch --refetch {remote}")
    return None


def fill(repo: Repository, remote: str, env: Mapping[str, str], *commits: str) -> None:
    """Fetch what a partial clone left out of the files of some commits, as git would do one by one.

    What cannot be fetched is told by who needs it.
    """
    if (found := partial(repo)) is None or found.remote != remote:
        return
    before: frozenset[str] = frozenset()
    # A clone without folders learns of the files in them by and by.
    while (missing := _missing(repo, commits)) - before:
        before |= missing
        how = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--filter=blob:none")
        data = "".join(f"{each}\n" for each in sorted(missing)).encode()
        # Else git tells the other side that it has these commits, and gets nothing of them.
        config = ("fetch.negotiationAlgorithm=noop",)
        asked = ("fetch", *how, "--stdin", "--end-of-options", remote)
        if attempt(repo, *asked, env=env, config=config, data=data)[0]:
            return


def _missing(repo: Repository, commits: tuple[str, ...]) -> frozenset[str]:
    asked = ("rev-list", "--objects", "--no-walk", "--missing=print", "--end-of-options")
    lines = run(repo, *asked, *dict.fromkeys(commits)).decode(errors="replace").splitlines()
    return frozenset(line[1:] for line in lines if line.startswith("?"))
