"""What is on a disk after a power cut, played from the notes of the calls that were made before it.

Only what was synced is there: of a file its bytes at its last fsync, of a folder its names at its own last fsync. A
disk may also keep names that nobody synced, so that both are played: none of those, and all of them.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Disk:
    """A folder as the notes have it: what programs see, and what is safe."""

    root: str
    notes: Path
    #: The number of each file by its path, as programs see it, and as it is safe; folders are among them.
    seen: dict[str, int] = field(default_factory=dict)
    safe: dict[str, int] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    #: The safe bytes of a file by its number.
    content: dict[int, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, notes: Path) -> Disk:
        """A folder in which all is safe."""
        disk = cls(str(folder), notes)
        for each in (folder, *folder.rglob("*")):
            number = each.lstat().st_ino
            disk.seen[str(each)] = disk.safe[str(each)] = number
            if each.is_dir():
                disk.folders.add(str(each))
            else:
                disk.content[number] = each.read_bytes()
        return disk

    def play(self, line: str) -> None:
        """Do what one note tells."""
        kind, *rest = line.split("\t")
        paths = [str(Path(each)) for each in rest[1:] if each]
        if kind == "sync":
            self.content[int(rest[0])] = (self.notes / rest[1]).read_bytes()
        elif kind == "folder":
            self._sync_folder(paths[0])
        elif kind in ("open", "mkdir"):
            self._come(paths[0], int(rest[0]), folder=kind == "mkdir")
        elif kind == "unlink":
            self.seen.pop(paths[0], None)
        elif kind in ("link", "rename") and paths[1].startswith(self.root):
            self.seen[paths[1]] = self.seen.get(paths[0], int(rest[0]))
            if kind == "rename":
                self.seen.pop(paths[0], None)

    def _come(self, path: str, number: int, *, folder: bool) -> None:
        if not path.startswith(self.root):
            return
        # A number that comes again is another file: the system gives those of deleted ones away.
        if self.seen.get(path) != number:
            self.content.pop(number, None)
        self.seen[path] = number
        if folder:
            self.folders.add(path)

    def _sync_folder(self, folder: str) -> None:
        def inside(path: str) -> bool:
            return path.rpartition("/")[0] == folder

        self.safe = {path: number for path, number in self.safe.items() if not inside(path)}
        self.safe |= {path: number for path, number in self.seen.items() if inside(path)}

    def cut(self, target: Path, *, names_kept: bool) -> Path:
        """The folder as it is found when the power comes back."""
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        names = self.seen if names_kept else self.safe
        there = {self.root}
        for path in sorted(set(names) - there):
            # What stands in a folder that is not there is not there either.
            if path.rpartition("/")[0] not in there:
                continue
            at = target / Path(path).relative_to(self.root)
            if path in self.folders:
                there.add(path)
                at.mkdir()
            else:
                at.write_bytes(self.content.get(names[path], b""))
        return target
