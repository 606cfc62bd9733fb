"""The changes from one state of a store's files to another: fields, records, settings and other files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.layout import SETTINGS
from crmtext.protection.policy import other_files, record_changes, setting_changes
from crmtext.protection.policy.change import ADDED, CHANGED, FIELD, FILE, RECORD, REMOVED, SETTING, Change
from crmtext.protection.policy.records import Records
from crmtext.sources import is_record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.protection.policy.files import File
    from crmtext.schema import Schema

__all__ = ["ADDED", "CHANGED", "FIELD", "FILE", "RECORD", "REMOVED", "SETTING", "Change", "Home", "changes"]


class Home(NamedTuple):
    """A store in a repository: its folder, empty or with a slash at its end, and its schema."""

    folder: str
    schema: Schema
    #: The folders of the repository's other stores, whose own policies judge the files in them.
    others: tuple[str, ...] = ()

    def inside(self, path: str) -> str | None:
        """A path of the repository in the store; None outside of it."""
        return path.removeprefix(self.folder) if path.startswith(self.folder) else None

    def judges(self, path: str) -> bool:
        """Whether the store's policy is about this path: it isn't in another store."""
        return path.startswith(self.folder) or not path.startswith(self.others)


def changes(
    old: Mapping[str, File], new: Mapping[str, File], home: Home, records: Records | None = None
) -> tuple[Change, ...]:
    """Return what the step from the old files to the new ones changes, by path.

    `old` and `new` are the files that differ, by their paths in the repository; equal files make no difference.
    `records` keeps what is parsed from one step to the next.
    """
    paths = sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path) and home.judges(path))
    return tuple(_changes(old, new, paths, home, records or Records(home.folder)))


def _changes(
    old: Mapping[str, File], new: Mapping[str, File], paths: list[str], home: Home, records: Records
) -> Iterator[Change]:
    of_records: list[str] = []
    for path in paths:
        inside = home.inside(path)
        if inside == SETTINGS:
            yield from setting_changes.changes(path, old.get(path), new.get(path))
        elif inside is not None and is_record(inside) and not _is_hidden(inside):
            of_records.append(path)
        else:
            yield from other_files.changes(path, inside, old.get(path), new.get(path))
    olds, news = ([records.record(path, side[path]) for path in of_records if path in side] for side in (old, new))
    yield from record_changes.changes(olds, news, home.schema)


def _is_hidden(path: str) -> bool:
    """Whether a folder hides a record from the work tree: who moves one there removes it."""
    return any(folder.startswith(".") for folder in path.split("/")[:-1])
