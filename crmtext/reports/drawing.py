"""Charts of tables of figures: positions and sizes; the templates draw them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from crmtext.figures.tables_text import in_unit, row_names, series
from crmtext.i18n import _
from crmtext.terminal.width import clip, display_width
from crmtext.wording import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.figures.tables import FigureTable
    from crmtext.figures.tables_text import Series

#: The width of a chart: its text stays readable where it fills a phone or half a page.
WIDTH = 440.0
#: About the width of half a Chinese character, and the height of a line.
_SIGN, _LINE = 6.8, 22.0
#: The room for the labels of rows, and the most signs in it.
_LABELS, _SIGNS = 126.0, 19
#: The height of columns and lines, and the room above and below them.
_TALL, _TOP, _BOTTOM = 132.0, 18.0, 34.0
#: The most rows, columns, and series of one chart; the table has all.
_ROWS, _COLUMNS, _SERIES = 16, 26, 6
#: Parts of a chart's text alternative.
_WORDS = 40


@dataclass(frozen=True, slots=True)
class Box:
    """A bar, part of a bar, or field of a heat map; `tone` is the number of its series."""

    x: float
    y: float
    width: float
    height: float
    title: str
    tone: int = 1
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, as coordinates."""

    points: str
    tone: int = 1


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a line."""

    x: float
    y: float
    title: str
    tone: int = 1


@dataclass(frozen=True, slots=True)
class Word:
    """A text at a place; `anchor` is `start`, `middle` or `end`, `kind` is `label`, `value`, `axis` or `on`."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    kind: str = "label"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart with its title, its figures as text, and its marks."""

    kind: str
    title: str
    text: str
    height: float
    boxes: tuple[Box, ...] = ()
    lines: tuple[Line, ...] = ()
    dots: tuple[Dot, ...] = ()
    words: tuple[Word, ...] = ()
    #: Heights of the lines across: zero and the largest value.
    across: tuple[float, ...] = ()
    #: The labels of the series by tone, if there are several.
    legend: tuple[str, ...] = ()
    width: float = WIDTH


class _Scale:
    """Places on an axis from zero, or from the least number if it is negative."""

    def __init__(self, numbers: Sequence[float | None], start: float, end: float) -> None:
        given = [one for one in numbers if one is not None]
        self._least, self._most = min([0.0, *given]), max([0.0, *given])
        self._start, self._end = start, end
        self._span = (self._most - self._least) or 1.0

    def at(self, number: float) -> float:
        """The place of a number."""
        return round(self._start + (self._end - self._start) * (number - self._least) / self._span, 1)


def draw(table: FigureTable, kind: str = "") -> tuple[Drawing, ...]:
    """Return the charts of a table: one for each currency or other unit; none without figures."""
    kind = kind or table.chart
    columns = [one for one in series(table) if any(one.numbers) and table.charted in ("", one.column)]
    if not kind or not columns or not (table.by or table.period):
        return ()
    names = row_names(table)
    by_unit: dict[str, list[Series]] = {}
    for one in columns:
        by_unit.setdefault(one.unit, []).append(one)
    # A chart shows the first measure, in each of its currencies.
    first = [one for one in columns if one.column == columns[0].column]
    if len(names[0]) > 1:
        crossed = [_Crossed.of(table, one, names) for one in first]
        make = {"stacked": _stacked, "heat": _heat, "lines": _lines}.get(kind)
        return tuple(make(one) for one in crossed) if make else ()
    if kind in ("stacked", "lines"):
        of_units = [_Crossed.of_measures(table, some, names) for some in by_unit.values()]
        return tuple((_stacked if kind == "stacked" else _lines)(one) for one in of_units)
    labels_ = [name for (name,) in names]
    make_one = {"funnel": _funnel, "heat": _bars}.get(kind, _columns if table.period else _bars)
    return tuple(make_one(_title(table, one), labels_, one) for one in first)


def sparkline(numbers: Sequence[float | None], title: str) -> Drawing:
    """Return a small line of numbers."""
    scale = _Scale(numbers, 22.0, 2.0)
    step = 116.0 / max(len(numbers) - 1, 1)
    places = [(round(2 + at * step, 1), None if one is None else scale.at(one)) for at, one in enumerate(numbers)]
    text = _(", ").join("–" if one is None else f"{one:g}" for one in numbers[-_WORDS:])
    return Drawing("sparkline", title, text, 24.0, lines=_paths(places, 1), width=120.0)


class _Crossed(NamedTuple):
    """Numbers by two keys: the labels of both, and the number and text of each pair."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    numbers: Mapping[tuple[str, str], float]
    texts: Mapping[tuple[str, str], str]
    of_periods: bool
    #: As of a series.
    unit: str

    @classmethod
    def of(cls, table: FigureTable, one: Series, names: Sequence[tuple[str, ...]]) -> _Crossed:
        """The first measure by the first two keys; the period is the first one."""
        pairs = [(name[-1], name[0]) if table.period else (name[0], name[1]) for name in names]
        return cls._from_pairs(_title(table, one), pairs, one.numbers, one.texts, table, one.unit)

    @classmethod
    def of_measures(cls, table: FigureTable, some: Sequence[Series], names: Sequence[tuple[str, ...]]) -> _Crossed:
        """Several measures by the only key."""
        pairs = [(name[0], one.label) for name in names for one in some]
        numbers = [number for row in zip(*(one.numbers for one in some), strict=True) for number in row]
        texts = [text for row in zip(*(one.texts for one in some), strict=True) for text in row]
        shown = _(", ").join(one.label for one in some)
        title = table.label if shown == table.label else labels.labelled(table.label, shown)
        return cls._from_pairs(title, pairs, numbers, texts, table, some[0].unit)

    @classmethod
    def _from_pairs(
        cls,
        title: str,
        pairs: Sequence[tuple[str, str]],
        numbers: Sequence[float | None],
        texts: Sequence[str],
        table: FigureTable,
        unit: str,
    ) -> _Crossed:
        rows: dict[str, list[str]] = {}
        for row, column in pairs:
            rows.setdefault(row, []).append(column)
        columns: list[str] = []
        seen: set[str] = set()
        for names in rows.values():
            # A column that the first rows lack comes after the one before it in a later row.
            for before, column in zip(("", *names), names, strict=False):
                if column not in seen:
                    columns.insert(columns.index(before) + 1 if before else 0, column)
                    seen.add(column)
        known = {pair: number for pair, number in zip(pairs, numbers, strict=True) if number is not None}
        of_pairs = dict(zip(pairs, texts, strict=True))
        return cls(title, tuple(rows), tuple(columns), known, of_pairs, bool(table.period), unit)

    @property
    def text(self) -> str:
        """The numbers as text."""
        named = (f"{row} {column}".strip() for row, column in self.numbers)
        return _as_text(zip(named, (self.texts[pair] for pair in self.numbers), strict=True))


def _title(table: FigureTable, one: Series) -> str:
    return table.label if one.label == table.label else labels.labelled(table.label, one.label)


def _as_text(pairs: Iterable[tuple[str, str]]) -> str:
    return _(", ").join(labels.labelled(name, text) for name, text in islice(pairs, _WORDS))


def _label(y: float, text: str) -> Word:
    return Word(0.0, round(y + _LINE * 0.68, 1), clip(text, _SIGNS))


def _bars(title: str, names: Sequence[str], one: Series) -> Drawing:
    """Bars from left to right, with their labels and values."""
    shown = [row for row in zip(names, one.numbers, one.texts, strict=True) if row[1] is not None][:_ROWS]
    values = max((display_width(text) for _name, _number, text in shown), default=0) * _SIGN + 8
    scale = _Scale([number for _name, number, _text in shown], _LABELS, WIDTH - values)
    boxes, words = [], []
    for at, (name, number, text) in enumerate(shown):
        y, ends = at * _LINE, sorted((scale.at(0.0), scale.at(number or 0.0)))
        boxes.append(Box(ends[0], y + 3, max(round(ends[1] - ends[0], 1), 1.0), 15.0, labels.labelled(name, text)))
        words += [_label(y, name), Word(round(ends[1] + 6, 1), round(y + _LINE * 0.68, 1), text, kind="value")]
    text = _as_text(zip(names, one.texts, strict=True))
    return Drawing("bars", title, text, max(len(shown) * _LINE, 1.0), tuple(boxes), words=tuple(words))


def _columns(title: str, names: Sequence[str], one: Series) -> Drawing:
    """Columns from the first period to the last."""
    shown = [*zip(names, one.numbers, one.texts, strict=True)][-_COLUMNS:]
    scale, step = _Scale([number for _name, number, _text in shown], _TOP + _TALL, _TOP), WIDTH / len(shown)
    boxes, words = [], list(_periods([name for name, _number, _text in shown]))
    for at, (name, number, text) in enumerate(shown):
        if number is None:
            continue
        ends = sorted((scale.at(0.0), scale.at(number)))
        x, height = round(at * step + step * 0.14, 1), max(round(ends[1] - ends[0], 1), 1.0)
        boxes.append(Box(x, ends[0], round(step * 0.72, 1), height, labels.labelled(name, text)))
    words += _above([(number, text) for _name, number, text in shown], scale)
    text = _as_text(zip(names, one.texts, strict=True))
    return Drawing(
        "columns", title, text, _TOP + _TALL + _BOTTOM, tuple(boxes), words=tuple(words), across=(scale.at(0.0),)
    )


def _above(pairs: Sequence[tuple[float | None, str]], scale: _Scale) -> Iterator[Word]:
    """Yield the values above columns if there is room for them, else the largest one."""
    step, known = WIDTH / len(pairs), [(number, text) for number, text in pairs if number is not None]
    if any(display_width(text) * _SIGN > step for _number, text in pairs):
        yield _largest(known)
        return
    for at, (number, text) in enumerate(pairs):
        if number is not None:
            yield Word(round((at + 0.5) * step, 1), scale.at(max(number, 0.0)) - 4, text, "middle", "value")


def _largest(pairs: Sequence[tuple[float, str]]) -> Word:
    """The largest value, at the top of the chart."""
    return Word(0.0, _TOP - 6, max(pairs, key=lambda pair: pair[0])[1], kind="axis")


def _periods(names: Sequence[str]) -> Iterator[Word]:
    """Yield the labels below columns or points: those that fit, months without the year that stands below them."""
    step, y, year = WIDTH / len(names), _TOP + _TALL + 15, ""
    widest = max(display_width(_short(name)) for name in names) * _SIGN + 4
    every = max(1, -int(-widest // step))
    for at, name in enumerate(names):
        if at % every == 0:
            x = round((at + 0.5) * step, 1)
            yield Word(x, y, _short(name), "middle", "axis")
            if _short(name) != name and name[:4] != year:
                year = name[:4]
                yield Word(x, y + 14, year, "middle", "axis")


def _short(name: str) -> str:
    """A period without its year."""
    return name[5:].partition(" ")[0].partition("（")[0] if name[:4].isdigit() and name[4:5] == "-" else name


def _stacked(crossed: _Crossed) -> Drawing:
    """Bars, or columns of periods, in parts."""
    legend, rest = crossed.columns[:_SERIES], crossed.columns[_SERIES:]
    names = crossed.rows[-_COLUMNS:] if crossed.of_periods else crossed.rows[:_ROWS]
    sums = [sum(abs(crossed.numbers.get((name, column), 0.0)) for column in crossed.columns) for name in names]
    totals = [in_unit(number, crossed.unit) for number in sums]
    values = max(map(display_width, totals), default=0) * _SIGN + 8
    ends = (_TOP + _TALL, _TOP) if crossed.of_periods else (_LABELS, WIDTH - values)
    scale, step = _Scale(sums, *ends), WIDTH / len(names)
    boxes = []
    for at, name in enumerate(names):
        reached = 0.0
        for place, column in enumerate((*legend, *rest)):
            if not (number := abs(crossed.numbers.get((name, column), 0.0))):
                continue
            low, high = sorted((scale.at(reached), scale.at(reached + number)))
            reached += number
            title = labels.labelled(f"{name} · {column}", crossed.texts[name, column])
            length, tone = round(max(high - low - 1, 0.8), 1), min(place, _SERIES) + 1
            if crossed.of_periods:
                boxes.append(Box(round((at + 0.14) * step, 1), low, round(step * 0.72, 1), length, title, tone))
            else:
                boxes.append(Box(low, at * _LINE + 3, length, 15.0, title, tone))
    shown = (*legend, *([_("others")] if rest else []))
    height, across = (_TOP + _TALL + _BOTTOM, (scale.at(0.0),)) if crossed.of_periods else (len(names) * _LINE, ())
    words = [*_periods(names), *_above([*zip(sums, totals, strict=True)], scale)] if crossed.of_periods else []
    for at, (name, number, text) in enumerate(zip(names, sums, totals, strict=True)):
        if not crossed.of_periods:
            y = round((at + 0.68) * _LINE, 1)
            words += [_label(at * _LINE, name), Word(round(scale.at(number) + 6, 1), y, text, kind="value")]
    drawing = Drawing("stacked", crossed.title, crossed.text, height, tuple(boxes), words=tuple(words))
    return replace(drawing, across=across, legend=shown)


def _lines(crossed: _Crossed) -> Drawing:
    """A line for each series; it has gaps where numbers are missing."""
    names, columns = crossed.rows[-_COLUMNS:], crossed.columns[:_SERIES]
    shown = {pair: number for pair, number in crossed.numbers.items() if pair[0] in names and pair[1] in columns}
    scale, step = _Scale([*shown.values()], _TOP + _TALL, _TOP), WIDTH / len(names)
    lines: list[Line] = []
    dots = []
    for tone, column in enumerate(columns, start=1):
        numbers = [shown.get((name, column)) for name in names]
        places = [round((at + 0.5) * step, 1) for at in range(len(names))]
        points = [(x, None if one is None else scale.at(one)) for x, one in zip(places, numbers, strict=True)]
        lines += _paths(points, tone)
        for name, (x, y) in zip(names, points, strict=True):
            if y is not None:
                title = labels.labelled(f"{name} · {column}", crossed.texts[name, column])
                dots.append(Dot(x, y, title, tone))
    words = [*_periods(names), *([_largest([(shown[pair], crossed.texts[pair]) for pair in shown])] if shown else [])]
    return Drawing(
        "lines",
        crossed.title,
        crossed.text,
        _TOP + _TALL + _BOTTOM,
        lines=tuple(lines),
        dots=tuple(dots),
        words=tuple(words),
        across=tuple({scale.at(0.0), _TOP}),
        legend=columns if len(columns) > 1 else (),
    )


def _paths(points: Sequence[tuple[float, float | None]], tone: int) -> tuple[Line, ...]:
    """The lines between the points, broken where one is missing; a point alone has none."""
    runs: list[list[str]] = [[]]
    for x, y in points:
        if y is None:
            runs.append([])
        else:
            runs[-1].append(f"{x:g},{y:g}")
    return tuple(Line(" ".join(run), tone) for run in runs if len(run) > 1)


def _funnel(title: str, names: Sequence[str], one: Series) -> Drawing:
    """Bars around the middle, from the first stage to the last."""
    shown = [*zip(names, one.numbers, one.texts, strict=True)][:_ROWS]
    most = max((abs(number or 0.0) for _name, number, _text in shown), default=0.0) or 1.0
    values = max((display_width(text) for _name, _number, text in shown), default=0) * _SIGN + 8
    room = WIDTH - _LABELS - values
    boxes, words = [], []
    for at, (name, number, text) in enumerate(shown):
        y, width = at * (_LINE + 4), max(round(room * abs(number or 0.0) / most, 1), 1.0)
        x = round(_LABELS + (room - width) / 2, 1)
        boxes.append(Box(x, y + 1, width, _LINE, labels.labelled(name, text)))
        words += [_label(y, name), Word(WIDTH, round(y + _LINE * 0.68, 1), text, "end", "value")]
    text = _as_text(zip(names, one.texts, strict=True))
    return Drawing("funnel", title, text, len(shown) * (_LINE + 4), tuple(boxes), words=tuple(words))


def _heat(crossed: _Crossed) -> Drawing:
    """A field for each pair, the darker the larger its number."""
    names, columns = crossed.rows[:_ROWS], crossed.columns[:_COLUMNS]
    most = max((abs(number) for number in crossed.numbers.values()), default=0.0) or 1.0
    step = (WIDTH - _LABELS) / len(columns)
    signs = int(step / _SIGN)
    boxes = []
    words = [
        Word(round(_LABELS + (at + 0.5) * step, 1), 13.0, clip(_short(column), max(signs, 2)), "middle", "axis")
        for at, column in enumerate(columns)
    ]
    for at, name in enumerate(names):
        y = (at + 1) * _LINE
        words.append(_label(y, name))
        for place, column in enumerate(columns):
            number = crossed.numbers.get((name, column))
            if number is None:
                continue
            x, text = round(_LABELS + place * step, 1), crossed.texts[name, column]
            opacity = round(0.06 + 0.94 * abs(number) / most, 2)
            title = labels.labelled(f"{name} · {column}", text)
            boxes.append(Box(x, y, round(step - 2, 1), _LINE - 2, title, opacity=opacity))
            if display_width(text) <= signs:
                middle, kind = round(x + step / 2 - 1, 1), "on" if opacity > 0.5 else "value"
                words.append(Word(middle, round(y + _LINE * 0.64, 1), text, "middle", kind))
    height = (len(names) + 1) * _LINE
    return Drawing("heat", crossed.title, crossed.text, height, tuple(boxes), words=tuple(words))
