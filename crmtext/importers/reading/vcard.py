"""Cards: vCard 2.1, 3.0 and 4.0 as phones and mail programs write them, one row a card."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _
from crmtext.importers.reading.card_columns import columns, position
from crmtext.importers.reading.delimited import LARGEST_CELL, MOST_COLUMNS, MOST_ROWS, decode
from crmtext.importers.reading.failure import unreadable
from crmtext.importers.sheet import Row, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LINE = re.compile(r'(?:([\w-]+)\.)?([\w-]++)((?:;(?:[^":;]|"[^"]*+")*+)*+):(.*)', re.DOTALL)
_PARAM = re.compile(r';((?:[^":;]|"[^"]*+")*+)')
_BEGIN, _END = re.compile(r"begin:vcard\s*", re.IGNORECASE), re.compile(r"end:vcard\s*", re.IGNORECASE)
#: Lines of ours in a file of rejected cards: the number of the card, what is wrong with it, and the fix.
REASONS = ("X-CRMTEXT-ROW", "X-CRMTEXT-REASON", "X-CRMTEXT-FIX")
_ENCODINGS = ("QUOTED-PRINTABLE", "BASE64", "B", "8BIT", "7BIT")
#: Pictures, sounds and keys: their bodies are never read.
_BODY = re.compile(r"(?:[\w-]+\.)?(PHOTO|LOGO|SOUND|KEY|X-MS-CARDPICTURE|X-WAB-PHOTO)\b(?![-\w])", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PIECE = re.compile(r"\\.?|;|[^\\;]+", re.DOTALL)


class Property(NamedTuple):
    """A line of a card."""

    group: str
    #: In upper case.
    name: str
    #: By name in upper case.
    params: dict[str, list[str]]
    #: The parts of the value between semicolons; most values have one.
    parts: tuple[str, ...]

    @property
    def value(self) -> str:
        """The value as one text."""
        return ";".join(self.parts).strip()

    @property
    def types(self) -> frozenset[str]:
        """What kind of phone, address or account it is, in lower case."""
        return frozenset(word for text in self.params.get("TYPE", ()) for word in text.lower().split(","))


class Card(NamedTuple):
    """A card's number, its text without pictures, and its properties."""

    number: int
    lines: list[str]
    properties: list[Property]


def read(name: str, data: bytes, digest: str, encoding: str = "") -> Sheet:
    """Return the cards of a file as a sheet: a header with number 0, then a row for each card with the card's number.

    Raises CrmError if the file holds no card or is no text.
    """
    text, used = decode(name, data, encoding)
    unread: Counter[str] = Counter()
    cards, open_cards = _cards(text, used, unread)
    if not cards:
        raise unreadable(name, _("no card (BEGIN:VCARD) in the file"), _("export the contacts again"))
    if len(cards) > MOST_ROWS:
        raise unreadable(name, _("more than {count} rows").format(count=f"{MOST_ROWS:,}"), _("split the file"))
    values = [columns(card.properties, unread) for card in cards]
    header = _header(values)
    if len(header) > MOST_COLUMNS:
        reason = _("the cards have more than {count} kinds of values").format(count=f"{MOST_COLUMNS:,}")
        raise unreadable(name, reason, _("split the file"))
    rows = [Row(0, tuple(header))]
    for card, cells in zip(cards, values, strict=True):
        if any(len(cell) > LARGEST_CELL for cell in cells.values()):
            raise unreadable(name, _("a value of card {number} is larger than 10 MiB").format(number=card.number))
        rows.append(Row(card.number, tuple(cells.get(column) for column in header)))
    texts = {card.number: "\n".join(card.lines) + "\n" for card in cards}
    return Sheet(name, "", "vcf", tuple(rows), digest, used, texts=texts, notes=_notes(unread, open_cards))


def _header(values: Sequence[dict[str, str]]) -> list[str]:
    """The columns of all cards in their fixed order."""
    return sorted({column for cells in values for column in cells}, key=position)


def _notes(unread: Counter[str], open_cards: int) -> tuple[str, ...]:
    notes = []
    if unread:
        kinds = _(", ").join(f"{kind} ({count})" for kind, count in unread.most_common(8))
        notes.append(_("{count} lines of cards have no column: {kinds}").format(count=unread.total(), kinds=kinds))
    if open_cards:
        notes.append(_("{count} cards have no END:VCARD").format(count=open_cards))
    return tuple(notes)


def _cards(text: str, encoding: str, unread: Counter[str]) -> tuple[list[Card], int]:
    """The cards in the order of their BEGIN lines, and how many of them never end. A card may hold another (AGENT)."""
    cards: list[Card] = []
    stack: list[Card] = []
    open_cards = 0
    for line, raw in _logical(text):
        if _BEGIN.fullmatch(line):
            last = stack[-1].properties[-1] if stack and stack[-1].properties else None
            if stack and not (last and last.name == "AGENT" and not last.value):
                stack.pop()
                open_cards += 1
            stack.append(Card(len(cards) + 1, [raw], []))
            cards.append(stack[-1])
        elif not stack:
            unread.update("?" if line.strip() else "")
        elif _END.fullmatch(line):
            stack.pop().lines.append(raw)
        elif line.partition(":")[0].strip().upper() in REASONS:
            continue
        elif body := _BODY.match(line):
            stack[-1].lines.append(f"{body[0]}:")
        elif line.strip():
            stack[-1].lines.append(raw)
            if (match := _LINE.fullmatch(line.strip())) is None:
                unread["?"] += 1
            else:
                stack[-1].properties.append(_property(match, encoding))
    return cards, open_cards + len(stack)


def _logical(text: str) -> Iterator[tuple[str, str]]:
    """Lines with folds and soft breaks joined, and the same as the file has them; without bodies of pictures."""
    parts: list[str] = []
    raw: list[str] = []
    soft = body = False
    for line in text.split("\n"):
        starts = bool(line) and not line[0].isspace()
        if body and parts and (not starts or _LINE.fullmatch(line) is None):
            continue
        if parts and soft and not _BEGIN.fullmatch(line) and not _END.fullmatch(line):
            parts[-1] = parts[-1][:-1]
            parts.append(line[1:] if line[:1] in " \t" and not starts else line)
            raw.append(line)
        elif parts and line[:1] in (" ", "\t") and not (_BEGIN.fullmatch(parts[0]) or _END.fullmatch(parts[0])):
            parts.append(line[1:])
            raw.append(line)
        else:
            if parts:
                yield "".join(parts), "\n".join(raw)
            parts, raw = [line], [line]
            head = line.partition(":")[0].upper()
            quoted = "QUOTED-PRINTABLE" in head
            body = bool(_BODY.match(line))
        soft = quoted and parts[-1].endswith("=")
    if parts:
        yield "".join(parts), "\n".join(raw)


def _property(match: re.Match[str], encoding: str) -> Property:
    params: dict[str, list[str]] = {}
    for text in _PARAM.findall(match[3]):
        name, sign, value = text.partition("=")
        if not sign:
            name, value = ("ENCODING" if text.upper() in _ENCODINGS else "TYPE"), text
        params.setdefault(name.strip().upper(), []).append(value.strip().strip('"'))
    coding = params.get("ENCODING", [""])[0].upper()
    charset = params.get("CHARSET", [encoding])[0]
    parts = _split(match[4])
    if coding == "QUOTED-PRINTABLE":
        parts = [_text(quopri.decodestring(_bytes(part, charset)), charset) for part in parts]
    elif coding in ("B", "BASE64"):
        try:
            parts = [_text(base64.b64decode(match[4]), charset)]
        except (binascii.Error, ValueError):
            parts = [match[4]]
    return Property(match[1] or "", match[2].upper(), params, tuple(map(_unescaped, parts)))


def _split(text: str) -> list[str]:
    """The parts between semicolons that no backslash escapes."""
    if "\\" not in text:
        return text.split(";")
    parts: list[list[str]] = [[]]
    for piece in _PIECE.findall(text):
        if piece == ";":
            parts.append([])
        else:
            parts[-1].append(piece)
    return ["".join(part) for part in parts]


def _bytes(text: str, charset: str) -> bytes:
    try:
        return text.encode(charset)
    except (LookupError, UnicodeError):
        return text.encode()


def _text(data: bytes, charset: str) -> str:
    """Text in its stated charset, else in one of ours; signs that none of them knows are replaced."""
    for encoding in (charset, "utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
            text.encode()
        except (LookupError, ValueError):
            continue
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return data.decode("utf-8", "replace")


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], text) if "\\" in text else text
