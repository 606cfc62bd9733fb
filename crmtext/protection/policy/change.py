"""A change, as the policy judges it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from crmtext.protection.policy.patterns import Path
    from crmtext.protection.policy.records import Record

#: The subject of a change: a whole record, a field of a record, a setting, or another file.
RECORD, FIELD, SETTING, FILE = "record", "field", "setting", "file"
#: The kind of a change; of whole records it is one of settings/access.RECORD_RIGHTS.
ADDED, CHANGED, REMOVED = "added", "changed", "removed"


class Change(NamedTuple):
    """One change. `path` is that of the field, setting or file which was added, changed or removed."""

    subject: str
    kind: str
    #: The file's path in the repository: the new one, or that of a removed file.
    file: str
    path: Path = ()
    #: The paths of all values in what changed, which patterns may treat differently. A file that can't be read as
    #: data has only its own path here, and `whole` is true: anything in it may have changed.
    values: tuple[Path, ...] = ()
    whole: bool = False
    #: The record before and after; None if it was added or removed, and for other files.
    before: Record | None = None
    after: Record | None = None
    #: The JSON pointer to the change in the new file; for what was removed, to what held it.
    pointer: str = ""
    #: The text of the new settings.
    text: str = ""
    #: The handle in an added disclosure.
    by: str = ""
