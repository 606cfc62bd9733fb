"""The user's key: made, read with and without a passphrase, also a key of SSH."""

from __future__ import annotations

import shutil
import stat
import subprocess
from typing import TYPE_CHECKING

import backups
import pytest
import stores

from crmtext.problem import CrmError, Exit
from crmtext.protection import age, keys

if TYPE_CHECKING:
    from pathlib import Path

needs_ssh = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs ssh-keygen")


def error(ask: keys.Ask = lambda _path: "") -> tuple[str, Exit, str]:
    with pytest.raises(CrmError) as raised:
        keys.own(ask)
    return raised.value.problem.rule, raised.value.exit_code, raised.value.problem.message


def test_a_new_key_is_for_the_user_alone_and_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = backups.key(tmp_path / "folder/key", monkeypatch)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert [key.public for key in backups.own()] == [made.public]


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    made = backups.key(tmp_path / "key")
    before = made.path.read_bytes()
    with pytest.raises(CrmError, match="private key is never replaced") as raised:
        backups.key(made.path)
    assert (raised.value.exit_code, made.path.read_bytes()) == (Exit.CANNOT, before)


def test_a_passphrase_is_asked_for_and_must_be_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = backups.key(tmp_path / "key", monkeypatch, "开门")
    assert b"SECRET" not in made.path.read_bytes()
    assert [key.public for key in keys.own(lambda _path: "开门")] == [made.public]
    assert error(lambda _path: "芝麻") == (
        "no-key",
        Exit.NOT_ALLOWED,
        f"this is not the passphrase of '{keys.shown(made.path)}'",
    )


def test_without_a_file_the_message_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert error() == ("no-key", Exit.NOT_ALLOWED, "you have no private key: '~/.config/crmtext/key' does not exist")


def test_a_file_may_hold_several_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = backups.key(tmp_path / "one"), backups.key(tmp_path / "two")
    both = tmp_path / "both"
    both.write_bytes(one.path.read_bytes() + b"\r\n" + two.path.read_bytes())
    monkeypatch.setenv("CRMTEXT_KEY", str(both))
    assert [key.public for key in backups.own()] == [one.public, two.public]


def test_a_link_to_a_key_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = backups.key(tmp_path / "key")
    (tmp_path / "link").symlink_to(made.path)
    monkeypatch.setenv("CRMTEXT_KEY", str(tmp_path / "link"))
    assert [key.public for key in backups.own()] == [made.public]


@pytest.mark.parametrize(
    "text", ["", "# only a comment\n", "hello\n", "AGE-SECRET-KEY-1X\n", "AGE-PLUGIN-YUBIKEY-1X\n"]
)
def test_what_is_no_key_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (tmp_path / "key").write_text(text)
    monkeypatch.setenv("CRMTEXT_KEY", str(tmp_path / "key"))
    assert error() == ("no-key", Exit.NOT_ALLOWED, f"'{keys.shown(tmp_path / 'key')}' holds no private key of age")


def ssh(folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str, passphrase: str = "") -> str:
    """A new key of SSH as the user's own, and its public half."""
    path = folder / "id"
    asked = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "lilei@example.com", "-f", path]
    subprocess.run(asked, check=True)
    monkeypatch.setenv("CRMTEXT_KEY", str(path))
    return path.with_suffix(".pub").read_text()


@needs_ssh
def test_an_ssh_key_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    public = ssh(tmp_path, monkeypatch, "ed25519")
    (key,) = backups.own()
    assert key.public == " ".join(public.split()[:2])
    with (tmp_path / "file").open("wb") as file:
        age.encrypt([b"plain"], file, age.recipients([public]))
    with (tmp_path / "plain").open("wb") as file:
        age.decrypt([(tmp_path / "file").read_bytes()], file, [key.identity])
    assert (tmp_path / "plain").read_bytes() == b"plain"


@needs_ssh
@pytest.mark.parametrize(
    ("kind", "passphrase", "message"),
    [
        ("ed25519", "opensesame", "'{path}' is an SSH private key with a passphrase, which can't be used"),
        ("ecdsa", "", "'{path}' is an SSH private key, but not of the kind ed25519"),
        ("rsa", "", "'{path}' is an SSH private key, but not of the kind ed25519"),
    ],
)
def test_other_ssh_keys_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, passphrase: str, message: str
) -> None:
    ssh(tmp_path, monkeypatch, kind, passphrase)
    assert error() == ("no-key", Exit.NOT_ALLOWED, message.format(path=keys.shown(tmp_path / "id")))


def test_the_commands_make_and_show_a_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = stores.Program(capsys, tmp_path)
    made = program("key", "init", "--offline", "-o", "own.key")
    monkeypatch.setenv("CRMTEXT_KEY", str(tmp_path / "own.key"))
    assert (made.code, program("key", "show").out) == (0, made.out)
    assert f'to = ["{made.out.strip()}"]' in made.err
    assert program("key", "init", "--offline", "-o", "own.key").code == 3
    assert program("key", "init").code == 2


def test_a_locked_key_needs_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    backups.key(tmp_path / "key", monkeypatch, "x")
    done = stores.Program(capsys, tmp_path)("key", "show")
    assert (done.code, "[no-key]" in done.err) == (4, True)
