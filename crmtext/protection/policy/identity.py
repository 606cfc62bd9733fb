"""The member whose rights count for each commit, by the `identity` of the policy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.signatures import committers, signed_by
from crmtext.i18n import _
from crmtext.problem import Problem
from crmtext.protection.policy.rights import is_active
from crmtext.terminal.width import printable
from crmtext.values import ssh_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmtext.git.plumbing import Repository
    from crmtext.git.signatures import Committer
    from crmtext.protection.policy.rights import Policy
    from crmtext.settings import Member

#: The variables by which servers name who pushes: by our own hooks, GitLab, Gitolite, and git over HTTP.
PUSHER = ("CRMTEXT_USER", "GL_USER", "GL_USERNAME", "REMOTE_USER")

TRUST, BY_PUSHER, SIGNED = "trust", "pusher", "signed"


class Actor(NamedTuple):
    """The member who made a commit, or the problem that nobody on the team did."""

    member: Member | None
    problem: Problem | None = None


def named_pusher(environ: Mapping[str, str] = os.environ) -> str:
    """Return the handle or address of the pusher that the server names; empty if it names none."""
    return next((name for key in PUSHER if (name := environ.get(key, "").strip())), "")


def pusher_problem(policy: Policy, pusher: str) -> Problem | None:
    """Return why the commits of a push have no actor: the policy needs a pusher, and nobody on the team pushes."""
    if policy.access is None or policy.access.identity != BY_PUSHER or _pushing(policy, pusher):
        return None
    if not pusher:
        message = _("[access] identity is 'pusher', but nothing names who pushes")
        names = _(", ").join(PUSHER)
        hint = _("run the check where the server sets one of {names}, or use another identity").format(names=names)
        return Problem("access-identity", message, hint=hint)
    message = _("{name} is not an active member of the team").format(name=printable(pusher))
    return Problem("access-identity", message, hint=_("a lead adds you to [team] in crmtext.toml"))


def actors(policy: Policy, repo: Repository, commits: Iterable[str], pusher: str = "") -> dict[str, Actor]:
    """Return who made each commit. All are read by one git process, signatures by another one."""
    if policy.access is None:
        return dict.fromkeys(commits, Actor(None))
    read = committers(repo, commits)
    members = {commit: _member(policy, committer) for commit, committer in read.items()}
    if policy.access.identity == TRUST:
        return {
            commit: Actor(member) if member else Actor(None, _unknown(read[commit]))
            for commit, member in members.items()
        }
    good = _well_signed(policy, repo, read, members)
    if policy.access.identity == BY_PUSHER:
        pushing = _pushing(policy, pusher)
        return {
            commit: Actor(member if commit in good else pushing, None if pushing else pusher_problem(policy, pusher))
            for commit, member in members.items()
        }
    return {
        commit: Actor(member) if commit in good else Actor(None, _unsigned(read[commit], member))
        for commit, member in members.items()
    }


def _member(policy: Policy, committer: Committer) -> Member | None:
    """The member who committed; of a merge on a forge's web page, the one who clicked."""
    by_forge = policy.access is not None and committer.address.casefold() in map(str.casefold, policy.access.forge)
    return policy.member(committer.author if by_forge else committer.address)


def _pushing(policy: Policy, pusher: str) -> Member | None:
    member = policy.settings.team.get(pusher)
    return (member if is_active(member) else None) if member else policy.member(pusher)


def _well_signed(
    policy: Policy, repo: Repository, read: Mapping[str, Committer], members: Mapping[str, Member | None]
) -> frozenset[str]:
    """The commits with a good signature by a key of their committer."""
    keys = {member.handle: _keys(member) for member in policy.settings.team.values() if is_active(member)}
    wanted = [commit for commit, member in members.items() if member and read[commit].signed and keys[member.handle]]
    every = {key.text for known in keys.values() for key in known.values()}
    signers = signed_by(repo, wanted, sorted(every))
    return frozenset(
        commit for commit, signer in signers.items() if (member := members[commit]) and signer in keys[member.handle]
    )


def _keys(member: Member) -> dict[str, ssh_keys.PublicKey]:
    """The member's signing keys by their fingerprints."""
    return {key.fingerprint: key for text in member.signing if (key := ssh_keys.parse(text))}


def _unknown(committer: Committer) -> Problem:
    address = printable(committer.address) or _("nobody")
    message = _("the committer {address} is not an active member of the team").format(address=address)
    hint = _(
        "commit with an address of [team]: git config user.email; then git commit --amend --no-edit --reset-author"
    )
    return Problem("access-identity", message, hint=hint)


def _unsigned(committer: Committer, member: Member | None) -> Problem:
    if member is None:
        return _unknown(committer)
    if not member.signing:
        message = _("{name} has no public key for signing on the team list of main").format(name=member.shown)
        hint = _('a lead adds it to [team.{handle}]: signing = "ssh-ed25519 …"').format(handle=member.handle)
    elif committer.signed:
        message = _("the signature is not by a public key of {name}").format(name=member.shown)
        hint = _("sign with your key on the team list: git config user.signingKey FILE")
    else:
        message = _("the commit is not signed by {name}").format(name=member.shown)
        hint = _("sign it: git commit --amend --no-edit -S")
    return Problem("access-identity", message, hint=hint)
