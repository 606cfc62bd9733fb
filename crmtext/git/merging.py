"""A merge in git's hands: what is unmerged, taking it in or giving it up, and the way to the others' copy."""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmtext.git.config import config_get, programs, received, without_filters
from crmtext.git.plumbing import Repository, ask, attempt, branch, failed, run
from crmtext.git.reading import staged
from crmtext.i18n import _
from crmtext.problem import cannot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: Programs of these settings do not run when records are fetched, merged or pushed.
_IDLE = ("diff.", "core.editor", "sequence.editor", "core.fsmonitor", "merge.crmtext.")
#: A submodule has settings of its own, which name programs that nobody has looked at.
_ALONE = "--no-recurse-submodules"


@dataclass(frozen=True, slots=True)
class Tracked:
    """The branch that is checked out, and the one of the others' copy that goes with it."""

    branch: str
    remote: str
    #: The branch's name over there, and what git calls it here, as `origin/main`.
    there: str
    name: str

    @property
    def ref(self) -> str:
        """Where git keeps what it last saw of it."""
        return f"refs/remotes/{self.name}"


def tracked(repo: Repository) -> Tracked:
    """The branch that is tracked. Raises CrmError where there is none."""
    here = branch(repo)
    if here is None:
        raise cannot("no-branch", _("no branch is checked out"), "git switch main")
    remote = config_get(repo, f"branch.{here}.remote")
    there = (config_get(repo, f"branch.{here}.merge") or "").removeprefix("refs/heads/")
    if not remote or remote == "." or not there:
        hint = _("say once where it goes: git push -u origin {branch}").format(branch=here)
        raise cannot("no-upstream", _("the branch '{branch}' follows no other copy").format(branch=here), hint)
    return Tracked(here, remote, there, f"{remote}/{there}")


def refuse_received(repo: Repository) -> None:
    """Refuse where the clone's own settings would have git run a program on the way."""
    for key, program in programs(repo):
        if not key.startswith(_IDLE):
            raise received(_("this clone's own settings name a program: {key} = {program}"), key, program)


def fetch(repo: Repository, where: Tracked) -> None:
    """Bring what the others' copy has. Raises CrmError where it cannot be reached."""
    span = f"+refs/heads/{where.there}:{where.ref}"
    code, _output, words = attempt(
        repo, "fetch", "--quiet", "--no-tags", _ALONE, "--end-of-options", where.remote, span, env=_outside()
    )
    # A copy without any branch yet is no failure.
    if code and b"couldn't find remote ref" not in words:
        raise _unreached(where, words)


def push(repo: Repository, where: Tracked) -> bool:
    """Send the branch; False where the others were quicker. Raises CrmError where it is refused."""
    span = f"HEAD:refs/heads/{where.there}"
    code, output, words = attempt(
        repo, "push", "--quiet", "--porcelain", _ALONE, "--end-of-options", where.remote, span, env=_outside()
    )
    if code and (b"(fetch first)" in output or b"(non-fast-forward)" in output or b"(stale info)" in output):
        return False
    if code and b"[remote rejected]" in output:
        lines = [line.removeprefix("remote: ") for line in words.decode(errors="replace").splitlines()]
        said = "\n".join(line.rstrip() for line in lines if line.strip() and not line.startswith("error: "))
        raise cannot("push-refused", _("{name} does not take the changes").format(name=where.name), said[:2000])
    if code:
        raise _unreached(where, words)
    # git itself brings this along only where the settings of the remote say so.
    run(repo, "update-ref", "--end-of-options", where.ref, "HEAD")
    return True


def _unreached(where: Tracked, words: bytes) -> Exception:
    error = failed("fetch", words)
    message = _("'{remote}' cannot be reached: {reason}").format(remote=where.remote, reason=error.problem.message)
    return cannot("unreachable", message, _("nothing was changed; look at git remote -v and at your connection"))


def _outside() -> Mapping[str, str]:
    """What lets git talk to another machine, and to the user about a password where there is a terminal."""
    prompt = "1" if sys.stdin is not None and sys.stdin.isatty() else "0"
    return {"GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh", "GIT_TERMINAL_PROMPT": prompt, "LC_ALL": "C"}


def contains(repo: Repository, commit: str, other: str) -> bool:
    """Whether a commit has another one in its past."""
    return attempt(repo, "merge-base", "--is-ancestor", other, commit)[0] == 0


def count(repo: Repository, old: str, new: str) -> int:
    """How many commits one has that the other has not."""
    return int(run(repo, "rev-list", "--count", f"{old}..{new}"))


def paths(repo: Repository, old: str, new: str) -> frozenset[str]:
    """The files that differ since two commits parted, as the second one has them."""
    base = ask(repo, "merge-base", old, new) or repo.empty_tree
    output = run(repo, "diff-tree", "-r", "-z", "--name-only", "--no-renames", base, new)
    return frozenset(os.fsdecode(output).split("\0")[:-1])


def forward(repo: Repository, commit: str) -> None:
    """Move the branch to a commit that has it in its past."""
    run(repo, "merge", "--quiet", "--ff-only", commit)


def begin(repo: Repository, where: Tracked, driver: Sequence[str]) -> bool:
    """Merge into the work tree and commit nothing yet; False where something is in conflict."""
    # A tag or a branch may have the short name as well; the message is git's own for it.
    said = f"Merge remote-tracking branch '{where.name}'"
    how = ("--quiet", "--no-ff", "--no-commit", "--no-edit", "-m", said)
    config = (*driver, "merge.conflictStyle=merge", "merge.renames=true", "rerere.enabled=false")
    code, _output, words = attempt(repo, "merge", *how, where.ref, config=config)
    if code and not (repo.git_dir / "MERGE_HEAD").exists():
        raise failed("merge", words)
    return code == 0


def conclude(repo: Repository) -> None:
    """Commit a merge that has been begun."""
    run(repo, "commit", "--quiet", "--no-edit", env={"LC_ALL": "C.UTF-8"})


def abort(repo: Repository) -> None:
    """Put everything back as it was before the merge."""
    run(repo, "merge", "--abort")


def unmerged(repo: Repository, folder: str = "") -> Mapping[str, Mapping[int, str]]:
    """The files below a folder whose conflict is not settled: by path, the blobs of base (1), ours (2), theirs (3)."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for entry in staged(repo, folder):
        if entry.stage:
            found[entry.path][entry.stage] = entry.blob
    return found


def settle(repo: Repository, wanted: Iterable[str]) -> None:
    """Take files into the index as they are on the disk, or as gone, and their conflicts out of it."""
    env = without_filters(repo)
    for path in wanted:
        run(repo, "update-index", "--add", "--remove", "--", path, env=env)
