"""Commit messages of the sample's history."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from crmtext.diff.message import choice_words, colleague, counted, field_words
from crmtext.i18n import _, language, plural
from crmtext.wording import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmtext.diff.words import Words
    from crmtext.schema import Field
    from crmtext.setup.sample.steps import Move, Record


def importing(count: int) -> str:
    """Return the message of the first import."""
    subject = plural("import: {n} customer from the old list", "import: {n} customers from the old list", count)
    return f"{subject}\n\nCrm-Action: import\n"


def adding(group: Iterable[Move], data: Mapping[str, Record]) -> str:
    """Return the message for new customers."""
    return _written([(path, _("new customer")) for path in _paths(group)], data, "add")


def handing_over(group: Iterable[Move], data: Mapping[str, Record], say: Words) -> str:
    """Return the message of a handover, with both colleagues and every customer."""
    paths = _paths(group)
    first = next(iter(group))
    source, target = dict(first.was)["/owner"], data[first.path]["owner"]
    lines = "".join(f"- {_name(data[path])}\n" for path in paths)
    subject = _("handover {giver} → {taker}: {customers}").format(
        giver=colleague(str(source), say.settings),
        taker=colleague(target, say.settings),
        customers=plural("{n} customer", "{n} customers", len(paths)),
    )
    return f"{subject}\n\n{lines}\n" + _trailers(paths, data, "handover")


def daily(group: Iterable[Move], data: Mapping[str, Record], say: Words) -> str:
    """Return the message for a colleague's day: the changes by customer."""
    changes: defaultdict[str, list[Move]] = defaultdict(list)
    for move in group:
        changes[move.path].append(move)
    lines = [(path, "; ".join(_parts(changes[path], say))) for path in sorted(changes)]
    return _written(lines, data, "log" if any(move.kind == "interactions" for move in group) else "set")


def _written(lines: list[tuple[str, str]], data: Mapping[str, Record], action: str) -> str:
    sentences = [f"{_name(data[path])}: {what}" for path, what in lines]
    count = plural("{n} customer", "{n} customers", len(sentences))
    subject = (
        sentences[0] if len(sentences) == 1 else f"{count}: {', '.join(_name(data[path]) for path, _what in lines)}"
    )
    body = "" if len(sentences) == 1 else "".join(f"- {line}\n" for line in sentences) + "\n"
    return f"{subject}\n\n{body}" + _trailers([path for path, _what in lines], data, action)


def in_words(part: str, say: Words) -> str:
    """Return a part of a change in `history.toml` in the language in use."""
    name, _space, values = part.partition(" ")
    if name.startswith("+"):
        return counted(int(name), values, (), say)
    keys = name.split("/")
    field = labels.find(say.schema, *keys)
    # English has field names as words: `need expected by`, `case open → pending`.
    label = field_words(keys, say, plural=len(keys) == 1 and not (field and field.item)).replace("_", " ")
    return f"{label} {' → '.join(_value(value, field) for value in values.split(' → '))}"


def _value(value: str, field: Field | None) -> str:
    """The label of a value of the field, or of a list's field with this choice."""
    inner = field.item.children if field and field.item else ()
    known = (
        choice for candidate in (field, *inner) if candidate for choice in candidate.choices if choice.value == value
    )
    match = next(known, None)
    return match.label if match and language() != "en" else value


def _parts(changes: Iterable[Move], say: Words) -> Iterator[str]:
    """The status, then other changed values, then the number of new entries."""
    new: defaultdict[str, list[str]] = defaultdict(list)
    for move in sorted(changes, key=lambda move: "/status" not in dict(move.was)):
        if move.kind:
            new[move.kind].append(move.says)
        else:
            yield move.says
    for kind, says in new.items():
        channels = [choice_words(channel, f"/{kind}/0/channel", say) for channel in says if channel]
        yield counted(len(says), kind, channels, say)


def _paths(group: Iterable[Move]) -> list[str]:
    return sorted({move.path for move in group})


def _name(record: Record) -> str:
    """The customer's name in a commit; a person only by id, as git's history is permanent."""
    return str(record["id"] if record["type"] == "person" else record.get("short_name", record["name"]))


def _trailers(paths: Iterable[str], data: Mapping[str, Record], action: str) -> str:
    return "".join(f"Crm-Customer: {data[path]['id']}\n" for path in paths) + f"Crm-Action: {action}\n"
