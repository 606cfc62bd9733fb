"""Make the view of a role from a commit: choose, write, say what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext import sources
from crmtext.git.plumbing import head
from crmtext.i18n import _
from crmtext.layout import SETTINGS
from crmtext.problem import cannot, usage
from crmtext.protection import disclosures
from crmtext.protection.view import content, disclosed, folder
from crmtext.protection.view.visible import Visible
from crmtext.sealing.mask import Masking
from crmtext.settings.access import Role
from crmtext.store import When
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from pathlib import Path

    from crmtext.settings import Settings
    from crmtext.store import Store


class Viewed(NamedTuple):
    """A view that was written."""

    role: str
    #: The commit that was read.
    commit: str
    customers: int
    #: The records that are left out because they have errors.
    broken: tuple[str, ...]
    changed: folder.Changed
    #: Whether the commit has a disclosure of what the role may see.
    disclosed: bool


def run(store: Store, role: str, path: Path, at: str = "", *, masked: bool = False) -> Viewed:
    """Write the view of a role into a folder; by default of the current commit. The store stays as it is."""
    repo = store.git()
    if head(repo) is None:
        raise cannot("nothing-committed", _("no commits yet"), "git add . && git commit")
    # Today is the day of the commit, so that the same commit gives the same view.
    snapshot = store.read(When(at=at or "HEAD"))
    rights = rights_of(snapshot.settings, role)
    folder.check(path, store.root, role)
    side = sources.commit(repo, snapshot.read)
    settings = side.file(SETTINGS) or b""
    visible = Visible(snapshot.schema, rights.see)
    masking = Masking(snapshot.schema) if masked else None
    view = content.content(snapshot, settings, role, visible, rights.see_where, masking)
    broken = tuple(document.path for document in snapshot.broken)
    known = disclosed.is_disclosed(role, rights, disclosures.register(store, side).disclosures)
    return Viewed(role, snapshot.read, view.customers, broken, folder.replace(path, view.files), known)


def rights_of(settings: Settings, role: str) -> Role:
    """Return the rights of a role. Without `[access]`, everyone in the team may see everything.

    Raises CrmError for a role that the settings don't know.
    """
    access = settings.access
    known = access.roles if access else {member.role: Role() for member in settings.team.values() if member.role}
    if role in known:
        return known[role]
    message = _("crmtext.toml has no table [access.{role}]") if access else _("nobody on the team has the role {role}")
    roles = _("one of: {values}").format(values=", ".join(sorted(known)) or "–")
    raise usage("unknown-role", message.format(role=role), did_you_mean(nearest(role, known), roles))
