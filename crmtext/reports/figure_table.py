"""Tables and lists of figures as HTML: pages can have 10,000 rows, for which templates are too slow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import escape

from crmtext.wording.links import stem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.figures.tables_cells import Cell, Head
    from crmtext.reports.view import Part


def as_html(part: Part, *, linked: bool = False) -> str:
    """Return a table whose customers link to their pages if these are beside the report."""
    heads = "".join(f'<th scope="col"{_class(head)}>{escape(head.label)}</th>' for head in part.heads)
    classes = [(_class(head), _class(head, " few")) for head in part.heads]
    rows = "".join(f"<tr>{_cells(row, classes, linked=linked)}</tr>\n" for row in part.rows)
    total = f"<tfoot><tr>{_cells(part.total, classes, linked=False)}</tr></tfoot>\n" if part.total else ""
    return (
        f'<div class="scroll" role="group" aria-label="{escape(part.label)}" tabindex="0"><table class="plain">\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n{total}</table></div>"
    )


def _class(head: Head, more: str = "") -> str:
    names = ("number" if head.right else "short" if head.fixed else "") + more
    return f' class="{names.strip()}"' if names else ""


def _cells(row: Iterable[Cell], classes: Iterable[tuple[str, str]], *, linked: bool) -> str:
    parts = []
    for cell, (plain, few) in zip(row, classes, strict=True):
        text: str = escape(cell.text)
        if linked and cell.customer:
            text = f'<a href="customers/{escape(stem(cell.customer))}.html">{text}</a>'
        parts.append(f"<td{few if cell.few else plain}>{text}</td>")
    return "".join(parts)
