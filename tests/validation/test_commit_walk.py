"""What each commit brought, found from what it touched, is what the whole check of it and of its parents says."""

from __future__ import annotations

import random
import subprocess
from collections import Counter
from typing import TYPE_CHECKING

import pytest
import stores

from crmtext import checks
from crmtext.checks.scope import Scope, of
from crmtext.git.objects import Objects, opened
from crmtext.problem import CrmError
from crmtext.store import Store
from crmtext.text.read import load
from crmtext.validation.commit_walk import Trees, Walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repos import Repo

    from crmtext.problem import Problem

NAMES = ("上海示例电子有限公司", "上海示例电子股份有限公司", "无锡样例机械有限公司")
#: The ends of records: what is wrong alone, only beside others, only after the commit before, or not at all.
ENDS = (
    "",
    'phones: ["021-62581234"]\n',
    'phones: ["1234"]\n',
    '# crmtext: ignore phone-form 内部短号\nphones: ["1234"]\n',
    "relations: [{id: C20240501001, kind: parent}]\n",
    "relations: [{id: C20240501002, kind: parent}]\n",
    "merged_from: [C20240501003]\n",
    "not_duplicate_of: [C20240501001, C20240501002]\n",
    "emails: [info@]\n",
    "emails: [",
    "interactions:\n  - {date: 2024-05-01, by: lilei, channel: phone, summary: 确认需求}\n",
    "interactions:\n  - {date: 2024-05-01, by: nobody, channel: phone, summary: 另一件事}\n",
)
SETTINGS = (
    stores.TEAM,
    stores.TEAM + '[check]\nignore = ["likely-duplicate"]\n',
    stores.TEAM.replace("hanmei", "wangfang"),
    "[team\n",
)


def _record(chance: random.Random) -> str:
    name = chance.choice(NAMES)
    if chance.random() < 0.1:
        name += "  # crmtext: ignore likely-duplicate 两家公司"
    number, owner = chance.choice(("001", "001", "002", "003")), chance.choice(("lilei", "hanmei", "liuyang"))
    status = chance.choice(("lead", "lead", "active", "nonsense"))
    return stores.record(number, name, chance.choice(ENDS), owner=owner, status=status)


def _changed(chance: random.Random, files: Mapping[str, str]) -> dict[str, str]:
    """The files after some random deed."""
    created = dict(files)
    for _again in range(chance.choice((1, 1, 2))):
        records = sorted(path for path in created if path.startswith("records/"))
        deed = chance.random()
        if deed < 0.06:
            created["crmtext.toml"] = chance.choice(SETTINGS)
        elif deed < 0.12:
            created["notes.txt"] = str(chance.random())
        elif deed < 0.2 and records:
            del created[chance.choice(records)]
        elif deed < 0.3 and records:
            created[f"records/{chance.choice('ab')}/{records[0].rpartition('/')[2]}"] = created.pop(records[0])
        elif deed < 0.6 and records:
            created[chance.choice(records)] += chance.choice(("notes: 常来\n", "tags: [SMT]\n", 'phones: ["12345"]\n'))
        else:
            created[stores.path(chance.choice(("001", "002", "003")))] = _record(chance)
    return created


def _history(repo: Repo, chance: random.Random, commits: int) -> None:
    """Commits on up to three lines, some of them merges of two, whose files are taken from either or changed again."""
    whole: list[dict[str, str]] = []
    tips: list[int] = []
    stream: list[str] = []
    for number in range(commits):
        parents = chance.sample(tips, min(len(tips), chance.choice((1, 1, 1, 2))))
        files = {"crmtext.toml": stores.TEAM}
        for parent in parents:
            files |= {path: text for path, text in whole[parent].items() if path not in files or chance.random() < 0.5}
        if len(parents) < 2 or chance.random() < 0.3:
            files = _changed(chance, files)
        whole.append(files)
        tips = [*(tip for tip in tips if tip not in parents or (len(tips) < 3 and chance.random() < 0.3)), number]
        lines = [f"commit refs/heads/line{number}\nmark :{number + 1}\n"]
        lines.append("committer 李雷 <lilei@example.com> 1700000000 +0800\ndata 0\n")
        lines += [f"{'from' if not n else 'merge'} :{parent + 1}\n" for n, parent in enumerate(parents)]
        lines.append("deleteall\n")
        for path, text in files.items():
            lines.append(f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n")
        stream += lines
    (repo.path / "stream").write_bytes("".join(stream).encode())
    with (repo.path / "stream").open("rb") as given:
        subprocess.run(["git", "fast-import", "--quiet"], cwd=repo.path, stdin=given, check=True)
    (repo.path / "crmtext.toml").write_text(stores.TEAM, "utf-8")


def _whole(store: Store, commit: str) -> tuple[Problem, ...] | None:
    """The full check of one commit; None where its settings hide the rest."""
    try:
        return checks.run(store.at(commit))
    except CrmError:
        return None


def _expected(store: Store, commit: str, parents: list[str]) -> Counter[tuple[str, str, str]] | None:
    """What a commit brought by the full checks alone; None where broken settings on one side hide it."""
    here, before = _whole(store, commit), [_whole(store, parent) for parent in parents]
    if here is None or None in before:
        return None
    known = {problem.identity for problems in before for problem in problems or ()}
    # A merge moves no status: its sides did.
    stepping = of(Scope.HISTORY) if len(parents) == 1 else ("interaction-changed",)
    of_step = Counter(problem.identity for problem in here if problem.rule in stepping)
    return of_step + Counter(
        problem.identity for problem in here if problem.rule not in of(Scope.HISTORY) and problem.identity not in known
    )


@pytest.mark.parametrize("seed", range(8))
def test_what_a_commit_brought_is_what_the_full_checks_of_it_and_its_parents_tell(repo: Repo, seed: int) -> None:
    _history(repo, random.Random(seed), 14)
    store = Store(repo.path)
    git = store.git()
    with opened(git) as objects:
        _same_by_both(repo, store, Walk(store, git, Trees(objects)), Walk(store, git, Trees(Objects(git))))


def _same_by_both(repo: Repo, store: Store, walk: Walk, slow: Walk) -> None:
    introduced_by_commit: list[tuple[str, Counter[tuple[str, str, str]]]] = []
    for line in repo.git("rev-list", "--all", "--topo-order", "--reverse", "--parents").splitlines():
        commit, *parents = line.split()
        introduced = walk.introduced_by(commit, tuple(parents))
        slow.introduced_by(commit, tuple(parents))
        assert Counter(problem.identity for problem in introduced) == Counter(
            problem.identity for problem in slow.by_full_check(commit, tuple(parents))
        )
        expected = _expected(store, commit, parents)
        if expected is not None:
            introduced_by_commit.append((commit, expected))
            assert Counter(problem.identity for problem in introduced) == expected, line
    assert len(introduced_by_commit) > 5


def test_the_walk_reads_only_what_a_commit_touched(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    first = {"crmtext.toml": stores.TEAM} | {
        stores.path(f"{n:03}"): stores.record(f"{n:03}", f"苏州第{n}机械有限公司") for n in range(20)
    }
    old = repo.commit(first)
    new = repo.commit({stores.path("003"): first[stores.path("003")].replace("lilei", "nobody")})
    store = Store(repo.path)
    read: list[str] = []
    parse = load.parse
    monkeypatch.setattr(load, "parse", lambda raw, path: (read.append(path), parse(raw, path))[1])
    result = Walk(store, store.git(), Trees(Objects(store.git()))).introduced_by(new, (old,))
    assert ([problem.rule for problem in result], read) == (["team-member"], [stores.path("003")] * 2)
