"""Two colleagues import the same old system at random while they work: nothing doubles, nobody's edits are lost."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import tempfile
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import clones
import pytest
import stores
import yaml
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from import_runs import SETTINGS
from old_system import MAPPING, OldSystem
from repos import Repo

from crmtext.__main__ import main
from crmtext.setup import merge_driver

if TYPE_CHECKING:
    from collections.abc import Iterable

sides = st.sampled_from((0, 1))
#: Which of the customers that are there is meant.
places = st.integers(0, 7)
headers = st.sampled_from(
    ("客户名称", "负责人", "电话", "行业", "标签", "姓名", "职位", "手机", "商机名称", "商机阶段", "商机金额")
)
#: The whole export, parts of it that overlap, or the list without ids.
parts = st.sampled_from(("all", "all", "first", "last", "list"))
policies = st.sampled_from(("ours", "theirs"))
BY = ("lilei", "hanmei")
#: What people wrote, each text once.
_OWN = re.compile(r"自有\d+号")
#: The ids of customers, contacts and deals in the source, and the phones of the list.
_IDS = re.compile(r"\b(?:[KPD]\d+|1390000\d{4})\b")
#: A line of a record that a colleague changes by hand.
_LINE = re.compile(r"^(?:    |  - )?(?:industry|title|name): .*$", re.MULTILINE)
_CONTACT = re.compile(r"^  - name: .*\n(?:    .*\n)*", re.MULTILINE)


def own(texts: Iterable[str]) -> Counter[str]:
    """What people wrote, as often as it is there."""
    return Counter(word for text in texts for word in _OWN.findall(text))


class Imports(RuleBasedStateMachine):
    """What people wrote is there in the end, unless somebody decided otherwise, and nothing is there twice."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.count = self.minute = 0
        self.source = OldSystem()
        for _number in range(3):
            self.source.add()
        for _number in range(2):
            self.source.add_to_list()
        #: Branches with imports that aren't merged yet, by side.
        self.branches: tuple[list[str], list[str]] = ([], [])
        #: The ids in the source that a side had once, of customers and items.
        self.had: tuple[set[str], set[str]] = (set(), set())
        #: Those that an import brought that was undone: they may come back.
        self.undone: set[str] = set()
        #: Those of customers about which somebody decided: they need not have what the source says.
        self.decided: set[str] = set()
        (self.folder / "export").mkdir()
        middle, first, second = (Repo(self.folder / name) for name in ("middle", "lilei", "hanmei"))
        self.repos = (first, second)
        for repo in (middle, first, second):
            repo.path.mkdir()
        middle.git("init", "-q", "--bare", "-b", "main")
        first.git("clone", "-q", str(middle.path), ".")
        team = {"crmtext.toml": SETTINGS, ".gitattributes": clones.ATTRIBUTES, "import/erp.toml": MAPPING}
        first.commit({**team, "records/.keep": ""})
        first.git("push", "-q", "-u", "origin", "HEAD:main")
        second.git("clone", "-q", str(middle.path), ".")
        for repo in self.repos:
            merge_driver.install(stores.opened(repo))

    @initialize(first=st.sampled_from(("nobody", "one", "both")))
    def begin(self, first: str) -> None:
        """Nobody has imported yet, or one and the other has pulled it, or both."""
        for side in {"nobody": (), "one": (0,), "both": (0, 1)}[first]:
            self.import_with(side, "all", "ours")
        self.meet()

    # What is there

    def files(self, side: int) -> dict[str, str]:
        """The records of a clone by path."""
        found = (self.repos[side].path / "records").glob("*.yaml")
        return {f"records/{path.name}": path.read_text("utf-8") for path in sorted(found)}

    def path(self, side: int, place: int) -> str:
        """A record of a clone; empty if there are none."""
        paths = [*self.files(side)]
        return paths[place % len(paths)] if paths else ""

    def id(self, side: int, place: int) -> str:
        return Path(self.path(side, place)).stem.partition("-")[0]

    def state(self, side: int) -> tuple[str, str, dict[str, str]]:
        """What an import that changes nothing leaves as it is."""
        repo = self.repos[side]
        return repo.git("rev-parse", "HEAD"), repo.git("status", "--porcelain"), self.files(side)

    def ids(self, side: int) -> list[str]:
        """What a clone has of the source, as often as it is there."""
        return [id_ for text in self.files(side).values() for id_ in self.ids_in(text)]

    def ids_in(self, text: str) -> list[str]:
        return _IDS.findall(text)

    def once(self, side: int) -> None:
        """Nothing is there twice, and nothing is left uncommitted."""
        assert [id_ for id_, number in Counter(self.ids(side)).items() if number > 1] == [], self.files(side)
        assert [word for word, number in own(self.files(side).values()).items() if number > 1] == []
        assert self.repos[side].git("status", "--porcelain") == ""
        self.had[side].update({*self.ids(side)} - self.undone)

    # What people do

    def run(self, side: int, *arguments: str, codes: Iterable[int] = (0,)) -> tuple[int, str]:
        out, err = io.StringIO(), io.StringIO()
        self.later()
        with redirect_stdout(out), redirect_stderr(err):
            code = main(["-C", str(self.repos[side].path), *arguments])
        assert code in {*codes}, f"{arguments}: {code}\n{out.getvalue()}{err.getvalue()}"
        return int(code), out.getvalue()

    def later(self) -> None:
        """Time goes by: the newest import is the one with the latest date."""
        self.minute += 1
        for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
            os.environ[name] = f"2026-11-20T{self.minute // 60:02}:{self.minute % 60:02}:00+08:00"

    def word(self) -> str:
        self.count += 1
        return f"自有{self.count}号"

    def commit(self, side: int, path: str, text: str) -> None:
        self.later()
        self.repos[side].commit({path: text}, "edit")

    @rule(side=sides, place=places)
    def log(self, side: int, place: int) -> None:
        if id_ := self.id(side, place):
            self.run(side, "log", id_, "phone", self.word(), "--by", BY[side], "--date", "2026-11-18", "--commit")

    @rule(side=sides, place=places)
    def set(self, side: int, place: int) -> None:
        if id_ := self.id(side, place):
            self.run(side, "set", id_, f"industry={self.word()}", "--commit")

    @rule(side=sides, place=places, name=st.sampled_from(("tags", "contacts")))
    def append(self, side: int, place: int, name: str) -> None:
        if id_ := self.id(side, place):
            value = self.word() if name == "tags" else f"name={self.word()}"
            self.run(side, "append", id_, name, value, "--commit")

    @rule(side=sides, place=places, line=places)
    def edit(self, side: int, place: int, line: int) -> None:
        """Change any value, the names of customers, contacts and deals, too."""
        if path := self.path(side, place):
            text = self.files(side)[path]
            lines = [*_LINE.finditer(text)]
            match = lines[line % len(lines)]
            value = match[0].partition(": ")[0] + f": {self.word()}"
            self.commit(side, path, text[: match.start()] + value + text[match.end() :])

    @rule(side=sides, place=places)
    def comment(self, side: int, place: int) -> None:
        if path := self.path(side, place):
            self.commit(side, path, f"# {self.word()}\n{self.files(side)[path]}")

    @rule(side=sides, place=places)
    def remove_value(self, side: int, place: int) -> None:
        if path := self.path(side, place):
            text = self.files(side)[path]
            if (less := re.sub(r"^industry: .*\n", "", text, flags=re.MULTILINE)) != text:
                self.commit(side, path, less)

    @rule(side=sides, place=places)
    def remove_contact(self, side: int, place: int) -> None:
        """Remove one of several contacts."""
        if path := self.path(side, place):
            text = self.files(side)[path]
            start = text.find("\ncontacts:\n")
            contacts = [*_CONTACT.finditer(text, start)] if start >= 0 else []
            if len(contacts) > 1:
                self.commit(side, path, text[: contacts[0].start()] + text[contacts[0].end() :])

    @rule(side=sides, place=places)
    def remove(self, side: int, place: int) -> None:
        if len(self.files(side)) > 2:
            self.run(side, "rm", self.id(side, place), "--commit", codes=(0, 1))

    @rule(side=sides, place=places)
    def rename(self, side: int, place: int) -> None:
        self.meet()
        if id_ := self.id(side, place):
            self.count += 1
            self.run(side, "rename", id_, "--id", f"C20260101{self.count:03}", "--commit")

    @rule(side=sides, one=places, other=places)
    def unite(self, side: int, one: int, other: int) -> None:
        self.meet()
        ids = self.id(side, one), self.id(side, other)
        if len(self.files(side)) > 2 and ids[0] != ids[1]:
            before = self.files(side)
            self.run(side, "merge", *ids, "--prefer", "A")
            # The other one's value and comments are in git's history only; everything else is there.
            lost = own(re.findall(r"^(?:industry: |#).*$", "\n".join(before.values()), re.MULTILINE))
            assert own(before.values()) - own(self.files(side).values()) - lost == Counter()
            self.once(side)

    # What the old system does

    @rule(place=places, header=headers)
    def source_changes(self, place: int, header: str) -> None:
        self.source.change(self.key(place), header)

    @rule(place=places)
    def list_changes(self, place: int) -> None:
        self.source.change_list(place)

    @rule(place=places, what=st.sampled_from(("customer", "contact", "deal", "list")))
    def source_grows(self, place: int, what: str) -> None:
        if what == "customer":
            self.source.add()
        elif what == "list":
            self.source.add_to_list()
        else:
            (self.source.add_contact if what == "contact" else self.source.add_deal)(self.key(place))

    @rule(place=places, whole=st.booleans())
    def source_shrinks(self, place: int, whole: bool) -> None:
        if not whole:
            self.source.drop_item(self.key(place))
        elif len(self.source.customers) > 2:
            self.source.drop(self.key(place))

    def key(self, place: int) -> str:
        keys = [*self.source.customers]
        return keys[place % len(keys)]

    # Imports

    def plan(self, side: int, part: str, *words: str, codes: Iterable[int] = (0,)) -> dict[str, Any]:
        if part == "list":
            self.source.export_list(self.folder / "list.csv")
            which = [str(self.folder / "list.csv")]
        else:
            self.source.export(self.folder / "export", self.exported(part))
            which = [str(self.folder / "export"), "--from", "erp"]
        output = self.run(side, "import", *which, "--format", "json", *words, codes=codes)[1]
        plan: dict[str, Any] = json.loads(output)
        assert (plan["likely"], plan["rejected"], plan["questions"]) == ([], [], [])
        return plan

    def exported(self, part: str) -> list[str]:
        keys = [*self.source.customers]
        half = len(keys) // 2
        return {"all": keys, "first": keys[: half + 1], "last": keys[half:], "list": []}[part]

    def import_with(self, side: int, part: str, policy: str, *words: str) -> None:
        """Import; conflicts stop it, until they are decided."""
        before, there = self.state(side), {*self.ids(side)}
        plan = self.plan(side, part, *words, codes=(0, 1))
        conflicts = plan["conflicts"]
        if conflicts:
            assert self.state(side) == before
            self.decide(before[2].values(), {conflict["id"] for conflict in conflicts})
            plan = self.plan(side, part, "--on-conflict", policy, *words)
        if "--branch" in words:
            assert self.state(side) == before
            return
        lost = own(before[2].values()) - own(self.files(side).values())
        lost -= own([json.dumps(conflicts, ensure_ascii=False)]) if policy == "theirs" else Counter()
        assert lost == Counter()
        if policy == "ours" or not conflicts:
            # What was removed here stays removed.
            assert ({*self.ids(side)} - there) & self.had[side] == set()
        self.undone -= {*self.ids(side)} - there
        self.once(side)
        self.follows(side, part)
        self.nothing(side, part, *words)

    def decide(self, texts: Iterable[str], ids: Iterable[str]) -> None:
        """Somebody decides about the customers with these ids."""
        for text in texts:
            if not {*re.findall(r"\bC[0-9A-Z]{8,}\b", text)}.isdisjoint(ids):
                self.decided.update(self.ids_in(text))

    def follows(self, side: int, part: str) -> None:
        """What nobody changed here is what the source says now."""
        for text in self.files(side).values():
            record = yaml.safe_load(text)
            ids = [id_ for id_ in self.ids_in(text) if id_ in self.exported(part)]
            if len(ids) == 1 and ids[0] not in self.decided and record.get("industry", "").startswith("来源"):
                assert record["industry"] == self.source.customers[ids[0]]["行业"]

    def nothing(self, side: int, part: str, *words: str) -> None:
        """The same import again changes nothing."""
        before = self.state(side)
        plan = self.plan(side, part, *words)
        counts = plan["counts"]["customers"]
        assert (plan["conflicts"], plan["commit"], counts["new"], counts["changed"]) == ([], None, 0, 0)
        assert self.state(side) == before

    @rule(side=sides, part=parts, policy=policies)
    def import_(self, side: int, part: str, policy: str) -> None:
        self.import_with(side, part, policy)

    @rule(side=sides)
    def import_with_deletions(self, side: int) -> None:
        """What is gone from the source goes here too, unless somebody changed it."""
        self.import_with(side, "all", "ours", "--with-deletions")

    @rule(side=sides, part=parts)
    def import_on_branch(self, side: int, part: str) -> None:
        name = f"import/{self.word()}"
        self.import_with(side, part, "ours", "--branch", name)
        if self.repos[side].git("branch", "--list", name):
            self.branches[side].append(name)

    @rule(side=sides, choice=st.sampled_from(("--ours", "--theirs")))
    def merge_branch(self, side: int, choice: str) -> None:
        if self.branches[side]:
            name = self.branches[side].pop(0)
            self.merge(side, name, choice)

    @rule(side=sides, place=places)
    def undo(self, side: int, place: int) -> None:
        """Undo an import, however old."""
        repo = self.repos[side]
        done = repo.git("log", "--no-merges", "--format=%H", "--grep=^Crm-Import: ").split()
        undone = {*repo.git("log", "--format=%(trailers:key=Crm-Import-Undone,valueonly)").split()}
        if left := [id_ for id_ in done if id_ not in undone]:
            before, commit = self.files(side), left[place % len(left)]
            self.run(side, "undo", commit, codes=(0, 1, 2, 3))
            self.decided.update(self.ids_in("\n".join(before.values())))
            assert own(before.values()) - own(self.files(side).values()) == Counter()
            self.undone.update(self.ids_in(repo.git("show", commit)))
            for had in self.had:
                had.difference_update(self.undone)
            self.once(side)

    # Together

    @rule(side=sides, choice=st.sampled_from(("--ours", "--theirs")))
    def sync(self, side: int, choice: str) -> None:
        self.repos[side].git("fetch", "-q")
        if self.repos[side].git("rev-list", "HEAD..origin/main"):
            self.merge(side, "origin/main", choice)
        done: Any = json.loads(self.run(side, "sync", "--format", "json")[1])
        assert done["problems"] == []

    def meet(self) -> None:
        """All has been merged and sent: else an import that is still to come has a customer under its first id."""
        for side in (0, 1):
            while self.branches[side]:
                self.merge(side, self.branches[side].pop(0), "--ours")
        for side in (0, 1, 0):
            self.sync(side, "--ours")

    def merge(self, side: int, other: str, choice: str) -> None:
        """Merge with git and decide on what both sides changed: what people wrote is there as three-way says."""
        repo = self.repos[side]
        base = repo.git("merge-base", "HEAD", other)
        old, ours, theirs = ({*own([repo.git("grep", "-h", "自有", at, "--", "records", check=False)])}
                             for at in (base, "HEAD", other))  # fmt: skip
        self.later()
        repo.git("merge", "-q", "-m", "merge", other, *([] if other == "origin/main" else ["--no-ff"]), check=False)
        decided = ""
        for _conflict in range(40):
            left: Any = json.loads(self.run(side, "resolve", "--format", "json", codes=(0, 1))[1])["conflicts"]
            if not left:
                break
            first = left[0]
            decided += json.dumps(first, ensure_ascii=False) + self.sides_of(side, first)
            self.decide(self.files(side).values(), {first["customer"]})
            if first["kind"] == "field":
                assert first["ours"] != first["theirs"], first
            self.run(side, "resolve", first["path"], self.choice(side, first, choice), codes=(0, 1))
        else:
            raise AssertionError("a conflict is never settled")
        if (repo.path / ".git" / "MERGE_HEAD").exists():
            repo.git("commit", "-q", "--no-edit")
        there = own(self.files(side).values()).keys()
        wanted = (ours & theirs) | (ours - old) | (theirs - old)
        assert wanted - there - own([decided]).keys() == set()
        # What one side removed stays away, unless the other one merged its customer into another one meanwhile.
        before = repo.git("grep", "-l", "自有", base, "--", "records", check=False).split()
        moved = own(repo.git("show", at) for at in before if at.partition(":")[2] not in self.files(side))
        assert there - wanted - own([decided]).keys() - moved.keys() == set()
        self.had[side].update(self.had[1 - side] if other == "origin/main" else ())
        self.once(side)

    def choice(self, side: int, conflict: Any, choice: str) -> str:
        # A customer that both imported is one.
        assert conflict["kind"] != "customers", conflict
        if conflict["kind"].startswith("removed") and {*self.ids_in(self.sides_of(side, conflict))} & {*self.ids(side)}:
            # It was merged into another one.
            return "--ours" if conflict["kind"] == "removed-here" else "--theirs"
        return choice

    def sides_of(self, side: int, conflict: Any) -> str:
        """The text of a file that one side removed."""
        if not conflict["kind"].startswith("removed"):
            return ""
        there = 2 if conflict["kind"] == "removed-there" else 3
        return self.repos[side].git("show", f":{there}:{conflict['path']}")

    def teardown(self) -> None:
        try:
            self.meet()
            self.sync(1, "--ours")
            assert self.state(0) == self.state(1)
            assert [self.run(side, "check")[0] for side in (0, 1)] == [0, 0]
            for part in ("all", "list"):
                self.import_with(0, part, "ours")
            self.sync(0, "--ours")
            self.sync(1, "--ours")
            for part in ("all", "list"):
                self.nothing(1, part)
        finally:
            shutil.rmtree(self.folder)


def run(examples: int, steps: int, *, always_the_same: bool) -> None:
    run_state_machine_as_test(
        Imports,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=always_the_same,
            deadline=None,
            # With real git a failure would be shrunk for hours.
            phases=(Phase.generate,),
            suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
        ),
    )


@pytest.fixture(autouse=True)
def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver that git starts is the one of this tree."""
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))


def test_two_clones_import_the_same_system_and_lose_nothing() -> None:
    run(examples=2, steps=15, always_the_same=True)


@pytest.mark.long
def test_two_clones_import_in_the_long_run() -> None:
    run(examples=150, steps=40, always_the_same=False)
