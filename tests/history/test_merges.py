"""What merges decided: the newest line of a field is the value that the record has."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pasts import SETTINGS, A, Past, events, run

from crmtext.diff import text as diff_text
from crmtext.git.objects import Objects
from crmtext.history.latest import latest_changes
from crmtext.history.story import story
from crmtext.store import Store
from crmtext.text.read.load import parse_text

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

PLAIN = "id: C20260101AAAA\nname: 甲公司\ntype: company\nstatus: {}\nowner: lilei\n"


class Both(NamedTuple):
    """A repository with two sides of one beginning, on the branch `main`; the other side is `side`."""

    past: Past
    repo: Repo

    def merged(self, text: str, *, day: str = "01-09", who: str = "王芳") -> None:
        self.past.on(day, who)
        self.repo.git("merge", "-q", "--no-commit", "--no-ff", "-s", "ours", "side")
        self.repo.commit({A: text}, "merge")


@pytest.fixture
def both(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Both:
    past = Past(repo, monkeypatch)
    past.commit("01-05", {"crmtext.toml": SETTINGS, A: PLAIN.format("lead")})
    repo.git("switch", "-qc", "side")
    past.commit("01-06", {A: PLAIN.format("lost") + "notes: 乙\n"}, who="韩梅")
    repo.git("switch", "-q", "main")
    past.commit("01-07", {A: PLAIN.format("prospect") + "industry: C39\n"})
    return Both(past, repo)


def newest(repo: Repo, field: str) -> tuple[str, str, Any]:
    event = stores_json(run(repo, "history", "甲公司", "--field", field, "--format", "json"))["events"][0]
    (change,) = event["changes"]
    return event["date"][5:], event["author"], change["after"]


def stores_json(text: str) -> Any:
    import json

    return json.loads(text)


@pytest.mark.parametrize("status", ["lost", "prospect", "paused"])
def test_the_side_that_a_merge_chose_is_told_with_who_and_when(both: Both, status: str) -> None:
    both.merged(PLAIN.format(status) + "industry: C39\nnotes: 乙\n")
    assert newest(both.repo, "status") == ("01-09", "王芳", status)
    # What one side alone changed is that side's.
    assert newest(both.repo, "notes") == ("01-06", "韩梅", "乙")
    assert newest(both.repo, "industry") == ("01-07", "李雷", "C39")


def test_a_record_that_is_one_side_whole_was_chosen_all_the_same(both: Both) -> None:
    both.merged(PLAIN.format("lost") + "notes: 乙\n")
    assert newest(both.repo, "status") == ("01-09", "王芳", "lost")
    assert newest(both.repo, "industry") == ("01-09", "王芳", None)
    assert newest(both.repo, "notes") == ("01-06", "韩梅", "乙")


def test_a_merge_that_keeps_ours_tells_what_it_dropped(both: Both) -> None:
    both.past.on("01-09", "王芳")
    both.repo.git("merge", "-q", "-s", "ours", "--no-edit", "side")
    assert events(both.repo, "甲公司")[0] == ("2026-01-09", "王芳", [("changed", "status"), ("removed", "notes")])
    assert run(both.repo, "history", "甲公司", "--field", "status").count("王芳") == 1


def test_a_reverted_merge_is_a_change_like_any_other(both: Both) -> None:
    both.merged(PLAIN.format("lost") + "industry: C39\nnotes: 乙\n")
    both.past.on("01-10", "李雷")
    both.repo.git("revert", "-m", "1", "--no-edit", "HEAD")
    assert newest(both.repo, "status") == ("01-10", "李雷", "prospect")
    assert newest(both.repo, "notes") == ("01-10", "李雷", None)


def test_a_merge_of_three(both: Both) -> None:
    repo, past = both.repo, both.past
    repo.git("switch", "-qc", "third", "main~1")
    past.commit("01-08", {A: PLAIN.format("lead") + "tags: [vip]\n"}, who="赵敏")
    repo.git("switch", "-q", "main")
    tree = repo.git("rev-parse", "HEAD^{tree}")
    repo.write(A, PLAIN.format("lost") + "industry: C39\nnotes: 乙\ntags: [vip]\n")
    repo.git("add", A)
    tree = repo.git("write-tree")
    past.on("01-09", "王芳")
    parents = [word for name in ("main", "side", "third") for word in ("-p", name)]
    repo.git("reset", "-q", "--hard", repo.git("commit-tree", tree, *parents, "-m", "octopus"))
    assert newest(repo, "status") == ("01-09", "王芳", "lost")
    assert newest(repo, "notes") == ("01-06", "韩梅", "乙")
    assert newest(repo, "industry") == ("01-07", "李雷", "C39")
    assert newest(repo, "tags")[1] == "赵敏"


def test_two_calls_of_one_day_are_brought_together_without_a_word(both: Both) -> None:
    repo, past = both.repo, both.past
    call = "interactions:\n  - {{date: 2026-01-08, by: lilei, channel: phone, summary: {}}}\n"
    repo.git("switch", "-q", "side")
    past.commit("01-08", {A: PLAIN.format("lost") + "notes: 乙\n" + call.format("甲")}, who="韩梅")
    repo.git("switch", "-q", "main")
    past.commit("01-08", {A: PLAIN.format("prospect") + "industry: C39\n" + call.format("乙")})
    text = PLAIN.format("prospect") + "industry: C39\nnotes: 乙\n" + call.format("甲") + call.format("乙")[14:]
    both.merged(text)
    assert events(repo, "甲公司")[0] == ("2026-01-09", "王芳", [("changed", "status")])


def test_one_who_was_removed_on_one_side_and_kept_came_back_with_the_merge(both: Both) -> None:
    both.repo.git("switch", "-q", "side")
    both.past.on("01-08", "韩梅")
    both.repo.git("rm", "-q", A)
    both.repo.git("commit", "-qm", "gone")
    both.repo.git("switch", "-q", "main")
    both.merged(PLAIN.format("prospect") + "industry: C39\n")
    events = stores_json(run(both.repo, "history", "甲公司", "--format", "json"))["events"]
    assert [(entry["date"][5:], entry["kind"]) for entry in events[:2]] == [("01-09", "added"), ("01-08", "removed")]


def test_who_is_in_charge_is_not_told_by_a_side_that_did_not_change_it(both: Both) -> None:
    repo, past = both.repo, both.past
    hers = PLAIN.format("prospect").replace("lilei", "hanmei") + "industry: C39\n"
    past.commit("01-08", {A: hers})
    repo.git("switch", "-q", "side")
    past.commit("01-09", {A: PLAIN.format("lost") + "notes: 丙\n"}, who="韩梅")
    repo.git("switch", "-q", "main")
    both.merged(hers + "notes: 丙\n", day="01-10")
    assert run(repo, "history", "甲公司").splitlines()[1] == (
        "Owner: 李雷 2026-01-05 to 2026-01-08 → 韩梅 since 2026-01-08"
    )


FIELDS = ("status", "industry", "notes")
VALUES = {"status": ("lead", "prospect", "lost"), "industry": ("C39", "C40", None), "notes": ("甲", "乙", None)}
PEOPLE = ("张三", "李四", "王五")


class Step(NamedTuple):
    """A commit: its parents, and of each field and person whom to follow or what to set."""

    parents: tuple[int, ...]
    picks: tuple[tuple[int, int], ...]
    day: int


def text_of(data: dict[str, Any]) -> str:
    lines = [f"{key}: {data[key]}" for key in FIELDS[1:] if data.get(key)]
    people = [f"  - name: {name}\n    title: {data[name]}" for name in PEOPLE if data.get(name)]
    lines += ["contacts:", *people] if people else []
    return PLAIN.format(data["status"]) + "".join(f"{line}\n" for line in lines)


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    steps = [Step((), ((0, 0),) * 6, 1)]
    for number in range(1, draw(st.integers(2, 9))):
        recent = st.integers(max(0, number - 4), number - 1)
        parents = tuple(draw(st.lists(recent, min_size=1, max_size=3, unique=True)))
        picks = tuple((draw(st.integers(0, 5)), draw(st.integers(0, 2))) for _field in range(6))
        steps.append(Step(parents, picks, draw(st.integers(1, 20))))
    return steps


def built(steps: list[Step]) -> tuple[list[dict[str, Any]], bytes]:
    """What each commit holds, and the stream that makes them."""
    held: list[dict[str, Any]] = []
    stream = b""
    for number, step in enumerate(steps):
        before = [held[parent] for parent in step.parents] or [{"status": "lead"}]
        data: dict[str, Any] = {}
        for (follow, value), key in zip(step.picks, (*FIELDS, *PEOPLE), strict=True):
            # Mostly a value is that of a parent, now and then a new one.
            # No two people are alike in anything: one would be taken for the other under a new name.
            new = VALUES.get(key, (f"{key}甲", f"乙{key}", None))[value]
            data[key] = new if follow == 5 else before[follow % len(before)].get(key)
        held.append(data)
        raw = text_of(data).encode()
        when = 1767600000 + step.day * 86400
        stream += f"commit refs/heads/tried\nmark :{number + 1}\nauthor A <a@example.com> {when} +0000\n".encode()
        stream += f"committer A <a@example.com> {when} +0000\ndata 1\nx\n".encode()
        for how, parent in zip(("from", "merge", "merge"), step.parents, strict=False):
            stream += f"{how} :{parent + 1}\n".encode()
        stream += b"M 100644 inline %s\ndata %d\n%s\n" % (A.encode(), len(raw), raw)
    return held, b"reset refs/heads/tried\n" + stream


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("histories")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    (folder / "crmtext.toml").write_text(SETTINGS, "utf-8")
    return folder


def last(history: Any, key: str) -> Any:
    """The value in the newest line of a field; of a person the title."""
    for event in history.events:
        for difference in event.differences:
            for change in difference.expanded:
                name = history.words.key(change.path, difference)
                if name == key:
                    return change.after.get("title") if isinstance(change.after, dict) else change.after
                if name == f"{key}.title":
                    return change.after
    return None


@hypothesis_settings(max_examples=60)
@given(histories())
def test_the_newest_line_of_a_field_is_the_value_that_the_record_has(scratch: Path, steps: list[Step]) -> None:
    held, stream = built(steps)
    subprocess.run(["git", "fast-import", "--quiet", "--force"], cwd=scratch, input=stream, check=True)
    store = Store.find(scratch)
    start = subprocess.run(["git", "rev-parse", "tried"], cwd=scratch, capture_output=True, check=True).stdout.decode()
    history = story(store, Objects(store.git()), store.nothing(), parse_text(text_of(held[-1]), A), start.strip())
    wanted = {key: held[-1].get(key) for key in FIELDS} | {f"contacts[{name}]": held[-1].get(name) for name in PEOPLE}
    assert {key: last(history, key) for key in wanted} == wanted
    # Pages show the same events, read from one walk for all customers.
    shown = latest_changes(store, store.at(start.strip()))(A)
    assert shown is not None
    assert [page_event(event) for event in shown.events] == [story_event(event, history) for event in history.events]


def page_event(event: Any) -> tuple[Any, ...]:
    return event.commit, event.headline, [(change.kind, change.label, change.value) for change in event.changes]


def story_event(event: Any, history: Any) -> tuple[Any, ...]:
    texts = [text for difference in event.differences for text in diff_text.lines(difference, history.words)]
    shown = [(text.kind, text.label, diff_text.value(text)) for text in texts] if event.difference.before else []
    return event.commit[:8], diff_text.headline(event.difference), shown
