"""Comparisons of full records that are shown masked: what changed is known, what the values are is not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from crmtext.diff.customers import Comparison, Difference
from crmtext.i18n import bracketed
from crmtext.layout import id_in
from crmtext.merge.compare import Item
from crmtext.sealing import forms, free_text
from crmtext.sealing.mask import Masking, RecordMask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmtext.merge.compare import Change, Step
    from crmtext.text.document import Document


@dataclass(frozen=True)
class MaskedDifference(Difference):
    """A difference whose values are masked. A number that became another with the same mask is still a change."""

    full: Difference

    @property
    def kind(self) -> str:
        """The kind of the full difference."""
        return self.full.kind

    @property
    def mention(self) -> str:
        """The name; if it is masked with the id, because masked names aren't unique."""
        return self.name if self.name == self.full.name else bracketed(self.name, self.id)

    @property
    def old_path(self) -> str:
        """The record's old path, masked, if it moved; else empty."""
        return self.before.path if self.full.old_path and self.before else ""


class MaskedComparison(Comparison):
    """A comparison whose differences are computed on the full records and masked."""

    def __init__(self, full: Comparison) -> None:
        super().__init__(full.old, full.new)
        # The class is frozen.
        self.__dict__.update(_full=full, _masking=Masking(full.new.schema))

    @property
    def full(self) -> Comparison:
        """The comparison of the full records."""
        full: Comparison = self.__dict__["_full"]
        return full

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """The customers that differ, by id."""
        masking: Masking = self.__dict__["_masking"]
        return tuple(masked(difference, masking) for difference in self.full.differences)

    @cached_property
    def unreadable(self) -> tuple[str, ...]:
        """The records that cannot be compared, without names in their paths."""
        return tuple(map(self._path, self.full.unreadable))

    def shown(self, difference: Difference) -> Difference:
        """Return a difference of the full records masked."""
        return self.differences[self._places[id(difference)]]

    def shown_item(self, item: Mapping[str, Any], path: str, difference: Difference) -> Mapping[str, Any]:
        """Return an item of a list of a customer masked."""
        masking: Masking = self.__dict__["_masking"]
        words = every_word(masking, filter(None, (difference.before, difference.after)))
        result: Mapping[str, Any] = RecordMask(masking, difference.data, words).value(path, item)
        return result

    @cached_property
    def _places(self) -> Mapping[int, int]:
        return {id(difference): place for place, difference in enumerate(self.full.differences)}

    def _path(self, path: str) -> str:
        id_ = id_in(path)
        if not any(map(str.isdigit, id_)):
            # No id, but a name that somebody gave to the file.
            return f"{path.rpartition('/')[0]}/{forms.HIDDEN}.yaml"
        return RecordMask(self.__dict__["_masking"], {"id": id_}).path(path)


def masked(difference: Difference, masking: Masking, words: Mapping[str, str] | None = None) -> MaskedDifference:
    """Return a difference masked; by default, the words of both sides are looked for in the free text of each."""
    sides = [document for document in (difference.before, difference.after) if document]
    words = every_word(masking, sides) if words is None else words
    before, after = (_side(document, masking, words) for document in (difference.before, difference.after))
    return MaskedDifference(before, after, tuple(_changes(difference.changes, difference, before, after)), difference)


def every_word(masking: Masking, versions: Iterable[Document]) -> Mapping[str, str]:
    """Return the words that any of these versions of a record is masked by."""
    every: dict[str, str] = {}
    for version in versions:
        if isinstance(version.data, dict):
            every |= masking.words(version.data)
    return free_text.by_length(every.items())


def _side(document: Document | None, masking: Masking, words: Mapping[str, str]) -> Document | None:
    # A version that doesn't parse has no values.
    return masking.document(document, words) if document and isinstance(document.data, dict) else document


def _changes(changes: Iterable[Change], full: Difference, before: Any, after: Any) -> Iterable[Change]:
    """The changes with the keys and values that the masked documents have at their places."""
    for change in changes:
        old, was = _place(full.before, before, change.path, new=False)
        new, now = _place(full.after, after, change.path, new=True)
        path = old if change.kind == "removed" else new
        if change.kind == "moved":
            yield change._replace(path=path)
        else:
            yield change._replace(
                path=path,
                before=None if change.before is None else was,
                after=None if change.after is None else now,
            )


def _place(
    full: Document | None, masked: Document | None, path: Sequence[Step], *, new: bool
) -> tuple[tuple[Step, ...], Any]:
    """Return a path with masked keys, and the masked value there; None if this side has none."""
    data: Any = full.data if full else None
    shown: Any = masked.data if masked else None
    steps: list[Step] = []
    for step in path:
        if isinstance(step, Item):
            number = step.new if new else step.old
            is_there = isinstance(data, list) and number is not None and number < len(data)
            data, shown = (data[number], shown[number]) if is_there else (None, None)
            steps.append(step)
        elif isinstance(data, dict) and step in data:
            # Keys that the schema leaves open are masked; their order stays.
            key = [*shown][[*data].index(step)]
            data, shown = data[step], shown[key]
            steps.append(key)
        else:
            data = shown = None
            steps.append(step)
    return tuple(steps), shown
