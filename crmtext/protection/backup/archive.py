"""The archive inside a backup: a tar file of exactly two members, the manifest and the bundle."""

from __future__ import annotations

import hashlib
import tarfile
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANIFEST, BUNDLE = "manifest.json", "store.bundle"
_BLOCK = tarfile.BLOCKSIZE
_LARGEST_MANIFEST = 64 << 20
_CHUNK = 1 << 20


class ArchiveError(ValueError):
    """The file isn't the archive of a backup."""


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def packed(manifest: bytes, bundle: Path, moment: float) -> Iterator[bytes]:
    """Yield the bytes of the archive."""
    yield _header(MANIFEST, len(manifest), moment)
    yield manifest + _padding(len(manifest))
    size = bundle.stat().st_size
    yield _header(BUNDLE, size, moment)
    with bundle.open("rb") as file:
        yield from chunks(file)
    yield _padding(size) + bytes(2 * _BLOCK)


def chunks(file: BinaryIO) -> Iterator[bytes]:
    """Yield the rest of a file in parts."""
    while part := file.read(_CHUNK):
        yield part


def _header(name: str, size: int, moment: float) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, int(moment), 0o600
    # This form has one block of any size; others put sizes from 8 GiB on into a member of their own.
    return info.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)


def unpacked(archive: Path, bundle: Path) -> tuple[bytes, str]:
    """Write the bundle of an archive to a file, and return the manifest and the digest of the bundle.

    Raises ArchiveError for any other members. The headers are read one by one: `tarfile` follows links, sizes and
    extensions of a file that may have been made by a stranger.
    """
    sha256 = hashlib.sha256()
    with archive.open("rb") as file:
        size = _size(file, MANIFEST)
        if size > _LARGEST_MANIFEST:
            raise ArchiveError(MANIFEST)
        manifest = _exactly(file, size)
        _exactly(file, -size % _BLOCK)
        left = size = _size(file, BUNDLE)
        with bundle.open("xb") as target:
            while left:
                part = _exactly(file, min(left, _CHUNK))
                sha256.update(part)
                target.write(part)
                left -= len(part)
        _exactly(file, -size % _BLOCK)
        if any(part.strip(b"\0") for part in chunks(file)):
            raise ArchiveError("more members")
    return manifest, sha256.hexdigest()


def _size(file: BinaryIO, name: str) -> int:
    try:
        info = tarfile.TarInfo.frombuf(_exactly(file, _BLOCK), "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        raise ArchiveError(name) from None
    if info.name != name or info.type != tarfile.REGTYPE or info.size < 0:
        raise ArchiveError(name)
    return info.size


def _exactly(file: BinaryIO, size: int) -> bytes:
    """Read this many bytes. Raises ArchiveError at an early end."""
    part = file.read(size)
    if len(part) != size:
        raise ArchiveError("cut")
    return part
