"""The changes of `crmtext.toml`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.problem import CrmError
from crmtext.protection.policy.change import ADDED, CHANGED, REMOVED, SETTING, Change
from crmtext.protection.policy.values import changed
from crmtext.settings.load import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.protection.policy.files import File


def changes(path: str, old: File | None, new: File | None) -> Iterator[Change]:
    """Yield the settings that differ; all of them if a side can't be read."""
    kind = CHANGED if old and new else ADDED if new else REMOVED
    text = _text(new)
    try:
        before, after = (_data(file) for file in (old, new))
    except CrmError:
        yield Change(SETTING, kind, path, (), ((),), whole=True, text=text)
        return
    for change in changed(before, after, {}):
        yield Change(SETTING, change.kind, path, change.path, change.values, pointer=change.pointer, text=text)


def _data(file: File | None) -> Mapping[str, Any]:
    """The settings as data; none if the file is missing. Raises CrmError if they can't be read."""
    if file is None:
        return {}
    return parse(file.content if file.regular and isinstance(file.content, bytes) else b"\0")


def _text(file: File | None) -> str:
    return file.content.decode("utf-8-sig", "replace") if file and isinstance(file.content, bytes) else ""
