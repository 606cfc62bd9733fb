"""Where the files that ship with the program are: beside the package in a checkout, inside it when installed."""

from __future__ import annotations

from pathlib import Path


def folder(name: str) -> Path:
    """The shipped `schema`, `hooks` or `records` folder."""
    package = Path(__file__).parent
    installed = package / "data" / name
    return installed if installed.is_dir() else package.parent / name
