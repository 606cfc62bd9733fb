"""A change in the words of the schema and of the team, with nothing in it that must not be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _
from crmtext.merge.compare import Item
from crmtext.terminal.width import clip
from crmtext.text.pointer import NEW, get, join, parent
from crmtext.text.secret_numbers import in_prose
from crmtext.wording import labels
from crmtext.wording.sections import Book, cell
from crmtext.wording.values import texts, value_text, without_hidden

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmtext.diff.customers import Difference
    from crmtext.merge.compare import Change, Step
    from crmtext.schema import Field, Schema
    from crmtext.settings import Settings

#: What names an interaction, or is of no use to people.
_TOLD = frozenset({"date", "by", "channel", "summary", "contact", "direction", "id"})
#: So many cells of a name stand in a path.
_NAME = 40


class ChangeText(NamedTuple):
    """A change in words. `below` are the further keys of an item that came or went; `secret` hides both values."""

    kind: str
    key: str
    label: str
    before: str = ""
    after: str = ""
    below: tuple[tuple[str, str], ...] = ()
    secret: bool = False


class Words(NamedTuple):
    """What changes are put into words with."""

    schema: Schema
    settings: Settings

    @property
    def book(self) -> Book:
        """For the words of values."""
        return Book(self.settings, {})

    def describe(self, change: Change, difference: Difference) -> ChangeText:
        """One change of a customer."""
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
        before, after = (self._text(each, change.path, difference) for each in (change.before, change.after))
        return ChangeText(change.kind, key, label, before, after)

    def discreet(self, value: Any, path: Sequence[Step]) -> Any:
        """A value without its sensitive parts: null stands in their place."""
        at = pointer(path)
        return None if self.schema.sensitive(at) else without_hidden(value, self.schema.at(at), None)

    def key(self, path: Sequence[Step], difference: Difference) -> str:
        """Where a change is, as keys: `contacts[张三].title`."""
        said = ""
        for number, step in enumerate(path):
            if isinstance(step, Item):
                said += f"[{' '.join(self._name(path[: number + 1], difference).values()) or _number(step)}]"
            else:
                said += f".{step}" if said else step
        return said

    def label(self, path: Sequence[Step], difference: Difference) -> str:
        """The same as people call it: `联系人 › 张三 › 职务`."""
        parts: list[str] = []
        field: Field | None = self.schema.root
        for number, step in enumerate(path):
            if isinstance(step, Item):
                field = field.item if field else None
                # What came or went is named by its own words.
                if number + 1 < len(path):
                    parts.append(self._called(path[: number + 1], field, difference) or _number(step))
            else:
                field = field.child(step) if field else None
                parts.append(labels.key_label(field, step))
        return " › ".join(parts)

    def _called(self, path: Sequence[Step], field: Field | None, difference: Difference) -> str:
        """The name of an item in words, cut where it is long."""
        known = labels.children(field)
        named = self._name(path, difference)
        # Who wrote an interaction and what it says would make a path of a paragraph.
        keys = ("date", "channel") if path[0] == "interactions" and len(path) == 2 else tuple(named)
        texts = (cell(key, named[key], known.get(key), self.book).text for key in keys if key in named)
        return clip(" ".join(texts), _NAME)

    def _name(self, path: Sequence[Step], difference: Difference) -> Mapping[str, str]:
        """What tells an item apart from the others, by key, as it is now or was."""
        old, new = (each.data if each else None for each in (difference.before, difference.after))
        value = reached(new, path, new=True) or reached(old, path, new=False)
        if not isinstance(value, dict):
            return {}
        field = self.schema.at(pointer(path[:-1]))
        names = (field.mark("x-key") if field else None) or ("name", "kind", "channel", "title")
        said = [(name, str(value[name])) for name in names if isinstance(value.get(name), str)]
        return dict([pair for pair in said if self._open(path, pair[0]) and not any(in_prose(pair[1]))][:3])

    def _open(self, path: Sequence[Step], name: str) -> bool:
        return not self.schema.sensitive(pointer((*path, name)))

    def _titled(self, value: Mapping[str, Any], path: Sequence[Step]) -> tuple[str, tuple[tuple[str, str], ...]]:
        """What names an item, and what else it says."""
        field = self.schema.at(pointer(path))
        said, known = texts(value, field, self.settings), labels.children(field)
        if path[0] == "interactions" and len(path) == 2:
            title, told = _interaction(said), _TOLD
            if isinstance(step := value.get("next"), dict):
                said["next"] = _step(step)
        else:
            wanted = labels.required(field) or {next(iter(value), "")}
            told = frozenset(wanted.intersection(said) or [*said][:1])
            title = " · ".join(text for key, text in said.items() if key in told)
        below = ((labels.key_label(known.get(key), key), text) for key, text in said.items() if key not in told)
        return title, tuple(below)

    def _text(self, value: Any, path: Sequence[Step], difference: Difference) -> str:
        """A value on one line."""
        if value is None:
            return ""
        at = pointer(path)
        key = next((step for step in reversed(path) if isinstance(step, str)), "")
        if isinstance(path[-1], Item):
            return value_text(value, self.schema.at(at), self.settings, width=None)
        # An amount is one in the currency that stands beside it.
        holder = reached(difference.data, path[:-1], new=difference.after is not None)
        beside = {"currency": holder["currency"]} if isinstance(holder, dict) and "currency" in holder else {}
        return texts({**beside, key: value}, self.schema.at(parent(at)), self.settings).get(key, "")


def _number(step: Item) -> str:
    return str(step.new if step.new is not None else step.old)


def pointer(path: Sequence[Step]) -> str:
    """A path as the schema is asked for it."""
    return join(0 if isinstance(step, Item) else step for step in path)


def reached(data: Any, path: Sequence[Step], *, new: bool) -> Any:
    """What stands at a path, on the new side or the old one; None where it leads nowhere."""
    numbers = ((step.new if new else step.old) if isinstance(step, Item) else step for step in path)
    return get(data, (NEW if step is None else step for step in numbers))


def _interaction(said: Mapping[str, str]) -> str:
    """When, how, with whom, and what it was about."""
    who = said.get("by", "") + (f" → {said['contact']}" if "contact" in said else "")
    head = " · ".join(filter(None, (f"{said.get('date', '')} {said.get('channel', '')}".strip(), who)))
    return _("{name}: {what}").format(name=head, what=said.get("summary", ""))


def _step(step: Mapping[str, Any]) -> str:
    parts = [str(step.get("action", ""))]
    if step.get("due"):
        parts.append(_("due {date}").format(date=step["due"]))
    if step.get("done"):
        parts.append(_("done {date}").format(date=step["done"]))
    return " · ".join(parts)
