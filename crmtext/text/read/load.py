"""The loader: bytes to data, by the quickest reader that can be sure, with every refusal explained."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from crmtext import quick
from crmtext.i18n import _
from crmtext.problem import Place, Problem, Severity
from crmtext.text import secret_numbers
from crmtext.text.document import Document
from crmtext.text.explain import characters, conflict_markers
from crmtext.text.explain.prefilter import may_contain
from crmtext.text.read import fast_loader
from crmtext.text.size import MAX_BYTES, too_large

if TYPE_CHECKING:
    from typing import Any

#: No more problems of one sort are looked into: each costs a search through the text.
_MOST = 200


def parse(raw: bytes | Problem, path: str = "", *, limit: int = MAX_BYTES) -> Document:
    """The document of a file's bytes, or of why it was not read; `data` is None if nothing can be read."""
    if isinstance(raw, Problem):
        return Document(path, "", None, (raw,))
    if len(raw) > limit:
        return Document(path, "", None, (too_large(path, len(raw), limit),))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return Document(path, "", None, (characters.not_utf8(raw, path, error),))
    return parse_text(text, path)


def peek(found: bytes | Problem, path: str) -> Document:
    """As `parse`, without the problems of what can be read all the same: quicker, for those who only compare."""
    if isinstance(found, bytes) and len(found) <= MAX_BYTES:
        text = found.decode("utf-8", errors="replace")
        # A character that stands for bytes of another encoding is not usual.
        if characters.are_usual(text) and (data := _plain(text)) is not None:
            return Document(path, text, data)
    return parse(found, path)


def parse_text(text: str, path: str = "") -> Document:
    """As `parse`, for text already decoded."""
    usual = characters.are_usual(text)
    found = [] if usual else [*islice(characters.in_text(text, path), _MOST)]
    found += islice(conflict_markers.markers(text, path), _MOST)
    if any(problem.severity is Severity.ERROR for problem in found):
        return Document(path, text, None, tuple(found))
    if (plain := _plain(text)) is not None:
        return _finished(Document(path, text, plain), found, usual=usual)
    # Only now: libyaml takes longer to load than a dozen records of the everyday kind to read.
    from crmtext.text.read import strict_loader

    reader = strict_loader.Reader(text, path)
    data = reader.read()
    found += reader.problems
    if reader.fatal:
        return Document(path, text, None, tuple(found))
    return _finished(Document(path, text, data), found, usual=usual, bad_keys=reader.bad_keys, hollow=reader.hollow)


def _plain(text: str) -> dict[str, Any] | None:
    """The data of a text of the everyday kind; None of another one."""
    return fast_loader.read(text) if quick.on("loader") else None


def _finished(
    document: Document, found: list[Problem], *, usual: bool, bad_keys: bool = False, hollow: bool = False
) -> Document:
    if not isinstance(document.data, dict):
        return Document(document.path, document.text, None, (*found, _not_a_map(document)))
    if bad_keys:
        from crmtext.text.read import keys

        found += islice(keys.wrong(document), _MOST)
        if any(problem.rule == "merge-key" for problem in found):
            # What stands beside one is meant to be put together otherwise: nothing true can be said of it.
            return Document(document.path, document.text, None, tuple(found))
    if not usual or "\\" in document.text:
        found += islice(characters.in_values(document), _MOST)
    forbidden = tuple(islice(secret_numbers.forbidden(document), _MOST))
    # A key with no value may be what a comma left of a sentence.
    if hollow or may_contain(document.text):
        from crmtext.text.explain import lookalikes

        # What else is wrong in the line of such a number waits: its message would quote it.
        hidden = {problem.place.line for problem in forbidden}
        found += islice((slip for slip in lookalikes.find(document) if slip.place.line not in hidden), _MOST)
    found += forbidden
    # A new one: what was found out about positions on the way weighs ten times what the data does.
    return Document(document.path, document.text, document.data, tuple(found))


def _not_a_map(document: Document) -> Problem:
    place = Place(document.path, 1, 1, 1, 1)
    if document.data is None:
        return Problem("empty-file", _("the file is empty"), place, _("begin with 'id:', or delete the file"))
    message = _("a record must begin with a field such as 'id:', not with a list or a single word")
    return Problem("not-a-map", message, place, _("use 'field: value' lines"), excerpt=document.excerpt(place))
