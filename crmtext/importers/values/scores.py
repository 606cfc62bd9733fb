"""Scores of surveys: words, stars and other scales as 1 to 5, 5 being the best."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _
from crmtext.importers.values import plain_text
from crmtext.importers.values.outcome import EMPTY, Ask, Converter, Outcome, bad
from crmtext.terminal.quoting import quoted
from crmtext.values import lazy
from crmtext.values.folding import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from crmtext.importers.sheet import Cell

    #: The cells of a column, with the numbers of their rows.
    _Numbered = Callable[[], Iterable[tuple[int, Cell]]]

#: Words from 5 to 1; of several scales with a word, the first one counts that has all words of the column.
_WORDS = (
    (
        "非常满意 很满意 十分满意 特别满意 极为满意", "满意 比较满意 较满意", "一般 一般满意 中立 普通 还行 尚可",
        "不满意 不太满意 不大满意 较不满意 比较不满意", "非常不满意 很不满意 十分不满意 特别不满意 极不满意",
    ),
    ("优秀 优 非常好 很好", "良好 良 好 较好 比较好", "一般 中 中等 普通", "较差 差 不好 比较差", "很差 非常差 极差"),
    ("好评", "", "中评", "", "差评"),
    (
        "非常愿意 很愿意 肯定会", "愿意 比较愿意 可能会", "一般 不确定 说不准", "不愿意 不太愿意 可能不会",
        "非常不愿意 很不愿意 肯定不会",
    ),
    (
        "very_satisfied", "satisfied somewhat_satisfied", "neither_satisfied_nor_dissatisfied neutral",
        "dissatisfied somewhat_dissatisfied unsatisfied", "very_dissatisfied very_unsatisfied",
    ),
    (
        "extremely_satisfied", "very_satisfied", "somewhat_satisfied moderately_satisfied",
        "not_so_satisfied slightly_satisfied", "not_at_all_satisfied",
    ),
    ("excellent", "good", "average fair okay ok neutral", "poor bad below_average", "very_poor very_bad terrible"),
    ("excellent", "very_good", "good", "fair", "poor"),
    (
        "very_likely extremely_likely", "likely somewhat_likely", "neutral", "unlikely somewhat_unlikely",
        "very_unlikely extremely_unlikely",
    ),
    ("strongly_agree", "agree", "neutral neither_agree_nor_disagree", "disagree", "strongly_disagree"),
)  # fmt: skip
_RANGE = lazy.pattern(r"(?<![\d.])([01])\s*(?:[-–—~～至到]|to)\s*(\d{1,3})(?![\d.])")
_UP_TO = lazy.pattern(r"(\d{1,3})\s*分制|满分\s*(?:为|是)?\s*(\d{1,3})|out of\s*(\d{1,3})|/\s*(\d{1,3})\s*[)）分]?\s*$")
_HUNDRED = lazy.pattern(r"百分制|%|percent")
_PROMOTER = lazy.pattern(r"\bnps\b|net promoter|推荐(?:分|意愿|度|值|指数)")
_LIKELY = lazy.pattern(r"recommend|推荐")
_NUMBER = lazy.pattern(
    r"(\d+(?:\.\d+)?)\s*(?:(?:/|out of|of)\s*(\d{1,3})|(%)|分|颗?星|points?|stars?)?\s*(?:[-–—:：(（].*)?"
)
_STARS = lazy.pattern(r"[★⭐🌟]️?")
_EMPTY_STARS = lazy.pattern(r"[☆✩\s]")


class Scale(NamedTuple):
    """The lowest and the highest score."""

    low: int
    high: int


OURS = Scale(1, 5)
_OFFERED = (OURS, Scale(0, 10), Scale(1, 10), Scale(0, 100))
#: How many numbers a question names.
_SHOWN = 3


def typed_scale(text: str) -> Scale | None:
    """Return a scale as users type it: `0-10`; None for anything else."""
    match = _RANGE.fullmatch(text.strip())
    return Scale(int(match[1]), int(match[2])) if match and int(match[2]) > 1 else None


def score(column: str, also: Sequence[Mapping[str, str]], numbered: _Numbered) -> Converter:
    """Return the converter of a column with scores; `also` are meanings of values, such as `0-10` = `1-5`."""
    meanings = {folded(text): value for mapping in reversed(also) for text, value in mapping.items()}
    scales = [scale for mapping in also for text in mapping if (scale := typed_scale(text))]

    @cache
    def of_column() -> Scale | None:
        return scales[0] if scales else _of_header(column) or _of_values(column, _cells(numbered))

    @cache
    def words() -> Mapping[str, int]:
        return _in_words({folded(plain_text.line(plain_text.read(cell).text)) for cell in _cells(numbered)})

    unclear = cache(lambda: _unclear(column, numbered()))

    def convert(cell: Cell) -> Outcome:
        text = plain_text.line(plain_text.narrow(plain_text.read(cell).text))
        if not text:
            return EMPTY
        if folded(text) in meanings:
            value = meanings[folded(text)]
            return Outcome(int(value), _("a score in words")) if value else EMPTY
        if stars := len(_STARS.findall(text)):
            whole = not _EMPTY_STARS.sub("", _STARS.sub("", text)) and stars <= OURS.high
            return Outcome(stars, _("a score in stars")) if whole else _unknown(column, text)
        if folded(text) in words():
            return Outcome(words()[folded(text)], _("a score in words"))
        match = _NUMBER.fullmatch(text)
        if match is None:
            return _unknown(column, text)
        high = int(match[2]) if match[2] else 100 if match[3] else 0
        scale = (Scale(1 if high == OURS.high else 0, high) if high else None) or of_column()
        return _on(scale, float(match[1])) if scale else unclear()

    return convert


def _on(scale: Scale, number: float) -> Outcome:
    """A number of a scale as a score."""
    fix = _("use a whole number from 1 to 5, 5 being the best")
    if not scale.low <= number <= scale.high:
        why = _("more than {n}").format(n=scale.high) if number > scale.high else _("less than {n}").format(n=scale.low)
        return bad(why, fix)
    if scale == OURS:
        if not number.is_integer():
            return bad(_("not a whole number"), fix)
        return Outcome(int(number))
    ours = math.floor(1 + 4 * (number - scale.low) / (scale.high - scale.low) + 0.5)
    return Outcome(ours, _("{low} to {high} becomes 1 to 5").format(low=scale.low, high=scale.high))


def _unknown(column: str, text: str) -> Outcome:
    option = f"--value {quoted(f'{column}:{text[:40]}=5')}"
    return bad(_("not a score"), _("use a number from 1 to 5, 5 being the best, or say what it means: {option}").format(
        option=option))  # fmt: skip


def _unclear(column: str, numbered: Iterable[tuple[int, Cell]]) -> Outcome:
    """The question for the scale of a column, with the numbers that raise it and what each answer makes of them."""
    numbers = [(row, number) for row, cell in numbered if (number := _bare_number(cell)) is not None]
    odd = [(row, number) for row, number in numbers if not OURS.low <= number <= OURS.high]
    usual = max((number for _row, number in numbers if number <= OURS.high), default=None)
    shown = [*dict.fromkeys((*([] if usual is None else [usual]), *(number for _row, number in odd)))][: _SHOWN + 1]
    text = _("'{column}' has numbers without a scale: from where to where does it go?").format(column=column)
    if odd:
        rows = _(", ").join(_("{value} in row {row}").format(value=f"{n:g}", row=row) for row, n in odd[:_SHOWN])
        if len(odd) > _SHOWN:
            rows = _("{rows} and {n} more").format(rows=rows, n=len(odd) - _SHOWN)
        text = _("'{column}' has numbers that aren't from 1 to 5 ({rows}): from where to where does it go?")
        text = text.format(column=column, rows=rows)
    effects = _("; ").join(
        _("{scale}: {effects}").format(scale=f"{scale.low}-{scale.high}", effects=_(", ").join(_effects(scale, shown)))
        for scale in _OFFERED
    )
    ways = tuple(f"--value {quoted(f'{column}:{scale.low}-{scale.high}=1-5')}" for scale in _OFFERED)
    text = _("{question} What becomes of them: {effects}").format(question=text, effects=effects)
    return Outcome(ask=Ask(f"scale:{column}", text, (*ways, f"--drop {quoted(column)}")))


def _cells(numbered: _Numbered) -> Iterator[Cell]:
    return (cell for _row, cell in numbered())


def _effects(scale: Scale, numbers: Iterable[float]) -> Iterator[str]:
    for number in numbers:
        value = _on(scale, number).value
        yield f"{number:g} → {value}" if value else _("{n} is rejected").format(n=f"{number:g}")


def _bare_number(cell: Cell) -> float | None:
    """The number of a cell that names no scale."""
    match = _NUMBER.fullmatch(plain_text.line(plain_text.narrow(plain_text.read(cell).text)))
    return float(match[1]) if match and not (match[2] or match[3]) else None


def _of_header(column: str) -> Scale | None:
    """The scale that a header names."""
    text = column.casefold()
    if match := _RANGE.search(text):
        return Scale(int(match[1]), int(match[2])) if int(match[2]) > 1 else None
    if match := _UP_TO.search(text):
        high = int(next(filter(None, match.groups())))
        return Scale(1 if high == OURS.high else 0, high) if high > 1 else None
    if _HUNDRED.search(text):
        return Scale(0, 100)
    return Scale(0, 10) if _PROMOTER.search(text) else None


def _of_values(column: str, cells: Iterable[Cell]) -> Scale | None:
    """The scale of numbers without one; None if it isn't clear."""
    highest = max((number for cell in cells if (number := _bare_number(cell)) is not None), default=0.0)
    if _LIKELY.search(column.casefold()):
        # Whether people would recommend us is asked on a scale of 0 to 10, and now and then on one of 1 to 5.
        return Scale(0, 10) if OURS.high < highest <= 10 else None
    return OURS if highest <= OURS.high else None


@cache
def _scales() -> tuple[Mapping[str, int], ...]:
    return tuple(
        {folded(word.replace("_", " ")): 5 - place for place, level in enumerate(levels) for word in level.split()}
        for levels in _WORDS
    )


def _in_words(used: set[str]) -> Mapping[str, int]:
    """The scores of the words of a column."""
    known = {word for word in used if any(word in scale for scale in _scales())}
    fitting = [scale for scale in _scales() if known <= scale.keys()]
    if fitting:
        return fitting[0]
    merged: dict[str, int] = {}
    for scale in _scales():
        merged = {**scale, **merged}
    return merged
