"""Tables and lists of figures as HTML: pages can have 10,000 rows, for which templates are too slow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import escape

from crmtext.terminal.width import display_width
from crmtext.values import lazy
from crmtext.wording.links import stem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.figures.tables_cells import Cell
    from crmtext.reports.view import Part

#: The width of cells that are never folded: of words, and of figures without words.
_SHORT, _FIGURES = 14, 26
_NUMBER, _IN_BRACKETS = ' class="number', lazy.pattern(r"^(.+?)( ?)((?:\(|（)[^(（]*)$")
_LETTERS = lazy.pattern(r"[^\W\d_万亿]")


def as_html(part: Part, *, linked: bool = False) -> str:
    """Return a table whose customers link to their pages if these are beside the report."""
    names = _classes(part)
    heads = "".join(
        f'<th scope="col"{_class(one)}>{escape(head.label)}</th>' for head, one in zip(part.heads, names, strict=True)
    )
    classes = [(_class(one), _class(f"{one} few")) for one in names]
    rows = "".join(f"<tr>{_cells(row, classes, linked=linked)}</tr>\n" for row in part.rows)
    total = f"<tfoot><tr>{_cells(part.total, classes, linked=False)}</tr></tfoot>\n" if part.total else ""
    return (
        f'<div class="scroll" role="group" aria-label="{escape(part.label)}" tabindex="0"><table class="plain">\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n{total}</table></div>"
    )


def _classes(part: Part) -> list[str]:
    """The class of each column: numbers, short ones that are never folded, and the id beside a name."""
    columns = zip(*part.rows, strict=True) if part.rows else ((),) * len(part.heads)
    names = [
        "number" if head.right else "short" if head.fixed or all(map(_is_short, cells)) else ""
        for head, cells in zip(part.heads, columns, strict=True)
    ]
    if any(head.name == "name" for head in part.heads):
        names = [f"{one} id" if head.name == "id" else one for head, one in zip(part.heads, names, strict=True)]
    return names


def _is_short(cell: Cell) -> bool:
    """Whether a cell is a few words, or figures such as two dates with an arrow between them."""
    width = display_width(cell.text)
    return width <= _SHORT or (width <= _FIGURES and not _LETTERS.search(cell.text))


def _class(names: str) -> str:
    return f' class="{names.strip()}"' if names.strip() else ""


def _cells(row: Iterable[Cell], classes: Iterable[tuple[str, str]], *, linked: bool) -> str:
    parts = []
    for cell, (plain, few) in zip(row, classes, strict=True):
        text = str(escape(cell.text))
        if plain.startswith(_NUMBER):
            # Where a page is too narrow, the part in brackets is on a line of its own.
            text = _IN_BRACKETS.sub(r"<span>\1</span>\2<span>\3</span>", text)
        if linked and cell.customer:
            text = f'<a href="customers/{escape(stem(cell.customer))}.html">{text}</a>'
        parts.append(f"<td{few if cell.few else plain}>{text}</td>")
    return "".join(parts)
