"""A customer's history with masked values, names of earlier versions in commit messages included."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crmtext.diff.masked import every_word
from crmtext.diff.masked import masked as masked_difference
from crmtext.sealing import free_text
from crmtext.sealing.mask import Masking

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmtext.history.story import Event, Story
    from crmtext.text.document import Document


def masked(story: Story) -> Story:
    """Return a history masked."""
    masking = Masking(story.words.schema)
    words = every_word(masking, documents(story.events, story.document, *story.merged))
    return replace(
        story,
        document=masking.document(story.document, words),
        events=tuple(masked_event(event, masking, words) for event in story.events),
        merged=tuple(masking.document(document, words) for document in story.merged),
    )


def masked_events(events: Iterable[Event], document: Document, masking: Masking) -> list[Event]:
    """Return the events of a record masked."""
    own = list(events)
    words = every_word(masking, documents(own, document))
    return [masked_event(event, masking, words) for event in own]


def masked_event(event: Event, masking: Masking, words: Mapping[str, str]) -> Event:
    """Return an event masked; `words` are looked for in its texts and in the message of its commit."""
    return replace(
        event,
        subject=free_text.masked(event.subject, words),
        action=free_text.masked(event.action, words),
        differences=tuple(masked_difference(difference, masking, words) for difference in event.differences),
    )


def documents(events: Iterable[Event], *others: Document) -> list[Document]:
    """Return the versions of a record that events have, and some others, each once."""
    differences = (difference for event in events for difference in event.differences)
    sides = (side for difference in differences for side in (difference.before, difference.after) if side)
    return [*{id(document.data): document for document in (*others, *sides)}.values()]
