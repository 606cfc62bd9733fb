"""The customers of tests/figures/due-calendar.yaml, of which it says what is due on some days."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from crmtext import settings
from crmtext.schema import Schema
from crmtext.snapshot import Snapshot, build

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = Path(__file__).parents[1] / "figures/due-calendar.yaml"
#: The settings and expectations, all values as text.
CALENDAR: Any = yaml.load(_FILE.read_text("utf-8"), yaml.BaseLoader)


def files(**settings_: str) -> Mapping[str, str]:
    """The text of each file of the store, with other values of these settings."""
    text = CALENDAR["settings"]
    for name, value in settings_.items():
        start = text.index(f"{name} = ")
        text = text[:start] + f'{name} = "{value}"' + text[text.index("\n", start) :]
    records = yaml.safe_load(_FILE.read_text("utf-8"))["records"]
    dumped = {f"records/{one['id']}.yaml": yaml.safe_dump(one, allow_unicode=True) for one in records}
    return {"crmtext.toml": text, **dumped}


def snapshot(day: str) -> Snapshot:
    """The customers on a day."""
    texts = dict(files())
    return build(
        [(path, text.encode()) for path, text in texts.items() if path.startswith("records/")],
        read="worktree",
        schema=Schema.shipped(),
        settings=settings.read(texts["crmtext.toml"].encode()),
        today=date.fromisoformat(day),
    )


def store(folder: Path, **settings_: str) -> Path:
    """The store in a folder."""
    for path, text in files(**settings_).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())
    return folder
