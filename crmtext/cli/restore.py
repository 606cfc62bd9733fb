"""`crmtext restore`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmtext.answer import Text
from crmtext.cli.framework import options, prompts
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.session import absolute
from crmtext.cli.framework.types import Location

if TYPE_CHECKING:
    from crmtext.problem import Exit


@click.command(cls=Command)
@click.argument("file", type=Location(path_type=Path), metavar="FILE")
@click.argument("folder", type=Location(path_type=Path), metavar="DIR")
@options.form("text", "json")
def restore(file: Path, folder: Path, form: str) -> Exit:
    r"""Make a store of a backup, in a folder that is missing or empty.

    It has the same branches, tags and files as the store had, with hooks and merge driver installed. Your private key
    is read from ~/.config/crmtext/key, or from the file that CRMTEXT_KEY names.

    \b
    crmtext restore ../backups/crm-20261129T153000Z.backup.age ../crm
    """
    from crmtext.protection import keys
    from crmtext.protection.backup import restore as backup_restore
    from crmtext.protection.backup import words

    own = partial(keys.own, prompts.passphrase)
    restored = backup_restore.restore(absolute(file), absolute(folder), own)
    note = words.after(restored)
    return emit(Text(words.restored(restored), words.restored_document(restored), note), form)
