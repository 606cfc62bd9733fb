"""Write the disclosure of a role's view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git.plumbing import head
from crmtext.i18n import _
from crmtext.layout import PRIVACY, SETTINGS
from crmtext.protection import disclose, exporting
from crmtext.protection.view.disclosed import KIND, customers
from crmtext.record.commit_edits import uncommitted
from crmtext.terminal.quoting import quoted

if TYPE_CHECKING:
    from crmtext.settings.access import Role
    from crmtext.store import Store


def write(store: Store, name: str, role: Role, purpose: str, basis: str = "") -> list[str]:
    """Write the disclosure of what a role may see by the settings on the disk, and return lines about it for the user.

    Beside an uncommitted change of the settings it isn't committed: the two belong into one commit.
    """
    repo = store.git()
    given = exporting.Given(KIND, name, purpose, basis)
    new = exporting.disclosure(store, given, fields=role.see)._replace(
        customers=None, where=customers(role), commit=head(repo) or ""
    )
    changed = repo.prefix + SETTINGS in uncommitted(repo)
    lines = disclose.write(store, new, commit=False if changed else None)
    if changed:
        message = quoted(f"access: {name}")
        line = f"git add {SETTINGS} {PRIVACY} && git commit -m {message}"
        lines.append(_("commit it with your change of the settings: {command}").format(command=line))
    return lines
