"""Amounts, numbers and budgets of cells."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.importers.values import plain_text
from crmtext.importers.values.outcome import EMPTY, Converter, Outcome, bad
from crmtext.problem import CrmError
from crmtext.record.input import amount_range, amounts
from crmtext.text.read.scalars import EXACT, too_long
from crmtext.values import lazy
from crmtext.values.standards import currencies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crmtext.importers.sheet import Cell
    from crmtext.schema import Field

_EUROPEAN = lazy.pattern(r"\D*-?\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?\D*|\D*-?\d+,\d{1,2}\D*")
_CERTAIN = lazy.pattern(r".*\d,\d{1,2}\D*|.*\d\.\d{3}\.\d{3}.*")
_ENGLISH = lazy.pattern(r".*\d,\d{3}(?:\D.*)?|.*\d\.(?:\d{1,2}|\d{4,})\D*")
_MULTIPLIED = lazy.pattern(r"[千万亿百kwm]|mn|million", re.IGNORECASE)
_NO_AMOUNT = frozenset({"无", "暂无", "未知", "面议", "待定", "待确认", "tbd", "tbc", "none"})


def is_european(cells: Iterable[Cell]) -> bool:
    """Whether the numbers of a column have a comma before the decimals: some do for certain, and none has a point."""
    certain = False
    for cell in cells:
        if isinstance(cell, str) and (text := cell.strip()):
            if _CERTAIN.fullmatch(text) and _EUROPEAN.fullmatch(text):
                certain = True
            elif _ENGLISH.fullmatch(text) and not _EUROPEAN.fullmatch(text):
                return False
    return certain


def number(field: Field, home: str, european: Callable[[], bool], *, beside: bool) -> Converter:
    """Return the converter of a field with a number; `beside` says that a field next to it holds its currency."""
    spec = field.resolved
    percent, is_whole = spec.get("maximum") == 100, field.kind == "integer"

    def convert(cell: Cell) -> Outcome:
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            return _checked(float(cell), field) if isinstance(cell, float) else _checked(cell, field)
        text = plain_text.narrow(plain_text.read(cell).text)
        if not text or text.casefold() in _NO_AMOUNT:
            return EMPTY
        if why := plain_text.damage(cell, text)[0]:
            return bad(why, _("enter the number in digits"))
        bare = text.rstrip("%％ ") if percent or is_whole else text
        if european() and _EUROPEAN.fullmatch(bare):
            bare = bare.replace(".", "").replace(",", ".")
        try:
            exact, code = amounts.read(bare, home)
        except CrmError:
            return bad(_("not a number"), field.hint or _("enter the number in digits"))
        if code and code != home and not beside:
            return bad(_("an amount in another currency than the store's"), _("convert it to {code}").format(code=home))
        why = _("unit multiplied out") if _MULTIPLIED.search(bare) else ""
        result = _checked(_plain(exact), field)
        return result._replace(rewritten=why, currency=code if beside else "") if not result.bad else result

    return convert


def _plain(exact: Decimal) -> int | float:
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _checked(value: float, field: Field) -> Outcome:
    if isinstance(value, float):
        if not math.isfinite(value):
            return bad(_("not a number"), _("enter the number in digits"))
        value = int(value) if value.is_integer() else value
    if too_long(f"{Decimal(str(value)):f}"):
        return bad(_("a number with more than {n} digits").format(n=EXACT), _("enter the number in digits"))
    if field.kind == "integer" and not isinstance(value, int):
        return bad(_("not a whole number"), field.hint or _("enter a whole number"))
    low, high = field.resolved.get("minimum"), field.resolved.get("maximum")
    if low is not None and value < low:
        return bad(_("less than {n}").format(n=low), field.hint or _("enter a larger number"))
    if high is not None and value > high:
        return bad(_("more than {n}").format(n=high), field.hint or _("enter a smaller number"))
    return Outcome(value)


def budget(field: Field, home: str) -> Converter:
    """Return the converter of an amount or a range of amounts."""

    def convert(cell: Cell) -> Outcome:
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            checked = _checked(cell, field.by_key["min"])
            return checked if checked.bad else Outcome({"min": checked.value, "max": checked.value})
        text = plain_text.line(plain_text.read(cell).text)
        if not text:
            return EMPTY
        if why := plain_text.damage(cell, text)[0]:
            return bad(why, _("enter the number in digits"))
        try:
            read: Any = amount_range.read(field, text, home)
        except CrmError:
            read = None
        if read is None or any(_checked(read[key], field.by_key[key]).bad for key in ("min", "max") if key in read):
            return bad(_("neither an amount nor a range"), _("enter an amount or a range, such as 50k-80k"))
        # What isn't an amount yet stays as it was written: 面议 isn't 待定.
        words = {"text": text} if read.get("basis") == "to-confirm" and "text" not in read else {}
        return Outcome({**read, **words})

    return convert


def currency(cell: Cell) -> Outcome:
    """Return the code of a currency."""
    text = plain_text.read(cell).text
    code = currencies.code_of(text) if text else ""
    if text and not code:
        return bad(_("not a currency"), _("enter a code such as CNY or USD"))
    return Outcome(code) if code else EMPTY
