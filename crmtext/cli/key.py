"""`crmtext key`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmtext.answer import Text
from crmtext.cli.framework import prompts
from crmtext.cli.framework.help import Command, Group
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.session import absolute
from crmtext.i18n import _

if TYPE_CHECKING:
    from crmtext.problem import Exit


@click.group(cls=Group)
def key() -> None:
    """Make and show your key, which opens backups.

    The public half stands in crmtext.toml below [backup]. The private half is a file that only you can read: keep it
    offline, for nobody can open a backup without it.
    """


@key.command(cls=Command)
@click.option("--offline", is_flag=True, help="Only make a key file, for backups.")
@click.option("-o", "--output", default="", metavar="FILE", help="The file. Default: ~/.config/crmtext/key.")
def init(output: str, *, offline: bool) -> Exit:
    r"""Make a key file and print the public key.

    On a terminal you are asked for a passphrase that the file is encrypted with. An existing file is never replaced.

    \b
    crmtext key init --offline -o ../backup.key
    """
    if not offline:
        raise click.UsageError(_("name the kind of key: --offline makes a key file for backups"))
    from crmtext.protection import keys

    path = absolute(Path(output)) if output else keys.place()
    public = keys.make(path, prompts.new_passphrase())
    lines = [
        _("Created the private key {path}: keep it where only you can read it").format(path=keys.shown(path)),
        _("add the public key to crmtext.toml, below [backup]: {line}").format(line=f'to = ["{public}"]'),
    ]
    return emit(Text(f"{public}\n", note="\n".join(lines)))


@key.command(cls=Command)
def show() -> Exit:
    """Print your public key.

    It is computed from the private key in ~/.config/crmtext/key, or in the file that CRMTEXT_KEY names.
    """
    from crmtext.protection import keys

    return emit(Text("".join(f"{one.public}\n" for one in keys.own(prompts.passphrase))))
