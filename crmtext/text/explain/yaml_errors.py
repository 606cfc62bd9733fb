"""YAML's parser errors, explained."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import Edit, Problem
from crmtext.text.document import place_at
from crmtext.text.explain.parser_error import Finding, Stumble, stumble
from crmtext.text.explain.typing_mistakes import no_space, wide_colon, wide_comma, wide_indent
from crmtext.text.size import MAX_NAME, name_too_long
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import yaml

_FULLWIDTH_COLON = lazy.pattern(r"[ \t\u3000]*(?:- +)*[\"'“”]?([^\s:：#\"'“”{\[-][^\s:：#\"'“”]{0,39})[\"'“”]?(：)")
_NO_BLANK = lazy.pattern(r"[ \t]*(?:- +)*([A-Za-z_][A-Za-z0-9_]*):(?=[^\s/])")
_WIDE_BLANK = lazy.pattern(r"[ \t]*(?:- +)*([^\s:#-][^\s:]*):(\u3000+)")
_NO_DASH_BLANK = lazy.pattern(r"[ \t]*(?:- +)*-(?=[^\W\d][\w ]*:(?: |$))")
_KEY_VALUE = lazy.pattern(r"\s*(?:- +)*[^\s:]+: +")
# The text before a value that takes the rest of its line.
_BEFORE_VALUE = lazy.pattern(r"\s*(?:- +)*(?:[^\s:]+: +)?\Z")
_KEY_LINE = lazy.pattern(r"\n[ ]*(?:- +)*[A-Za-z_][A-Za-z0-9_]*:[ \n]")
_COMMENT = lazy.pattern(r"[ \t]+#(?=[ \t]|\Z)")
_HASH = lazy.pattern(r"[ \t]#")
_WIDE_COMMA = lazy.pattern(r"[，、；]\s*")


def explain(error: yaml.YAMLError, text: str, path: str) -> Problem:
    """Return the problem behind a parser's error."""
    at = stumble(error, text)
    finding = next(filter(None, (explainer(at) for explainer in _EXPLAINERS)))
    start = min(finding.start, len(text))  # libyaml may stop a character after the end
    place = place_at(path, text, start, max(finding.end, start + 1))
    excerpt = at.lines[min(place.line, len(at.lines)) - 1].rstrip("\r")
    return Problem(finding.rule, finding.message, place, finding.hint, excerpt=excerpt, fix=finding.fix)


def _quote_over_lines(at: Stumble) -> Finding | None:
    """An unclosed quote that took in the next keys and ended at the next quotation mark."""
    if at.last_scalar is None:
        return None
    start, end, event = at.last_scalar
    if event.style not in ("'", '"') or not _KEY_LINE.search(at.text, start, end) or "\n" in at.text[end : at.at]:
        return None
    return _open_quote(start)


def _open_quote(start: int) -> Finding:
    return Finding(
        "unclosed-quote",
        _("unclosed quotation mark"),
        _("close it at the end of the value; inside '…', write ' twice"),
        start,
        start + 1,
    )


def _fullwidth_colon(at: Stumble) -> Finding | None:
    for line in at.suspects:
        match = _FULLWIDTH_COLON.match(at.lines[line])
        # Prose may hold a full-width colon too: report it only if the parser expected a key.
        if match and (match.group(1).isascii() or line == at.line or at.says("expected ':'")):
            return wide_colon(match.group(1), at.offset(line, match.start(2)), at.text)
    return None


def _fullwidth_space(at: Stumble) -> Finding | None:
    for line in at.suspects:
        text = at.lines[line]
        if match := re.match(r"[ \t]*(\u3000[\s\u3000]*)\S", text):
            start = at.offset(line, match.start(1))
            return wide_indent(start, start + len(match.group(1)))
        if match := _WIDE_BLANK.match(text):
            start, end = (at.offset(line, match.start(2)), at.offset(line, match.end(2)))
            return Finding(
                "fullwidth-space",
                _("full-width space after '{key}:'").format(key=match.group(1)),
                _("use a half-width space"),
                start,
                end,
                (Edit(start, end, " "),),
            )
    return None


def _tab(at: Stumble) -> Finding | None:
    for line in at.suspects:
        if indent := re.match(r"[ ]*(\t+)", at.lines[line]):
            start, end = at.offset(line, indent.start(1)), at.offset(line, indent.end(1))
            return Finding("tab-indent", _("tab in the indentation"), _("indent with two spaces per level"), start, end)
    return None


def _no_blank(at: Stumble) -> Finding | None:
    if not at.says("mapping values", "expected ':'"):
        return None
    for line in at.suspects:
        if match := _NO_BLANK.match(at.lines[line]):
            return no_space(match.group(1), at.offset(line, match.end()), at.text)
        if match := _NO_DASH_BLANK.match(at.lines[line]) or _no_dash_blank(at, line):
            start = at.offset(line, match.end())
            return Finding(
                "dash-without-space",
                _("missing space after '-'"),
                _("put a space between '-' and the item"),
                start - 1,
                start,
                (Edit(start, start, " "),),
            )
    return None


def _no_dash_blank(at: Stumble, line: int) -> re.Match[str] | None:
    """A dash without a space under the dash of another item, as in `- a` and `-b`."""
    match = re.match(r"([ ]*)-(?=[^\s-])", at.lines[line])
    above = next((text for text in reversed(at.lines[:line]) if text.strip()), "")
    return match if match and above.startswith(f"{match[1]}- ") else None


def _long_name(at: Stumble) -> Finding | None:
    """A field name too long for YAML to find its colon."""
    if not at.says("mapping values", "expected ':'", "expected ',' or"):
        return None
    start, end = at.begin, at.text.find(":", at.begin + MAX_NAME, at.offset(at.since + 1))
    if at.text[at.at : at.at + 1] == ":":
        start, end = at.offset(at.line), at.at
        line = at.text[start:end].rstrip()
        if line[-1:] in ("'", '"'):
            start += max(line.rfind(line[-1], 0, -1), 0)
        else:
            start += max(
                (line.rfind(sign) + len(sign) for sign in ("{", "[", ",", ": ", "- ") if sign in line), default=0
            )
    name = at.text[start : max(start, end)]
    start += len(name) - len(name.lstrip())
    name = name.strip()
    if len(name) <= MAX_NAME or name[0] in "[{":
        return None
    return Finding(*name_too_long(len(name)), start, start + len(name))


def _colon_in_value(at: Stumble) -> Finding | None:
    if not at.says("mapping values"):
        return None
    line = at.lines[at.line].rstrip("\r")
    match = _KEY_VALUE.match(line)
    if not match or at.column < match.end():
        return None
    start = at.offset(at.line, match.end())
    value = line[match.end() :].rstrip()
    return Finding(
        "colon-in-value",
        _("a colon and a space inside the value make it look like another field"),
        _("put the whole value in quotes"),
        at.at,
        at.at + 1,
        () if value[0] in "\"'[{|>" else _quoted(start, value),
    )


def _quoted(start: int, rest: str) -> tuple[Edit, ...]:
    """The edit that quotes a line's value, before a comment; none if `#…` may be part of the value."""
    value = _COMMENT.split(rest, maxsplit=1)[0]
    if _HASH.search(value):
        return ()
    return (Edit(start, start + len(value), "'" + value.replace("'", "''") + "'"),)


def _in_brackets(at: Stumble) -> Finding | None:
    """A mistake between brackets: a full-width comma, two commas, an unclosed bracket."""
    if not at.says("parsing a flow", "expected ',' or"):
        return None
    for comma in _wide_commas(at):
        return wide_comma(comma.start(), comma.start() + 1, Edit(comma.start(), comma.end(), ", "))
    if at.says("node content", "expected the node content") and at.text[at.at : at.at + 1] == ",":
        return Finding(
            "comma-too-many",
            _("nothing before this comma"),
            _("delete the comma"),
            at.at,
            at.at + 1,
            (Edit(at.at, at.at + 1, ""),),
        )
    return Finding(
        "unclosed-bracket",
        _("unclosed bracket, or missing comma"),
        _("close it on the same line, and put commas between the items"),
        at.begin,
        at.begin + 1,
    )


def _wide_commas(at: Stumble) -> Iterator[re.Match[str]]:
    """The full-width commas outside quotes between the bracket and the parser's stop, last first."""
    inside = at.text[at.begin : at.at + 1]
    for match in reversed([*_WIDE_COMMA.finditer(at.text, at.begin, at.at + 1)]):
        before = inside[: match.start() - at.begin]
        if before.count('"') % 2 == 0 and before.count("'") % 2 == 0:
            yield match


def _unclosed_quote(at: Stumble) -> Finding | None:
    return _open_quote(at.begin) if at.says("scanning a quoted scalar") else None


def _needs_quotes(at: Stumble) -> Finding | None:
    if at.says("scanning an a", "scanning a tag", "parsing a tag", "scanning a block scalar"):
        line, column = at.since, at.since_column
    elif at.says("cannot start any token", "node content", "entries are not", "keys are not", "tag handle"):
        line, column = at.line, at.column
    else:
        return None
    start = at.offset(line, column)
    rest = at.lines[line][column:].rstrip() if line < len(at.lines) else ""
    if not rest:
        return None
    before = at.lines[line][:column]
    return Finding(
        "quotes-needed",
        _("a value cannot begin with '{sign}'").format(sign=rest[0]),
        _("put the value in quotes"),
        start,
        start + 1,
        _quoted(start, rest) if _BEFORE_VALUE.match(before) and rest[0] not in "\"'" else (),
    )


def _after_quotes(at: Stumble) -> Finding | None:
    line = at.lines[at.line] if at.line < len(at.lines) else ""
    before = line[: at.column].rstrip()
    if not at.says("did not find expected", "expected <block end>") or before[-1:] not in ("'", '"', "]", "}"):
        return None
    hint = _("put the whole value in one pair of quotes")
    if before[-1] == "'":
        hint = _("put the whole value in \"…\"; inside '…', write ' twice")
    match = _KEY_VALUE.match(line)
    value = line[match.end() :].rstrip() if match else ""
    fix = _quoted(at.offset(at.line, match.end()), value) if match and value[:1] in ("[", "{") else ()
    message = _("text after the closing {sign}").format(sign=before[-1])
    return Finding("text-after-quotes", message, hint, at.at, at.at + 1, fix)


def _escape(at: Stumble) -> Finding | None:
    if not at.says("escape", "hexdecimal"):
        return None
    return Finding(
        "unknown-escape",
        _("invalid escape after a backslash in double quotes"),
        _("use '\\\\' for a backslash, or use single quotes"),
        at.at,
        at.at + 1,
    )


def _indentation(at: Stumble) -> Finding | None:
    # Where a name is expected, the parser reads ahead through brackets up to libyaml's own limit.
    no_key = at.says("expected ':'", "nesting depth")
    if not no_key and not at.says("mapping values", "did not find expected", "entries are not", "expected <block end>"):
        return None
    line = min(at.since if no_key else at.line, len(at.lines) - 1)
    text = at.lines[line]
    start = at.offset(line, len(text) - len(text.lstrip()))
    if no_key:
        return Finding(
            "no-field",
            _("this line does not begin with 'field: '"),
            _("use 'field: value', or indent the line if it continues the value above"),
            start,
            at.offset(line, len(text.rstrip())),
        )
    return Finding(
        "wrong-indent",
        _("the line is not aligned with the lines next to it"),
        _("indent it like the lines next to it, two spaces per level"),
        start,
        start + 1,
    )


def _outside(at: Stumble) -> Finding | None:
    """Text before or after the record's own document."""
    if not at.says("directive", "<document start>"):
        return None
    line = next((number for number in at.suspects if at.lines[number].startswith("%")), None)
    if line is not None:
        start = at.offset(line)
        message = _("a line must not begin with '%'")
        return Finding("yaml-directive", message, _("remove it"), start, start + len(at.lines[line]))
    message = _("the file contains more than one document")
    hint = _("keep one customer per file, without '---' or '...'")
    start = at.offset(min(at.line, len(at.lines) - 1))
    return Finding("several-documents", message, hint, start, start + 1)


def _anything(at: Stumble) -> Finding:
    start = at.offset(min(at.line, len(at.lines) - 1), at.column)
    return Finding(
        "yaml-syntax",
        _("not valid YAML: {said}").format(said=at.message),
        _("put the value in quotes, or compare with the lines above"),
        start,
        start + 1,
    )


_EXPLAINERS: tuple[Callable[[Stumble], Finding | None], ...] = (
    _outside,
    _quote_over_lines,
    _fullwidth_colon,
    _fullwidth_space,
    _tab,
    _no_blank,
    _long_name,
    _colon_in_value,
    _unclosed_quote,
    _in_brackets,
    _needs_quotes,
    _escape,
    _after_quotes,
    _indentation,
    _anything,
)
