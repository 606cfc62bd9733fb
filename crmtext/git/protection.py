"""The reason why a server rejects a push: a protected branch, or something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Ignored parts of a line: addresses, whose words are names, and its prefix.
_ASIDE = lazy.pattern(r"https?://\S+|^\W*(error|fatal|gl-hook-err)\b\W*", re.IGNORECASE)
#: Messages of forges and crmtext's own hook about the commits themselves: another branch would not help.
_ABOUT_COMMITS = lazy.pattern(
    r"\[[a-z0-9-]+\]$|\b(errors?|invalid|wrong)\b|\brecords?\b|\bfiles?\b|\.ya?ml\b|secret|signature|\b(un)?signed\b"
    r"|\bvalid|\bschema\b|\bfix\b|\bchecks? failed\b|sensitive|personal data|\bid (number|card)"
    r"|unverified|e-?mail|large|force[- ]?push|commit message|\b(authors?|committers?)\b|resident|\bcards?\b"
    r"|身份证|银行卡|不合规|无效",
    re.IGNORECASE,
)
#: Errors of the access rights, which the same commits meet again.
_ABOUT_RIGHTS = lazy.pattern(r"\[(write-policy|access-identity)\]$")
#: Not only exact messages: GitHub lists the rules that apply, and a team's own hook has its own wording.
_ABOUT_BRANCH = (
    r"\b(protected|locked)\b.*\b(branch(es)?|ref|{branch})\b|\b(branch|{branch})\b.*\b(protected|locked|read-?only)\b"
    r"|\b(pull|merge) requests?\b|\bmerge queue\b|\bstatus checks?\b|\bapproving reviews?\b"
    r"|\b(direct|manual)(ly)? (push|commit)|\bpush(es|ing)?\b.* directly\b"
    r"|^(?=.*\bpush)(?=.*\b(not|no|only|never|cannot|can't|don't|forbidden|denied|disabled|restricted)\b)"
    r".*\b(this branch|{branch})\b"
    r"|受保护|保护分支|(禁止|不允许|不能|无权).*推送|推送.*(禁止|不允许|无权限)"
)


def is_protection(lines: Iterable[str], branch: str) -> bool:
    """Whether these lines of a server say that the branch is protected, and nothing about the commits."""
    text = tuple(lines)
    about_branch = re.compile(_ABOUT_BRANCH.format(branch=re.escape(branch)), re.IGNORECASE)
    return any(about_branch.search(_ASIDE.sub("", line)) for line in text) and not against_commits(text)


def against_commits(lines: Iterable[str]) -> bool:
    """Whether a line rejects the commits themselves, which any other branch would reject too."""
    return any(_ABOUT_COMMITS.search(_ASIDE.sub("", line).strip()) for line in lines)


def broken_rights(lines: Iterable[str]) -> frozenset[str]:
    """Return the rules of access rights by which these lines of a server reject the commits."""
    matches = (_ABOUT_RIGHTS.search(line.strip()) for line in lines)
    return frozenset(match[1] for match in matches if match)
