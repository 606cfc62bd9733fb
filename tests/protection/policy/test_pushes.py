"""More than 300 pushes by members of different roles, and what the policy says about each; `cases` holds them.

All are judged in this process; some, and with `--long` all, are pushed to a bare repository with the hook as well.
"""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pushes
import pytest
import stores
import yaml
from objects import Objects
from repos import Repo

from crmtext.git.incoming import Update
from crmtext.git.plumbing import repository
from crmtext.problem import CrmError
from crmtext.protection.policy.access_check import check_access
from crmtext.protection.policy.push import judge_push
from crmtext.protection.policy.rights import denied
from crmtext.protection.policy.stores import policies
from crmtext.setup import hooks, merge_driver
from crmtext.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.protection.policy.push import Judged

HERE = Path(__file__).parent
FAMILIES = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted((HERE / "cases").glob("*.yaml"))}
GOLDEN = HERE / "pushes.txt"
CASES = [case for family in FAMILIES.values() for case in family]
NAMES = [case["name"] for case in CASES]
#: These are also pushed to a server in each run: every twentieth, and those in which a server sees more than CI.
PUSHED = [
    *CASES[::20],
    *(
        case
        for case in CASES
        if case["name"]
        in {
            "a lead merges a proposal of support",
            "a promoted seller merges in the same push",
            "a branch whose commits were on the server already is judged when it comes to main",
            "all branches are judged, also a tag",
            "with pusher, no name",
            "with pusher, support pushes the merge of a lead that is signed",
        }
    ),
]
_MAY_ALL = ("lead zhaomin",)


@pytest.fixture(scope="session")
def builder(tmp_path_factory: pytest.TempPathFactory) -> pushes.Builder:
    """A bare repository for the commits of all cases, and the keys of people."""
    folder = tmp_path_factory.mktemp("pushes")
    keys = folder / "keys"
    keys.mkdir()
    for name in ("zhaomin", "lilei", "hanmei", "other", "rsa"):
        kind = "rsa" if name == "rsa" else "ed25519"
        command = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", name, "-f", str(keys / name)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    bare = Repo(folder / "bare.git")
    bare.path.mkdir()
    bare.git("init", "-q", "--bare", "-b", "main")
    # As the store's .gitattributes has it in each clone, where members merge.
    bare.write("info/attributes", f"**/{merge_driver.ATTRIBUTE}\n")
    repo = repository(bare.path)
    assert repo
    return pushes.Builder(repo, Objects(bare.path), HERE / "store", keys)


@pytest.fixture(scope="session")
def said() -> dict[str, list[str]]:
    """What was printed about each case, by its name."""
    return {}


def pusher(case: Mapping[str, Any]) -> str:
    """Who pushes: the last committer, unless the case names somebody."""
    return str(case.get("pusher", case["commits"][-1]["as"] if case["commits"] else "lilei"))


def judged(builder: pushes.Builder, case: Mapping[str, Any], push: pushes.Push) -> Judged | str:
    """The verdict on a push, or the rule of the error that ends it."""
    Repo(builder.repo.git_dir).git(
        "update-ref", *(["refs/heads/main", push.main] if push.main else ["-d", "refs/heads/main"])
    )
    try:
        return judge_push(builder.repo, [Update(push.ref, push.old, push.new)], pusher(case))
    except CrmError as error:
        if not case.get("error"):
            raise
        return error.problem.rule


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_push_gets_the_right_verdict(
    builder: pushes.Builder, case: Mapping[str, Any], said: dict[str, list[str]], golden_update: bool
) -> None:
    said[case["name"]] = lines = []
    _judge_and_compare(builder, case, lines)
    # Each process judges some of the pushes, and compares their messages; see below for new golden ones.
    assert golden_update or lines == golden_lines().get(case["name"], [])


@cache
def golden_lines() -> dict[str, list[str]]:
    """The messages about each rejected push."""
    messages: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in GOLDEN.read_text("utf-8").splitlines():
        if line.startswith("    "):
            lines.append(line.removeprefix("    "))
        else:
            lines = messages[line] = []
    return messages


def _is_rejected(case: Mapping[str, Any]) -> bool:
    return any(case.get(key) for key in ("denied", "problems", "commit-problems", "error"))


def _judge_and_compare(builder: pushes.Builder, case: Mapping[str, Any], said: list[str]) -> None:
    push = builder.build(case)
    result = judged(builder, case, push)
    if isinstance(result, str):
        assert case.get("error") == result
        said.append(f"error [{result}]")
        return
    assert [problem.rule for problem in result.problems] == case.get("problems", [])
    proposals = [f"{member.role} {member.handle}" for proposal in result.proposals for member in proposal.mergers]
    assert sorted(proposals) == sorted(case.get("proposal", []))
    verdicts = [verdict for _ref, verdict in result.verdicts]
    problems = [(verdict, problem) for verdict in verdicts for problem in verdict.problems]
    assert [problem.rule for _verdict, problem in problems] == case.get("commit-problems", [])
    denials = [denial for verdict in verdicts for denial in verdict.denials]
    assert {denial.problem.rule for denial in denials} <= {"write-policy"}
    wanted = case.get("denied", [])
    messages = [denial.problem.message for denial in denials]
    if wanted is True:
        assert messages
    else:
        pairs = zip(wanted, messages, strict=True)
        assert all(part.replace("[]", "") in message.replace("[]", "") for part, message in pairs), messages
    if denials:
        allowed = {
            f"{member.role} {member.handle}"
            for policy in policies(builder.repo, push.main)
            for member in policy.settings.team.values()
            if all(denied(policy, denial.change, member) is None for denial in denials)
        }
        assert allowed == {*case.get("may", _MAY_ALL)}
    for verdict in verdicts:
        number = push.commits.index(verdict.commit.id) + 1
        for problem in verdict.all_problems:
            assert problem.hint, problem
            said.append(f"commit {number} by {verdict.by}: {problem} = {problem.hint}")
    said += [f"{problem} = {problem.hint}" for problem in result.problems]


def test_the_golden_messages_are_those_of_the_cases(said: dict[str, list[str]], golden_update: bool) -> None:
    if golden_update:
        assert len(said) == len(CASES), "--golden-update needs one process: -p no:xdist"
        shown = {name: lines for name, lines in said.items() if lines}
        text = "".join(f"{name}\n" + "".join(f"    {line}\n" for line in lines) for name, lines in shown.items())
        GOLDEN.write_text(text, "utf-8")
        golden_lines.cache_clear()
    assert {*golden_lines()} <= {case["name"] for case in CASES}


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if "proposal" not in case and "known" not in case][::3],
    ids=lambda case: case["name"],
)
def test_a_check_in_ci_gives_the_same_verdict(builder: pushes.Builder, case: Mapping[str, Any]) -> None:
    same_verdict(builder, case)


@pytest.mark.long
@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_check_in_ci_gives_the_same_verdict_for_each(builder: pushes.Builder, case: Mapping[str, Any]) -> None:
    same_verdict(builder, case)


def same_verdict(builder: pushes.Builder, case: Mapping[str, Any]) -> None:
    """Compare the verdict on a push to main with that on the same range."""
    push = builder.build(case)
    result = judged(builder, case, push)
    store = Store(builder.repo.git_dir)
    typed = f"{push.main or '0' * 40}..{push.new}"
    if 'identity = "pusher"' in str(case.get("settings")) or isinstance(result, str):
        with pytest.raises(CrmError) as raised:
            check_access(store, typed)
        assert raised.value.problem.rule == (result if isinstance(result, str) else "access-identity")
        return
    answer = check_access(store, typed)
    if result.proposals:
        assert answer.problems
    elif push.ref == "refs/heads/main" or result.rejected:
        of_commits = [problem.message for _ref, verdict in result.verdicts for problem in verdict.all_problems]
        of_tip = [problem.message for problem in result.problems]
        assert [problem.message for problem in answer.problems] == of_commits + of_tip


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A bare repository with the hook."""
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))
    bare = Repo(tmp_path / "server.git")
    bare.path.mkdir()
    bare.git("init", "-q", "--bare", "-b", "main")
    git_repo = repository(bare.path)
    assert git_repo
    hooks.install(git_repo, hooks.SERVER)
    return bare


@pytest.mark.parametrize("case", PUSHED, ids=lambda case: case["name"])
def test_a_server_takes_or_rejects_a_push(
    builder: pushes.Builder, server: Repo, case: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed(builder, server, case, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_server_takes_or_rejects_each_push(
    builder: pushes.Builder, server: Repo, case: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed(builder, server, case, monkeypatch)


def pushed(builder: pushes.Builder, server: Repo, case: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Push a case to a server, and compare what comes of it with the case."""
    push = builder.build(case)
    source = Repo(builder.repo.git_dir)
    hook = server.path / "hooks/pre-receive"
    aside = hook.rename(hook.with_name("aside"))
    before = [
        (push.main, "refs/heads/main"),
        (push.old, push.ref),
        (push.new, case.get("known") and "refs/heads/known"),
    ]
    for commit, ref in before:
        if commit and ref:
            source.git("push", "-q", str(server.path), f"{commit}:{ref}")
    aside.rename(hook)
    monkeypatch.setenv("CRMTEXT_USER", pusher(case))
    output = source.git("push", "--force", str(server.path), f"{push.new}:{push.ref}", check=False)
    rejected = _is_rejected(case) or "invalid" in case
    assert ("[remote rejected]" in output) is rejected, output
    at = server.git("rev-parse", "--verify", "--quiet", push.ref, check=False)
    assert at == ((push.old or "") if rejected else push.new)
    if case.get("proposal"):
        assert "refs/" not in output or "ask " in output
        assert any(handle.split()[0] in output for handle in case["proposal"]), output
