"""The strict loader: one pass over libyaml's events, with a problem for everything rejected."""

from __future__ import annotations

import math
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
from crmtext.problem import Problem
from crmtext.text.document import place_at
from crmtext.text.read.events import shift
from crmtext.text.read.scalars import EXACT, STARTS, resolve, too_long
from crmtext.text.size import MAX_NAME

#: The deepest nesting that is read.
MAX_DEPTH = 16

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ABSENT: Any = object()


class Reader:
    """One pass over the events of a text; `problems` collects everything rejected."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.problems: list[Problem] = []
        self.fatal = False
        self.bad_keys = False
        self.hollow = False

    def read(self) -> Any:
        """Return the data; None for an empty stream or if `fatal` is set."""
        try:
            documents = self._documents(self.text)
        except yaml.YAMLError as error:
            # Earlier problems are dropped: in a text that breaks off nothing else is certain.
            if not self._too_deep_before(error):
                from crmtext.text.explain import yaml_errors

                self.problems = [yaml_errors.explain(error, self.text, self.path)]
            self.fatal = True
            return None
        return documents[0] if documents else None

    def _too_deep_before(self, error: yaml.YAMLError) -> bool:
        """Whether the text before a parser's error is nested too deep; if so, that is the problem.

        A parser reads ahead for up to 1,024 characters, and libyaml since 0.2.6 stops at a depth of its own there.
        """
        for mark in (getattr(error, "problem_mark", None), getattr(error, "context_mark", None)):
            self.problems = []
            try:
                self._documents(self.text[: mark.index + shift(self.text)] if mark else "")
            except yaml.YAMLError:
                continue
            if any(problem.rule == "nested-too-deep" for problem in self.problems):
                self.problems = self.problems[-1:]
                return True
        self.problems = []
        return False

    def _documents(self, text: str) -> list[Any]:
        parser = _Parser(text)
        try:
            return self._build(parser.get_event)
        finally:
            parser.dispose()

    def _build(self, get_event: Any) -> list[Any]:  # noqa: C901, PLR0912 - the hot loop: no avoidable calls
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
                if type(value) is not str or value in container or value == "<<" or len(value) > MAX_NAME:
                    self.bad_keys = True
                # All records share the same few keys: keep one copy of each.
                key = intern(event.value)

    def _plain(self, event: Any) -> Any:
        """The value of a plain scalar that may be more than text."""
        value = resolve(event.value)
        if not event.value:
            self.hollow = True
        if isinstance(value, int | float) and (digits := too_long(event.value)):
            self._add(
                event,
                "number-too-long",
                _("a number with {n} digits loses precision").format(n=digits),
                _("put a code in quotes; an amount has at most {n} digits").format(n=EXACT),
            )
            return event.value
        if isinstance(value, float) and not math.isfinite(value):
            self._add(
                event,
                "not-a-number",
                _("'{value}' is not a usable number").format(value=event.value),
                _("remove the field, or put the text in quotes"),
            )
            return event.value
        return value

    def _stop(self, event: Any) -> list[Any]:
        if type(event) is DocumentStartEvent:
            if event.version or event.tags:
                self._add(event, "yaml-directive", _("a line must not begin with '%'"), _("remove it"))
            else:
                self._add(
                    event,
                    "several-documents",
                    _("the file contains more than one document"),
                    _("keep one customer per file, without '---' or '...'"),
                )
        elif type(event) is AliasEvent or event.anchor is not None:
            self._add(
                event,
                "alias",
                _("anchors and aliases are not allowed in records"),
                _("write out the value; if it begins with '&' or '*', put it in quotes"),
            )
        else:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._add(
                event,
                "yaml-tag",
                _("tags such as '{tag}' are not allowed in records").format(tag=tag),
                _("remove it; if the value begins with '!', put it in quotes"),
            )
        self.fatal = True
        return []

    def _stop_nesting(self, event: Any, *, deep: bool) -> list[Any]:
        if deep:
            self._add(
                event,
                "nested-too-deep",
                _("nested more than {n} levels deep").format(n=MAX_DEPTH),
                _("put the text in quotes if the brackets belong to it"),
            )
        else:
            self._add(
                event,
                "key-not-text",
                _("a field name must be a word, not a list or a group of fields"),
                _("put it in quotes"),
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
