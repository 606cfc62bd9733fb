"""Commit messages: a subject, a line for each customer, trailers; persons appear by id only."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crmtext.diff.words import Words, pointer, value_at
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
#: The types of customers that are not persons.
_NAMED = ("company", "institution", "other")


def message(differences: Sequence[Difference], say: Words, action: str) -> str:
    """Return the message in the store's language; in English, fields and values are named as in the record."""
    with speaking(say.settings.language or "en"):
        return _message(differences, say, action)


def _message(differences: Sequence[Difference], say: Words, action: str) -> str:
    names = [commit_name(difference) for difference in differences]
    lines = [f"{name}: {'; '.join(summary(change, say))}" for name, change in zip(names, differences, strict=True)]
    body: list[str] = []
    if len(lines) > 1:
        subject = f"{plural('{n} customer', '{n} customers', len(lines))}: {', '.join(names)}"
        body = [f"- {line}" for line in few(lines, _MOST_LINES)]
    else:
        parts = summary(differences[0], say)
        subject = _subject(names[0], parts)
        if subject != lines[0]:
            body = [f"- {part}" for part in parts]
    ids = dict.fromkeys(difference.id for difference in differences)
    trailers = [*(f"Crm-Customer: {id_}" for id_ in ids), f"Crm-Action: {action}"]
    blocks = (clip(subject, _SUBJECT), "\n".join(body), "\n".join(trailers))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _subject(name: str, parts: Sequence[str]) -> str:
    """Return the subject with as many parts as fit."""
    for count in range(len(parts), 0, -1):
        subject = f"{name}: {'; '.join(parts[:count])}{'; …' if count < len(parts) else ''}"
        if display_width(subject) <= _SUBJECT:
            return subject
    return f"{name}: {parts[0]}"


def commit_name(difference: Difference) -> str:
    """Return a customer's name for a commit message."""
    return lasting_name(difference.name, difference.id, str(difference.data.get("type")))


def lasting_name(name: str, id_: str, type_: str) -> str:
    """Return a name that may stay in git's history for ever: the id if the customer may be a person."""
    return " ".join(name.split()) if type_ in _NAMED else id_


def summary(difference: Difference, say: Words) -> tuple[str, ...]:
    """Return the changes in short parts: `status lead → prospect`, `+1 interaction (phone)`."""
    if difference.kind != "changed":
        kinds = {"added": _("new"), "removed": _("removed"), "renamed": _("moved"), "text-only": _("text only")}
        return (kinds[difference.kind],)
    plain = [change for change in difference.expanded if not (len(change.path) == 2 and _is_whole_item(change))]
    counted = [change for change in difference.expanded if len(change.path) == 2 and _is_whole_item(change)]
    return (*dict.fromkeys(_value(change, difference, say) for change in plain), *_counts(counted, say))


def _is_whole_item(change: Change) -> bool:
    """Whether a list item was added or removed."""
    return isinstance(change.path[1], Item) and change.kind in ("added", "removed")


def _counts(changes: Iterable[Change], say: Words) -> Iterator[str]:
    """Yield how many list items were added and removed, interactions with their channels."""
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
    """Return how many list items were added, or removed if negative, with their channels."""
    text = f"{count:+} {field_words((key,), say, plural=abs(count) > 1)}"
    named = dict.fromkeys(channels)
    return bracketed(text, _(", ").join(named)) if named else text


def colleague(handle: str, settings: Settings) -> str:
    """Return a colleague's name for a commit message: the handle in English, else the name."""
    return handle if language() == "en" else settings.shown(handle)


def field_words(keys: Sequence[str], say: Words, *, plural: bool = False) -> str:
    """Return a field's name for a commit message: its keys in English, else its labels."""
    if language() == "en":
        return " ".join([keys[0] if plural else singular(keys[0]), *keys[1:]])
    field: Field | None = say.schema.root
    names = []
    for key in keys:
        field = (field.item or field).child(key) if field else None
        names.append(labels.key_label(field, key))
    return " ".join(names)


def choice_words(value: str, at: str, say: Words) -> str:
    """Return a choice for a commit message: the value in English, else its label."""
    return value if language() == "en" else labels.choice_label(say.schema.at(at), value)


def _value(change: Change, difference: Difference, say: Words) -> str:
    """Return one change: old and new for a choice, colleague or date; for other values only that they changed."""
    keys = [step for step in change.path if isinstance(step, str)]
    if keys == ["interactions", "next", "done"] and change.kind == "added":
        return _("next step done")
    name = field_words(keys, say, plural=not any(isinstance(step, Item) for step in change.path))
    if change.kind == "removed":
        return _("{field} removed").format(field=name)
    if change.kind == "moved" or not _may_show(change, difference, say):
        return (_("{field} changed") if change.before else _("{field} added")).format(field=name)
    before, after = (choice_words(str(value), pointer(change.path), say) for value in (change.before, change.after))
    return f"{name} {after}" if change.kind == "added" else f"{name} {before} → {after}"


def _may_show(change: Change, difference: Difference, say: Words) -> bool:
    field = say.schema.at(pointer(change.path))
    if field is None or say.schema.sensitive(pointer(change.path)):
        return False
    # A team's own field may hold a date of birth without being marked as sensitive.
    person = difference.data.get("type") == "person" and field.kind == "date" and change.path[0] in ("person", "custom")
    known = bool(field.choices) or bool(field.mark("x-handle")) or field.kind == "date"
    here = value_at(difference.data, change.path, new=True) if change.kind != "removed" else change.before
    return known and not person and isinstance(here, str)


def singular(key: str) -> str:
    """Return the singular of a list's key: `interaction`, `opportunity`, `address`."""
    for end, one in (("ies", "y"), ("iases", "ias"), ("sses", "ss"), ("ss", "ss"), ("s", "")):
        if key.endswith(end):
            return key.removesuffix(end) + one
    return key
