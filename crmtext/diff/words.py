"""A change in the words of the schema and the team, without sensitive values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _
from crmtext.merge.compare import Item
from crmtext.terminal.width import clip
from crmtext.text.pointer import NEW, get, join, parent
from crmtext.text.secret_numbers import in_prose
from crmtext.wording import labels
from crmtext.wording.sections import Book, cell
from crmtext.wording.values import discreet, hidden, texts, value_text, without_hidden

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmtext.diff.customers import Difference
    from crmtext.merge.compare import Change, Step
    from crmtext.schema import Field, Schema
    from crmtext.settings import Settings

#: Keys of an interaction that its title has, or that people do not need.
_TITLE_KEYS = frozenset({"date", "by", "channel", "summary", "contact", "direction", "id"})
#: Width of an item's name in a path, in cells.
_NAME = 40


class ChangeText(NamedTuple):
    """A change in words. `below` are the other fields of an added or removed item; `secret` hides both values."""

    kind: str
    key: str
    label: str
    before: str = ""
    after: str = ""
    below: tuple[tuple[str, str], ...] = ()
    secret: bool = False


class Words(NamedTuple):
    """Schema and settings that changes are described with."""

    schema: Schema
    settings: Settings

    @property
    def book(self) -> Book:
        """The lookups for the words of values."""
        return Book(self.settings, {})

    def describe(self, change: Change, difference: Difference) -> ChangeText:
        """Return one change of a customer in words."""
        key = self.key(change.path, difference)
        label = self.label(change.path, difference)
        if self.schema.sensitive(pointer(change.path)):
            return ChangeText(change.kind, key, label, secret=True)
        value = change.after if change.kind == "added" else change.before
        if change.kind in ("added", "removed") and isinstance(value, dict):
            title, below = self._titled(value, change.path)
            before, after = (title, "") if change.kind == "removed" else ("", title)
            return ChangeText(change.kind, key, label, before, after, below)
        if change.kind == "moved":
            return ChangeText(change.kind, key, label)
        before, after = (self._text(side, change.path, difference) for side in (change.before, change.after))
        return ChangeText(change.kind, key, label, before, after)

    def discreet(self, value: Any, path: Sequence[Step]) -> Any:
        """Return a value with null for its sensitive parts."""
        return discreet(value, pointer(path), self.schema)

    def key(self, path: Sequence[Step], difference: Difference) -> str:
        """Return the path of a change as keys: `contacts[张三].title`."""
        text = ""
        for number, step in enumerate(path):
            if isinstance(step, Item):
                text += f"[{' '.join(self._name(path[: number + 1], difference).values()) or _number(step)}]"
            else:
                text += f".{step}" if text else step
        return text

    def label(self, path: Sequence[Step], difference: Difference) -> str:
        """Return the path of a change in labels: `联系人 › 张三 › 职务`."""
        parts: list[str] = []
        field: Field | None = self.schema.root
        for number, step in enumerate(path):
            if isinstance(step, Item):
                field = field.item if field else None
                # An added or removed item has its own title.
                if number + 1 < len(path):
                    parts.append(self._item_label(path[: number + 1], field, difference) or _number(step))
            else:
                field = field.child(step) if field else None
                parts.append(labels.key_label(field, step))
        return " › ".join(parts)

    def _item_label(self, path: Sequence[Step], field: Field | None, difference: Difference) -> str:
        """Return the name of an item in words, cut if it is long."""
        known = labels.children(field)
        named = self._name(path, difference)
        # Author and summary of an interaction would be too long for a path.
        keys = ("date", "channel") if path[0] == "interactions" and len(path) == 2 else tuple(named)
        texts = (cell(key, named[key], known.get(key), self.book).text for key in keys if key in named)
        return clip(" ".join(texts), _NAME)

    def _name(self, path: Sequence[Step], difference: Difference) -> Mapping[str, str]:
        """Return the values that identify an item, by key, as it is now or was."""
        old, new = (document.data if document else None for document in (difference.before, difference.after))
        value = value_at(new, path, new=True) or value_at(old, path, new=False)
        if not isinstance(value, dict):
            return {}
        field = self.schema.at(pointer(path[:-1]))
        names = (field.mark("x-key") if field else None) or ("name", "kind", "channel", "title")
        open_ = (name for name in names if not self.schema.sensitive(pointer((*path, name))))
        texts = ((name, value[name]) for name in open_ if isinstance(value.get(name), str))
        return dict([(name, text) for name, text in texts if not any(in_prose(text))][:3])

    def _titled(self, value: Mapping[str, Any], path: Sequence[Step]) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Return the title of an item and its other fields."""
        field = self.schema.at(pointer(path))
        by_key, known = texts(value, field, self.settings), labels.children(field)
        if path[0] == "interactions" and len(path) == 2:
            title, in_title = _interaction(by_key), _TITLE_KEYS
            if isinstance(step := value.get("next"), dict):
                by_key["next"] = _step(without_hidden(step, known.get("next"), hidden()))
        else:
            wanted = labels.required(field) or {next(iter(value), "")}
            in_title = frozenset(wanted.intersection(by_key) or [*by_key][:1])
            title = " · ".join(text for key, text in by_key.items() if key in in_title)
        below = ((labels.key_label(known.get(key), key), text) for key, text in by_key.items() if key not in in_title)
        return title, tuple(below)

    def _text(self, value: Any, path: Sequence[Step], difference: Difference) -> str:
        """Return a value on one line."""
        if value is None:
            return ""
        at = pointer(path)
        key = next((step for step in reversed(path) if isinstance(step, str)), "")
        if isinstance(path[-1], Item):
            return value_text(value, self.schema.at(at), self.settings, width=None)
        # An amount is in the currency beside it.
        holder = value_at(difference.data, path[:-1], new=difference.after is not None)
        beside = {"currency": holder["currency"]} if isinstance(holder, dict) and "currency" in holder else {}
        return texts({**beside, key: value}, self.schema.at(parent(at)), self.settings).get(key, "")


def _number(step: Item) -> str:
    return str(step.new if step.new is not None else step.old)


def pointer(path: Sequence[Step]) -> str:
    """Return a path in the form that the schema's lookups take."""
    return join(0 if isinstance(step, Item) else step for step in path)


def value_at(data: Any, path: Sequence[Step], *, new: bool) -> Any:
    """Return the value at a path, on the new side or the old one; None if there is none."""
    numbers = ((step.new if new else step.old) if isinstance(step, Item) else step for step in path)
    return get(data, (NEW if step is None else step for step in numbers))


def _interaction(by_key: Mapping[str, str]) -> str:
    """Return date, channel, people and summary of an interaction."""
    who = by_key.get("by", "") + (f" → {by_key['contact']}" if "contact" in by_key else "")
    head = " · ".join(filter(None, (f"{by_key.get('date', '')} {by_key.get('channel', '')}".strip(), who)))
    return _("{name}: {what}").format(name=head, what=by_key.get("summary", ""))


def _step(step: Mapping[str, Any]) -> str:
    parts = [str(step.get("action", ""))]
    if step.get("due"):
        parts.append(_("due {date}").format(date=step["due"]))
    if step.get("done"):
        parts.append(_("done {date}").format(date=step["done"]))
    return " · ".join(parts)
