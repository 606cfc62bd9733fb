"""The way to the others' copy: which branch of it goes with ours, what it has, and sending it a commit."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from crmtext.disk import files
from crmtext.git import clone, protection
from crmtext.git.config import addresses_of, config_get, lies_inside, programs, received
from crmtext.git.failure import failed
from crmtext.git.plumbing import Repository, ask, attempt, branch, merge_bases
from crmtext.i18n import _
from crmtext.problem import CrmError, cannot
from crmtext.terminal.quoting import quoted
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Programs of these settings do not run when records are fetched, merged or pushed.
_IDLE = ("diff.", "core.editor", "sequence.editor", "core.fsmonitor")
#: Ours, which is named anew by whoever merges.
_DRIVER = "merge.crmtext.driver"
#: A submodule has settings of its own, which name programs that nobody has looked at.
_ALONE = "--no-recurse-submodules"
#: Branches of this name wait on the server to be merged into a main branch that is protected.
WAITING = "crm/"
#: What git says of a push where somebody else pushed before it, or while the server looked at it.
_QUICKER = lazy.pattern(
    r"\((fetch first|non-fast-forward|stale info|incorrect old value provided|reference already exists)\)"
)
#: What git adds to the words of a hook.
_GITS_OWN = " error: hook declined"


class ProtectedError(CrmError):
    """The branch takes no pushes from this user, whatever is in them."""


class Upstream(NamedTuple):
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

    @property
    def sending(self) -> str:
        """The command by which a person sends the branch."""
        return " ".join(("git", "push", quoted(self.remote), quoted(f"{self.branch}:refs/heads/{self.there}")))

    def beside(self, there: str) -> Upstream:
        """Another branch of the same copy."""
        return self._replace(there=there, name=f"{self.remote}/{there}")


def tracked(repo: Repository) -> Upstream:
    """The branch that is tracked. Raises CrmError where there is none."""
    here = branch(repo)
    if here is None:
        raise cannot("no-branch", _("no branch is checked out"), "git switch main")
    remote = config_get(repo, f"branch.{here}.remote")
    there = (config_get(repo, f"branch.{here}.merge") or "").removeprefix("refs/heads/")
    if not remote or remote == "." or not there:
        if not ask(repo, "remote"):
            raise cannot("no-upstream", _("this clone has no remote"), sharing(here))
        command = f"git push -u {quoted(push_remote(repo) or 'origin')} {quoted(here)}"
        hint = _("set it once: {command}").format(command=command)
        raise cannot("no-upstream", _("the branch '{branch}' has no upstream").format(branch=here), hint)
    return Upstream(here, remote, there, f"{remote}/{there}")


def sharing(branch: str) -> str:
    """The command that pushes a store to its first remote."""
    return f"git remote add origin URL && git push -u origin {quoted(branch)}"


def push_remote(repo: Repository) -> str | None:
    """The remote that a new branch is pushed to: the current branch's, else the only one; None if that is not clear."""
    here = branch(repo)
    if here and (remote := config_get(repo, f"branch.{here}.remote")) and remote != ".":
        return remote
    remotes = (ask(repo, "remote") or "").split("\n")
    return remotes[0] or None if len(remotes) == 1 else "origin" if "origin" in remotes else None


def not_pushed(repo: Repository) -> int:
    """How many commits of the current branch were not pushed, as far as this clone knows; 0 without an upstream.

    One that waits on the server to be merged was pushed.
    """
    # By three dots: see merging.count.
    there = ("--not", "@{upstream}", f"--glob=refs/remotes/*/{WAITING}*")
    count = ask(repo, "rev-list", "--count", "@{upstream}...HEAD", *there, "--")
    return int(count) if count else 0


def is_default(repo: Repository, where: Upstream) -> bool:
    """Whether it is the branch that a clone would check out; also where that cannot be told."""
    if ask(repo, "symbolic-ref", "--quiet", f"refs/remotes/{where.remote}/HEAD") == where.ref:
        return True
    # The clone's own note of it is as old as the clone, if there is any.
    asked = ("ls-remote", "--symref", "--end-of-options", where.remote, "HEAD")
    answer = attempt(repo, *asked, env=_outside())[1].decode(errors="replace")
    return not answer.startswith("ref: ") or answer.startswith(f"ref: refs/heads/{where.there}\t")


def refuse_received(repo: Repository) -> None:
    """Refuse where the clone's own settings would have git run a program on the way."""
    for key, program in programs(repo):
        if key != _DRIVER and not key.startswith(_IDLE):
            raise received(_("this clone's own git config runs a program: {key} = {program}"), key, program)


def refuse_inside(repo: Repository, where: Upstream) -> None:
    """Refuse to fetch from or push to a copy that came with the clone: git would run the hooks it brings."""
    addresses = addresses_of(repo, where.remote)
    if not addresses:
        message = _("the upstream of branch '{branch}' is on '{remote}', which is not a remote of this clone")
        hint = _("add the remote: git remote add origin URL && git push -u origin {branch}")
        named = message.format(branch=where.branch, remote=where.remote)
        raise cannot("no-upstream", named, hint.format(branch=where.branch))
    if inside := next((each for each in addresses if lies_inside(repo, each)), None):
        message = _("the remote '{remote}' is inside this clone: {address}")
        hint = _("set the address of the shared repository: git remote set-url {remote} URL").format(
            remote=quoted(where.remote)
        )
        raise cannot("remote-inside", message.format(remote=where.remote, address=inside), hint)


def fetch(repo: Repository, where: Upstream) -> str | None:
    """Bring what the others' copy has; its commit, None while it has none.

    Raises CrmError if it is out of reach, or has no longer what it had: git's note of that is kept then.
    """
    # Asked first: whoever fetches or pushes meanwhile knows more.
    seen = _seen(repo, where)
    code = _fetch(repo, where, f"refs/heads/{where.there}")
    # A copy without any branch yet is no failure.
    if code and seen:
        raise _gone(where)
    if found := None if code else _fetched(repo, where):
        _refuse_rewritten(repo, where, seen, found)
        _note(repo, where, found, seen)
        _fill(repo, where, found)
    return found or seen


def fetch_waiting(repo: Repository, where: Upstream) -> str | None:
    """Bring a branch that waits to be merged: its commit; None where there is none, or none any more."""
    seen = _seen(repo, where)
    if _fetch(repo, where, f"refs/heads/{where.there}"):
        if seen:
            attempt(repo, "update-ref", "-d", "--end-of-options", where.ref, seen)
        return None
    if found := _fetched(repo, where):
        _note(repo, where, found, seen)
        _fill(repo, where, found)
    return found


def fetch_all_waiting(repo: Repository, where: Upstream) -> tuple[tuple[Upstream, str], ...]:
    """Bring all branches that wait to be merged into one: each with its commit."""
    here = f"refs/remotes/{where.remote}/{WAITING}"
    _fetch(repo, where, f"+refs/heads/{WAITING}*:{here}*", "--prune")
    listed = ask(repo, "for-each-ref", "--format=%(objectname) %(refname)", here) or ""
    pairs = (line.split(" ", 1) for line in listed.splitlines())
    names = ((commit, WAITING + ref.removeprefix(here)) for commit, ref in pairs)
    return tuple((where.beside(name), commit) for commit, name in names)


def _seen(repo: Repository, where: Upstream) -> str | None:
    return ask(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{where.ref}^{{commit}}")


def _note(repo: Repository, where: Upstream, commit: str, seen: str | None) -> None:
    """Have git know where the branch stands; who has fetched or pushed since knows more."""
    attempt(repo, "update-ref", "--end-of-options", where.ref, commit, seen or "0" * len(commit))


def _fetch(repo: Repository, where: Upstream, what: str, *more: str) -> int:
    """Have git fetch; not 0 where the others' copy has no such branch. Raises CrmError if it is out of reach."""
    # git's own note of it is brought along by us: a lock of that, which a killed git has left, must stop nobody.
    how = ("--quiet", "--no-tags", "--refmap=", *more, _ALONE, "--end-of-options", where.remote, what)
    code, _output, words = attempt(repo, "fetch", *how, env=_outside())
    if code and b"couldn't find remote ref" not in words:
        hint = _("nothing was merged or pushed; check git remote -v and your connection")
        raise _unreached(where, "fetch", words, hint)
    return code


def _fill(repo: Repository, where: Upstream, theirs: str) -> None:
    """Fetch what a partial clone left out of the commits that are merged and checked."""
    outer = (ask(repo, "rev-list", "--boundary", "HEAD", f"^{theirs}", "--") or "").split()
    before = (each[1:] for each in outer if each.startswith("-"))
    clone.fill(repo, where.remote, _outside(), "HEAD", theirs, *before, *merge_bases(repo, "HEAD", theirs))


def _gone(where: Upstream) -> CrmError:
    message = _("the branch {name} was deleted on the remote").format(name=where.name)
    hint = _("nothing was merged or pushed; ask your colleagues first; to create the branch again: {command}")
    return cannot("no-upstream", message, hint.format(command=where.sending))


def _refuse_rewritten(repo: Repository, where: Upstream, seen: str | None, found: str) -> None:
    """Refuse where others took back what they had sent: what we have of it would be sent again."""
    # By three dots: see merging.count.
    unsent = {*(ask(repo, "rev-list", f"{found}...HEAD", f"^{found}", "--") or "").split()}
    taken = next((each for each in _ever_seen(repo, where, seen) if each in unsent), None) if unsent else None
    if taken is None:
        return
    message = _("{name} was rewritten on the remote: earlier commits are no longer in it").format(name=where.name)
    hint = _(
        "nothing was merged or pushed; ask your colleagues first; to keep only your own commits: {rebase}; "
        "to drop all local commits: {reset}; to push the removed commits again: {send}"
    ).format(
        rebase=f"git fetch && git rebase --onto {where.name} {taken}",
        reset=f"git fetch && git reset --keep {where.name}",
        send=f"git fetch && git merge {where.name} && {where.sending}",
    )
    raise cannot("history-rewritten", message, hint)


def _ever_seen(repo: Repository, where: Upstream, seen: str | None) -> Iterator[str]:
    """Where their branch has stood as far as git remembers, newest first: a fetch of the user's may hide it."""
    if seen is None:
        return
    yield seen
    # Where history is cut off, what was there before the cut seems to be gone.
    if not clone.cut(repo):
        known = (ask(repo, "rev-list", "--walk-reflogs", where.ref, "--") or "").split()
        yield from known
        # The log tells of each move where it led; what was cloned is where the first one began.
        yield ask(repo, "rev-parse", "--verify", "--quiet", f"{where.ref}@{{{len(known)}}}") or seen


def _fetched(repo: Repository, where: Upstream) -> str | None:
    lines = (files.read(repo.git_dir / "FETCH_HEAD") or b"").decode(errors="replace").splitlines()
    return next((line.partition("\t")[0] for line in lines if f"\tbranch '{where.there}' of " in line), None)


def push(repo: Repository, where: Upstream, commit: str, seen: str | None) -> bool:
    """Send this commit; False where the others were quicker. Raises CrmError where it is rejected."""
    # By its id: whatever has been committed since was not checked.
    span = f"{commit}:refs/heads/{where.there}"
    code, output, words = _push(repo, where, span)
    moved = b"(failed to update ref)" in output and b" but expected " in words
    if code and (moved or _QUICKER.search(output.decode(errors="replace"))):
        return False
    if code and b"[remote rejected]" in output:
        raise _rejected(where, output.decode(errors="replace"), words.decode(errors="replace"))
    if code:
        raise _unreached(where, "push", words, _unsent())
    # git itself brings this along only where the settings of the remote say so.
    _note(repo, where, commit, seen)
    return True


def delete(repo: Repository, where: Upstream, commit: str) -> bool:
    """Delete a branch over there if it still is at this commit; whether it was done."""
    lease = f"--force-with-lease=refs/heads/{where.there}:{commit}"
    if _push(repo, where, f":refs/heads/{where.there}", lease)[0]:
        return False
    attempt(repo, "update-ref", "-d", "--end-of-options", where.ref, commit)
    return True


def _push(repo: Repository, where: Upstream, span: str, *more: str) -> tuple[int, bytes, bytes]:
    how = ("--quiet", "--porcelain", *more, _ALONE, "--end-of-options", where.remote, span)
    return attempt(repo, "push", *how, env=_outside())


def _rejected(where: Upstream, output: str, words: str) -> CrmError:
    """The error for a push that the server took no part of, in the server's words."""
    mark = "remote:"
    lines = [line.removeprefix(mark).rstrip() for line in words.splitlines() if line.startswith(mark)]
    said = "\n".join(each.removeprefix(" ") for each in lines if each.strip() and not each.startswith(_GITS_OWN))
    reason = output.partition("[remote rejected] (")[2].partition("\n")[0].rstrip(")")
    protected = protection.is_protection((*lines, reason), where.there)
    # Where only git itself speaks, its reason is all there is.
    told = said[:2000] or f"! [remote rejected] ({reason})"
    if protected or "declined" not in reason or protection.against_commits(lines):
        hint = f"{told}\n{_unsent()}"
    else:
        advice = _('if nobody may push to {branch}: set push = "branch" under [sync] in crmtext.toml')
        hint = f"{told}\n{_unsent()}\n{advice.format(branch=where.there)}"
    error = cannot("push-refused", _("{name} rejected the push").format(name=where.name), hint)
    return ProtectedError(error.problem, error.exit_code) if protected else error


def _unsent() -> str:
    return _("the received commits are merged locally; nothing was pushed; run crmtext sync again later")


def _unreached(where: Upstream, command: str, words: bytes, hint: str) -> CrmError:
    error = failed(command, words)
    if error.problem.rule == "git-locked":
        return error
    message = _("'{remote}' cannot be reached: {reason}").format(remote=where.remote, reason=error.problem.message)
    return cannot("unreachable", message, hint)


def _outside() -> Mapping[str, str]:
    """What lets git talk to another machine, and to the user about a password where there is a terminal."""
    prompt = "1" if sys.stdin is not None and sys.stdin.isatty() else "0"
    allowed = {"GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh", "GIT_NO_LAZY_FETCH": "0"}
    return {**allowed, "GIT_TERMINAL_PROMPT": prompt, "LC_ALL": "C"}
