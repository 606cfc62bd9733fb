"""Commits built from files in memory: objects written straight into a repository, without a process for each."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

FILE, LINK, FOLDER, MODULE = "100644", "120000", "40000", "160000"
#: Files by path: mode and bytes.
Files = dict[str, tuple[str, bytes]]


class Person(NamedTuple):
    """Whom a commit names."""

    name: str
    email: str

    def line(self, when: int) -> str:
        """The person as a commit has them."""
        return f"{self.name} <{self.email}> {when} +0800"


class Objects:
    """The objects of a repository, and the files of the commits written here."""

    def __init__(self, git_dir: Path) -> None:
        self._folder = git_dir / "objects"
        self._known: set[str] = set()
        self._when = 1_795_000_000
        self.files: dict[str, Files] = {}

    def write(self, kind: str, content: bytes) -> str:
        """Write an object; returns its id."""
        whole = f"{kind} {len(content)}\0".encode() + content
        name = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
        if name not in self._known:
            self._known.add(name)
            file = self._folder / name[:2] / name[2:]
            if not file.exists():
                file.parent.mkdir(exist_ok=True)
                file.write_bytes(zlib.compress(whole, 1))
        return name

    def tree(self, files: Mapping[str, tuple[str, bytes]]) -> str:
        """Write the tree of these files."""
        below: dict[str, dict[str, tuple[str, bytes]]] = {}
        entries: list[tuple[bytes, str, str]] = []
        for path, (mode, content) in files.items():
            folder, slash, rest = path.partition("/")
            if slash:
                below.setdefault(folder, {})[rest] = (mode, content)
            else:
                id_ = content.decode() if mode == MODULE else self.write("blob", content)
                entries.append((path.encode(), mode, id_))
        entries += [(name.encode(), FOLDER, self.tree(inside)) for name, inside in below.items()]
        # Git sorts a folder as if its name ended in a slash.
        entries.sort(key=lambda entry: entry[0] + b"/" * (entry[1] == FOLDER))
        return self.write("tree", b"".join(b"%s %s\0%s" % (m.encode(), n, bytes.fromhex(i)) for n, m, i in entries))

    def commit(
        self,
        files: Files,
        parents: Iterable[str],
        committer: Person,
        message: str = "change",
        *,
        author: Person | None = None,
        sign: Callable[[bytes], str] | None = None,
        extra: Iterable[str] = (),
    ) -> str:
        """Write a commit; `sign` gives the signature of its bytes, `extra` are more lines of its head."""
        self._when += 60
        people = (f"author {(author or committer).line(self._when)}", f"committer {committer.line(self._when)}")
        head = [f"tree {self.tree(files)}", *(f"parent {parent}" for parent in parents), *people, *extra]
        body = f"\n{message}\n"
        if sign:
            signature = sign("\n".join((*head, body)).encode())
            head.append("gpgsig " + "\n ".join(signature.strip().split("\n")))
        id_ = self.write("commit", "\n".join((*head, body)).encode())
        self.files[id_] = dict(files)
        return id_
