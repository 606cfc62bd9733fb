"""`crmtext completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from crmtext.answer import Text
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.types import Choice
from crmtext.problem import Exit


@click.command(cls=Command)
@click.argument("shell", type=Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> Exit:
    r"""Print the script that makes your shell complete commands, customers, colleagues and values.

    Customers are completed by id and by name, including Chinese names. Add one of these lines to the file named next to
    it:

    \b
    eval "$(crmtext completion bash)"         ~/.bashrc
    eval "$(crmtext completion zsh)"          ~/.zshrc, below compinit
    crmtext completion fish | source          ~/.config/fish/config.fish
    """
    completer = get_completion_class(shell)
    if completer is None:
        return Exit.CANNOT
    return emit(Text(completer(context.find_root().command, {}, "crmtext", "_CRMTEXT_COMPLETE").source()))
