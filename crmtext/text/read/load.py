"""The loader: bytes to data, by the fastest safe reader, with a problem for everything rejected."""

from __future__ import annotations

from functools import lru_cache
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

#: The most problems of one kind: each costs a search through the text.
_MOST = 200
#: Data less deep, shorter keys, and whole numbers below this are read alike by all.
_DEEPEST, _LONG_KEY, _SMALL = 8, 60, 10**15


def parse(raw: bytes | Problem, path: str = "", *, limit: int = MAX_BYTES) -> Document:
    """Return the document of a file's bytes, or of the problem of reading it; `data` is None if unreadable."""
    if isinstance(raw, Problem):
        return Document(path, "", None, (raw,))
    if len(raw) > limit:
        return Document(path, "", None, (too_large(path, len(raw), limit),))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return Document(path, "", None, (characters.not_utf8(raw, path, error),))
    return parse_text(text, path)


def peek(raw: bytes | Problem, path: str) -> Document:
    """Like `parse`, but without the problems of readable text: faster, for comparisons."""
    if isinstance(raw, bytes) and len(raw) <= MAX_BYTES:
        text = raw.decode("utf-8", errors="replace")
        # The replacement character of a wrong encoding isn't a usual one.
        if characters.are_usual(text) and (data := _plain(text)) is not None:
            return Document(path, text, data)
    return parse(raw, path)


def written(text: str, path: str, data: dict[str, Any]) -> Document:
    """Like `parse_text`, for the text that was just made of this data in canonical style: sooner, if the data is plain.

    The writer's own tests show that its text is read as the same data; all else that is looked for in a text is.
    """
    if not (quick.on("written") and _is_plain(data) and characters.are_usual(text)):
        return parse_text(text, path)
    problems = [*islice(conflict_markers.markers(text, path), _MOST)]
    return _finished(Document(path, text, data), problems, usual=True)


def _is_plain(data: dict[str, Any]) -> bool:
    """Whether data has simple names, texts, yes and no and small whole numbers, and isn't deep: all read it alike."""
    level: list[Any] = [data]
    for _depth in range(_DEEPEST):
        below: list[Any] = []
        for value in level:
            if type(value) is dict:
                if not all(map(_is_name, value)):
                    return False
                below += [one for one in value.values() if type(one) is not str]
            elif type(value) is list:
                below += [one for one in value if type(one) is not str]
            elif not (type(value) is bool or (type(value) is int and abs(value) < _SMALL)):
                return False
        if not below:
            return True
        level = below
    return False


@lru_cache(maxsize=1 << 12)
def _is_name(key: str) -> bool:
    return len(key) < _LONG_KEY and key.replace("-", "_").isidentifier()


def parse_text(text: str, path: str = "") -> Document:
    """Like `parse`, for decoded text."""
    usual = characters.are_usual(text)
    problems = [] if usual else [*islice(characters.in_text(text, path), _MOST)]
    problems += islice(conflict_markers.markers(text, path), _MOST)
    if any(problem.severity is Severity.ERROR for problem in problems):
        return Document(path, text, None, tuple(problems))
    if (plain := _plain(text)) is not None:
        return _finished(Document(path, text, plain), problems, usual=usual)
    # Imported only here: loading libyaml takes longer than reading a dozen simple records.
    from crmtext.text.read import strict_loader

    reader = strict_loader.Reader(text, path)
    data = reader.read()
    problems += reader.problems
    if reader.fatal:
        return Document(path, text, None, tuple(problems))
    return _finished(Document(path, text, data), problems, usual=usual, bad_keys=reader.bad_keys, hollow=reader.hollow)


def _plain(text: str) -> dict[str, Any] | None:
    """The data of a simple text; None for any other."""
    return fast_loader.read(text) if quick.on("loader") else None


def _finished(
    document: Document, problems: list[Problem], *, usual: bool, bad_keys: bool = False, hollow: bool = False
) -> Document:
    if not isinstance(document.data, dict):
        return Document(document.path, document.text, None, (*problems, _not_a_map(document)))
    if bad_keys:
        from crmtext.text.read import keys

        problems += islice(keys.problems(document), _MOST)
        if any(problem.rule == "merge-key" for problem in problems):
            # The entries beside a merge key are meant to be merged: checking them alone would be wrong.
            return Document(document.path, document.text, None, tuple(problems))
    if not usual or "\\" in document.text:
        problems += islice(characters.in_values(document), _MOST)
    forbidden = tuple(islice(secret_numbers.forbidden(document), _MOST))
    # A key without a value may be part of a sentence cut by a comma.
    if hollow or may_contain(document.text):
        from crmtext.text.explain import lookalikes

        # Other problems in the line of such a number are left out: their messages would quote it.
        hidden = {problem.place.line for problem in forbidden}
        problems += islice((slip for slip in lookalikes.find(document) if slip.place.line not in hidden), _MOST)
    problems += forbidden
    # A new one, without the cached positions: they take ten times the memory of the data.
    return Document(document.path, document.text, document.data, tuple(problems))


def _not_a_map(document: Document) -> Problem:
    place = Place(document.path, 1, 1, 1, 1)
    if document.data is None:
        return Problem("empty-file", _("the file is empty"), place, _("begin with 'id:', or delete the file"))
    message = _("a record must begin with a field such as 'id:', not with a list or a single word")
    return Problem("not-a-map", message, place, _("use 'field: value' lines"), excerpt=document.excerpt(place))
