"""A commit message of what differs: a subject, a line for each customer, trailers; persons appear by id only."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crmtext.diff.words import Words, pointer, reached
from crmtext.i18n import _, bracketed, language, plural, speaking
from crmtext.merge.compare import Item
from crmtext.terminal.width import clip, display_width
from crmtext.wording import labels
from crmtext.wording.values import few

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmtext.diff.customers import Difference
    from crmtext.merge.compare import Change
    from crmtext.schema import Field
    from crmtext.settings import Settings

_SUBJECT = 72
_MOST_LINES = 50
#: The types of customers that are no persons.
_NAMED = ("company", "institution", "other")


def message(found: Sequence[Difference], say: Words, action: str) -> str:
    """The whole message, in the store's language; in English its words are the fields and values of the record."""
    with speaking(say.settings.language or "en"):
        return _message(found, say, action)


def _message(found: Sequence[Difference], say: Words, action: str) -> str:
    lines = [f"{called(each)}: {'; '.join(summary(each, say))}" for each in found]
    subject = (
        _subject(called(found[0]), summary(found[0], say))
        if len(lines) == 1
        else f"{plural('{n} customer', '{n} customers', len(lines))}: {', '.join(called(each) for each in found)}"
    )
    body: list[str] = []
    if len(lines) > 1:
        body = [f"- {line}" for line in few(lines, _MOST_LINES)]
    elif subject != lines[0]:
        body = [f"- {part}" for part in summary(found[0], say)]
    trailers = [*(f"Crm-Customer: {one}" for one in dict.fromkeys(each.id for each in found)), f"Crm-Action: {action}"]
    blocks = (clip(subject, _SUBJECT), "\n".join(body), "\n".join(trailers))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _subject(name: str, parts: Sequence[str]) -> str:
    """As many of the parts as fit into a subject."""
    for count in range(len(parts), 0, -1):
        subject = f"{name}: {'; '.join(parts[:count])}{'; …' if count < len(parts) else ''}"
        if display_width(subject) <= _SUBJECT:
            return subject
    return f"{name}: {parts[0]}"


def called(each: Difference) -> str:
    """What a customer is called in a commit's message."""
    return lasting(each.name, each.id, str(each.data.get("type")))


def lasting(name: str, id_: str, type_: str) -> str:
    """What to call a customer where git keeps it for ever: who is or may be a person by id."""
    return " ".join(name.split()) if type_ in _NAMED else id_


def summary(each: Difference, say: Words) -> tuple[str, ...]:
    """What changed in short parts: `status lead → prospect`, `+1 interaction (phone)`."""
    if each.kind != "changed":
        said = {"added": _("new"), "removed": _("removed"), "renamed": _("moved"), "text-only": _("text only")}
        return (said[each.kind],)
    plain = [change for change in each.told if not (len(change.path) == 2 and _whole(change))]
    counted = [change for change in each.told if len(change.path) == 2 and _whole(change)]
    return (*dict.fromkeys(_value(change, each, say) for change in plain), *_counts(counted, say))


def _whole(change: Change) -> bool:
    """Whether an item of a list came or went."""
    return isinstance(change.path[1], Item) and change.kind in ("added", "removed")


def _counts(changes: Iterable[Change], say: Words) -> Iterator[str]:
    """How many items came and went, of interactions with their channels."""
    wanted = tuple(changes)
    totals = Counter((change.kind, str(change.path[0])) for change in wanted)
    for (kind, key), count in totals.items():
        channels = [
            choice_words(str(value.get("channel")), "/interactions/0/channel", say)
            for change in wanted
            if (change.kind, change.path[0]) == (kind, key)
            and isinstance(value := change.after or change.before, dict)
            and key == "interactions"
        ]
        yield counted(count if kind == "added" else -count, key, channels, say)


def counted(count: int, key: str, channels: Iterable[str], say: Words) -> str:
    """How many items of a list came, or with a minus went, and by which channels."""
    said = f"{count:+} {field_words((key,), say, plural=abs(count) > 1)}"
    named = dict.fromkeys(channels)
    return bracketed(said, _(", ").join(named)) if named else said


def colleague(handle: str, settings: Settings) -> str:
    """A colleague as commits have them: in English by handle, as in the record, else by name."""
    return handle if language() == "en" else settings.shown(handle)


def field_words(keys: Sequence[str], say: Words, *, plural: bool = False) -> str:
    """A field by its keys, in English as the record has them, else by its labels."""
    if language() == "en":
        return " ".join([keys[0] if plural else singular(keys[0]), *keys[1:]])
    field: Field | None = say.schema.root
    names = []
    for key in keys:
        field = (field.item or field).child(key) if field else None
        names.append(labels.key_label(field, key))
    return " ".join(names)


def choice_words(value: str, at: str, say: Words) -> str:
    """A value of an enumeration, in English as the record has it, else by its label."""
    return value if language() == "en" else labels.choice_label(say.schema.at(at), value)


def _value(change: Change, each: Difference, say: Words) -> str:
    """One value: old and new where it is a choice, a colleague or a day; else only that it changed."""
    keys = [step for step in change.path if isinstance(step, str)]
    if keys == ["interactions", "next", "done"] and change.kind == "added":
        return _("next step done")
    name = field_words(keys, say, plural=not any(isinstance(step, Item) for step in change.path))
    if change.kind == "moved" or not _tellable(change, each, say):
        said = _("removed") if change.kind == "removed" else _("changed") if change.before else _("added")
        return f"{name} {said}"
    before, after = (choice_words(str(value), pointer(change.path), say) for value in (change.before, change.after))
    if change.kind == "changed":
        return f"{name} {before} → {after}"
    return f"{name} {after}" if change.kind == "added" else f"{name} {_('removed')}"


def _tellable(change: Change, each: Difference, say: Words) -> bool:
    field = say.schema.at(pointer(change.path))
    if field is None or say.schema.sensitive(pointer(change.path)):
        return False
    # A date of birth under a key of the team's own may not be marked.
    person = each.data.get("type") == "person" and field.kind == "date" and change.path[0] in ("person", "custom")
    known = bool(field.choices) or bool(field.mark("x-handle")) or field.kind == "date"
    here = reached(each.data, change.path, new=True) if change.kind != "removed" else change.before
    return known and not person and isinstance(here, str)


def singular(key: str) -> str:
    """One of what a list's key names: `interaction`, `opportunity`, `address`."""
    for end, one in (("ies", "y"), ("sses", "ss"), ("ss", "ss"), ("s", "")):
        if key.endswith(end):
            return key.removesuffix(end) + one
    return key
