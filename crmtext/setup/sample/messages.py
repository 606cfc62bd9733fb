"""The commit messages of the sample's history."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmtext.setup.sample.steps import Move, Record


def importing(count: int) -> str:
    """The message of the first import."""
    return f"import: {count} customers from the old list\n\nCrm-Action: import\n"


def adding(group: Iterable[Move], data: Mapping[str, Record]) -> str:
    """The message for new customers."""
    return _written([(path, "new customer") for path in _paths(group)], data, "add")


def handing_over(group: Iterable[Move], data: Mapping[str, Record]) -> str:
    """The message of a handover: from whom to whom, and every customer."""
    paths = _paths(group)
    first = next(iter(group))
    source, target = dict(first.was)["/owner"], data[first.path]["owner"]
    lines = "".join(f"- {_name(data[path])}\n" for path in paths)
    return f"handover {source} → {target}: {len(paths)} customers\n\n{lines}\n" + _trailers(paths, data, "handover")


def told(group: Iterable[Move], data: Mapping[str, Record]) -> str:
    """The message for a colleague's day: what changed, customer by customer."""
    changes: defaultdict[str, list[Move]] = defaultdict(list)
    for move in group:
        changes[move.path].append(move)
    lines = [(path, "; ".join(_parts(changes[path]))) for path in sorted(changes)]
    return _written(lines, data, "log" if any(move.kind == "interaction" for move in group) else "set")


def _written(lines: list[tuple[str, str]], data: Mapping[str, Record], action: str) -> str:
    said = [f"{_name(data[path])}: {what}" for path, what in lines]
    subject = (
        said[0] if len(said) == 1 else f"{len(said)} customers: {', '.join(_name(data[path]) for path, _ in lines)}"
    )
    body = "" if len(said) == 1 else "".join(f"- {line}\n" for line in said) + "\n"
    return f"{subject}\n\n{body}" + _trailers([path for path, _ in lines], data, action)


def _parts(changes: Iterable[Move]) -> Iterator[str]:
    """The status first, other changes of values, then what was added, counted."""
    new: defaultdict[str, list[str]] = defaultdict(list)
    for move in sorted(changes, key=lambda move: not move.says.startswith("status")):
        if move.kind:
            new[move.kind].append(move.says)
        else:
            yield move.says
    for kind, says in new.items():
        plural = "s" if len(says) > 1 and kind != "feedback" else ""
        yield f"+{len(says)} {kind}{plural}" + (f" ({', '.join(says)})" if any(says) else "")


def _paths(group: Iterable[Move]) -> list[str]:
    return sorted({move.path for move in group})


def _name(record: Record) -> str:
    """How a commit names a customer: a person by id only, for git never forgets."""
    return str(record["id"] if record["type"] == "person" else record.get("short_name", record["name"]))


def _trailers(paths: Iterable[str], data: Mapping[str, Record], action: str) -> str:
    return "".join(f"Crm-Customer: {data[path]['id']}\n" for path in paths) + f"Crm-Action: {action}\n"
