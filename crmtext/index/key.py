"""What an answer depends on beside the records."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date


class Terms(NamedTuple):
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
        return {"schema": self.schema or b"", "settings": self.settings, "language": self.language.encode()}
