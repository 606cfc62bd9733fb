"""A change of what a role may see is disclosed in the same commit; `check` says so if it isn't."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
import stores
from repos import Repo

from crmtext.layout import DISCLOSURES
from crmtext.protection.disclosures import Disclosure, register
from crmtext.protection.view.disclosed import is_disclosed, problems
from crmtext.settings.access import Role
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

TEAM = stores.TEAM.replace('"never"', '"auto"').replace('"sales"', '"lead"', 1).replace('"sales"', '"support"', 1)
SUPPORT = '\n[access.lead]\nmay = ["*"]\n\n[access.support]\nsee = [{see}]\n'
EVERYTHING = '\n[access.lead]\nmay = ["*"]\n'
NARROW, WIDE = (TEAM + SUPPORT.format(see=see) for see in ('"name"', '"name", "notes"'))
COMMIT = "git add crmtext.toml privacy && git commit -m 'access: support'"
DISCLOSE = ("role-view", "--role", "support", "--disclose", "--purpose", "answer calls")


def disclosure(day: int, fields: tuple[str, ...], where: str = "id", to: str = "support") -> Disclosure:
    return Disclosure(
        date(2026, 11, day), "lilei", "role-view", to, "calls", fields=fields, where=where, commit="0" * 40
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], False),
        ([disclosure(1, ("name", "notes"))], True),
        ([disclosure(1, ("notes", "name"))], True),
        ([disclosure(1, ("name",))], False),
        ([disclosure(1, ("name", "notes"), where="status == 'lead'")], False),
        ([disclosure(1, ("name", "notes"), to="sales")], False),
        ([disclosure(1, ("name", "notes"))._replace(what="mirror")], False),
        # Narrowed, and then widened to the first state.
        ([disclosure(1, ("name", "notes")), disclosure(2, ("name",))], False),
        ([disclosure(2, ("name", "notes")), disclosure(2, ("name",)), disclosure(1, ())], True),
    ],
)
def test_the_last_disclosure_decides(given: list[Disclosure], expected: bool) -> None:
    assert is_disclosed("support", Role(see=("name", "notes")), given) is expected


def test_a_role_that_sees_everything_needs_none() -> None:
    text = TEAM + '\n[access.lead]\nsee = ["*"]\n[access.support]\nmay = ["*"]\n'
    assert [*problems(text.encode(), ())] == []
    [problem] = problems((text + "see_where = \"status != 'lost'\"\n").encode(), ())
    assert (problem.rule, problem.place.pointer) == ("undisclosed-view", "/access/support/see_where")


def test_check_names_the_change_and_the_command_until_both_are_committed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = Repo(stores.made(tmp_path / "store"))
    repo.git("init", "-q", "-b", "main")
    repo.commit({"crmtext.toml": TEAM, stores.path(): stores.record()})
    program = stores.Program(capsys, repo.path)
    assert program("check").code == 0
    repo.write("crmtext.toml", NARROW)
    result = program("check", "--select", "undisclosed-view")
    assert (result.code, result.out.splitlines()[0], result.out.splitlines()[-3]) == (
        1,
        "crmtext.toml:24:1: error: what the role support may see is not disclosed [undisclosed-view]",
        "  = crmtext role-view --role support --disclose --purpose …",
    )
    before = repo.git("rev-parse", "HEAD")
    done = program(*DISCLOSE)
    [file] = (repo.path / DISCLOSURES).iterdir()
    assert (done.code, done.out, done.err.splitlines()) == (0, "", [
        "given to support, for: answer calls",
        f"disclosure: {DISCLOSURES}/{file.name}",
        f"commit it with your change of the settings: {COMMIT}",
    ])  # fmt: skip
    assert register(Store(repo.path)).disclosures == (
        Disclosure(date(2026, 11, 20), "lilei", "role-view", "support", "answer calls", fields=("name",), where="id",
                   commit=before, path=f"{DISCLOSURES}/{file.name}"),
    )  # fmt: skip
    assert program("check").code == 0
    repo.git("add", "crmtext.toml")
    assert [program("check", "--staged").code, program("check", "--staged", "--ignore", "undisclosed-view").code] == [
        1,
        0,
    ]
    repo.git("add", "privacy")
    assert program("check", "--staged").code == 0
    repo.git("commit", "-q", "-m", "access: support")
    assert [program("check", "--at", "HEAD").code, program("check", "--at", "HEAD~1").code] == [0, 0]
    repo.commit({"crmtext.toml": WIDE})
    assert [program("check").code, program("check", "--at", "HEAD").code] == [1, 1]
    # The change is committed already, so the disclosure is, too.
    assert program(*DISCLOSE).err.splitlines()[-1].startswith("Committed ")
    assert [program("check").code, program("check", "--at", "HEAD").code] == [0, 0]


def test_a_view_that_is_not_disclosed_is_written_with_a_note(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = Repo(stores.made(tmp_path / "store"))
    repo.git("init", "-q", "-b", "main")
    see = '"name", "type", "status", "owner"'
    repo.commit({"crmtext.toml": TEAM + SUPPORT.format(see=see), stores.path(): stores.record()})
    program = stores.Program(capsys, repo.path)
    asked = ("role-view", "--role", "support", "-o", str(tmp_path / "view"), "--format", "json")
    result = program(*asked)
    assert (result.err, result.data["disclosed"]) == (
        "the view for support is not disclosed: crmtext role-view --role support --disclose --purpose …\n",
        False,
    )
    program(*DISCLOSE[:2], "support", *DISCLOSE[3:])
    assert (program(*asked).err, program(*asked).data["disclosed"]) == ("", True)


def test_a_customer_of_a_view_is_told_about_it_also_if_added_later(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = Repo(stores.made(tmp_path / "store"))
    repo.git("init", "-q", "-b", "main")
    repo.commit({"crmtext.toml": NARROW + "see_where = \"status == 'lead'\"\n", stores.path(): stores.record()})
    program = stores.Program(capsys, repo.path)
    assert program(*DISCLOSE).code == 0
    later = stores.record("002", "苏州元件"), stores.record("003", "无锡元件", status="prospect")
    repo.commit({stores.path(f"00{number}"): text for number, text in enumerate(later, 2)})
    told = [
        len(json.loads(program("disclosures", f"C2024050100{number}", "--format", "json").out)["disclosures"])
        for number in (1, 2, 3)
    ]
    assert told == [1, 1, 0]


@pytest.mark.parametrize(
    "options", [("--disclose",), ("--disclose", "--purpose", "x", "--mask"), (), ("-o", "x", "--purpose", "y")]
)
def test_options_that_do_not_fit_are_rejected(
    options: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = stores.made(tmp_path, stores.record(), team=NARROW)
    assert stores.Program(capsys, store)("role-view", "--role", "support", *options).code == 2
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(("settings", "role"), [(TEAM, "support"), (TEAM + EVERYTHING, "lead")])
def test_a_view_of_a_role_that_sees_everything_asks_for_no_disclosure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: str, role: str
) -> None:
    repo = Repo(stores.made(tmp_path / "store"))
    repo.git("init", "-q", "-b", "main")
    repo.commit({"crmtext.toml": settings, stores.path(): stores.record()})
    program = stores.Program(capsys, repo.path)
    assert program("check", "--select", "undisclosed-view").code == 0
    said = program("role-view", "--role", role, "-o", str(tmp_path / "view"), "--format", "json")
    assert (said.code, said.err, said.data["disclosed"]) == (0, "", True)
