"""Comments that ignore a warning: the warnings they cover, and mistakes in them."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.problem import Problem, Severity
from crmtext.text.document import place_at
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document
    from crmtext.text.tree import Node

SCOPE = Scope.RECORD

_COMMENT = lazy.pattern(r"(?:^|(?<=[ \t]))#[ \t]*crmtext:[ \t]*ignore\b[ \t]*(\S*)[ \t]*(.*)$", re.MULTILINE)

#: The limit for one record: each comment costs a search for its place.
_MOST = 200


class Comment(NamedTuple):
    """A comment that ignores warnings of a rule: on its own line or, if it stands alone, on the next one."""

    rule: str
    reason: str
    line: int
    start: int
    end: int


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report comments without a rule, with an unknown rule, or without a reason."""
    for customer in snapshot.customers:
        for comment in islice(comments(customer.document), _MOST):
            if fault := _wrong(comment, snapshot):
                place = place_at(customer.path, customer.document.text, comment.start, comment.end)
                message, hint = fault
                excerpt = customer.document.excerpt(place)
                yield Problem("ignore-comment", message, place, hint, excerpt=excerpt)


def _wrong(comment: Comment, snapshot: Snapshot) -> tuple[str, str] | None:
    from crmtext.checks.pages import misnamed

    if not comment.rule:
        return _("the comment has no rule to ignore"), _("use the form: # crmtext: ignore RULE REASON")
    for name, hint in misnamed((comment.rule,), snapshot.schema):
        return _("unknown rule '{name}'").format(name=name), hint
    if not comment.reason:
        message = _("the comment gives no reason to ignore '{name}'").format(name=comment.rule)
        return message, _("add the reason after the rule")
    return None


def without(snapshot: Snapshot, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems without the warnings that a comment with a reason ignores."""
    ignored = {
        (customer.path, comment.line, comment.rule)
        for customer in snapshot.customers
        for comment in comments(customer.document)
        if comment.reason
    }
    return tuple(
        problem
        for problem in problems
        if problem.severity is Severity.ERROR or (problem.place.path, problem.place.line, problem.rule) not in ignored
    )


def comments(document: Document) -> Iterator[Comment]:
    """The comments of a record that ignore a rule."""
    text = document.text
    if "crmtext:" not in text:
        return
    lines = text.split("\n")
    # From below: for each line, the line that a comment standing alone there covers.
    about = [len(lines)] * (len(lines) + 1)
    for number in range(len(lines) - 1, 0, -1):
        about[number] = about[number + 1] if lines[number - 1].lstrip(" \t")[:1] in ("#", "") else number
    number = at = 0
    for match in _COMMENT.finditer(text):
        number += text.count("\n", at, match.start())
        at = match.start()
        if not _in_text(document.root, at):
            yield Comment(match[1], match[2].strip(), about[number + 1], at, match.end())


def _in_text(root: Node | None, offset: int) -> bool:
    """Whether a place is inside a value, such as a note that quotes a comment."""
    ahead = [root] if root else []
    while ahead:
        node = ahead.pop()
        if node.start <= offset < node.end:
            if node.kind == "scalar":
                return True
            # Children are sorted: only the last one that begins before the place can contain it.
            after = bisect_right(node.children, offset, key=lambda child: child.start)
            ahead += node.children[max(after - 1, 0) : after]
    return False
