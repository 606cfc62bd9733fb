"""The user's own private key: its file, how it is read with or without a passphrase, and its public half."""

from __future__ import annotations

import base64
import binascii
import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.disk import files
from crmtext.i18n import _
from crmtext.problem import CrmError, Exit, Place, Problem, cannot
from crmtext.protection import age
from crmtext.values import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    #: Asks for the passphrase of a file on the terminal. Raises CrmError if there is none.
    Ask = Callable[[Path], str]

VARIABLE = "CRMTEXT_KEY"
_LARGEST = 64 * 1024
_SECRET = "AGE-SECRET-KEY-1"  # noqa: S105 - how one begins
_SSH, _SSH_END = b"-----BEGIN OPENSSH PRIVATE KEY-----", b"-----END OPENSSH PRIVATE KEY-----"
_SSH_START, _ED25519 = b"openssh-key-v1\0", b"ssh-ed25519"


class Key(NamedTuple):
    """A private key and its public half."""

    identity: Any
    public: str


def place() -> Path:
    """The file of the user's key."""
    named = os.environ.get(VARIABLE)
    return Path(named).expanduser().absolute() if named else Path.home() / ".config/crmtext/key"


def own(ask: Ask) -> tuple[Key, ...]:
    """Return the keys in the user's file. Raises CrmError if there is none that can be used."""
    age.available()
    path = place()
    # The user chose the file, so a link is followed.
    raw = files.read(path.resolve(), limit=_LARGEST)
    if raw is None:
        message = _("you have no private key: '{path}' does not exist").format(path=shown(path))
        make = _("make one: {command}").format(command="crmtext key init --offline")
        name = _("or name the file that holds yours: {variable}=FILE").format(variable=VARIABLE)
        raise _no_key(message, f"{make}\n{name}")
    if raw.startswith((age.START, age.ARMOR)):
        opened = age.unlock_with(ask(path), raw)
        if opened is None:
            message = _("this is not the passphrase of '{path}'").format(path=shown(path))
            raise _no_key(message, _("nothing was written; run the command again"))
        raw = opened
    return _ssh_key(path, raw) if _SSH in raw else _age_keys(path, raw)


def _age_keys(path: Path, raw: bytes) -> tuple[Key, ...]:
    """The keys of a file as `age-keygen` writes it: one a line, and comments."""
    lines = (line.strip() for line in raw.decode("utf-8", "replace").splitlines())
    keys = tuple(age.identity(line) for line in lines if line and not line.startswith("#"))
    if not keys or None in keys:
        message = _("'{path}' holds no private key of age").format(path=shown(path))
        raise _no_key(message, _("each line is a comment or begins with {start}").format(start=_SECRET))
    return tuple(Key(*key) for key in keys if key)


def _ssh_key(path: Path, raw: bytes) -> tuple[Key, ...]:
    cipher, public = _ssh_parts(raw)
    if not public.startswith(_ED25519):
        message = _("'{path}' is an SSH private key, but not of the kind ed25519").format(path=shown(path))
        raise _no_key(message, _("make a key for backups: {command}").format(command="crmtext key init --offline"))
    if cipher != b"none":
        message = _("'{path}' is an SSH private key with a passphrase, which can't be used").format(path=shown(path))
        raise _no_key(message, _("make a key for backups: {command}").format(command="crmtext key init --offline"))
    if (identity := age.ssh_identity(raw)) is None:
        raise _no_key(_("'{path}' is a damaged SSH private key").format(path=shown(path)))
    return (Key(identity, public.decode()),)


def _ssh_parts(raw: bytes) -> tuple[bytes, bytes]:
    """The cipher and the public key of an SSH private key, which are readable without its passphrase; empty if damaged.

    In the file: a magic word, then the texts cipher, derivation, its options, then a count, then the public key.
    """
    body = raw.partition(_SSH)[2].partition(_SSH_END)[0]
    try:
        data = base64.b64decode(b"".join(body.split()), validate=True)
        cipher, at = _text(data, len(_SSH_START))
        _derivation, at = _text(data, at)
        _options, at = _text(data, at)
        blob, _end = _text(data, at + 4)
        kind, _end = _text(blob, 0)
    except (binascii.Error, struct.error):
        return b"", b""
    return cipher, kind + b" " + base64.b64encode(blob)


def _text(data: bytes, at: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from(">I", data, at)
    return data[at + 4 : at + 4 + length], at + 4 + length


def make(path: Path, passphrase: str) -> str:
    """Write a new private key to a file that doesn't exist yet, mode 0600, and return its public key."""
    secret, public = age.new_identity()
    if os.path.lexists(path):
        message = _("'{path}' exists, and a private key is never replaced").format(path=shown(path))
        raise cannot("key-exists", message, _("name another file: -o FILE"), Place(str(path)))
    text = f"# created: {clock.now():%Y-%m-%dT%H:%M:%S%z}\n# public key: {public}\n{secret}\n".encode()
    files.write(path, age.lock_with(passphrase, text) if passphrase else text, None, mode=0o600)
    return public


def shown(path: Path) -> str:
    """Return a path with the home folder as `~`."""
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)


def _no_key(message: str, hint: str = "") -> CrmError:
    return CrmError(Problem("no-key", message, hint=hint), Exit.NOT_ALLOWED)
