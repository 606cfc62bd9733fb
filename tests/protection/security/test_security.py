"""What `doctor --security` finds in a clone, and that the commands it names fix it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import stores
from repos import Repo

from crmtext.protection import keys
from crmtext.protection.backup import dates
from crmtext.protection.security import SECURITY
from crmtext.setup import doctor, init
from crmtext.setup.doctor import State
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

#: The check digit is right; nobody has this number.
RESIDENT = "11010519491231002X"


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    folder = tmp_path / "我的 库"
    init.init(folder, with_sample=False)
    monkeypatch.setenv("GIT_EDITOR", "sh")
    tmp_path.chmod(0o700)
    return Repo(folder)


def findings(repo: Repo, name: str) -> list[tuple[State, str, str]]:
    chosen = {name: SECURITY[name]}
    return [(finding.state, finding.message, finding.fix) for finding in doctor.examine(repo.path, chosen)]


ADDRESSES = {
    "ssh://git@example.com/crm.git": [],
    "git@example.com:crm.git": [],
    "https://example.com/crm.git": [],
    "/srv/git/crm.git": [],
    "C:/git/crm.git": [],
    "http://example.com/crm.git": [(State.ERROR, "the remote 'origin' is not encrypted: http://")],
    "git://example.com/crm.git": [(State.ERROR, "the remote 'origin' is not encrypted: git://")],
    "git@github.com:team/crm.git": [(State.WARNING, "the remote 'origin' is on github.com, in US: a public forge")],
    "https://gitee.com/team/crm.git": [(State.WARNING, "the remote 'origin' is on gitee.com, in CN: a public forge")],
    "https://notgithub.com/team/crm.git": [],
}


@pytest.mark.parametrize(("url", "expected"), ADDRESSES.items())
def test_addresses_that_are_unencrypted_or_on_a_public_forge(
    clone: Repo, url: str, expected: list[tuple[State, str]]
) -> None:
    clone.git("remote", "add", "origin", url)
    assert [finding[:2] for finding in findings(clone, "addresses")] == (expected or [(State.FINE, "origin")])


def test_the_command_for_an_unencrypted_address_sets_an_encrypted_one(clone: Repo) -> None:
    clone.git("remote", "add", "origin", "http://example.com/crm.git")
    ((_state, _message, fix),) = findings(clone, "addresses")
    subprocess.run(fix, shell=True, cwd=clone.path, check=True)
    assert findings(clone, "addresses") == [(State.FINE, "origin", "")]


def test_hooks_and_jobs_that_check_are_found(clone: Repo) -> None:
    assert [finding[:2] for finding in findings(clone, "enforcement")] == [
        (State.WARNING, "no job of this repository runs crmtext check; from here a server's own hook can't be seen")
    ]
    clone.commit({".gitlab-ci.yml": "check:\n  script: crmtext check --range $BASE..HEAD\n"}, "check in CI")
    assert findings(clone, "enforcement") == [(State.FINE, "hooks are installed, and a job checks pull requests", "")]
    (clone.path / ".git/hooks/pre-push").unlink()
    assert findings(clone, "enforcement") == [
        (State.WARNING, "this clone checks nothing before a commit or push: pre-push missing", "crmtext hooks install")
    ]


def test_a_job_without_access_does_not_guard_rights(clone: Repo) -> None:
    settings = (clone.path / "crmtext.toml").read_text("utf-8")
    rights = settings + '\n[access]\nlead = { may = ["*"] }\n'
    clone.commit({".gitlab-ci.yml": "check:\n  script: crmtext check\n", "crmtext.toml": rights}, "rights")
    assert [finding[:2] for finding in findings(clone, "enforcement")] == [
        (State.WARNING, "no job runs crmtext check --access, and crmtext.toml has access rights")
    ]


def test_unsigned_commits_are_counted_and_signed_ones_are_fine(clone: Repo, tmp_path: Path) -> None:
    clone.commit({"a.txt": "a"}, "unsigned")
    (state, message, _fix), *_rest = findings(clone, "signatures")
    assert (state, message) == (State.WARNING, "1 of the last 1 commits is not signed")
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    clone.git("config", "gpg.format", "ssh")
    clone.git("config", "user.signingKey", str(key))
    clone.git("commit", "-q", "--amend", "-S", "-m", "signed")
    assert findings(clone, "signatures") == [(State.FINE, "the last commit is signed", "")]


def test_numbers_in_files_messages_and_unreachable_objects_are_named(clone: Repo) -> None:
    clone.commit({"note.txt": "nothing"}, "fine")
    assert [finding[0] for finding in findings(clone, "numbers")] == [State.FINE]
    clone.commit({"note.txt": f"身份证 {RESIDENT}\n"}, "a number")
    first = clone.git("rev-parse", "--short", "HEAD").strip()
    clone.git("rm", "-q", "note.txt")
    clone.git("commit", "-q", "--no-verify", "-m", f"remove {RESIDENT}")
    last = clone.git("rev-parse", "HEAD").strip()
    (clone.path / "loose").write_text(f"身份证：{RESIDENT}")
    loose = clone.git("hash-object", "-w", "loose").strip()
    ((state, message, fix),) = findings(clone, "numbers")
    assert (state, message) == (State.ERROR, "3 objects of the history contain resident ID or bank card numbers")
    assert sorted(fix.split("\n")[:3]) == sorted([
        f"note.txt in commit {first}",
        f"a file that no commit has: {loose[:10]}",
        f"the message of {last[:10]}",
    ])  # fmt: skip
    assert RESIDENT not in message + fix


@pytest.mark.skipif(os.name == "nt", reason="modes of files")
def test_a_clone_that_others_can_read_is_named_and_the_command_closes_it(clone: Repo, tmp_path: Path) -> None:
    assert findings(clone, "permissions") == [(State.FINE, "only you can read this clone", "")]
    for folder in tmp_path.parents:
        if not folder.stat().st_mode & 0o001:
            pytest.skip(f"others can't reach {folder}")
    tmp_path.chmod(0o755)
    ((state, message, fix),) = findings(clone, "permissions")
    assert (state, message) == (State.WARNING, "every user of this computer can read this clone")
    subprocess.run(fix, shell=True, check=True)
    assert findings(clone, "permissions") == [(State.FINE, "only you can read this clone", "")]


@pytest.mark.skipif(os.name == "nt", reason="modes of files")
def test_a_private_key_that_others_can_read_is_an_error(
    clone: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "key"
    key.write_text("AGE-SECRET-KEY-1\n")
    key.chmod(0o644)
    monkeypatch.setenv("CRMTEXT_KEY", str(key))
    ((state, message, fix),) = findings(clone, "permissions")
    assert (state, message) == (State.ERROR, f"others can read your private key: {keys.shown(key)}")
    subprocess.run(fix, shell=True, check=True)
    assert findings(clone, "permissions") == [(State.FINE, "only you can read this clone", "")]


def test_gaps_in_the_access_rights(clone: Repo) -> None:
    assert [finding[1] for finding in findings(clone, "rights")] == [
        "everyone who may push may change everything: crmtext.toml has no [access]"
    ]
    clone.write("crmtext.toml", stores.TEAM + '[access]\nsupport = { may = ["*"] }\n')
    assert [finding[1] for finding in findings(clone, "rights")] == [
        'the committer\'s address is believed: identity = "trust" guards against mistakes only',
        "the role 'sales' has no table in [access]: lilei, hanmei may change nothing",
    ]


def test_the_age_of_backups(clone: Repo, tmp_path: Path) -> None:
    assert [finding[:2] for finding in findings(clone, "backups")] == [(State.WARNING, "this clone knows of no backup")]
    store = Store(clone.path)
    now, private = dates.now(), tmp_path / "private"
    private.mkdir()
    dates.note(store.git(), private, backup=dates.Done(now, "a.backup.age", "0" * 40))
    assert findings(clone, "backups") == [
        (State.FINE, "the last backup is 0 days old", ""),
        (State.WARNING, "no backup was verified here by restoring it", "crmtext backup --verify FILE"),
    ]
    dates.note(store.git(), private, verified=dates.Done(now - timedelta(days=40), "a.backup.age", "0" * 40))
    assert findings(clone, "backups") == [
        (State.FINE, "the last backup is 0 days old", ""),
        (State.WARNING, "a backup was last verified 40 days ago", "crmtext backup --verify FILE"),
    ]


def test_customers_kept_too_long_and_late_requests_are_counted(clone: Repo) -> None:
    assert [finding[1] for finding in findings(clone, "retention")] == [
        "no rule says how long customers are kept: crmtext.toml has no [retention]"
    ]
    case = "cases: [{opened: 2024-05-01, kind: request, summary: 查询, status: open, due: 2024-05-16}]\n"
    files = {stores.path(number): stores.record(number, more=more) for number, more in (
        ("001", "retention: {until: 2024-01-01}\n"), ("002", case), ("003", case.replace("2024-05-16", "2999-01-01")),
    )}  # fmt: skip
    clone.commit({**files, "crmtext.toml": stores.TEAM + '[retention]\nlost = "36m after churn.date"\n'}, "records")
    assert [finding[:2] for finding in findings(clone, "retention")] == [
        (State.WARNING, "the retention period of 1 customer has ended"),
        (State.ERROR, "1 request of a person is overdue"),
    ]


def test_the_command_prints_findings_and_json_and_is_1_for_an_error(
    clone: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    run = stores.Program(capsys, clone.path)
    clone.git("remote", "add", "origin", "http://example.com/crm.git")
    said = run("doctor", "--security", "--format", "json")
    document = json.loads(said.out)
    assert said.code == 1
    assert list(dict.fromkeys(finding["name"] for finding in document["findings"])) == list(SECURITY)
    assert document["errors"] == 1
    assert shlex.split(document["findings"][0]["fix"])[:3] == ["git", "remote", "set-url"]
