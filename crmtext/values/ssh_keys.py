"""SSH public keys as in `id_ed25519.pub`: the type, the key, and the fingerprint that `ssh-keygen -l` prints."""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from typing import NamedTuple

#: The types that can sign; certificates and DSA can't.
TYPES = frozenset({
    "ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
})  # fmt: skip


class PublicKey(NamedTuple):
    """A public key: its type and its bytes, which begin with the type."""

    type: str
    data: bytes

    @property
    def text(self) -> str:
        """The key as in a `.pub` file, without a comment."""
        return f"{self.type} {_base64(self.data)}"

    @property
    def fingerprint(self) -> str:
        """The fingerprint that ssh-keygen and git print: `SHA256:…`."""
        from hashlib import sha256

        return "SHA256:" + _base64(sha256(self.data).digest()).rstrip("=")


def parse(text: str) -> PublicKey | None:
    """Return the key of a line of a `.pub` file; None if it isn't one."""
    kind, _blank, rest = text.strip().partition(" ")
    if kind not in TYPES or not text.isprintable():
        return None
    try:
        data = a2b_base64(rest.strip().partition(" ")[0], strict_mode=True)
    except ValueError:
        return None
    name = kind.encode("ascii")
    starts = len(name).to_bytes(4, "big") + name
    return PublicKey(kind, data) if data.startswith(starts) and len(data) > len(starts) else None


def _base64(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode("ascii")
