"""Which texts are public keys."""

from __future__ import annotations

import pytest

from crmtext.values import public_keys

AGE = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
SSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ/Xo91Jrf7VlaW5+hUAmNOxqTD0uEBWOJJVuHxSh3tv"


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        (AGE, AGE),
        (f"  {AGE.upper()}\n", AGE),
        (SSH, SSH),
        (f"{SSH} lilei@example.com", SSH),
        ("", ""),
        (AGE[:-1], ""),
        (AGE + " x", ""),
        ("age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t", ""),
        (SSH[:-8], ""),
        ("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7", ""),
        ("AGE-SECRET-KEY-1X", ""),
    ],
)
def test_a_public_key_is_of_one_of_two_kinds(typed: str, key: str) -> None:
    assert public_keys.normal(typed) == key


def test_a_private_key_is_not_repeated() -> None:
    assert "SECRET" not in public_keys.wrong("AGE-SECRET-KEY-1ABC")
    assert public_keys.wrong("x") == "'x' is not a public key of age or ssh-ed25519"
