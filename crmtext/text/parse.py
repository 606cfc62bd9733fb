"""The strict loader: bytes to data in one pass over libyaml's events, with every refusal explained."""

from __future__ import annotations

import math
from itertools import islice
from sys import intern
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from crmtext.i18n import _
from crmtext.problem import Place, Problem, Severity
from crmtext.text import characters, conflicts, everyday, numbers
from crmtext.text.document import Document, place_at
from crmtext.text.events import shift
from crmtext.text.glance import may_hold_slips
from crmtext.text.scalars import STARTS, resolve
from crmtext.text.size import MAX_BYTES, too_large

#: The deepest nesting that is read; libyaml itself crashes the process on thousands of levels.
MAX_DEPTH = 16

#: No more problems of one sort are looked into: each costs a search through the text.
_MOST = 200

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ABSENT: Any = object()


def parse(raw: bytes, path: str = "", *, limit: int = MAX_BYTES) -> Document:
    """The document that these bytes hold, with the problems of its text; `data` is None if nothing can be read."""
    if len(raw) > limit:
        return Document(path, "", None, (too_large(path, len(raw), limit),))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return Document(path, "", None, (characters.not_utf8(raw, path, error),))
    return parse_text(text, path)


def document(found: bytes | Problem, path: str) -> Document:
    """The document of a file as it was found: its bytes, or why it was not read."""
    return Document(path, "", None, (found,)) if isinstance(found, Problem) else parse(found, path)


def glimpsed(found: bytes | Problem, path: str) -> Document:
    """As `document`, without the problems of what can be read all the same: quicker, for those who only compare."""
    if isinstance(found, bytes) and len(found) <= MAX_BYTES:
        text = found.decode("utf-8", errors="replace")
        # A character that stands for bytes of another encoding is not usual.
        if characters.are_usual(text) and (data := everyday.read(text)) is not None:
            return Document(path, text, data)
    return document(found, path)


def parse_text(text: str, path: str = "") -> Document:
    """As `parse`, for text already decoded."""
    usual = characters.are_usual(text)
    found = [] if usual else [*islice(characters.in_text(text, path), _MOST)]
    found += islice(conflicts.markers(text, path), _MOST)
    if any(problem.severity is Severity.ERROR for problem in found):
        return Document(path, text, None, tuple(found))
    if (plain := everyday.read(text)) is not None:
        return _finished(Document(path, text, plain), found, usual=usual)
    reader = _Reader(text, path)
    try:
        data = reader.read()
    except yaml.YAMLError as error:
        from crmtext.text import syntax

        return Document(path, text, None, (*found, syntax.explain(error, text, path)))
    found += reader.problems
    if reader.fatal:
        return Document(path, text, None, tuple(found))
    return _finished(Document(path, text, data), found, usual=usual, bad_keys=reader.bad_keys, hollow=reader.hollow)


def _finished(
    document: Document, found: list[Problem], *, usual: bool, bad_keys: bool = False, hollow: bool = False
) -> Document:
    if not isinstance(document.data, dict):
        return Document(document.path, document.text, None, (*found, _not_a_map(document)))
    if bad_keys:
        from crmtext.text import keys

        found += islice(keys.wrong(document), _MOST)
        if any(problem.rule == "merge-key" for problem in found):
            # What stands beside one is meant to be put together otherwise: nothing true can be said of it.
            return Document(document.path, document.text, None, tuple(found))
    if not usual or "\\" in document.text:
        found += islice(characters.in_values(document), _MOST)
    forbidden = tuple(islice(numbers.forbidden(document), _MOST))
    # A key with no value may be what a comma left of a sentence.
    if hollow or may_hold_slips(document.text):
        from crmtext.text import keyboard

        # What else is wrong in the line of such a number waits: its message would quote it.
        hidden = {problem.place.line for problem in forbidden}
        found += islice((slip for slip in keyboard.slips(document) if slip.place.line not in hidden), _MOST)
    found += forbidden
    # A new one: what was found out about positions on the way weighs ten times what the data does.
    return Document(document.path, document.text, document.data, tuple(found))


def _not_a_map(document: Document) -> Problem:
    place = Place(document.path, 1, 1, 1, 1)
    if document.data is None:
        return Problem("empty-file", _("the file is empty"), place, _("begin with 'id:', or delete the file"))
    message = _("a record begins with keys such as 'id:', not with a list or a bare word")
    return Problem("not-a-map", message, place, _("write 'key: value' lines"), excerpt=document.excerpt(place))


class _Reader:
    """One pass over the events of one text; `problems` collects what is refused on the way."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.problems: list[Problem] = []
        self.fatal = False
        self.bad_keys = False
        self.hollow = False

    def read(self) -> Any:
        """The data; None for an empty stream and where `fatal` is set."""
        parser = _Parser(self.text)
        try:
            documents = self._build(parser.get_event)
        finally:
            parser.dispose()
        return documents[0] if documents else None

    def _build(self, get_event: Any) -> list[Any]:  # noqa: C901, PLR0912 - the hot loop: no call a clean record can spare
        documents: list[Any] = []
        container: Any = documents
        key: Any = _ABSENT
        stack: list[tuple[Any, Any]] = []
        while True:
            event = get_event()
            kind = type(event)
            if kind is ScalarEvent:
                value = event.value
                if event.anchor is not None or event.tag is not None:
                    return self._stop(event)
                if event.implicit[0] and value[:1] in STARTS:
                    value = self._plain(event)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                if event.anchor is not None or event.tag is not None:
                    return self._stop(event)
                if len(stack) >= MAX_DEPTH or (key is _ABSENT and type(container) is dict):
                    return self._stop_nesting(event, deep=len(stack) >= MAX_DEPTH)
                stack.append((container, key))
                container = {} if kind is MappingStartEvent else []
                key = _ABSENT
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                value = container
                container, key = stack.pop()
            elif kind is StreamEndEvent:
                return documents
            elif kind is AliasEvent or (kind is DocumentStartEvent and (documents or event.version or event.tags)):
                return self._stop(event)
            else:
                continue
            if type(container) is list:
                container.append(value)
            elif key is not _ABSENT:
                container[key] = value
                key = _ABSENT
            else:
                if type(value) is not str or value in container or value == "<<":
                    self.bad_keys = True
                # Every record has the same few keys: one copy of each, not ten thousand.
                key = intern(event.value)

    def _plain(self, event: Any) -> Any:
        """The value of a plain scalar that may be more than text."""
        value = resolve(event.value)
        if not event.value:
            self.hollow = True
        if isinstance(value, float) and not math.isfinite(value):
            self._add(
                event,
                "not-a-number",
                _("'{value}' is not a number that can be counted with").format(value=event.value),
                _("leave the key out, or quote the text"),
            )
            return event.value
        digits = sum(character.isdigit() for character in event.value)
        if isinstance(value, int | float) and digits > (15 if isinstance(value, float) else 18):
            self._add(
                event,
                "number-too-long",
                _("a number of {n} digits loses some of them").format(n=digits),
                _("put quotes round it"),
            )
            return event.value
        return value

    def _stop(self, event: Any) -> list[Any]:
        if type(event) is DocumentStartEvent:
            if event.version or event.tags:
                self._add(
                    event, "yaml-directive", _("a line that begins with '%' is not used in records"), _("remove it")
                )
            else:
                self._add(
                    event,
                    "several-documents",
                    _("the file holds more than one document"),
                    _("keep one customer a file, without '---' or '...' in it"),
                )
        elif type(event) is AliasEvent or event.anchor is not None:
            self._add(
                event,
                "alias",
                _("anchors and aliases are not used in records"),
                _("write the value out; quote it if it begins with '&' or '*'"),
            )
        else:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._add(
                event,
                "yaml-tag",
                _("a tag such as '{tag}' is not used in records").format(tag=tag),
                _("remove it; quote the value if it begins with '!'"),
            )
        self.fatal = True
        return []

    def _stop_nesting(self, event: Any, *, deep: bool) -> list[Any]:
        if deep:
            self._add(
                event,
                "nested-too-deep",
                _("nested more than {n} levels deep").format(n=MAX_DEPTH),
                _("put quotes round the text if the brackets belong to it"),
            )
        else:
            self._add(
                event,
                "key-not-text",
                _("a key must be a word, not a list or a map"),
                _("put quotes round it"),
            )
        self.fatal = True
        return []

    def _add(self, event: Any, rule: str, message: str, hint: str) -> None:
        by = shift(self.text)
        start = event.start_mark.index + by
        end = max(start + 1, min(event.end_mark.index + by, len(self.text)))
        place = place_at(self.path, self.text, start, end)
        excerpt = self.text.removeprefix("\ufeff").split("\n")[place.line - 1].rstrip("\r")
        self.problems.append(Problem(rule, message, place, hint, excerpt=excerpt))
