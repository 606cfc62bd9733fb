"""Parse an expression: Jinja's parser reads the text, and nothing of Jinja runs.

Jinja keeps lines, not columns: each token gets its offset in place of its line, so that every node knows its place.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from crmtext.i18n import _
from crmtext.problem import CrmError
from crmtext.query.filter import syntax
from crmtext.query.filter.wrong import Source
from crmtext.terminal.width import clip
from crmtext.values.money import decimal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jinja2 import nodes
    from jinja2.lexer import Lexer, Token

    from crmtext.query.filter.syntax import Node

LONGEST = 2000
#: The nesting limit; the parser itself ends at about 60 brackets.
_DEEPEST = 80
_QUOTED = 80
_ARITHMETIC = {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/", "FloorDiv": "//", "Mod": "%"}
_SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in"}
#: Keywords that can be names of fields, too: they are names where the grammar does not allow the keyword.
_WORDS = frozenset({"not", "and", "or", "in", "is", "if", "else"})
_AFTER_NAME = frozenset({"eq", "ne", "lt", "lteq", "gt", "gteq", "dot"})
#: Marks such a name until the tree is built; no identifier starts with it.
_MARK = "\x00"
_QUOTES = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_WITH_UNIT = re.compile(r"\d[\d.,]*\s*[^\W\d_]+")
_OTHER_SIGNS = {"&": "and", "|": "or", "!": "not", "“": "'", "”": "'", "‘": "'", "’": "'", "（": "(", "）": ")",
                "，": ",", "＝": "==", "＞": ">", "＜": "<", "！": "!="}  # fmt: skip


def parse(text: str, spaced: Iterable[str] = ()) -> tuple[Source, Node]:
    """Return the source and tree of an expression. Raises CrmError with the place of a syntax error.

    `spaced` are names that an expression can't hold, as 'name: field'.
    """
    source = Source(text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > LONGEST:
        raise source.wrong(None, _("the expression has more than {n} characters").format(n=LONGEST))
    try:
        return source, _parsed(source, dict(name.split(": ", 1) for name in spaced))
    except RecursionError:
        raise source.wrong(None, _not_one(source, _("it is nested too deeply"))) from None


def _parsed(source: Source, spaced: Mapping[str, str]) -> Node:
    from jinja2 import Environment, TemplateSyntaxError
    from jinja2.lexer import Token, TokenStream
    from jinja2.parser import Parser

    ends: dict[int, int] = {}

    class Reader(Environment):
        """Jinja's environment with offsets on tokens."""

        def _tokenize(
            self,
            source: str,
            name: str | None,
            filename: str | None = None,
            state: str | None = None,  # noqa: ARG002
        ) -> TokenStream:
            tokens = list(self.lexer.wrap(_with_offsets(source, self.lexer, ends)))
            return TokenStream(keywords_as_names(tokens), name, filename)

    def keywords_as_names(tokens: list[Token]) -> Iterable[Token]:
        for token, then in zip(tokens, [*tokens[1:], Token(0, "eof", "")], strict=False):
            word = token.type == "name" and token.value in _WORDS and then.type in _AFTER_NAME
            yield Token(token.lineno, "name", _MARK + token.value) if word else token

    try:
        parser = Parser(Reader(), source.text, state="variable")
        tree = parser.parse_expression()
        if not parser.stream.eos:
            at = parser.stream.current.lineno
            sign = _sign(source, ends, at)
            raise _slip(source, ends, spaced, at, _("unexpected '{sign}' after the expression").format(sign=sign))
    except TemplateSyntaxError as error:
        message = error.message or ""
        character = re.fullmatch(r"unexpected char .* at (\d+)", message, re.DOTALL)
        # Jinja gives the end of the text the place of the last token.
        at = int(character[1]) if character else error.lineno if "end of" not in message else len(source.text)
        raise _slip(source, ends, spaced, at, _reason(source, ends, at, message)) from None
    return _Builder(source, ends).of(tree, 0)


def _with_offsets(text: str, lexer: Lexer, ends: dict[int, int]) -> Iterator[tuple[int, str, str]]:
    """The lexer's tokens with their offsets; fills `ends` with the end of each."""
    offset = 0
    for _line, kind, value in lexer.tokeniter(text, None, None, "variable"):
        if kind != "whitespace":
            ends[offset] = offset + len(value)
        yield offset, kind, value
        offset += len(value)


def _slip(source: Source, ends: Mapping[int, int], spaced: Mapping[str, str], at: int, reason: str) -> CrmError:
    """The error for a syntax error, with the likely fix."""
    outside = _QUOTES.sub(lambda match: " " * len(match[0]), source.text)
    sign = source.text[at : at + 1]
    folded = outside.casefold()
    label = next((name for name in sorted(spaced, key=len, reverse=True) if name.casefold() in folded), "")
    if label:
        hint = _("'{name}' can't be used here; use: {field}").format(name=label, field=spaced[label])
    elif re.search(r"(?<![=!<>])=(?!=)", outside):
        hint = _("use two equals signs to compare: owner == 'lilei'")
    elif amount := _unquoted(outside, at):
        hint = _("put amounts in quotes: {value}").format(value=f"'{amount}'")
    elif sign in _OTHER_SIGNS:
        hint = _("use {right} instead of {wrong}").format(right=_OTHER_SIGNS[sign], wrong=sign)
    else:
        hint = ""
    return source.wrong((at, ends.get(at, at + 1)), _not_one(source, reason), hint)


def _unquoted(text: str, at: int) -> str:
    """The amount with a unit but without quotes at this place; empty if there is none."""
    for match in _WITH_UNIT.finditer(text):
        if match.start() <= at < match.end():
            with suppress(CrmError):
                decimal(match[0])
                return match[0]
    return ""


def _not_one(source: Source, reason: str) -> str:
    return _("'{source}' is not an expression: {said}").format(source=clip(source.text, _QUOTED), said=reason)


def _sign(source: Source, ends: Mapping[int, int], at: int) -> str:
    return source.text[at : ends.get(at, at + 1)]


def _reason(source: Source, ends: Mapping[int, int], at: int, message: str) -> str:
    """Jinja's message in our words."""
    if at >= len(source.text) or not _sign(source, ends, at).strip():
        return _("it is incomplete")
    if source.text[at] in "'\"" and message.startswith("unexpected char"):
        return _("the closing quote is missing")
    if "decode" in message or "escape" in message:
        return _("invalid escape after a backslash")
    return _("unexpected '{sign}'").format(sign=_sign(source, ends, at))


class _Builder:
    """Builds our tree from Jinja's; rejects nodes that our language doesn't have."""

    def __init__(self, source: Source, ends: Mapping[int, int]) -> None:
        self._source = source
        self._ends = ends
        self._starts = sorted(ends)
        self._makers: Mapping[str, Callable[..., Node]] = {
            "Const": self._constant, "Name": self._name, "Getattr": self._step, "Getitem": self._item,
            "Compare": self._compare, "And": self._joined, "Or": self._joined, "Not": self._not, "Neg": self._negative,
            "Pos": lambda node, depth: self.of(node.node, depth + 1), "List": self._many, "Tuple": self._many,
            "Call": self._call, "Filter": self._piped, "Test": self._is,
            **dict.fromkeys(_ARITHMETIC, self._arithmetic),
        }  # fmt: skip

    def of(self, node: nodes.Node, depth: int) -> Node:
        """Return our node for one of Jinja's."""
        kind = type(node).__name__
        if depth > _DEEPEST:
            raise self._source.wrong(None, _not_one(self._source, _("it is nested too deeply")))
        if kind not in self._makers:
            self._forbid(node, {"Pow": "**", "Concat": "~", "CondExpr": "if", "Dict": "{…}"}.get(kind, kind))
        return self._makers[kind](node, depth)

    def _every(self, several: Iterable[nodes.Node], depth: int) -> tuple[Node, ...]:
        return tuple(self.of(node, depth + 1) for node in several)

    def _forbid(self, node: nodes.Node, what: str) -> NoReturn:
        at = min(node.lineno, len(self._source.text))
        span = (at, self._ends.get(at, at + 1))
        raise self._source.wrong(span, _("{what} is not allowed in an expression").format(what=what))

    def _token(self, after: int) -> tuple[int, int]:
        """The first token at or after an offset."""
        at = bisect_left(self._starts, after)
        start = self._starts[at] if at < len(self._starts) else len(self._source.text)
        return start, self._ends.get(start, start)

    def _closed(self, after: int, sign: str) -> int:
        """The end of the first closing bracket after an offset."""
        bracket = self._source.text.find(sign, after)
        return bracket + 1 if bracket >= 0 else after

    def _constant(self, node: nodes.Const, _depth: int) -> Node:
        start, end = self._token(node.lineno)
        return syntax.Constant(start, end, node.value)

    def _name(self, node: nodes.Name, _depth: int) -> Node:
        start, end = self._token(node.lineno)
        return syntax.Name(start, end, node.name.removeprefix(_MARK))

    def _step(self, node: nodes.Getattr, depth: int) -> Node:
        above = self.of(node.node, depth + 1)
        word = self._token(node.lineno + 1)
        return syntax.Step(above.start, word[1], above, node.attr.removeprefix(_MARK), word)

    def _item(self, node: nodes.Getitem, depth: int) -> Node:
        if type(node.arg).__name__ == "Slice":
            self._forbid(node, "[:]")
        above, key = self.of(node.node, depth + 1), self.of(node.arg, depth + 1)
        number = key.of if isinstance(key, syntax.Negative) else key
        value = number.value if isinstance(number, syntax.Constant) else None
        end = self._closed(key.end, "]") if self._source.text[node.lineno : node.lineno + 1] == "[" else key.end
        if isinstance(value, str) and number is key:
            return syntax.Step(above.start, end, above, value, (key.start, key.end))
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._source.wrong(key, _("put a number or a quoted name in square brackets"), "contacts[0].title")
        return syntax.Index(above.start, end, above, value if number is key else -value)

    def _compare(self, node: nodes.Compare, depth: int) -> Node:
        left = self.of(node.expr, depth + 1)
        comparisons: list[Node] = []
        for operation in node.ops:
            right = self.of(operation.expr, depth + 1)
            comparisons.append(syntax.Compare(left.start, right.end, _SIGNS[operation.op], left, right))
            left = right
        return (
            comparisons[0]
            if len(comparisons) == 1
            else syntax.Joined(comparisons[0].start, comparisons[-1].end, "and", tuple(comparisons))
        )

    def _joined(self, node: nodes.And | nodes.Or, depth: int) -> Node:
        """Flatten `a or b or c`, which Jinja nests."""
        kind, parts = type(node), []
        at: nodes.Expr = node
        while isinstance(at, kind):
            parts.append(at.right)
            at = at.left
        joined = self._every(reversed([*parts, at]), depth)
        return syntax.Joined(joined[0].start, joined[-1].end, kind.__name__.lower(), joined)

    def _not(self, node: nodes.Not, depth: int) -> Node:
        of = self.of(node.node, depth + 1)
        return syntax.Not(min(node.lineno, of.start), of.end, of)

    def _negative(self, node: nodes.Neg, depth: int) -> Node:
        of = self.of(node.node, depth + 1)
        return syntax.Negative(node.lineno, of.end, of)

    def _arithmetic(self, node: nodes.BinExpr, depth: int) -> Node:
        left, right = self.of(node.left, depth + 1), self.of(node.right, depth + 1)
        return syntax.Arithmetic(left.start, right.end, _ARITHMETIC[type(node).__name__], left, right)

    def _many(self, node: nodes.List | nodes.Tuple, depth: int) -> Node:
        items = self._every(node.items, depth)
        start = items[0].start if items else node.lineno
        return syntax.Many(start, items[-1].end if items else start + 1, items)

    def _call(self, node: nodes.Call, depth: int) -> Node:
        if node.kwargs or node.dyn_args or node.dyn_kwargs:
            self._forbid(node, "(…=…)")
        arguments = self._every(node.args, depth)
        of = self.of(node.node, depth + 1) if type(node.node).__name__ in ("Name", "Getattr") else None
        end = self._closed(arguments[-1].end if arguments else node.lineno, ")")
        if isinstance(of, syntax.Name):
            return syntax.Call(of.start, end, of.name, arguments)
        if isinstance(of, syntax.Step):
            return syntax.Method(of.start, end, of.above, of.name, arguments)
        return self._forbid(node, "(…)")

    def _piped(self, node: nodes.Filter, depth: int) -> Node:
        if node.dyn_args or node.dyn_kwargs or node.node is None:
            self._forbid(node, "*")
        of = self.of(node.node, depth + 1)
        _start, end = self._token(node.lineno)
        named = tuple((str(argument.key), self.of(argument.value, depth + 1)) for argument in node.kwargs)
        return syntax.Piped(of.start, end, of, node.name, self._every(node.args, depth), named)

    def _is(self, node: nodes.Test, depth: int) -> Node:
        if node.kwargs or node.dyn_args or node.dyn_kwargs:
            self._forbid(node, "(…=…)")
        of = self.of(node.node, depth + 1)
        word = self._token(node.lineno + 1)
        return syntax.Is(of.start, word[1], of, node.name, self._every(node.args, depth))
