"""Examine the remotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git.config import lies_inside, remotes
from crmtext.i18n import _
from crmtext.setup.doctor.finding import Finding, State
from crmtext.terminal.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.setup.doctor.patient import Patient

#: Unencrypted protocols.
_OPEN = ("http://", "git://", "ftp://")


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield a warning for each remote that is unencrypted or inside this clone."""
    if patient.repository is None:
        return
    addresses, inside = remotes(patient.repository), False
    for name, url in addresses:
        scheme = next((prefix for prefix in _OPEN if url.casefold().startswith(prefix)), "")
        if scheme:
            message = _("{name}: customer data is sent unencrypted over {scheme}").format(name=name, scheme=scheme)
            safe = "https://" + url[len(scheme) :]
            fix = f"git remote set-url {quoted(name)} {quoted(safe)}"
            yield Finding("remotes", State.WARNING, message, fix)
        elif lies_inside(patient.repository, url):
            message = _("the remote '{remote}' is inside this clone: {address}")
            fix = _("set the address of the shared repository: git remote set-url {remote} URL").format(
                remote=quoted(name)
            )
            yield Finding("remotes", State.WARNING, message.format(remote=name, address=url), fix)
            inside = True
    if not inside and not any(url.casefold().startswith(_OPEN) for _name, url in addresses):
        names = ", ".join(dict.fromkeys(name for name, _url in addresses))
        yield Finding("remotes", State.FINE, names or _("none"))
