"""The file by which a forge asks the right colleague to review: who owns which record, or which folder."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.model import Customer
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot


def codeowners(snapshot: Snapshot, prefix: str = "") -> str:
    """`CODEOWNERS`: a line for each folder whose records all have one owner, else for each record.

    Forges know colleagues by the address of the team list; who has none there, or has left, stands in a comment.
    """
    folders: dict[str, list[Customer]] = defaultdict(list)
    for customer in snapshot.customers:
        folders[customer.path.rpartition("/")[0]].append(customer)
    below = {folder for folder in folders if any(other.startswith(folder + "/") for other in folders)}
    lines = [f"# {_('written by crmtext handover --codeowners; do not edit')}"]
    for folder in sorted(folders):
        owners = {each.owner for each in folders[folder]}
        if len(owners) == 1 and folder not in below:
            lines.append(_line(f"/{prefix}{folder}/", owners.pop(), snapshot.settings))
        else:
            lines += _records(folders[folder], prefix, snapshot.settings)
    return "".join(f"{line}\n" for line in lines)


def _records(customers: Iterable[Customer], prefix: str, settings: Settings) -> list[str]:
    return [
        _line(f"/{prefix}{each.path}", each.owner, settings) for each in sorted(customers, key=lambda one: one.path)
    ]


def _line(path: str, owner: str, settings: Settings) -> str:
    # A blank ends a pattern, and these begin or are one.
    escaped = "".join(f"\\{sign}" if sign in " #*?[]!\\" else sign for sign in path)
    member = settings.team.get(owner)
    if member is None or not member.active or not member.emails:
        return f"# {escaped} {owner}"
    return f"{escaped} {member.emails[0]}"
