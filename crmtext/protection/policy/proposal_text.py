"""A proposal in words: who has to merge it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _, plural
from crmtext.terminal.quoting import quoted
from crmtext.terminal.width import printable
from crmtext.text.secret_numbers import masked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.protection.policy.push import Proposal
    from crmtext.settings import Member

#: The most members that are named.
_MOST = 3


def proposal_text(proposal: Proposal) -> str:
    """Return who has to merge a branch into main."""
    ref = masked(proposal.ref.removeprefix("refs/heads/"))
    what = plural(
        "{n} commit makes changes that its committer may not push to the main branch",
        "{n} commits make changes that their committers may not push to the main branch",
        proposal.commits,
    )
    if proposal.hopeless:
        then = _("some of them can't be merged as they are: crmtext check --access --range main..{ref}").format(ref=ref)
    elif proposal.mergers:
        then = _("ask {names} to merge them: {command}").format(
            names=names(proposal.mergers), command=f"git merge --no-ff {quoted(f'origin/{ref}')}"
        )
    else:
        then = _("no single member may make all of them")
    return _("{ref}: {what}").format(ref=ref, what=what) + f"\n  = {then}"


def names(members: Iterable[Member]) -> str:
    """Return the members with their roles, at most three."""
    listed = [
        _("{name} ({role})").format(name=printable(member.shown), role=printable(member.role)) for member in members
    ]
    return _(" or ").join(listed[:_MOST])
