"""The state that an answer depends on besides the records."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from crmtext import layout

if TYPE_CHECKING:
    from datetime import date

    from crmtext.disk.nofollow import Folder

#: The version of the tables and of the form of their values. An index of another version is rebuilt.
LAYOUT = b"3"


class StateKey(NamedTuple):
    """All that an answer depends on besides the records; it can be pickled for another process."""

    read: str
    #: The bytes of the team's schema and settings; None and empty if missing.
    schema: bytes | None
    settings: bytes
    today: date
    #: The last day that isn't in the future.
    latest: date
    language: str

    @property
    def key(self) -> dict[str, bytes]:
        """The notes that an index must have to be used; each record has its own range of days."""
        named = {"schema": self.schema or b"", "settings": self.settings, "language": self.language.encode()}
        return {"layout": LAYOUT, **named}


def remove_former(folder: Folder) -> None:
    """Delete files of former versions: they hold texts of records, and nothing updates them."""
    for name in layout.FORMER:
        with suppress(OSError):
            folder.unlink(name)
