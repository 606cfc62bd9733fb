"""Examine where the store is pushed: unencrypted addresses, and forges that anyone can register with."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crmtext.git.config import remotes
from crmtext.i18n import _
from crmtext.setup.doctor.finding import Finding, State
from crmtext.terminal.quoting import quoted
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.setup.doctor.patient import Patient

_NAME = "addresses"
#: Protocols that encrypt, and those that stay on this computer.
_SAFE = frozenset({"ssh", "git+ssh", "ssh+git", "https", "file", ""})
#: `HOST:PATH`, as ssh writes an address; a single letter is a drive.
_SSH = lazy.pattern(r"(?:[^/@:]+@)?([^/:]{2,}|\[[^\]]+\]):(?!//)")
#: Forges with repositories of everyone, and the country that a push sends the data to.
_PUBLIC = {
    "github.com": "US",
    "gitlab.com": "US",
    "bitbucket.org": "US",
    "codeberg.org": "DE",
    "git.sr.ht": "NL",
    "gitee.com": "CN",
    "gitcode.com": "CN",
    "coding.net": "CN",
}


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield a finding for each address that is unencrypted or on a public forge."""
    if patient.repository is None:
        return
    addresses = remotes(patient.repository)
    faults = [finding for name, url in addresses for finding in _of(name, url)]
    yield from faults
    if not faults:
        names = ", ".join(dict.fromkeys(name for name, _url in addresses))
        yield Finding(_NAME, State.FINE, names or _("none"))


def _of(name: str, url: str) -> Iterator[Finding]:
    scheme, host = _parts(url)
    if scheme not in _SAFE:
        message = _("the remote '{remote}' is not encrypted: {scheme}://").format(remote=name, scheme=scheme)
        fix = f"git remote set-url {quoted(name)} {quoted('https' + url[len(scheme) :])}"
        yield Finding(_NAME, State.ERROR, message, fix)
    public = next((forge for forge in _PUBLIC if host == forge or host.endswith(f".{forge}")), "")
    if public:
        message = _("the remote '{remote}' is on {host}, in {country}: a public forge")
        fix = _("check there that the repository is private, and who is a member; abroad, see PRIVACY.md")
        yield Finding(_NAME, State.WARNING, message.format(remote=name, host=public, country=_PUBLIC[public]), fix)


def _parts(url: str) -> tuple[str, str]:
    """The protocol and the host of an address; empty for a path."""
    if "://" in url:
        try:
            split = urlsplit(url)
            return split.scheme.casefold(), (split.hostname or "").casefold()
        except ValueError:
            return url.partition("://")[0].casefold(), ""
    match = _SSH.match(url)
    return ("ssh", match[1].casefold()) if match else ("", "")
