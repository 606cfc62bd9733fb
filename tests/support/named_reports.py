"""A small store made by hand, and the named reports of it in words."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from crmtext import settings
from crmtext.figures.tables import FigureTable
from crmtext.figures.tables_text import as_markdown, notes
from crmtext.i18n import speaking
from crmtext.reports.context import Context
from crmtext.reports.named import make
from crmtext.schema import Schema
from crmtext.snapshot import Snapshot, build

if TYPE_CHECKING:
    from crmtext.figures.tables import FigureList

HERE = Path(__file__).parents[1] / "reports" / "named"
STORE = yaml.safe_load((HERE / "store.yaml").read_text("utf-8"))
TODAY = date(2026, 11, 20)


def store(*ids: str, schema: Schema | None = None, records: list[dict[str, Any]] | None = None) -> Snapshot:
    """The store with all its records, with those of some ids, or with others."""
    every = [*STORE["records"], *STORE["broken"]] if records is None else records
    chosen = [one for one in every if not ids or one["id"] in ids]
    return build(
        [(f"records/{one['id']}.yaml", json.dumps(one, ensure_ascii=False).encode()) for one in chosen],
        read="worktree",
        schema=schema or Schema.shipped(),
        settings=settings.read(STORE["settings"].encode()),
        today=TODAY,
    )


def context(snapshot: Snapshot, **asked: Any) -> Context:
    """The context of a report over the last 12 months."""
    return Context(snapshot, **{"since": date(2025, 12, 1), "until": TODAY, **asked})


def in_words(name: str, of: Context, language: str = "en") -> str:
    """A report as Markdown, with what is said about each part."""
    with speaking(language):
        return "\n".join(_words(part) for part in make(name, of).parts)


def _words(part: FigureTable | FigureList) -> str:
    if isinstance(part, FigureTable) and part.name == "fill":
        # Of the fields of all schemas, these are enough to see.
        part = part._replace(rows=[row for row in part.rows if row.group[0].startswith(("cases", "company", "person"))])
    lines = [f"## {part.label} ({part.name})", "", part.about, "", *(f"- {note}" for note in notes(part)), ""]
    return "\n".join(lines) + as_markdown(part)
