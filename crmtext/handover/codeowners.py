"""The `CODEOWNERS` file, by which a forge asks the owner of a record to review its changes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from crmtext.i18n import _

if TYPE_CHECKING:
    from crmtext.model import Customer
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot


def codeowners(snapshot: Snapshot, prefix: str = "") -> str:
    """Return `CODEOWNERS`: a line for each folder whose records all have one owner, else for each record.

    Forges know colleagues by their address on the team list. Without one, or after a colleague left, the line is a
    comment.
    """
    folders: dict[str, list[Customer]] = defaultdict(list)
    for customer in snapshot.customers:
        folders[customer.path.rpartition("/")[0]].append(customer)
    below = {folder for folder in folders if any(other.startswith(folder + "/") for other in folders)}
    lines = [f"# {_('written by crmtext handover --codeowners; do not edit')}"]
    for folder in sorted(folders):
        owners = {customer.owner for customer in folders[folder]}
        if len(owners) == 1 and folder not in below:
            lines.append(_line(f"/{prefix}{folder}/", owners.pop(), snapshot.settings))
        else:
            customers = sorted(folders[folder], key=lambda customer: customer.path)
            lines += [_line(f"/{prefix}{customer.path}", customer.owner, snapshot.settings) for customer in customers]
    return "".join(f"{line}\n" for line in lines)


def _line(path: str, owner: str, settings: Settings) -> str:
    # A space would end the pattern, and some signs have a meaning in it.
    escaped = "".join(f"\\{sign}" if sign in " #*?[]!\\" else sign for sign in path)
    member = settings.team.get(owner)
    if member is None or not member.active or not member.emails:
        return f"# {escaped} {owner}"
    return f"{escaped} {member.emails[0]}"
