"""The only calls of the git binary, made so that the settings of a received repository run no program."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from crmtext import layout
from crmtext.disk.nofollow import Folder
from crmtext.git import overrides
from crmtext.git.failure import failed, left_out, not_run
from crmtext.git.overrides import LOCATION, OBJECTS
from crmtext.i18n import N_, _
from crmtext.problem import cannot, usage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmtext.git.overrides import Setting

OLDEST_GIT = (2, 36)

_EMPTY_TREE = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
#: Enough for the heads of a merge of a hundred branches.
_MERGED = 8192
_UNFINISHED = {
    "MERGE_HEAD": N_("merge"),
    "CHERRY_PICK_HEAD": N_("cherry-pick"),
    "REVERT_HEAD": N_("revert"),
    "rebase-merge": N_("rebase"),
    "rebase-apply": "rebase",
}


class Repository(NamedTuple):
    """A repository as seen from a folder; `top` is None without a work tree, `prefix` ends in a slash."""

    top: Path | None
    git_dir: Path
    #: The folder of refs, hooks and settings: differs from `git_dir` in a linked work tree.
    common_dir: Path
    prefix: str = ""
    object_format: str = "sha1"
    #: The locations for git as environment variables, such as a hook's index.
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def index_file(self) -> Path:
        """The index that git reads; in a hook of `git commit -a` it is not `.git/index`."""
        return Path(dict(self.variables).get("GIT_INDEX_FILE", self.git_dir / "index"))

    @property
    def index_lock(self) -> Path:
        """The lock file of the index."""
        return self.index_file.with_name(self.index_file.name + ".lock")

    @property
    def own(self) -> Path:
        """Our folder in git's, for data of this clone."""
        return self.git_dir / layout.OWN

    def holds(self, path: Path) -> bool:
        """Whether a path lies in the work tree or in git's folders, directly or through links."""
        homes = {home.resolve() for home in (self.top, self.git_dir, self.common_dir) if home}
        ways = (Path(os.path.normpath(path)), path.parent.resolve() / path.name, path.resolve())
        return any(way.is_relative_to(home) for way in ways for home in homes)

    @property
    def empty_tree(self) -> str:
        """The id of the empty tree, which every repository has."""
        return _EMPTY_TREE[self.object_format]


def repository(folder: Path) -> Repository | None:
    """Return the repository of a folder, None if there is none. The variables of a hook are honoured."""
    folder = folder.resolve()
    if any(name in os.environ for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")):
        variables = {name: os.environ[name] for name in (*LOCATION, *OBJECTS) if name in os.environ}
        if (repo := _discover(Path.cwd(), folder, variables)) is not None:
            return repo
    return _discover(folder, folder, {})


def _discover(start: Path, folder: Path, location: Mapping[str, str]) -> Repository | None:
    asked = ("--show-object-format", "--git-dir", "--git-common-dir", "--show-toplevel")
    code, output, words = _call(("rev-parse", "--path-format=absolute", *asked), cwd=start, env=location)
    lines = os.fsdecode(output).splitlines()
    if code and b"not a git repository" in words:
        return None
    # Without a work tree git prints all but the last line, and fails.
    if len(lines) < 3:
        _refuse_elsewhere(start, location)
        raise failed("rev-parse", words)
    git_dir, common_dir = Path(lines[1]), Path(lines[2])
    top = Path(lines[3]).resolve() if len(lines) > 3 else None
    if top and not _leads_to(top / ".git", git_dir):
        _refuse_elsewhere(start, location)
    if not folder.is_relative_to(top or git_dir.resolve()):
        return None
    variables = {"GIT_DIR": str(git_dir)} | {name: location[name] for name in OBJECTS if name in location}
    if top:
        variables["GIT_WORK_TREE"] = str(top)
    if "GIT_INDEX_FILE" in location:
        variables["GIT_INDEX_FILE"] = str((top or git_dir) / location["GIT_INDEX_FILE"])
    inside = folder.relative_to(top).as_posix() if top else "."
    prefix = "" if inside == "." else inside + "/"
    return Repository(top, git_dir, common_dir, prefix, lines[0], tuple(variables.items()))


def _leads_to(file: Path, git_dir: Path) -> bool:
    """Whether a `.git` is the repository's folder, or a file of a linked work tree or submodule that names it."""
    if file == git_dir:
        return True
    try:
        named = file.read_text("utf-8", "surrogateescape").removeprefix("gitdir: ").rstrip("\n")
    except OSError:
        named = file.name
    return (file.parent / named).resolve() == git_dir.resolve()


def _refuse_elsewhere(start: Path, location: Mapping[str, str]) -> None:
    """Raise CrmError if the repository's settings move its work tree: git would read and write there.

    Not if the user has set both variables, as git does for hooks.
    """
    if "GIT_DIR" in location or "GIT_WORK_TREE" in location:
        return
    # If the other folder does not exist, git fails unless this names one.
    there = {"GIT_WORK_TREE": os.curdir}
    code, output, _words = _call(("config", "--null", "--show-scope", "--get", "core.worktree"), cwd=start, env=there)
    if code:
        return
    scope, value, _end = os.fsdecode(output).split("\0")
    message = _("core.worktree sets the work tree of this repository to another folder: {folder}")
    hint = f"git --work-tree=. config --{scope} --unset-all core.worktree"
    raise cannot("worktree-elsewhere", message.format(folder=value), hint)


def create(folder: Path, object_format: str = "sha1") -> Repository:
    """Create a repository in a folder, with the user's default branch, else `main`."""
    code, output, _words = _call(("config", "--get", "init.defaultBranch"), cwd=folder)
    branch = output.decode().strip() if code == 0 else "main"
    how = ("--quiet", f"--initial-branch={branch}", f"--object-format={object_format}")
    code, _output, words = _call(("init", *how), cwd=folder)
    repo = None if code else repository(folder)
    if repo is None:
        raise failed("init", words)
    return repo


def version() -> tuple[int, ...]:
    """Return the version of git, such as `(2, 39, 5)`."""
    words = _call(("version",), cwd=Path.cwd())[1].decode().split()
    numbers = words[2].split(".") if len(words) > 2 else []
    return tuple(int(number) for number in numbers if number.isdigit())


def run(
    repo: Repository, *args: str, data: bytes = b"", env: Mapping[str, str] | None = None, config: Sequence[str] = ()
) -> bytes:
    """Return the output of a git command. Raises CrmError if it fails. Put `--end-of-options` before user input."""
    code, output, words = _call_in(repo, args, data=data, env=env or {}, config=config)
    if code:
        raise failed(args[0], words)
    return output


def ask(repo: Repository, *args: str) -> str | None:
    """Return the line that a git command prints, None if it fails."""
    code, output, words = _call_in(repo, args)
    if code and (missing := left_out(words)):
        raise missing
    return None if code else os.fsdecode(output).removesuffix("\n")


def attempt(
    repo: Repository, *args: str, data: bytes = b"", env: Mapping[str, str] | None = None, config: Sequence[str] = ()
) -> tuple[int, bytes, bytes]:
    """Return exit code, output and error output of a git command."""
    return _call_in(repo, args, data=data, env=env or {}, config=config)


def outcome(folder: Path, *args: str) -> tuple[int, bytes]:
    """Return exit code and output of a git command that needs no repository."""
    code, output, _words = _call(args, cwd=folder)
    return code, output


def head(repo: Repository) -> str | None:
    """Return the commit that is checked out, None before the first one."""
    return ask(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", "HEAD^{commit}")


def parents(repo: Repository, commit: str) -> tuple[str, ...]:
    """Return the parents of a commit; none for a first commit, and at the end of a shallow clone."""
    return tuple((ask(repo, "rev-list", "-1", "--parents", "--end-of-options", commit) or "").split()[1:])


def merge_bases(repo: Repository, one: str, other: str) -> tuple[str, ...]:
    """Return the merge bases of two commits."""
    return tuple((ask(repo, "merge-base", "--all", "--end-of-options", one, other) or "").split())


def branch(repo: Repository) -> str | None:
    """Return the branch that is checked out, also before its first commit; None if HEAD is detached."""
    return ask(repo, "symbolic-ref", "--quiet", "--short", "HEAD")


def named(repo: Repository, rev: str) -> str | None:
    """Return the commit of a typed revision; None if there is none."""
    asked = ("--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}")
    return ask(repo, "rev-parse", *asked) if rev.isprintable() else None


def resolve(repo: Repository, rev: str) -> str:
    """Return the commit of a typed revision. Raises CrmError if there is none."""
    if commit := named(repo, rev):
        return commit
    if head(repo) is None:
        raise usage("no-commit-yet", _("no commits yet"), _("make the first commit: git add . && git commit"))
    hint = _("to list commits: git log --oneline; tags and branches: git tag, git branch -a")
    if (repo.common_dir / "shallow").exists():
        hint = _("this clone is shallow; fetch the older commits: {command}").format(command="git fetch --unshallow")
    raise usage("unknown-revision", _("unknown commit '{rev}'").format(rev=rev), hint)


def merge_in_progress(repo: Repository) -> str | None:
    """Return the unfinished operation: `merge`, `rebase`, `cherry-pick` or `revert`."""
    return next((name for file, name in _UNFINISHED.items() if (repo.git_dir / file).exists()), None)


def merged_heads(repo: Repository) -> tuple[str, ...]:
    """Return the commits that an unfinished merge merges into HEAD; empty without one."""
    try:
        with Folder(repo.git_dir) as folder:
            named = folder.read("MERGE_HEAD", _MERGED).decode("utf-8", "replace").split()
    except FileNotFoundError:
        return ()
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options")
    commits = (ask(repo, *asked, f"{name}^{{commit}}") for name in named)
    return tuple(filter(None, commits))


@contextmanager
def reading(repo: Repository, *args: str, data: bytes) -> Iterator[IO[bytes]]:
    """The output of a git command, read while it still runs and reads its input."""
    import subprocess
    from threading import Thread

    env, pipe, quiet = overrides.environment(_variables(repo, args)), subprocess.PIPE, subprocess.DEVNULL
    questions, end = os.pipe()
    # Written by a thread: with two full pipes both sides would wait for each other.
    Thread(target=_ask, args=(end, data), daemon=True).start()
    try:
        process = subprocess.Popen(_command(args), cwd=_home(repo), env=env, stdin=questions, stdout=pipe, stderr=quiet)
    finally:
        os.close(questions)
    with process:
        yield cast("IO[bytes]", process.stdout)


def _ask(end: int, data: bytes) -> None:
    """Write to a pipe; the reader may close it early."""
    with suppress(BrokenPipeError), open(end, "wb") as pipe:
        pipe.write(data)


def _home(repo: Repository) -> Path:
    return repo.top or repo.git_dir


def settings(repo: Repository) -> tuple[Setting, ...]:
    """Return all settings of the repository and the user, in git's order: later ones override earlier ones."""
    return overrides.settings(run(repo, "config", "--null", "--show-scope", "--list"))


def environment(repo: Repository) -> dict[str, str]:
    """Return the environment for a git that another program starts: ours, with the settings of `-c`."""
    return overrides.environment(dict(repo.variables) | overrides.variables(_doubtful(repo), overrides.ALWAYS))


def _variables(repo: Repository, args: Sequence[str]) -> dict[str, str]:
    """The variables with git's locations, and those that keep the repository's settings from running a program."""
    variables = dict(repo.variables)
    if args[0] != "config" and (known := _doubtful(repo)):
        variables |= overrides.variables(known)
    return variables


def _doubtful(repo: Repository) -> tuple[Setting, ...]:
    """All settings if the repository's own may name a program, else none."""
    # Checked at each call: a checkout may change included settings.
    doubtful = overrides.may_name_program((repo.common_dir / "config", repo.git_dir / "config.worktree"))
    return settings(repo) if doubtful else ()


def _call_in(
    repo: Repository,
    args: Sequence[str],
    *,
    data: bytes = b"",
    env: Mapping[str, str] = MappingProxyType({}),
    config: Sequence[str] = (),
) -> tuple[int, bytes, bytes]:
    return _call(args, cwd=_home(repo), data=data, env=_variables(repo, args) | dict(env), config=config)


def _call(
    args: Sequence[str],
    *,
    cwd: Path,
    data: bytes = b"",
    env: Mapping[str, str] | None = None,
    config: Sequence[str] = (),
) -> tuple[int, bytes, bytes]:
    """Exit code, output and error output."""
    import subprocess

    try:
        done = subprocess.run(
            _command(args, config),
            cwd=cwd,
            env=overrides.environment(env or {}),
            input=data,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise not_run(cwd, error) from None
    return done.returncode, done.stdout, done.stderr


def _command(args: Sequence[str], config: Sequence[str] = ()) -> list[str]:
    # `git config` runs no program, and must not list our own settings.
    fixed = () if args[0] == "config" else overrides.ALWAYS
    settings = (part for setting in (*fixed, *config) for part in ("-c", setting))
    return ["git", "--no-pager", *settings, *args]
