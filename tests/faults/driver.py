"""Runs commands with one call after the other going wrong, in forks of this process, which holds the library.

`python driver.py FOLDER` reads JSON on stdin: the commands, which calls and which faults. It prints what went wrong.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from preload import NEVER, Page

from crmtext.__main__ import main
from crmtext.cli.commands import COMMANDS
from crmtext.storage import transaction

#: What is run after the fault, for customers who keep their ids whatever is tried.
NEXT = (
    ["log", "C20240501003", "phone", "the next command", "--no-commit"],
    ["log", "C20240501004", "visit", "and another one", "--commit"],
)
#: Above this number of files an import is committed first.
MANY = transaction.MANY
#: Where a store that is shared has the others' copy, so that it is as new for each try.
SERVER = "../server.git"


@dataclass(frozen=True)
class State:
    """A store as its user finds it."""

    files: tuple[tuple[str, str], ...]
    head: str
    subjects: tuple[str, ...]
    staged: str
    status: str
    #: What the others have, where the store is shared.
    sent: str
    #: The branches, and what their newest commits did.
    branches: str


@dataclass
class Runner:
    """One command, tried on fresh copies of one store."""

    home: Path
    page: Page
    argv: list[str]
    before: list[list[str]]
    #: What is run after the fault, and whether its commands may find that there is nothing to do any more.
    then: list[list[str]]
    lenient: bool
    #: What the command ends with.
    code: int = 0
    #: Whether it must leave work tree and index as they are.
    aside: bool = False

    @property
    def store(self) -> Path:
        return self.home / "store"

    def prepare(self) -> None:
        """Have the store as it is before the command, to be copied from now on."""
        self._copy(self.home / "template", self.store)
        shutil.rmtree(self.store / SERVER, ignore_errors=True)
        for argv in self.before:
            if argv[0] == "git":
                self.git(*argv[1:])
            else:
                assert self.run(argv) == 0, f"{argv}: {self.said()}"
        self._copy(self.store, self.home / "prepared")
        self._copy(self.store / SERVER, self.home / "prepared.git")

    def fresh(self) -> None:
        self._copy(self.home / "prepared", self.store)
        self._copy(self.home / "prepared.git", self.store / SERVER)

    def _copy(self, source: Path, target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        if source.exists():
            shutil.copytree(source, target)

    def run(self, argv: list[str], number: int = 0, fault: str = "kill") -> int:
        """The exit code of a command in a fork; negative if it was killed."""
        child = os.fork()
        if child == 0:
            self._child(argv, number, fault)
        status = os.waitpid(child, 0)[1]
        if number:
            # git children of a killed command may be alive for a moment.
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
        return os.waitstatus_to_exitcode(status)

    def _child(self, argv: list[str], number: int, fault: str) -> None:
        code = 99
        try:
            os.setpgid(0, 0)
            quiet = os.open(self.home / "said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            os.chdir(self.store)
            if number:
                self.page.arm(number, fault)
            code = main(argv)
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)

    def state(self) -> State:
        files = tuple(
            (each.relative_to(self.store).as_posix(), each.read_text(encoding="utf-8", errors="replace"))
            for each in sorted(self.store.rglob("*"))
            if each.is_file() and ".git" not in each.relative_to(self.store).parts
        )
        subjects = tuple(self.git("log", "--format=%s%n%b").splitlines())
        # Not how far ahead: a killed git may leave its lock of what it knew of the others' branch.
        status = f"{self.git('symbolic-ref', 'HEAD')}\n{self.git('status', '--porcelain')}"
        branches = self.git("for-each-ref", "--format=%(refname) %(tree) %(contents)", "refs/heads")
        return State(
            files,
            self.git("rev-parse", "HEAD^{tree}"),
            subjects,
            self.git("write-tree"),
            status,
            self._sent(),
            branches,
        )

    def untouched(self) -> bool:
        """Whether work tree and index are byte by byte as before the command, and `git diff` is empty."""
        prepared = self.home / "prepared"
        here, there = ({file: file.read_bytes() for file in _own_files(top)} for top in (self.store, prepared))
        mine = {file.relative_to(self.store): content for file, content in here.items()}
        before = {file.relative_to(prepared): content for file, content in there.items()}
        return mine == before and not self.git("diff") and not self.git("diff", "--cached")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=self.store, capture_output=True, check=False, text=True)
        return done.stdout.strip() if done.returncode == 0 else f"git {arguments[0]}: {done.stderr.strip()}"

    def _sent(self) -> str:
        shared = (self.store / SERVER).exists()
        return self.git("--git-dir", SERVER, "log", "--format=%s", "main") if shared else ""

    def after_next(self) -> State | str:
        """The state after the next commands, or what they said."""
        # The others' copy is another machine's, which is not killed with us.
        for lock in (self.store / SERVER).rglob("*.lock"):
            lock.unlink()
        for argv in self.then:
            code = self.run(argv)
            if code == 70 or (code and not self.lenient):
                return f"{' '.join(argv)} ended with {code}: {self.said()}"
        return self.state()

    def said(self) -> str:
        return (self.home / "said").read_text(encoding="utf-8")[-400:]

    def left(self) -> list[str]:
        """What should not be there any more."""
        own = self.store / ".git"
        kinds = (".crmtext-*", "*.lock", "doing.json", "undoing.json")
        found = [each for kind in kinds for each in self.store.rglob(kind) if each.name != ".crmtext.lock"]
        # The copies of an editor are cleared up by the next editor.
        elsewhere = (own / "objects", own / "crmtext/edit", own / "refs/remotes")
        return [str(each.relative_to(self.store)) for each in found if not {*elsewhere} & {*each.parents}]


def _own_files(store: Path) -> list[Path]:
    """The files of the work tree, and git's index."""
    files = [
        file for file in sorted(store.rglob("*")) if file.is_file() and ".git" not in file.relative_to(store).parts
    ]
    return [*files, store / ".git/index"]


def calls(runner: Runner) -> tuple[bool, ...]:
    """Of each call of the whole command that changes a disk, whether it writes."""
    runner.prepare()
    runner.fresh()
    code = runner.run(runner.argv, NEVER)
    found = runner.page.disarm()
    assert code == runner.code, f"{runner.argv} ended with {code}: {runner.said()}"
    return found


def wrong(runner: Runner, number: int, fault: str, old: State, new: State) -> list[str]:
    """What is not as it should be after one fault."""
    runner.fresh()
    code = runner.run(runner.argv, number, fault)
    runner.page.disarm()
    said = runner.said()
    untouched = not runner.aside or runner.untouched()
    after = runner.after_next()
    if isinstance(after, str):
        return [f"stuck: {after}"]
    found = [] if untouched else ["the work tree or the index changed"]
    if after not in (old, new):
        found.append(f"neither the old nor the new state: {differences(after, old, new)}; it said: {said}")
    elif code == runner.code and after != new:
        found.append("lost: it said that it was done")
    elif code > 0 and code != runner.code and after != old and old != new:
        found.append(f"done, and it said that it failed: {said}")
    if code == 70:
        found.append(f"a traceback: {said}")
    if left := runner.left():
        found.append(f"left behind: {left}")
    if (fsck := runner.git("fsck", "--strict", "--no-dangling")) and "git fsck" in fsck:
        found.append(fsck)
    return found


def differences(after: State, old: State, new: State) -> list[str]:
    """What is neither as before nor as after the command."""
    names = ("files", "head", "subjects", "staged", "status", "sent", "branches")
    found = {
        name: [when for when, state in (("old", old), ("new", new)) if getattr(after, name) == getattr(state, name)]
        for name in names
    }
    return [*(f"{name} {' '.join(when)}" for name, when in found.items()), after.status]


def chosen(kinds: tuple[bool, ...], faults: list[str], most: int) -> list[tuple[int, str]]:
    """Which calls go wrong in which way: all, or `most` of them spread evenly."""
    whole = [
        (number, fault)
        for fault in faults
        for number, writes in enumerate(kinds, 1)
        # Only what writes bytes can be torn.
        if fault != "torn" or writes
    ]
    count = min(most or len(whole), len(whole))
    return [whole[place * len(whole) // count] for place in range(count)]


def _after(runner: Runner, argv: list[str]) -> State:
    """The state after a command, if there is one, and the next ones."""
    runner.fresh()
    assert not argv or runner.run(argv) == runner.code, runner.said()
    state = runner.after_next()
    assert isinstance(state, State), state
    return state


def tried(runner: Runner, faults: list[str], most: int) -> dict[str, object]:
    kinds = calls(runner)
    old, new = (_after(runner, argv) for argv in ([], runner.argv))
    plan = chosen(kinds, faults, most)
    failures = [
        f"{' '.join(runner.argv)}, call {number} {fault}: {what}"
        for number, fault in plan
        for what in wrong(runner, number, fault, old, new)
    ]
    return {"calls": len(kinds), "points": len(plan), "faults": Counter(fault for _n, fault in plan), "wrong": failures}


def run(home: Path) -> None:
    asked = json.load(sys.stdin)
    page = Page(Path(os.environ["CRMTEXT_FAULT"]))
    # What is imported here need not be in every fork.
    os.chdir(home / "template")
    assert main(["log", "C20240501001", "phone", "warm", "--dry-run"]) == 0
    for name in COMMANDS:
        import_module(COMMANDS[name].target.partition(":")[0])
    for module in ("record.change.commit", "record.change.replay", "validation.change"):
        import_module(f"crmtext.{module}")
    for command in asked["commands"]:
        then = command.get("then", NEXT)
        code = command.get("code", 0)
        lenient, aside = command.get("lenient", False), command.get("aside", False)
        # With few files, the way of many.
        transaction.MANY = command.get("many", MANY)
        runner = Runner(home, page, command["argv"], command["before"], then, lenient, code, aside)
        found = tried(runner, asked["faults"], asked["most"])
        sys.stdout.write("\n" + json.dumps({"argv": command["argv"], **found}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    run(Path(sys.argv[1]))
