"""Resident IDs and bank cards in a commit's message, and in the names of its author and committer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext.git.plumbing import ask
from crmtext.i18n import _
from crmtext.problem import Place, Problem
from crmtext.text.secret_numbers import in_prose
from crmtext.values import lazy

if TYPE_CHECKING:
    from crmtext.git.plumbing import Repository

#: The time that git writes after a person: seconds and zone.
_MOMENT = lazy.pattern(r" -?[0-9]+ [+-][0-9]{4}\Z")
_SCISSORS = lazy.pattern(r"^\S+ -+ >8 -+$", re.MULTILINE)


def draft_errors(text: str) -> tuple[Problem, ...]:
    """The errors of a commit message as an editor leaves it.

    Lines below the scissors of `git commit -v` are ignored. Comments are checked: `git commit -m` keeps them.
    """
    return message_errors(_SCISSORS.split(text, maxsplit=1)[0])


def message_errors(text: str) -> tuple[Problem, ...]:
    """The errors of a commit's message: numbers that must not enter the history."""
    return tuple(
        Problem(rule, reason, Place(_("the commit message")), _("rephrase it; git's history keeps it"))
        for rule, reason in in_prose(text)
    )


def identity_errors(repo: Repository) -> tuple[Problem, ...]:
    """The errors of the names and addresses that git would write into a commit now."""
    author, committer = (ask(repo, "var", f"GIT_{role}_IDENT") or "" for role in ("AUTHOR", "COMMITTER"))
    return (
        *person_errors(_("the author of the commit"), author),
        *person_errors(_("the committer of the commit"), committer),
    )


def person_errors(place: str, written: str) -> tuple[Problem, ...]:
    """The errors of a person's name and address, as git writes them."""
    hint = _("use another name or address: git config user.name, git config user.email")
    return tuple(Problem(rule, reason, Place(place), hint) for rule, reason in in_prose(_MOMENT.sub("", written)))
