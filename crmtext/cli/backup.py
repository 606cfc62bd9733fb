"""`crmtext backup`."""

from __future__ import annotations

import tempfile
from contextlib import suppress
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
from crmtext.i18n import _
from crmtext.problem import CrmError

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.store import Store


@click.command(cls=Command)
@click.option("-o", "--output", type=Location(), metavar="DIR", help="The folder for the backup.")
@click.option("-r", "--recipient", "keys", multiple=True, metavar="KEY",
              help="A public key that can open the backup, besides those of the setting backup.to.")  # fmt: skip
@click.option("--verify", type=Location(path_type=Path), metavar="FILE",
              help="Restore a backup in a temporary folder and check it.")  # fmt: skip
@options.form("text", "json")
def backup(output: str | None, keys: tuple[str, ...], verify: Path | None, form: str) -> Exit:
    r"""Write an encrypted backup of the store, or verify one.

    The backup is one file with all branches, tags and commits, which the owners of the public keys can open. It is
    restored and compared before it is encrypted. Uncommitted changes are not in it.

    \b
    crmtext backup -o ../backups
    crmtext backup --verify ../backups/crm-20261129T153000Z.backup.age
    """
    if verify:
        if output or keys:
            raise click.UsageError(_("--verify can't be combined with -o and -r"))
        return _verify(absolute(verify), form)
    if not output:
        raise click.UsageError(_("name the folder for the backup: -o DIR; or a backup to check: --verify FILE"))
    store = options.store()
    from crmtext.protection.backup import make, words

    done = make.backup(store, absolute(Path(output)), keys)
    return emit(Text(words.backed_up(done), words.backup_document(done), words.left_out(done, store)), form)


def _verify(file: Path, form: str) -> Exit:
    store = _store()
    from crmtext.protection import keys
    from crmtext.protection.backup import make, restore, words

    own = partial(keys.own, prompts.passphrase)
    repo = store.repository if store else None
    home = make.own_folder(repo) if repo else Path(tempfile.gettempdir())
    checked = restore.verify(file, own, home, repo)
    return emit(Text(words.verified(checked, file), words.verified_document(checked, file)), form)


def _store() -> Store | None:
    """The store that the command runs in, if it runs in one: a backup can be verified anywhere."""
    with suppress(CrmError):
        return options.faulty_store()
    return None
