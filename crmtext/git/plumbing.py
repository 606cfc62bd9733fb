"""The git binary, run nowhere else, and so that the settings of a received repository run nothing."""

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
#: A merge of a hundred branches at once is named in fewer bytes.
_MERGED = 8192
_UNFINISHED = {
    "MERGE_HEAD": N_("merge"),
    "CHERRY_PICK_HEAD": N_("cherry-pick"),
    "REVERT_HEAD": N_("revert"),
    "rebase-merge": N_("rebase"),
    "rebase-apply": "rebase",
}


class Repository(NamedTuple):
    """A repository as seen from a folder; `top` is None where there is no work tree, `prefix` ends in a slash."""

    top: Path | None
    git_dir: Path
    #: The same as `git_dir` but in a linked work tree: where refs, hooks and settings are.
    common_dir: Path
    prefix: str = ""
    object_format: str = "sha1"
    #: Where git is to look, as environment variables: a hook's index among them.
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def index_file(self) -> Path:
        """The index that git reads here: in a hook of `git commit -a` that is not `.git/index`."""
        return Path(dict(self.variables).get("GIT_INDEX_FILE", self.git_dir / "index"))

    @property
    def index_lock(self) -> Path:
        """What is there while somebody writes that index."""
        return self.index_file.with_name(self.index_file.name + ".lock")

    @property
    def own(self) -> Path:
        """Our folder in git's, where nobody else looks: for what is this clone's own."""
        return self.git_dir / layout.OWN

    def holds(self, path: Path) -> bool:
        """Whether a path lies in the work tree or in git's folders, as it is written or by links."""
        homes = {home.resolve() for home in (self.top, self.git_dir, self.common_dir) if home}
        ways = (Path(os.path.normpath(path)), path.parent.resolve() / path.name, path.resolve())
        return any(way.is_relative_to(home) for way in ways for home in homes)

    @property
    def empty_tree(self) -> str:
        """The id of the tree without files, which every repository knows."""
        return _EMPTY_TREE[self.object_format]


def repository(folder: Path) -> Repository | None:
    """The repository that a folder lies in, None when in none; what git tells a hook about it is honoured."""
    folder = folder.resolve()
    if any(name in os.environ for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")):
        told = {name: os.environ[name] for name in (*LOCATION, *OBJECTS) if name in os.environ}
        if (found := _discover(Path.cwd(), folder, told)) is not None:
            return found
    return _discover(folder, folder, {})


def _discover(start: Path, folder: Path, told: Mapping[str, str]) -> Repository | None:
    asked = ("--show-object-format", "--git-dir", "--git-common-dir", "--show-toplevel")
    code, output, words = _call(("rev-parse", "--path-format=absolute", *asked), cwd=start, env=told)
    lines = os.fsdecode(output).splitlines()
    if code and b"not a git repository" in words:
        return None
    # Where there is no work tree git answers all but the last question, and fails.
    if len(lines) < 3:
        _refuse_elsewhere(start, told)
        raise failed("rev-parse", words)
    git_dir, common_dir = Path(lines[1]), Path(lines[2])
    top = Path(lines[3]).resolve() if len(lines) > 3 else None
    if top and not _leads_to(top / ".git", git_dir):
        _refuse_elsewhere(start, told)
    if not folder.is_relative_to(top or git_dir.resolve()):
        return None
    variables = {"GIT_DIR": str(git_dir)} | {name: told[name] for name in OBJECTS if name in told}
    if top:
        variables["GIT_WORK_TREE"] = str(top)
    if "GIT_INDEX_FILE" in told:
        variables["GIT_INDEX_FILE"] = str((top or git_dir) / told["GIT_INDEX_FILE"])
    inside = folder.relative_to(top).as_posix() if top else "."
    prefix = "" if inside == "." else inside + "/"
    return Repository(top, git_dir, common_dir, prefix, lines[0], tuple(variables.items()))


def _leads_to(found: Path, git_dir: Path) -> bool:
    """Whether a `.git` is a repository's folder, or the file of a linked work tree or a submodule that names it."""
    if found == git_dir:
        return True
    try:
        named = found.read_text("utf-8", "surrogateescape").removeprefix("gitdir: ").rstrip("\n")
    except OSError:
        named = found.name
    return (found.parent / named).resolve() == git_dir.resolve()


def _refuse_elsewhere(start: Path, told: Mapping[str, str]) -> None:
    """Refuse a work tree that the repository's settings put elsewhere: git would read and write there.

    Not where the user has told git of both, as hooks are told.
    """
    if "GIT_DIR" in told or "GIT_WORK_TREE" in told:
        return
    # Where the other folder is not there, git does nothing at all unless it is told of one.
    there = {"GIT_WORK_TREE": os.curdir}
    code, output, _words = _call(("config", "--null", "--show-scope", "--get", "core.worktree"), cwd=start, env=there)
    if code:
        return
    scope, value, _end = os.fsdecode(output).split("\0")
    message = _("core.worktree sets the work tree of this repository to another folder: {folder}")
    hint = f"git --work-tree=. config --{scope} --unset-all core.worktree"
    raise cannot("worktree-elsewhere", message.format(folder=value), hint)


def create(folder: Path) -> Repository:
    """Make a repository in a folder, on the branch that the user's settings name, else `main`."""
    code, output, _words = _call(("config", "--get", "init.defaultBranch"), cwd=folder)
    branch = output.decode().strip() if code == 0 else "main"
    code, _output, words = _call(("init", "--quiet", f"--initial-branch={branch}"), cwd=folder)
    made = None if code else repository(folder)
    if made is None:
        raise failed("init", words)
    return made


def version() -> tuple[int, ...]:
    """The version of git, such as `(2, 39, 5)`."""
    words = _call(("version",), cwd=Path.cwd())[1].decode().split()
    numbers = words[2].split(".") if len(words) > 2 else []
    return tuple(int(number) for number in numbers if number.isdigit())


def run(
    repo: Repository, *args: str, data: bytes = b"", env: Mapping[str, str] | None = None, config: Sequence[str] = ()
) -> bytes:
    """What a git command prints; raises when it fails. Put `--end-of-options` before anything a user typed."""
    code, output, words = _call_in(repo, args, data=data, env=env or {}, config=config)
    if code:
        raise failed(args[0], words)
    return output


def ask(repo: Repository, *args: str) -> str | None:
    """The one line that a git command answers, None when it fails."""
    code, output, words = _call_in(repo, args)
    if code and (missing := left_out(words)):
        raise missing
    return None if code else os.fsdecode(output).removesuffix("\n")


def attempt(
    repo: Repository, *args: str, data: bytes = b"", env: Mapping[str, str] | None = None, config: Sequence[str] = ()
) -> tuple[int, bytes, bytes]:
    """Exit code, output and words of a git command that may well fail."""
    return _call_in(repo, args, data=data, env=env or {}, config=config)


def outcome(folder: Path, *args: str) -> tuple[int, bytes]:
    """The exit code and the output of a git command that needs no repository."""
    code, output, _words = _call(args, cwd=folder)
    return code, output


def head(repo: Repository) -> str | None:
    """The commit that is checked out, None before the first one."""
    return ask(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", "HEAD^{commit}")


def parents(repo: Repository, commit: str) -> tuple[str, ...]:
    """The parents of a commit; none of a first commit, and where a shallow clone ends."""
    return tuple((ask(repo, "rev-list", "-1", "--parents", "--end-of-options", commit) or "").split()[1:])


def merge_bases(repo: Repository, one: str, other: str) -> tuple[str, ...]:
    """The last commits that two lines have in common."""
    return tuple((ask(repo, "merge-base", "--all", "--end-of-options", one, other) or "").split())


def branch(repo: Repository) -> str | None:
    """The branch that is checked out, also before its first commit; None when HEAD is detached."""
    return ask(repo, "symbolic-ref", "--quiet", "--short", "HEAD")


def named(repo: Repository, rev: str) -> str | None:
    """The commit that a user's words name; None where they name none."""
    asked = ("--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}")
    return ask(repo, "rev-parse", *asked) if rev.isprintable() else None


def resolve(repo: Repository, rev: str) -> str:
    """The commit that a user's words name. Raises CrmError where they name none."""
    if found := named(repo, rev):
        return found
    if head(repo) is None:
        raise usage("no-commit-yet", _("no commits yet"), _("make the first commit: git add . && git commit"))
    hint = _("to list commits: git log --oneline; tags and branches: git tag, git branch -a")
    if (repo.common_dir / "shallow").exists():
        hint = _("this clone is shallow; fetch the older commits: {command}").format(command="git fetch --unshallow")
    raise usage("unknown-revision", _("unknown commit '{rev}'").format(rev=rev), hint)


def merge_in_progress(repo: Repository) -> str | None:
    """What has been begun and not finished: `merge`, `rebase`, `cherry-pick` or `revert`."""
    return next((name for file, name in _UNFINISHED.items() if (repo.git_dir / file).exists()), None)


def merged_heads(repo: Repository) -> tuple[str, ...]:
    """The commits that a merge which is not finished brings to the one that is checked out; none without such."""
    try:
        with Folder(repo.git_dir) as folder:
            named = folder.read("MERGE_HEAD", _MERGED).decode("utf-8", "replace").split()
    except FileNotFoundError:
        return ()
    found = (ask(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{each}^{{commit}}") for each in named)
    return tuple(filter(None, found))


@contextmanager
def reading(repo: Repository, *args: str, data: bytes) -> Iterator[IO[bytes]]:
    """The output of a git command while it still writes, and reads its questions."""
    import subprocess
    from threading import Thread

    env, pipe, quiet = overrides.environment(_variables(repo, args)), subprocess.PIPE, subprocess.DEVNULL
    questions, end = os.pipe()
    # Asked by a thread of its own: with two full pipes both sides would wait for each other.
    Thread(target=_ask, args=(end, data), daemon=True).start()
    try:
        process = subprocess.Popen(_command(args), cwd=_home(repo), env=env, stdin=questions, stdout=pipe, stderr=quiet)
    finally:
        os.close(questions)
    with process:
        yield cast("IO[bytes]", process.stdout)


def _ask(end: int, data: bytes) -> None:
    """Write to a pipe; whoever does not read to its end has stopped listening."""
    with suppress(BrokenPipeError), open(end, "wb") as pipe:
        pipe.write(data)


def _home(repo: Repository) -> Path:
    return repo.top or repo.git_dir


def settings(repo: Repository) -> tuple[Setting, ...]:
    """All settings as git would read them, the repository's own and the user's, in the order in which they count."""
    return overrides.settings(run(repo, "config", "--null", "--show-scope", "--list"))


def environment(repo: Repository) -> dict[str, str]:
    """The environment of a git that somebody else starts: it has all that ours has, and the settings of `-c`."""
    return overrides.environment(dict(repo.variables) | overrides.variables(_doubtful(repo), overrides.ALWAYS))


def _variables(repo: Repository, args: Sequence[str]) -> dict[str, str]:
    """What tells git where to look, and keeps the repository's own settings from running anything."""
    variables = dict(repo.variables)
    if args[0] != "config" and (known := _doubtful(repo)):
        variables |= overrides.variables(known)
    return variables


def _doubtful(repo: Repository) -> tuple[Setting, ...]:
    """The settings, where the repository's own may name a program."""
    # Asked at each call: settings may be included that a checkout or a change of branch has made others.
    doubtful = overrides.doubtful((repo.common_dir / "config", repo.git_dir / "config.worktree"))
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
    """Exit code, output and words."""
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
    # `git config` runs nothing, and is to show what is set there, not what we set here.
    fixed = () if args[0] == "config" else overrides.ALWAYS
    settings = (part for setting in (*fixed, *config) for part in ("-c", setting))
    return ["git", "--no-pager", *settings, *args]
