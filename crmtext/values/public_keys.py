"""Public keys that files are encrypted to: those of age, and SSH keys of the kind ed25519."""

from __future__ import annotations

from crmtext.i18n import _
from crmtext.values import lazy, ssh_keys

_AGE = lazy.pattern("age1[02-9ac-hj-np-z]{58}")
_SSH = "ssh-ed25519"
#: The length of its bytes: type and key, each after its length in four bytes.
_SSH_BYTES = 4 + len(_SSH) + 4 + 32
_PRIVATE = ("AGE-SECRET-KEY-", "AGE-PLUGIN-", "-----BEGIN")


def normal(typed: str) -> str:
    """Return a public key without the comment of an SSH key; empty if it is none of the two kinds."""
    text = typed.strip()
    if _AGE.fullmatch(text.lower()):
        return text.lower()
    key = ssh_keys.parse(text)
    return key.text if key and key.type == _SSH and len(key.data) == _SSH_BYTES else ""


def wrong(typed: str) -> str:
    """Return the message about a text that is no such key; a private key is not repeated."""
    if typed.strip().upper().startswith(_PRIVATE):
        return _("this is a private key, which must stay secret; a public key is needed")
    return _("'{key}' is not a public key of age or ssh-ed25519").format(key=typed)


def hint() -> str:
    """Return how a public key begins."""
    return _("it begins with age1 or ssh-ed25519; crmtext key show prints yours")
