"""Examine the signatures of the last commits: whether they have one, not whether it is good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git.plumbing import head, run
from crmtext.git.reading import objects
from crmtext.i18n import _, plural
from crmtext.setup.doctor.finding import Finding, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.setup.doctor.patient import Patient

_NAME = "signatures"
#: How many commits are looked at, and how much of each: the header comes first.
_COMMITS, _BYTES = 100, 1 << 20


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield how many of the last commits have no signature."""
    repo = patient.repository
    if repo is None:
        return
    start = head(repo)
    if start is None:
        yield Finding(_NAME, State.FINE, _("no commit yet"))
        return
    ids = run(repo, "rev-list", f"--max-count={_COMMITS}", "--end-of-options", start).decode().split()
    headers = [stored.data.partition(b"\n\n")[0] for stored in objects(repo, ids, _BYTES)]
    unsigned = sum(b"\ngpgsig" not in header for header in headers)
    if not unsigned:
        message = plural("the last commit is signed", "the last {n} commits are signed", len(ids))
        yield Finding(_NAME, State.FINE, message)
        return
    message = plural(
        "{n} of the last {all} commits is not signed", "{n} of the last {all} commits are not signed", unsigned,
        all=str(len(ids)),
    )  # fmt: skip
    access = patient.settings.access if patient.settings else None
    required = access is not None and access.identity == "signed"
    pairs = ("gpg.format ssh", "user.signingKey ~/.ssh/id_ed25519.pub", "commit.gpgSign true")
    fix = " && ".join(f"git config {pair}" for pair in pairs)
    yield Finding(_NAME, State.ERROR if required else State.WARNING, message, fix)
