"""SSH public keys: what is accepted, and the fingerprint that ssh-keygen prints."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from crmtext.values import ssh_keys

if TYPE_CHECKING:
    from pathlib import Path

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ/Xo91Jrf7VlaW5+hUAmNOxqTD0uEBWOJJVuHxSh3tv"


@pytest.mark.parametrize("kind", ["ed25519", "rsa", "ecdsa"])
def test_a_key_has_the_fingerprint_that_ssh_keygen_prints(kind: str, tmp_path: Path) -> None:
    made = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "a comment", "-f", str(tmp_path / "key")]
    subprocess.run(made, check=True)
    shown = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(tmp_path / "key.pub")], check=True, capture_output=True, text=True
    )
    line = (tmp_path / "key.pub").read_text().strip()
    key = ssh_keys.parse(line)
    assert key is not None
    assert (key.fingerprint, f"{key.text} a comment") == (shown.stdout.split()[1], line)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 not base64",
        KEY.replace("ed25519", "dss"),
        KEY.replace("ssh-ed25519", "ssh-rsa"),
        f'namespaces="git" {KEY}',
        f"cert-authority {KEY}",
        f"* {KEY}",
        f"{KEY}\nssh-rsa AAAA",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert ssh_keys.parse(text) is None
