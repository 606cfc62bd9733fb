"""The upstream branch: finding, fetching, pushing and deleting branches of a remote."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from crmtext.disk import files
from crmtext.git import clone, protection
from crmtext.git.config import addresses_of, clone_runs_program, config_get, lies_inside, programs
from crmtext.git.failure import failed
from crmtext.git.plumbing import Repository, ask, attempt, branch, merge_bases
from crmtext.i18n import _, plural
from crmtext.problem import CrmError, cannot
from crmtext.terminal.quoting import quoted
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Programs of these settings do not run during fetch, merge or push.
_IDLE = ("diff.", "core.editor", "sequence.editor", "core.fsmonitor")
#: Our own driver; each merge sets it.
_DRIVER = "merge.crmtext.driver"
#: The settings of submodules are not checked for programs.
_ALONE = "--no-recurse-submodules"
#: The prefix of branches that wait on the server to be merged into a protected main branch.
WAITING = "crm/"
#: Git's messages if somebody else pushed before us, or while the server checked the push.
_QUICKER = lazy.pattern(
    r"\((fetch first|non-fast-forward|stale info|incorrect old value provided|reference already exists)\)"
)
#: Git's own addition to the output of a hook.
_GITS_OWN = " error: hook declined"


class ProtectedError(CrmError):
    """The branch is protected: it takes no pushes from this user."""


class DeniedError(CrmError):
    """The access rights allow these commits on the branch only if a colleague merges them."""


class Upstream(NamedTuple):
    """The branch that is checked out, and its upstream branch."""

    branch: str
    remote: str
    #: The branch's name on the remote, and its name here, such as `origin/main`.
    there: str
    name: str

    @property
    def ref(self) -> str:
        """The remote-tracking ref."""
        return f"refs/remotes/{self.name}"

    @property
    def sending(self) -> str:
        """The command that pushes the branch."""
        return " ".join(("git", "push", quoted(self.remote), quoted(f"{self.branch}:refs/heads/{self.there}")))

    def beside(self, there: str) -> Upstream:
        """Another branch of the same remote."""
        return self._replace(there=there, name=f"{self.remote}/{there}")


def tracked(repo: Repository) -> Upstream:
    """Return the upstream of the current branch. Raises CrmError if there is none."""
    here = branch(repo)
    if here is None:
        raise cannot("no-branch", _("no branch is checked out"), "git switch main")
    remote = config_get(repo, f"branch.{here}.remote")
    there = (config_get(repo, f"branch.{here}.merge") or "").removeprefix("refs/heads/")
    if not remote or remote == "." or not there:
        if not ask(repo, "remote"):
            raise cannot("no-upstream", _("this clone has no remote"), first_push(here))
        command = f"git push -u {quoted(push_remote(repo) or 'origin')} {quoted(here)}"
        hint = _("set it once: {command}").format(command=command)
        raise cannot("no-upstream", _("the branch '{branch}' has no upstream").format(branch=here), hint)
    return Upstream(here, remote, there, f"{remote}/{there}")


def first_push(branch: str) -> str:
    """Return the command that pushes a store to its first remote."""
    return f"git remote add origin URL && git push -u origin {quoted(branch)}"


def push_remote(repo: Repository) -> str | None:
    """Return the remote for a new branch: the current branch's, else the only one or `origin`; None if unclear."""
    here = branch(repo)
    if here and (remote := config_get(repo, f"branch.{here}.remote")) and remote != ".":
        return remote
    remotes = (ask(repo, "remote") or "").split("\n")
    return remotes[0] or None if len(remotes) == 1 else "origin" if "origin" in remotes else None


def not_pushed(repo: Repository) -> int:
    """Return the number of unpushed commits of the current branch, as far as this clone knows; 0 without an upstream.

    Commits of a branch that waits on the server are pushed.
    """
    # By three dots: see merge.count.
    there = ("--not", "@{upstream}", f"--glob=refs/remotes/*/{WAITING}*")
    count = ask(repo, "rev-list", "--count", "@{upstream}...HEAD", *there, "--")
    return int(count) if count else 0


def unpushed(repo: Repository | None) -> Iterator[str]:
    """Yield the number of commits to push and the command for it; nothing without an upstream."""
    if repo and (count := not_pushed(repo)):
        yield plural("{n} commit not pushed: crmtext sync", "{n} commits not pushed: crmtext sync", count)


def is_default(repo: Repository, where: Upstream) -> bool:
    """Whether this is the remote's default branch; True if unknown."""
    if ask(repo, "symbolic-ref", "--quiet", f"refs/remotes/{where.remote}/HEAD") == where.ref:
        return True
    # The clone's own note of it may be missing or outdated.
    asked = ("ls-remote", "--symref", "--end-of-options", where.remote, "HEAD")
    answer = attempt(repo, *asked, env=_outside())[1].decode(errors="replace")
    return not answer.startswith("ref: ") or answer.startswith(f"ref: refs/heads/{where.there}\t")


def refuse_received(repo: Repository) -> None:
    """Raise CrmError if the clone's own settings run a program during fetch, merge or push."""
    for key, program in programs(repo):
        if key != _DRIVER and not key.startswith(_IDLE):
            raise clone_runs_program(_("this clone's own git config runs a program: {key} = {program}"), key, program)


def refuse_inside(repo: Repository, where: Upstream) -> None:
    """Raise CrmError for a remote inside the clone: git would run its hooks."""
    addresses = addresses_of(repo, where.remote)
    if not addresses:
        message = _("the upstream of branch '{branch}' is on '{remote}', which is not a remote of this clone")
        hint = _("add the remote: git remote add origin URL && git push -u origin {branch}")
        named = message.format(branch=where.branch, remote=where.remote)
        raise cannot("no-upstream", named, hint.format(branch=where.branch))
    if inside := next((address for address in addresses if lies_inside(repo, address)), None):
        message = _("the remote '{remote}' is inside this clone: {address}")
        hint = _("set the address of the shared repository: git remote set-url {remote} URL").format(
            remote=quoted(where.remote)
        )
        raise cannot("remote-inside", message.format(remote=where.remote, address=inside), hint)


def fetch(repo: Repository, where: Upstream) -> str | None:
    """Fetch the upstream branch and return its commit, None if the remote has no branch yet.

    Raises CrmError if the remote cannot be reached, or the branch was deleted or rewritten; the remote-tracking ref
    stays then.
    """
    # Read first: another process may fetch or push meanwhile.
    seen = _seen(repo, where)
    code = _fetch(repo, where, f"refs/heads/{where.there}")
    # A remote may have no branches yet.
    if code and seen:
        raise _gone(where)
    if commit := None if code else _fetched(repo, where):
        _refuse_rewritten(repo, where, seen, commit)
        _note(repo, where, commit, seen)
        _fill(repo, where, commit)
    return commit or seen


def fetch_waiting(repo: Repository, where: Upstream) -> str | None:
    """Fetch a waiting branch and return its commit; None if it does not exist or was deleted."""
    seen = _seen(repo, where)
    if _fetch(repo, where, f"refs/heads/{where.there}"):
        if seen:
            attempt(repo, "update-ref", "-d", "--end-of-options", where.ref, seen)
        return None
    if commit := _fetched(repo, where):
        _note(repo, where, commit, seen)
        _fill(repo, where, commit)
    return commit


def fetch_all_waiting(repo: Repository, where: Upstream) -> tuple[tuple[Upstream, str], ...]:
    """Fetch all waiting branches, and return each with its commit."""
    here = f"refs/remotes/{where.remote}/{WAITING}"
    _fetch(repo, where, f"+refs/heads/{WAITING}*:{here}*", "--prune")
    listed = ask(repo, "for-each-ref", "--format=%(objectname) %(refname)", here) or ""
    pairs = (line.split(" ", 1) for line in listed.splitlines())
    names = ((commit, WAITING + ref.removeprefix(here)) for commit, ref in pairs)
    return tuple((where.beside(name), commit) for commit, name in names)


def _seen(repo: Repository, where: Upstream) -> str | None:
    return ask(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{where.ref}^{{commit}}")


def _note(repo: Repository, where: Upstream, commit: str, seen: str | None) -> None:
    """Update the remote-tracking ref, unless another process has updated it since."""
    attempt(repo, "update-ref", "--end-of-options", where.ref, commit, seen or "0" * len(commit))


def _fetch(repo: Repository, where: Upstream, what: str, *more: str) -> int:
    """Fetch, and return the exit code: not 0 if the remote has no such branch. Raises CrmError if it is unreachable."""
    # Without updating the remote-tracking ref, which we do: a lock left by a killed git must not stop the fetch.
    how = ("--quiet", "--no-tags", "--refmap=", *more, _ALONE, "--end-of-options", where.remote, what)
    code, _output, words = attempt(repo, "fetch", *how, env=_outside())
    if code and b"couldn't find remote ref" not in words:
        hint = _("nothing was merged or pushed; check git remote -v and your connection")
        raise _unreached(where, "fetch", words, hint)
    return code


def _fill(repo: Repository, where: Upstream, theirs: str) -> None:
    """Fetch the files that a partial clone lacks of the commits that are merged and checked."""
    outer = (ask(repo, "rev-list", "--boundary", "HEAD", f"^{theirs}", "--") or "").split()
    before = (line[1:] for line in outer if line.startswith("-"))
    clone.fill(repo, where.remote, _outside(), "HEAD", theirs, *before, *merge_bases(repo, "HEAD", theirs))


def _gone(where: Upstream) -> CrmError:
    message = _("the branch {name} was deleted on the remote").format(name=where.name)
    hint = _("nothing was merged or pushed; ask your colleagues first; to create the branch again: {command}")
    return cannot("no-upstream", message, hint.format(command=where.sending))


def _refuse_rewritten(repo: Repository, where: Upstream, seen: str | None, now: str) -> None:
    """Raise CrmError if the upstream was rewritten: the next push would restore the removed commits."""
    # By three dots: see merge.count.
    unsent = {*(ask(repo, "rev-list", f"{now}...HEAD", f"^{now}", "--") or "").split()}
    taken = next((commit for commit in _ever_seen(repo, where, seen) if commit in unsent), None) if unsent else None
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
    """The former commits of the upstream in git's reflog, newest first: the user may have fetched since."""
    if seen is None:
        return
    yield seen
    # In a shallow clone, older commits seem to be removed.
    if not clone.cut(repo):
        known = (ask(repo, "rev-list", "--walk-reflogs", where.ref, "--") or "").split()
        yield from known
        # The reflog lists where each move led; the cloned commit is where the first one began.
        yield ask(repo, "rev-parse", "--verify", "--quiet", f"{where.ref}@{{{len(known)}}}") or seen


def _fetched(repo: Repository, where: Upstream) -> str | None:
    lines = (files.read(repo.git_dir / "FETCH_HEAD") or b"").decode(errors="replace").splitlines()
    return next((line.partition("\t")[0] for line in lines if f"\tbranch '{where.there}' of " in line), None)


def push(repo: Repository, where: Upstream, commit: str, seen: str | None) -> bool:
    """Push this commit; False if somebody else pushed first. Raises CrmError if the push is rejected."""
    # By its id: later commits were not checked.
    span = f"{commit}:refs/heads/{where.there}"
    code, output, words = _push(repo, where, span)
    moved = b"(failed to update ref)" in output and b" but expected " in words
    if code and (moved or _QUICKER.search(output.decode(errors="replace"))):
        return False
    if code and b"[remote rejected]" in output:
        raise _rejected(where, output.decode(errors="replace"), words.decode(errors="replace"))
    if code:
        raise _unreached(where, "push", words, _unsent())
    # Git updates the ref only if the settings of the remote say so.
    _note(repo, where, commit, seen)
    return True


def delete(repo: Repository, where: Upstream, commit: str) -> bool:
    """Delete a branch on the remote if it is still at this commit; returns whether it was deleted."""
    lease = f"--force-with-lease=refs/heads/{where.there}:{commit}"
    if _push(repo, where, f":refs/heads/{where.there}", lease)[0]:
        return False
    attempt(repo, "update-ref", "-d", "--end-of-options", where.ref, commit)
    return True


def _push(repo: Repository, where: Upstream, span: str, *more: str) -> tuple[int, bytes, bytes]:
    how = ("--quiet", "--porcelain", *more, _ALONE, "--end-of-options", where.remote, span)
    return attempt(repo, "push", *how, env=_outside())


def _rejected(where: Upstream, output: str, words: str) -> CrmError:
    """The error for a rejected push, with the server's message."""
    mark = "remote:"
    lines = [line.removeprefix(mark).rstrip() for line in words.splitlines() if line.startswith(mark)]
    text = "\n".join(line.removeprefix(" ") for line in lines if line.strip() and not line.startswith(_GITS_OWN))
    reason = output.partition("[remote rejected] (")[2].partition("\n")[0].rstrip(")")
    protected = protection.is_protection((*lines, reason), where.there)
    # Without output of a hook, git's reason is all there is.
    answer = text[:2000] or f"! [remote rejected] ({reason})"
    if rights := protection.broken_rights(lines):
        error = cannot("push-refused", _("{name} rejected the push").format(name=where.name), f"{answer}\n{_kept()}")
        raise DeniedError(error.problem, error.exit_code) if "write-policy" in rights else error
    if protected or "declined" not in reason or protection.against_commits(lines):
        hint = f"{answer}\n{_unsent()}"
    else:
        advice = _('if nobody may push to {branch}: set push = "branch" under [sync] in crmtext.toml')
        hint = f"{answer}\n{_unsent()}\n{advice.format(branch=where.there)}"
    error = cannot("push-refused", _("{name} rejected the push").format(name=where.name), hint)
    return ProtectedError(error.problem, error.exit_code) if protected else error


def _kept() -> str:
    return _("the received commits are merged locally; nothing was pushed")


def _unsent() -> str:
    return _("the received commits are merged locally; nothing was pushed; run crmtext sync again later")


def _unreached(where: Upstream, command: str, words: bytes, hint: str) -> CrmError:
    error = failed(command, words)
    if error.problem.rule == "git-locked":
        return error
    message = _("'{remote}' cannot be reached: {reason}").format(remote=where.remote, reason=error.problem.message)
    return cannot("unreachable", message, hint)


def _outside() -> Mapping[str, str]:
    """The environment that lets git use the network, and ask for a password if there is a terminal."""
    prompt = "1" if sys.stdin is not None and sys.stdin.isatty() else "0"
    allowed = {"GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh", "GIT_NO_LAZY_FETCH": "0"}
    return {**allowed, "GIT_TERMINAL_PROMPT": prompt, "LC_ALL": "C"}
