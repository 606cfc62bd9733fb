"""The door to pyrage: encrypt to public keys, decrypt with private ones, in the format of the `age` program.

`pyrage` has no functions here that take file names: `decrypt_file` leaves the plain text before the damaged part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from crmtext.i18n import _
from crmtext.problem import cannot, usage
from crmtext.values import public_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import ModuleType

#: The first line of every age file, and of one in letters.
START = b"age-encryption.org/v1\n"
ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----"
#: How pyrage says that none of the keys fits.
_NO_KEY = "No matching keys found"


class DamagedError(Exception):
    """The file isn't what was encrypted: changed, cut, or with bytes added."""


class OtherKeyError(Exception):
    """None of the private keys opens the file."""


def available() -> ModuleType:
    """Return pyrage. Raises CrmError if the extra isn't installed."""
    try:
        import pyrage  # type: ignore[import-untyped]  # it has no types
    except ImportError:
        message = _("encryption needs the extra 'protect' of crmtext")
        hint = _("install it: {command}").format(command='pip install "crmtext[protect]"')
        raise cannot("needs-extra", message, hint) from None
    door: ModuleType = pyrage
    return door


def recipients(keys: Iterable[str]) -> list[Any]:
    """Return the keys as recipients, each once. Raises CrmError for a text that is no public key."""
    pyrage = available()
    known = {}
    for typed in keys:
        key = public_keys.normal(typed)
        kind = pyrage.ssh if key.startswith("ssh-") else pyrage.x25519
        try:
            known[key] = kind.Recipient.from_str(key)
        except pyrage.RecipientError:
            raise usage("public-key", public_keys.wrong(typed), public_keys.hint()) from None
    return list(known.values())


def encrypt(chunks: Iterable[bytes], target: BinaryIO, keys: Sequence[Any]) -> None:
    """Encrypt bytes to recipients into a file."""
    pyrage = available()
    source, sink = _Source(iter(chunks)), _Sink(target)
    try:
        pyrage.encrypt_io(source, sink, keys)
    except (pyrage.EncryptError, OSError):
        _raise_own(source, sink)
        raise


def decrypt(chunks: Iterable[bytes], target: BinaryIO, identities: Sequence[Any]) -> None:
    """Decrypt an age file into another file, which must not be used if this raises an error.

    Raises DamagedError or OtherKeyError. Damage in the lines about recipients looks like another key.
    """
    pyrage = available()
    source, sink = _Source(iter(chunks)), _Sink(target)
    try:
        pyrage.decrypt_io(source, sink, identities)
    except (pyrage.DecryptError, OSError) as error:
        _raise_own(source, sink)
        raise (OtherKeyError if str(error) == _NO_KEY else DamagedError)(str(error)) from None


def _raise_own(*ends: _Source | _Sink) -> None:
    """Raise the error of the file that was read or written: pyrage turns it into a text."""
    for end in ends:
        if end.error is not None:
            raise end.error from None


class _Source:
    """A file for pyrage to read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")
        self.error: BaseException | None = None

    def read(self, size: int) -> bytes:
        """Return at most this many bytes; none at the end."""
        try:
            while not self._rest:
                self._rest = memoryview(next(self._chunks))
        except StopIteration:
            return b""
        except BaseException as error:
            self.error = error
            raise
        part, self._rest = self._rest[:size], self._rest[size:]
        return bytes(part)


class _Sink:
    """A file for pyrage to write."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self.error: BaseException | None = None

    def write(self, data: bytes) -> int:
        """Write all bytes."""
        try:
            return self._target.write(data)
        except BaseException as error:
            self.error = error
            raise

    def flush(self) -> None:
        """Write what is buffered."""
        try:
            self._target.flush()
        except BaseException as error:
            self.error = error
            raise


def new_identity() -> tuple[str, str]:
    """Return a new private key and its public one."""
    identity = available().x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def identity(secret: str) -> tuple[Any, str] | None:
    """Return a private key of age with its public one; None if the text is none."""
    pyrage = available()
    try:
        key = pyrage.x25519.Identity.from_str(secret)
    except pyrage.IdentityError:
        return None
    return key, str(key.to_public())


def ssh_identity(raw: bytes) -> Any | None:
    """Return an unencrypted private key of SSH; None if it can't be used."""
    pyrage = available()
    try:
        return pyrage.ssh.Identity.from_buffer(raw)
    except pyrage.IdentityError:
        return None


def lock_with(passphrase: str, raw: bytes) -> bytes:
    """Encrypt a key with a passphrase, as text."""
    locked: bytes = available().passphrase.encrypt(raw, passphrase, armored=True)
    return locked


def unlock_with(passphrase: str, raw: bytes) -> bytes | None:
    """Decrypt a key that is encrypted with a passphrase; None for a wrong one."""
    pyrage = available()
    try:
        opened: bytes = pyrage.passphrase.decrypt(raw, passphrase)
    except pyrage.DecryptError:
        return None
    return opened
