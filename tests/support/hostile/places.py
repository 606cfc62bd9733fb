"""Places: links, pipes, devices and folders where files are expected, and names that a terminal would obey."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from hostile.case import BAD, GOOD, HEAD, NEIGHBOUR, SCHEMA, SETTINGS, Case, put

if TYPE_CHECKING:
    from hostile.case import Lay

SECRET = "TOP-SECRET-TEXT"
ELSEWHERE = "../elsewhere"


def linked(path: str, target: str) -> Lay:
    """A link in the place of a file, which leads to where a secret lies."""

    def lay(folder: Path) -> None:
        put(folder / ELSEWHERE / "secret", f"{SECRET}: {SECRET}\n".encode())
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.symlink_to(target)

    return lay


def piped(path: str) -> Lay:
    """A pipe to which nobody writes."""

    def lay(folder: Path) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).unlink(missing_ok=True)
        os.mkfifo(folder / path)

    return lay


def made(path: str) -> Lay:
    """A folder in the place of a file."""

    def lay(folder: Path) -> None:
        (folder / path).unlink(missing_ok=True)
        (folder / path).mkdir(parents=True)

    return lay


def moved(folder: Path) -> None:
    """The records lie elsewhere, and a link leads there."""
    (folder / "records").rename(folder / "elsewhere")
    (folder / "records").symlink_to("elsewhere")


def sparse(path: str, size: int) -> Lay:
    """A file as large as a disk, of nothing."""

    def lay(folder: Path) -> None:
        put(folder / path, b"")
        os.truncate(folder / path, size)

    return lay


def named(name: str | bytes, text: str = HEAD) -> Lay:
    """The record under this name."""

    def lay(folder: Path) -> None:
        raw = name if isinstance(name, bytes) else name.encode()
        (folder / BAD).unlink()
        path = os.fsencode(folder / "records") + b"/" + raw
        os.makedirs(path.rpartition(b"/")[0], exist_ok=True)  # noqa: PTH103 - the name is no text
        with open(path, "wb") as file:  # noqa: PTH123 - as above
            file.write(text.encode())

    return lay


def circle(folder: Path) -> None:
    """A folder that holds itself."""
    (folder / "records/loop").symlink_to(".")


def socket(folder: Path) -> None:
    """A socket in the place of a record."""
    import socket as sockets

    (folder / BAD).unlink()
    before = Path.cwd()
    os.chdir(folder / "records")
    try:
        with sockets.socket(sockets.AF_UNIX) as bound:
            bound.bind("C20240501AAAA.yaml")
    finally:
        os.chdir(before)


def deep(folder: Path) -> None:
    """A record two hundred folders below."""
    put(folder / "records" / "/".join(["d"] * 200) / "C20240501AAAA.yaml", HEAD.encode())
    (folder / BAD).unlink()


def _link(name: str, path: str, target: str) -> Case:
    return Case(name, linked(path, target), (f"symlink {path}:0",), never=(SECRET,))


def _setup(name: str, lay: Lay, rule: str, *, code: int = 3) -> Case:
    return Case(name, lay, code=code, says=(rule,), never=(SECRET, "\x1b"), neighbour=False)


LINKS = (
    _link("a link out of the store", BAD, "../../elsewhere/secret"),
    _link("a link by its full path", BAD, "/etc/passwd"),
    _link("a link to a neighbour", BAD, "C20240501BBBB.yaml"),
    _link("a link to itself", BAD, "C20240501AAAA.yaml"),
    _link("a link to nothing", BAD, "nowhere"),
    _link("a link to zeros without end", BAD, "/dev/zero"),
    _link("a link to the terminal", BAD, "/dev/tty"),
    _link("a link to a folder", "records/more", "../../elsewhere"),
    _link("a link to a folder, named like a file", "records/more.yml", "../../elsewhere"),
    Case("a folder in a circle", circle, ("symlink records/loop:0",)),
    Case("all records behind a link", moved, ("symlink records:0",), neighbour=False),
    _setup("the settings are a link", linked(SETTINGS, "../elsewhere/secret"), "symlink"),
    _setup("the schema is a link", linked(SCHEMA, "../../elsewhere/secret"), "symlink"),
    _setup("the schema's folder is a link", linked("schema", "../elsewhere"), "outside-store"),
)
PIPES = (
    Case("a pipe", piped(BAD), (f"not-a-file {BAD}:0",)),
    Case("a socket", socket, (), says=(BAD,)),
    Case(
        "a folder named like a record", made("records/C20240501CCCC.yaml"), ("not-a-file records/C20240501CCCC.yaml:0",)
    ),
    Case("a record in a folder named like one", named("x.yaml/C20240501AAAA.yaml"), (), says=("file-name",)),
    Case("three gib of nothing", sparse(BAD, 3 << 30), (f"file-too-large {BAD}:0",)),
    _setup("the schema is a pipe", piped(SCHEMA), "not-a-file"),
    _setup("the schema is a folder", made(SCHEMA), "not-a-file"),
    _setup("the schema is three gib", sparse(SCHEMA, 3 << 30), "file-too-large"),
    _setup("the settings are three gib", sparse(SETTINGS, 3 << 30), "file-too-large"),
    _setup("the settings are a pipe", piped(SETTINGS), "no-store"),
    _setup("the settings are a folder", made(SETTINGS), "no-store"),
    Case("two hundred folders deep", deep, (), 0),
)
_ESC = "C20240501AAAA-\x1b[31mX\x1b]0;owned\x07.yaml"
NAMES = (
    Case("a name that colours the terminal", named(_ESC), (), says=("file-name",)),
    Case("a coloured name, as text", named(_ESC), (), arguments=("check",), says=("file-name", "\\u001b[31m")),
    Case(
        "a coloured name, for github", named(_ESC), (), arguments=("check", "--format", "github"), says=("file-name",)
    ),
    Case("a file name over two lines", named("C20240501AAAA-a\n::error::forged.yaml"), (), says=("file-name",)),
    Case(
        "a name that forges an annotation",
        named("C20240501AAAA-a\n::error::forged.yaml"),
        arguments=("check", "--format", "github"),
        says=("file-name",),
        never=("\n::error::forged",),
    ),
    Case("a file name that turns", named("C20240501AAAA-\u202egpj.yaml"), (), says=("file-name",)),
    Case("a name that is no text", named(b"C20240501AAAA-\xff\xfe.yaml"), (), says=("file-name",)),
    Case(
        "a name that is no text, as text",
        named(b"C20240501AAAA-\xff\xfe.yaml"),
        arguments=("check",),
        says=("file-name",),
    ),
    Case("a name like an option", named("-rf.yaml"), (), says=("file-name",)),
    Case("a name of windows", named("con.yaml"), (), says=("file-name",)),
    Case("a name with a colon", named("C20240501AAAA-a:b.yaml"), (), says=("file-name",)),
    Case("a name of 250 bytes", named("C20240501AAAA-" + "a" * 230 + ".yaml"), (), says=("file-name",)),
    Case("a folder that ends in a dot", named("a./C20240501AAAA.yaml"), (), says=("file-name",)),
    Case("another ending", named("C20240501AAAA.yml"), (), says=("file-name",)),
    Case("an ending in capitals", named("C20240501AAAA.YAML"), (), says=("file-name",)),
    Case(
        "two names that differ by case",
        lambda s: put(s / GOOD.replace("BBBB", "bbbb"), NEIGHBOUR.encode()),
        (),
        says=("unique-id",),
    ),
)
CASES = (*LINKS, *PIPES, *NAMES)
