"""An expression as a tree: Jinja's parser reads the text, and nothing of Jinja is run.

Jinja keeps lines and no columns. Each token is given its offset in place of its line, so every node knows where it is.
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
#: How deep parts may stand in each other; the parser itself ends at about 60 brackets.
_DEEPEST = 80
_QUOTED = 80
_ARITHMETIC = {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/", "FloorDiv": "//", "Mod": "%"}
_SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in"}
#: Words of the grammar that may be names of fields as well: they are names where the grammar has no place for the word.
_WORDS = frozenset({"not", "and", "or", "in", "is", "if", "else"})
_AFTER_NAME = frozenset({"eq", "ne", "lt", "lteq", "gt", "gteq", "dot"})
#: No identifier begins so; it marks such a name until the tree is made.
_MARK = "\x00"
_QUOTES = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_WITH_UNIT = re.compile(r"\d[\d.,]*\s*[^\W\d_]+")
_OTHER_SIGNS = {"&": "and", "|": "or", "!": "not", "“": "'", "”": "'", "‘": "'", "’": "'", "（": "(", "）": ")",
                "，": ",", "＝": "==", "＞": ">", "＜": "<", "！": "!="}  # fmt: skip


def parse(text: str, spaced: Iterable[str] = ()) -> tuple[Source, Node]:
    """The tree of an expression. Raises CrmError with the place if it is none.

    `spaced` are names that people use and an expression can't hold, as 'name: field'.
    """
    source = Source(text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > LONGEST:
        raise source.wrong(None, _("the expression has more than {n} characters").format(n=LONGEST))
    try:
        return source, _parsed(source, dict(each.split(": ", 1) for each in spaced))
    except RecursionError:
        raise source.wrong(None, _not_one(source, _("it is nested too deeply"))) from None


def _parsed(source: Source, spaced: Mapping[str, str]) -> Node:
    from jinja2 import Environment, TemplateSyntaxError
    from jinja2.lexer import Token, TokenStream
    from jinja2.parser import Parser

    ends: dict[int, int] = {}

    class Reader(Environment):
        """Gives tokens their offsets."""

        def _tokenize(
            self,
            source: str,
            name: str | None,
            filename: str | None = None,
            state: str | None = None,  # noqa: ARG002
        ) -> TokenStream:
            tokens = list(self.lexer.wrap(_placed(source, self.lexer, ends)))
            return TokenStream(named(tokens), name, filename)

    def named(tokens: list[Token]) -> Iterable[Token]:
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
        # The token at the end has the place of the one before it.
        at = int(character[1]) if character else error.lineno if "end of" not in message else len(source.text)
        raise _slip(source, ends, spaced, at, _said(source, ends, at, message)) from None
    return _Builder(source, ends).of(tree, 0)


def _placed(text: str, lexer: Lexer, ends: dict[int, int]) -> Iterator[tuple[int, str, str]]:
    """The lexer's pieces with their offsets; `ends` is filled with where each of them ends."""
    offset = 0
    for _line, kind, value in lexer.tokeniter(text, None, None, "variable"):
        if kind != "whitespace":
            ends[offset] = offset + len(value)
        yield offset, kind, value
        offset += len(value)


def _slip(source: Source, ends: Mapping[int, int], spaced: Mapping[str, str], at: int, said: str) -> CrmError:
    """The error for a text that is no expression, with what was probably meant."""
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
    return source.wrong((at, ends.get(at, at + 1)), _not_one(source, said), hint)


def _unquoted(text: str, at: int) -> str:
    """The amount with a unit that stands there without quotes; empty if there is none."""
    for match in _WITH_UNIT.finditer(text):
        if match.start() <= at < match.end():
            with suppress(CrmError):
                decimal(match[0])
                return match[0]
    return ""


def _not_one(source: Source, said: str) -> str:
    return _("'{source}' is not an expression: {said}").format(source=clip(source.text, _QUOTED), said=said)


def _sign(source: Source, ends: Mapping[int, int], at: int) -> str:
    return source.text[at : ends.get(at, at + 1)]


def _said(source: Source, ends: Mapping[int, int], at: int, message: str) -> str:
    """What Jinja says of a slip, in words of ours."""
    if at >= len(source.text) or not _sign(source, ends, at).strip():
        return _("it is incomplete")
    if source.text[at] in "'\"" and message.startswith("unexpected char"):
        return _("the closing quote is missing")
    if "decode" in message or "escape" in message:
        return _("invalid escape after a backslash")
    return _("unexpected '{sign}'").format(sign=_sign(source, ends, at))


class _Builder:
    """Makes our tree of Jinja's; what has no place in it is rejected."""

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
        """The part of the tree that a node of Jinja's is."""
        kind = type(node).__name__
        if depth > _DEEPEST:
            raise self._source.wrong(None, _not_one(self._source, _("it is nested too deeply")))
        if kind not in self._makers:
            self._forbid(node, {"Pow": "**", "Concat": "~", "CondExpr": "if", "Dict": "{…}"}.get(kind, kind))
        return self._makers[kind](node, depth)

    def _every(self, found: Iterable[nodes.Node], depth: int) -> tuple[Node, ...]:
        return tuple(self.of(each, depth + 1) for each in found)

    def _forbid(self, node: nodes.Node, what: str) -> NoReturn:
        at = min(node.lineno, len(self._source.text))
        span = (at, self._ends.get(at, at + 1))
        raise self._source.wrong(span, _("{what} is not allowed in an expression").format(what=what))

    def _token(self, after: int) -> tuple[int, int]:
        """The first token at or behind an offset."""
        at = bisect_left(self._starts, after)
        start = self._starts[at] if at < len(self._starts) else len(self._source.text)
        return start, self._ends.get(start, start)

    def _closed(self, after: int, sign: str) -> int:
        """Where the bracket is closed that stands behind an offset."""
        found = self._source.text.find(sign, after)
        return found + 1 if found >= 0 else after

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
        found: list[Node] = []
        for each in node.ops:
            right = self.of(each.expr, depth + 1)
            found.append(syntax.Compare(left.start, right.end, _SIGNS[each.op], left, right))
            left = right
        return found[0] if len(found) == 1 else syntax.Joined(found[0].start, found[-1].end, "and", tuple(found))

    def _joined(self, node: nodes.And | nodes.Or, depth: int) -> Node:
        """All parts of `a or b or c` side by side; Jinja has them nested."""
        kind, parts = type(node), []
        at: nodes.Expr = node
        while isinstance(at, kind):
            parts.append(at.right)
            at = at.left
        found = self._every(reversed([*parts, at]), depth)
        return syntax.Joined(found[0].start, found[-1].end, kind.__name__.lower(), found)

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
        named = tuple((str(each.key), self.of(each.value, depth + 1)) for each in node.kwargs)
        return syntax.Piped(of.start, end, of, node.name, self._every(node.args, depth), named)

    def _is(self, node: nodes.Test, depth: int) -> Node:
        if node.kwargs or node.dyn_args or node.dyn_kwargs:
            self._forbid(node, "(…=…)")
        of = self.of(node.node, depth + 1)
        word = self._token(node.lineno + 1)
        return syntax.Is(of.start, word[1], of, node.name, self._every(node.args, depth))
