"""Whose rights count for a commit: by the committer's address, by the pusher that a server names, by signatures."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from policies import RIGHTS, TEAM, policy
from repos import Repo
from stores import opened

from crmtext.protection.policy.identity import actors, named_pusher, pusher_problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from crmtext.protection.policy.rights import Policy


def key(folder: Path, name: str, kind: str = "ed25519") -> str:
    """A new key pair without a passphrase; returns the public key."""
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", name, "-f", str(folder / name)], check=True)
    return (folder / f"{name}.pub").read_text().strip()


def commit(repo: Repo, who: str, *, by: str = "", author: str = "", message: str = "change", **env: str) -> str:
    """Commit as somebody, signed with the key `by`; returns the id."""
    address = who if "@" in who else f"{who}@example.com"
    people = {
        "GIT_COMMITTER_NAME": who, "GIT_COMMITTER_EMAIL": address,
        "GIT_AUTHOR_NAME": who, "GIT_AUTHOR_EMAIL": f"{author}@example.com" if author else address,
    }  # fmt: skip
    sign = ["-c", "gpg.format=ssh", "-c", f"user.signingKey={repo.path.parent / by}.pub"] if by else []
    words = ["git", *sign, "commit", "-q", "--allow-empty", "-m", message, *(["-S"] if by else [])]
    subprocess.run(words, cwd=repo.path, env=os.environ | people | env, check=True)
    return repo.git("rev-parse", "HEAD").strip()


def named(judge: Policy, repo: Repo, commits: Mapping[str, str], pusher: str = "") -> dict[str, str]:
    """The handle of each commit's actor, or the problem."""
    known = actors(judge, opened(repo), commits.values(), pusher)
    return {
        name: actor.member.handle if actor.member else actor.problem.message if actor.problem else ""
        for name, actor in ((name, known[id_]) for name, id_ in commits.items())
    }


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    (tmp_path / "repo").mkdir()
    made = Repo(tmp_path / "repo")
    made.git("init", "-q")
    return made


def test_trust_believes_the_address_of_the_committer(repo: Repo) -> None:
    commits = {
        "own": commit(repo, "lilei"),
        "another address, other capitals": commit(repo, "LI.LEI@Example.com"),
        "written by another": commit(repo, "lilei", author="zhaomin"),
        "merged on the web": commit(repo, "noreply@forge.example", author="zhaomin"),
        "left": commit(repo, "liuyang"),
        "unknown": commit(repo, "mallory"),
        "a handle as address": commit(repo, "zhaomin@"),
    }
    assert named(policy(), repo, commits) == {
        "own": "lilei",
        "another address, other capitals": "lilei",
        "written by another": "lilei",
        "merged on the web": "zhaomin",
        "left": "the committer liuyang@example.com is not an active member of the team",
        "unknown": "the committer mallory@example.com is not an active member of the team",
        "a handle as address": "the committer zhaomin@ is not an active member of the team",
    }


def test_an_address_of_two_colleagues_is_nobodys(repo: Repo) -> None:
    both = policy(TEAM.replace("hanmei@example.com", "LiLei@example.com") + RIGHTS)
    assert named(both, repo, {"": commit(repo, "lilei")}) == {
        "": "the committer lilei@example.com is not an active member of the team"
    }


@pytest.mark.parametrize(
    "header",
    [
        (
            "author A <lilei@example.com> 1 +0000\n"
            "committer A <lilei@example.com> 1 +0000\ncommitter B <zhaomin@example.com> 1 +0000"
        ),
        "author A <lilei@example.com> 1 +0000\ncommitter A <zhaomin@example.com> <lilei@example.com> 1 +0000",
        "author A <lilei@example.com> 1 +0000\ncommitter A zhaomin@example.com 1 +0000",
        "author A <lilei@example.com> 1 +0000",
    ],
    ids=["two committers", "two addresses", "no brackets", "no committer"],
)
def test_a_header_that_git_does_not_write_names_nobody(header: str, repo: Repo) -> None:
    tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    raw = f"tree {tree}\n{header}\n\nhidden\n".encode()
    asked = ["git", "hash-object", "-t", "commit", "-w", "--stdin", "--literally"]
    id_ = subprocess.run(asked, cwd=repo.path, input=raw, capture_output=True, check=True).stdout.decode().strip()
    assert named(policy(), repo, {"": id_}) == {"": "the committer nobody is not an active member of the team"}


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, str]:
    return {name: key(tmp_path, name) for name in ("lilei", "zhaomin", "mallory")} | {
        "ecdsa": key(tmp_path, "ecdsa", "ecdsa")
    }


def signing(keys: Mapping[str, str], identity: str) -> Policy:
    """The policy with the keys of two colleagues."""
    team = TEAM.replace("[team.lilei]\n", f'[team.lilei]\nsigning = ["{keys["lilei"]}", "{keys["ecdsa"]}"]\n')
    team = team.replace("[team.zhaomin]\n", f'[team.zhaomin]\nsigning = "{keys["zhaomin"]}"\n')
    return policy(team + RIGHTS.replace("[access]\n", f'[access]\nidentity = "{identity}"\n'))


def test_signed_needs_a_signature_by_a_key_of_the_committer(repo: Repo, keys: dict[str, str]) -> None:
    commits = {
        "own key": commit(repo, "lilei", by="lilei"),
        "own second key": commit(repo, "lilei", by="ecdsa"),
        "unsigned": commit(repo, "lilei"),
        "a colleague's name": commit(repo, "zhaomin", by="lilei"),
        "a key of nobody": commit(repo, "lilei", by="mallory"),
        "a colleague without a key": commit(repo, "hanmei", by="lilei"),
        "nobody": commit(repo, "mallory", by="mallory"),
        "merged on the web": commit(repo, "noreply@forge.example", author="zhaomin"),
    }
    assert named(signing(keys, "signed"), repo, commits) == {
        "own key": "lilei",
        "own second key": "lilei",
        "unsigned": "the commit is not signed by 李雷",
        "a colleague's name": "the signature is not by a public key of 赵敏",
        "a key of nobody": "the signature is not by a public key of 李雷",
        "a colleague without a key": "韩梅 has no public key for signing on the team list of main",
        "nobody": "the committer mallory@example.com is not an active member of the team",
        "merged on the web": "the commit is not signed by 赵敏",
    }


def test_a_signature_of_another_content_does_not_count(repo: Repo, keys: dict[str, str]) -> None:
    raw = subprocess.run(
        ["git", "cat-file", "commit", commit(repo, "lilei", by="lilei")], cwd=repo.path, capture_output=True, check=True
    ).stdout
    changed = raw.replace(b"\n\nchange", b"\n\nchanged")
    asked = ["git", "hash-object", "-t", "commit", "-w", "--stdin"]
    id_ = subprocess.run(asked, cwd=repo.path, input=changed, capture_output=True, check=True).stdout.decode().strip()
    assert named(signing(keys, "signed"), repo, {"": id_}) == {"": "the signature is not by a public key of 李雷"}


def test_no_program_of_the_repository_verifies_a_signature(repo: Repo, keys: dict[str, str], tmp_path: Path) -> None:
    evil = tmp_path / "evil"
    evil.write_text(
        f"#!/bin/sh\ntouch {tmp_path}/ran\necho 'Good \"git\" signature for member with ED25519 key SHA256:x'\n"
    )
    evil.chmod(0o755)
    allowed = tmp_path / "theirs"
    allowed.write_text(f"member {keys['mallory']}\n")
    id_ = commit(repo, "lilei", by="mallory")
    for name in ("gpg.ssh.program", "gpg.program", "gpg.openpgp.program", "gpg.x509.program"):
        repo.git("config", name, str(evil))
    repo.git("config", "gpg.ssh.defaultKeyCommand", str(evil))
    repo.git("config", "gpg.ssh.allowedSignersFile", str(allowed))
    repo.git("config", "gpg.minTrustLevel", "undefined")
    assert named(signing(keys, "signed"), repo, {"": id_}) == {"": "the signature is not by a public key of 李雷"}
    assert not (tmp_path / "ran").exists()


def test_pusher_is_whom_the_server_names_unless_the_commit_is_signed(repo: Repo, keys: dict[str, str]) -> None:
    commits = {
        "signed": commit(repo, "zhaomin", by="zhaomin"),
        "only the address": commit(repo, "zhaomin"),
        "signed by another": commit(repo, "zhaomin", by="lilei"),
    }
    judge = signing(keys, "pusher")
    expected = {"signed": "zhaomin", "only the address": "lilei", "signed by another": "lilei"}
    assert named(judge, repo, commits, "lilei") == expected
    assert named(judge, repo, commits, "LiLei@example.com") == expected


@pytest.mark.parametrize(
    ("pusher", "message"),
    [
        ("lilei", ""),
        ("lilei@example.com", ""),
        ("", "[access] identity is 'pusher', but nothing names who pushes"),
        ("liuyang", "liuyang is not an active member of the team"),
        ("李雷", "李雷 is not an active member of the team"),
    ],
)
def test_a_push_by_nobody_on_the_team_is_a_problem(pusher: str, message: str) -> None:
    judge = policy(TEAM + RIGHTS.replace("[access]\n", '[access]\nidentity = "pusher"\n'))
    problem = pusher_problem(judge, pusher)
    assert (problem.message if problem else "") == message
    assert pusher_problem(policy(), pusher) is None


def test_the_pusher_is_named_by_a_variable() -> None:
    assert named_pusher({}) == ""
    assert named_pusher({"GL_USER": " ", "GL_USERNAME": "hanmei", "REMOTE_USER": "lilei"}) == "hanmei"
    assert named_pusher({"CRMTEXT_USER": "lilei", "GL_USER": "hanmei"}) == "lilei"


def test_without_access_nobody_is_asked(repo: Repo) -> None:
    assert named(policy(TEAM), repo, {"": commit(repo, "mallory")}) == {"": ""}
