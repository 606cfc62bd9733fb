"""`crmtext merge-driver`, which git calls to merge a record."""

from __future__ import annotations

import click

from crmtext.cli.framework.help import Command
from crmtext.merge import driver


@click.command("merge-driver", cls=Command)
@click.argument("files", nargs=3, metavar="%O %A %B")
@click.argument("size", metavar="%L")
@click.argument("path", metavar="%P")
def merge_driver(files: tuple[str, str, str], size: str, path: str) -> int:
    """Merge a record for git, as set up by `crmtext hooks install`; the result replaces %A."""
    return driver.main((*files, size, path))
