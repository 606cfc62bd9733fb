"""Examine lines with a comment that allows a number which looks like an ID or card number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.disk import safe_read
from crmtext.git.failure import failed
from crmtext.git.plumbing import attempt
from crmtext.git.reading import changed_on_disk
from crmtext.i18n import _
from crmtext.setup.doctor.finding import Finding, State
from crmtext.sources import WorkTree
from crmtext.text import not_a_card
from crmtext.text.secret_numbers import masked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.git.plumbing import Repository
    from crmtext.setup.doctor.patient import Patient
    from crmtext.store import Store

#: The size limit of a changed file.
_LARGEST = 32 * 1024 * 1024
#: Git searches the committed files, also binary ones, without running a textconv.
_GREP = (
    "grep",
    "--cached",
    "--no-color",
    "--no-textconv",
    "--text",
    "--fixed-strings",
    "--line-number",
    "--null",
    "-e",
)


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield a finding for each line with such a comment, in records and other files."""
    if patient.store is None:
        return
    lines = sorted({*_lines(patient.store, patient.repository)})
    for path, line, text in lines:
        for comment in not_a_card.comments(text):
            place = masked(f"{path}:{line}")
            if comment.reason:
                message = _("{place} is allowed (not an ID or card number): {reason}")
                reason = masked(comment.reason)
                yield Finding("let_through", State.FINE, message.format(place=place, reason=reason))
            else:
                message = _("{place} is allowed without a reason").format(place=place)
                hint = _("add the reason: # crmtext: not-a-card REASON")
                yield Finding("let_through", State.WARNING, message, hint)
    if not lines:
        yield Finding("let_through", State.FINE, _("none"))


def _lines(store: Store, repo: Repository | None) -> Iterator[tuple[str, int, str]]:
    """Path in the store, number and text of each line with such a comment."""
    if repo is None:
        for path, content in WorkTree(store.root).records():
            yield from _of_file(path, content)
        return
    changed = {path.removeprefix(repo.prefix) for path in changed_on_disk(repo, repo.prefix)}
    for path in changed:
        yield from _of_file(path, safe_read.read(store.root, path, _LARGEST))
    code, output, words = attempt(repo, *_GREP, not_a_card.NAME, "--", *filter(None, [repo.prefix.rstrip("/")]))
    if code > 1:
        raise failed("grep", words)
    for written in output.decode(errors="replace").split("\n")[:-1]:
        path, number, text = written.split("\0", 2)
        if (inner := path.removeprefix(repo.prefix)) not in changed:
            yield inner, int(number), text


def _of_file(path: str, content: object) -> Iterator[tuple[str, int, str]]:
    if isinstance(content, bytes):
        text = content.decode(errors="replace")
        lines = text.split("\n") if not_a_card.NAME in text else []
        yield from ((path, number, line) for number, line in enumerate(lines, 1) if not_a_card.NAME in line)
