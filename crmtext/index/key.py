"""What an answer depends on beside the records."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from crmtext import layout

if TYPE_CHECKING:
    from datetime import date

    from crmtext.disk.nofollow import Folder

#: The version of what an index holds: its tables, and the forms of their values. An index of another one is begun anew.
LAYOUT = b"1"


class StateKey(NamedTuple):
    """All that an answer depends on beside the records: it can be handed to another process."""

    read: str
    #: The team's schema and settings as they are written; None and empty where there are none.
    schema: bytes | None
    settings: bytes
    today: date
    #: The last day that isn't in the future.
    latest: date
    language: str

    @property
    def key(self) -> dict[str, bytes]:
        """What an index is good for; the day is told by each record."""
        named = {"schema": self.schema or b"", "settings": self.settings, "language": self.language.encode()}
        return {"layout": LAYOUT, **named}


def remove_former(folder: Folder) -> None:
    """Delete what is kept under names that are no longer used: it holds texts of records, and nobody renews it."""
    for name in layout.FORMER:
        with suppress(OSError):
            folder.unlink(name)
