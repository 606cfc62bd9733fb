"""Two colleagues who log, change, add, rename, remove and sync at random, with real git and the real driver."""

from __future__ import annotations

import io
import json
import os
import shutil
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import clones
import pytest
import stores
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from repos import ENVIRONMENT, Repo

from crmtext.__main__ import main
from crmtext.setup import merge_driver

sides = st.sampled_from((0, 1))
customers = st.sampled_from(("甲公司", "乙公司", "丙公司"))
BY = ("lilei", "hanmei")


def record(number: str, name: str) -> str:
    """A customer with something to tell: git takes two who are nearly empty for one who was renamed."""
    notes = "".join(f"  {name} 的情况, 第 {line} 行\n" for line in range(12))
    return stores.record(number, name, more=f"notes: |\n{notes}")


class Clones(RuleBasedStateMachine):
    """What was logged and acknowledged must be there in the end, in both clones, unless its customer was removed."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.count = 0
        #: What was logged, and about whom.
        self.logged: dict[str, str] = {}
        self.removed: set[str] = set()
        middle, first, second = (Repo(self.folder / name) for name in ("middle", "lilei", "hanmei"))
        self.repos = (first, second)
        for repo in (middle, first, second):
            repo.path.mkdir()
        middle.git("init", "-q", "--bare", "-b", "main")
        first.git("clone", "-q", str(middle.path), ".")
        texts = {stores.path(f"00{n}"): record(f"00{n}", name) for n, name in enumerate(("甲公司", "乙公司", "丙公司"))}
        first.commit({"crmtext.toml": stores.TEAM, ".gitattributes": clones.ATTRIBUTES, **texts})
        first.git("push", "-q", "-u", "origin", "HEAD:main")
        second.git("clone", "-q", str(middle.path), ".")
        for repo in self.repos:
            merge_driver.install(stores.opened(repo))

    def run(self, side: int, *arguments: str) -> tuple[int, str]:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main(["-C", str(self.repos[side].path), *arguments])
        assert code in {0, 1}, err.getvalue()
        return int(code), out.getvalue()

    def path(self, side: int, name: str) -> Path | None:
        records = (self.repos[side].path / "records").glob("*.yaml")
        return next((path for path in sorted(records) if f"name: {name}\n" in path.read_text("utf-8")), None)

    def id(self, side: int, name: str) -> str | None:
        path = self.path(side, name)
        return path and path.stem

    def number(self) -> int:
        self.count += 1
        return self.count

    @rule(side=sides, name=customers, day=st.sampled_from(("2026-11-18", "2026-11-20")))
    def log(self, side: int, name: str, day: str) -> None:
        text = f"第{self.number()}件事"
        if (id_ := self.id(side, name)) is not None:
            self.run(side, "log", id_, "phone", text, "--by", BY[side], "--date", day, "--commit")
            self.logged[text] = name

    @rule(side=sides, name=customers, value=st.sampled_from(("high", "medium", "low")))
    def set(self, side: int, name: str, value: str) -> None:
        if (id_ := self.id(side, name)) is not None:
            self.run(side, "set", id_, f"priority={value}", "--commit")

    @rule(side=sides, name=customers)
    def note_by_hand(self, side: int, name: str) -> None:
        if (path := self.path(side, name)) is not None:
            text = f"# 手写 {self.number()}"
            self.repos[side].commit({f"records/{path.name}": f"{text}\n{path.read_text('utf-8')}"})
            self.logged[text] = name

    @rule(side=sides, name=customers)
    def add_contact(self, side: int, name: str) -> None:
        if (id_ := self.id(side, name)) is not None:
            text = f"联系人{self.number()}"
            self.run(side, "append", id_, "contacts", f"name={text}", "--commit")
            self.logged[text] = name

    @rule(side=sides, number=st.sampled_from(("101", "102")))
    def add_customer(self, side: int, number: str) -> None:
        repo, name = self.repos[side], f"新客户{self.number()}"
        if not (repo.path / stores.path(number)).exists():
            repo.commit({stores.path(number): record(number, name)})
            self.logged[f"name: {name}"] = name

    @rule(side=sides, name=customers)
    def rename(self, side: int, name: str) -> None:
        if (id_ := self.id(side, name)) is not None:
            self.run(side, "rename", id_, "--new-id", "--commit")

    @rule(side=sides, name=st.sampled_from(("丙公司",)))
    def remove(self, side: int, name: str) -> None:
        if (path := self.path(side, name)) is not None:
            self.repos[side].git("rm", "-q", f"records/{path.name}")
            self.repos[side].git("commit", "-qm", "remove")
            self.removed.add(name)

    @rule(side=sides, choice=st.sampled_from(("--ours", "--theirs")))
    def sync(self, side: int, choice: str) -> None:
        for _try in range(3):
            code, out = self.run(side, "sync", "--format", "json")
            done: Any = json.loads(out)
            assert done["problems"] == []
            if code == 0:
                return
            self.decide(side, choice)
        raise AssertionError("it never comes to an end")

    def decide(self, side: int, choice: str) -> None:
        for _conflict in range(20):
            left: Any = json.loads(self.run(side, "resolve", "--format", "json")[1])["conflicts"]
            if not left:
                self.repos[side].git("commit", "-q", "--no-edit")
                return
            first = left[0]
            how = "--both" if first["kind"] == "customers" else choice
            self.run(side, "resolve", first["path"], how)
        raise AssertionError("a conflict is never settled")

    def teardown(self) -> None:
        try:
            for side in (0, 1, 0, 1):
                self.sync(side, "--ours")
            heads = [repo.git("rev-parse", "HEAD") for repo in self.repos]
            assert heads[0] == heads[1]
            assert [repo.git("status", "--short") for repo in self.repos] == ["", ""]
            assert [self.run(side, "check")[0] for side in (0, 1)] == [0, 0]
            texts = "".join(path.read_text("utf-8") for path in (self.repos[0].path / "records").glob("*.yaml"))
            counts = {text: len(texts.split(f"{text}\n")) - 1 for text in self.logged}
            assert {text: n for text, n in counts.items() if n != 1 and self.logged[text] not in self.removed} == {}
        finally:
            shutil.rmtree(self.folder)


def run(examples: int, steps: int, *, always_the_same: bool) -> None:
    run_state_machine_as_test(
        Clones,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=always_the_same,
            # With real git a failure would be shrunk for hours.
            phases=(Phase.generate,),
            suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
        ),
    )


@pytest.fixture(autouse=True)
def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver that git starts is the one of this tree."""
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))
    assert {name: os.environ.get(name) for name in ENVIRONMENT} == ENVIRONMENT


def test_two_clones_lose_nothing_and_come_to_the_same() -> None:
    run(examples=2, steps=10, always_the_same=True)


@pytest.mark.long
def test_two_clones_in_the_long_run() -> None:
    run(examples=150, steps=30, always_the_same=False)
