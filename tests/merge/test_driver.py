from __future__ import annotations

import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import stores

from crmtext import quick
from crmtext.diff.customers import keys as by_dictionary
from crmtext.merge import driver
from crmtext.merge.decide import Why
from crmtext.merge.item_keys import keys
from crmtext.schema import Schema
from crmtext.setup import hooks, merge_driver
from crmtext.text import conflict_hunks

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

ENTRY = "  - date: 2026-11-20\n    by: {0}\n    channel: phone\n    summary: {1}\n"
BASE = stores.record(more="interactions:\n" + ENTRY.format("lilei", "第一次"))
PATH = stores.path()


@pytest.fixture
def parted(repo: Repo) -> Repo:
    """A repository with the driver, and a branch `theirs` that has one more entry."""
    repo.commit({PATH: BASE, ".gitattributes": merge_driver.ATTRIBUTE + "\n"})
    repo.git("switch", "-qc", "theirs")
    repo.commit({PATH: BASE + ENTRY.format("hanmei", "韩说")})
    repo.git("switch", "-q", "main")
    assert merge_driver.install(stores.opened(repo))
    return repo


def read(repo: Repo) -> str:
    return (repo.path / PATH).read_text("utf-8")


def ran(folder: Path, base: str, ours: str, theirs: str, path: str = PATH) -> tuple[int, str]:
    """The exit code of the driver as a process, and what it left in the file."""
    for name, text in (("base", base), ("ours", ours), ("theirs", theirs)):
        (folder / name).write_bytes(text.encode())
    with stores.process(folder, "merge-driver", "base", "ours", "theirs", "7", path) as process:
        _out, err = process.communicate()
    assert b"Traceback" not in err
    return process.returncode, (folder / "ours").read_bytes().decode()


def test_git_merges_records_with_it_outside_of_any_store(parted: Repo) -> None:
    parted.commit({PATH: BASE + ENTRY.format("lilei", "李说")})
    parted.git("merge", "-q", "--no-edit", "theirs")
    assert read(parted) == BASE + ENTRY.format("lilei", "李说") + ENTRY.format("hanmei", "韩说")


def test_it_also_merges_for_a_rebase_and_a_cherry_pick(parted: Repo) -> None:
    parted.commit({PATH: BASE + ENTRY.format("lilei", "李说")})
    both = BASE + ENTRY.format("lilei", "李说") + ENTRY.format("hanmei", "韩说")
    parted.git("cherry-pick", "theirs")
    assert read(parted) == both
    parted.git("reset", "-q", "--hard", "HEAD~1")
    parted.git("switch", "-q", "theirs")
    parted.git("rebase", "-q", "main")
    assert read(parted) == both


def test_a_true_conflict_leaves_markers_round_the_field_and_says_so(parted: Repo) -> None:
    parted.git("switch", "-q", "theirs")
    parted.commit({PATH: read(parted).replace("lead", "active")})
    parted.git("switch", "-q", "main")
    parted.commit({PATH: BASE.replace("lead", "prospect") + ENTRY.format("lilei", "李说")})
    output = parted.git("merge", "theirs", check=False)
    assert f"{PATH}: status: both sides changed it" in output
    text = read(parted)
    assert [part for part in conflict_hunks.split(text) if isinstance(part, conflict_hunks.Hunk)] == [
        conflict_hunks.Hunk("status: prospect\n", "status: active\n")
    ]
    assert all(part in text for part in ("第一次", "李说", "韩说"))


def test_merges_that_crossed_start_from_an_ancestor_that_was_in_conflict_itself(parted: Repo) -> None:
    """Each side has merged the other's first change and decided the conflict differently, then logs an entry."""
    parted.git("switch", "-q", "theirs")
    first_theirs = parted.commit({PATH: BASE.replace("lead", "active")})
    parted.git("switch", "-q", "main")
    first_ours = parted.commit({PATH: BASE.replace("lead", "prospect")})
    parted.git("merge", first_theirs, check=False)
    parted.commit({PATH: BASE.replace("lead", "prospect") + ENTRY.format("lilei", "李说")})
    parted.git("switch", "-q", "theirs")
    parted.git("merge", first_ours, check=False)
    parted.commit({PATH: BASE.replace("lead", "prospect") + ENTRY.format("hanmei", "韩说")})
    parted.git("switch", "-q", "main")
    parted.git("merge", "-q", "--no-edit", "theirs")
    wanted = BASE.replace("lead", "prospect")
    assert read(parted) == wanted + ENTRY.format("lilei", "李说") + ENTRY.format("hanmei", "韩说")


@pytest.mark.parametrize("broken", ["/nowhere/python", "false"])
def test_without_the_program_git_merges_the_lines_and_never_takes_our_side_for_the_result(
    parted: Repo, broken: str
) -> None:
    command = parted.git("config", "merge.crmtext.driver")
    parted.git("config", "merge.crmtext.driver", command.replace(shlex.quote(sys.executable), broken, 1))
    parted.commit({PATH: BASE + ENTRY.format("lilei", "李说")})
    output = parted.git("merge", "theirs", check=False)
    assert "CONFLICT" in output
    assert all(part in read(parted) for part in ("<<<<<<<", "李说", "韩说"))
    parted.git("merge", "--abort")
    parted.git("reset", "-q", "--hard", "HEAD~1")
    parted.commit({PATH: BASE.replace("lead", "active")})
    parted.git("merge", "-q", "--no-edit", "theirs")
    assert read(parted) == BASE.replace("lead", "active") + ENTRY.format("hanmei", "韩说")


def test_any_map_can_be_merged(tmp_path: Path) -> None:
    three = ("a: 1\nlist:\n  - x\n", "a: 2\nlist:\n  - x\n  - y\n", "a: 1\nlist:\n  - x\n  - z\n")
    assert ran(tmp_path, *three, "config/any.yaml") == (0, "a: 2\nlist:\n  - x\n  - y\n  - z\n")


IMPORTED = "id: {}\nname: {}\ntype: company\nstatus: lead\nowner: {}\n{}external_ids: {{erp: {}}}\n"


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        # Imported by both and renamed by one: by the id in the source, or by an id that was derived from it.
        ("", ("C20240501003", "甲", "lilei", "", "K1"), ("C20240501003", "乙", "lilei", "", "K1"), None),
        ("", ("C00000000EXW9RN", "甲", "lilei", "", ""), ("C00000000EXW9RN", "乙", "lilei", "", ""), None),
        # With another id and another name it is still the one with that id in the source.
        (
            ("C20240501003", "甲", "lilei", "", "K1"),
            ("C20240501777", "乙", "lilei", "", "K1"),
            ("C20240501003", "甲", "hanmei", "industry: 机械\n", "K1"),
            ("C20240501777", "乙", "hanmei", "industry: 机械\n", "K1"),
        ),
    ],
)
def test_an_imported_customer_stays_one(
    tmp_path: Path, base: str | tuple[str, ...], ours: tuple[str, ...], theirs: tuple[str, ...], merged: object
) -> None:
    code, text = ran(tmp_path, base and IMPORTED.format(*base), IMPORTED.format(*ours), IMPORTED.format(*theirs))
    if merged:
        assert (code, text) == (0, IMPORTED.format(*merged))
    else:
        assert (code, text.count("id: C"), text.count("<<<<<<<") >= 1) == (1, 1, True)


@pytest.mark.parametrize(
    "theirs", [("C20240501003", "乙", "hanmei", "", "K2"), ("C20240501003", "乙", "hanmei", "", "")]
)
def test_two_new_customers_with_one_id_are_not_mixed(tmp_path: Path, theirs: tuple[str, ...]) -> None:
    ours = IMPORTED.format("C20240501003", "甲", "lilei", "", "K1")
    code, text = ran(tmp_path, "", ours, IMPORTED.format(*theirs))
    assert (code, text.count("id: C"), text.count("<<<<<<<")) == (1, 2, 1)


def test_a_file_of_another_encoding_loses_no_byte(tmp_path: Path) -> None:
    base = "name: 客户\nstatus: lead\nowner: a\n".encode("gb18030")
    for name, content in (("base", base), ("ours", base.replace(b"lead", b"lost")), ("theirs", base + b"tags: [x]\n")):
        (tmp_path / name).write_bytes(content)
    subprocess.run(
        [sys.executable, "-m", "crmtext", "merge-driver", "base", "ours", "theirs", "7", PATH],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    left = (tmp_path / "ours").read_bytes()
    assert "客户".encode("gb18030") in left
    assert b"lost" in left
    assert b"tags: [x]" in left


def test_changes_that_only_the_schema_knows_to_clash_are_left_to_a_person(tmp_path: Path) -> None:
    base = stores.record()
    code, left = ran(tmp_path, base, base.replace("type: company", "type: person"), base + "company:\n  size: small\n")
    assert (code, conflict_hunks.has_conflict(left)) == (1, True)
    # A file that is no record is bound to no schema.
    assert ran(tmp_path, base, base.replace("company", "person"), base + "company: {size: small}\n", "a.yaml")[0] == 0


def test_only_what_git_gives_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    assert driver.main(("a", "b")) == 2
    assert "%O %A %B %L %P" in capsys.readouterr().err


def test_every_reason_has_its_words() -> None:
    assert set(driver.WHY) == set(Why)


def test_keys_are_what_the_data_dictionary_says() -> None:
    schema = Schema.shipped()
    assert keys(schema.data) == by_dictionary(schema)


LOOP = {"$ref": "#/definitions/a"}


@pytest.mark.parametrize(
    "schema",
    [
        LOOP | {"definitions": {"a": LOOP}},
        {"properties": {"a": LOOP}, "definitions": {"a": {"items": LOOP}}},
    ],
)
def test_a_schema_that_refers_to_itself_comes_to_an_end(schema: dict[str, object]) -> None:
    assert keys(schema) == {}


@pytest.mark.skipif(not quick.on("start"), reason="the start without Click is switched off")
def test_it_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    for name in ("base", "ours", "theirs"):
        (tmp_path / name).write_text("a: 1\n" if name != "ours" else "a: 2\n")
    code = "import sys; from crmtext.__main__ import main; main(sys.argv[1:]); print(*sys.modules)"
    arguments = ("merge-driver", "base", "ours", "theirs", "7", "a.yaml")
    done = subprocess.run([sys.executable, "-c", code, *arguments], cwd=tmp_path, capture_output=True, check=True)
    loaded = set(done.stdout.decode().split())
    assert loaded & {"click", "subprocess", "jsonschema", "jsonschema_rs", "crmtext.schema", "crmtext.store"} == set()


def test_the_driver_comes_and_goes_with_the_hooks(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    program = stores.Program(capsys, stores.made(repo.path))
    assert program("hooks", "install").out.strip().endswith(", merge-driver")
    assert program("hooks", "status").code == 0
    repo.git("config", "merge.crmtext.driver", "true -P -m old")
    assert {"name": "merge-driver", "state": "outdated", "other": False} in program(
        "hooks", "status", "--format", "json"
    ).data["hooks"]
    assert program("hooks", "install").out == "Installed merge-driver\n"
    assert "merge-driver" in program("hooks", "uninstall").out
    assert repo.git("config", "--get-regexp", "merge", check=False) == ""
    assert program("hooks", "status").code == 1


@pytest.mark.parametrize(
    ("spoil", "name", "message"),
    [
        ("git config --remove-section merge.crmtext", "hooks", "missing or outdated: merge-driver"),
        ("rm .gitattributes", "ignored", f".gitattributes lacks the line {merge_driver.ATTRIBUTE}"),
    ],
)
def test_doctor_reports_a_missing_driver_and_its_fix(
    repo: Repo, capsys: pytest.CaptureFixture[str], spoil: str, name: str, message: str
) -> None:
    program = stores.Program(capsys, repo.path)
    program("init")
    subprocess.run(spoil, shell=True, cwd=repo.path, check=True)
    findings = program("doctor", "--format", "json").data["findings"]
    assert [
        finding for finding in findings if finding["name"] == name and finding["message"] == message and finding["fix"]
    ]


def test_a_python_of_another_program_does_not_reach_it(
    parted: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    parted.commit({PATH: BASE + ENTRY.format("lilei", "李说")})
    (tmp_path / "crmtext.py").write_text(f"open('{tmp_path}/ran', 'w')\n")
    for name in ("PYTHONHOME", "PYTHONPATH", "PYTHONPLATLIBDIR"):
        monkeypatch.setenv(name, str(tmp_path))
    parted.git("merge", "-q", "theirs")
    assert (read(parted).count("summary"), (tmp_path / "ran").exists()) == (3, False)


@pytest.mark.parametrize(
    "foreign",
    [
        "touch ran",
        "touch ran; {ours}",
        "{clean}; ./python3 -P -m crmtext merge-driver {rest}",
        "{clean}; {top}/python3 -P -m crmtext merge-driver {rest}",
        "{clean}; /proc/self/cwd/python3 -P -m crmtext merge-driver {rest}",
        "{clean}; sh ran -P -m crmtext merge-driver {rest}",
        "{clean}; a;b -P -m crmtext merge-driver {rest}",
        "{clean}; /usr/bin/env -P -m crmtext merge-driver {rest}",
        "{ours}; touch ran",
    ],
)
def test_a_command_that_resembles_it_does_not_pass_for_it(
    repo: Repo, foreign: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo.path)
    ours = merge_driver.driver()
    parts = {"clean": hooks.CLEAN, "ours": ours, "top": repo.path, "rest": ours.partition("merge-driver ")[2]}
    opened = stores.opened(repo)
    repo.git("config", merge_driver.DRIVER, foreign.format(**parts))
    assert merge_driver.state(opened) is hooks.State.OUTDATED
    assert merge_driver.install(opened)
    assert merge_driver.state(opened) is hooks.State.INSTALLED


def test_another_python_may_run_it(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    merge_driver.install(stores.opened(repo))
    monkeypatch.setattr(sys, "executable", "/opt/tools/bin/python3.12")
    assert merge_driver.state(stores.opened(repo)) is hooks.State.INSTALLED


def test_merges_that_crossed_and_agree_say_nothing_of_what_their_ancestors_had(parted: Repo) -> None:
    for name, status in (("a", "prospect"), ("b", "lost")):
        parted.git("switch", "-qc", name, "main")
        parted.commit({PATH: BASE.replace("status: lead", f"status: {status}")})
    decided = BASE.replace("status: lead", "status: lost")
    for name, other, more in (("a", "b", "notes: 甲\n"), ("b", "a~1", "tags: [vip]\n")):
        parted.git("switch", "-q", name)
        parted.git("merge", "-q", "--no-commit", "-s", "ours", other)
        parted.commit({PATH: decided + more}, "merge")
    output = parted.git("merge", "--no-edit", "a")
    assert ("both sides" in output, "CONFLICT" in output) == (False, False)
    assert read(parted).startswith(decided)
