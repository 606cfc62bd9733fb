"""`crmtext hook`, which git's hooks call."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import click

from crmtext.cli.access_warning import warn
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import note, tell
from crmtext.cli.framework.session import current
from crmtext.cli.framework.types import Choice
from crmtext.git.plumbing import repository
from crmtext.i18n import _
from crmtext.problem import CrmError, Exit
from crmtext.setup.hooks import HOOKS, SERVER
from crmtext.validation import commit_message, pre_commit, staged


@click.command(cls=Command, context_settings={"ignore_unknown_options": True})
@click.argument("name", type=Choice((*HOOKS, SERVER)))
@click.argument("arguments", nargs=-1)
def hook(name: str, arguments: tuple[str, ...]) -> Exit:
    """Check a commit or a push for git."""
    if name == "commit-msg":
        if len(arguments) != 1:
            raise click.UsageError(_("commit-msg requires the file of the commit message"))
        return _message(Path(arguments[0]))
    if name == "prepare-commit-msg":
        return _prepare(arguments)
    if name == SERVER:
        from crmtext.cli.server_hooks import receive

        return receive(sys.stdin)
    if name == "pre-push":
        return _send(arguments)
    code = pre_commit.run(current().directory, current().language, current().color)
    warn(current().directory, current().color)
    return code


def _send(arguments: tuple[str, ...]) -> Exit:
    from crmtext.cli.server_hooks import send

    if len(arguments) != 2:
        raise click.UsageError(_("pre-push requires the name and the URL of the remote"))
    # Only to set the language: errors on the disk don't matter for a push.
    with suppress(CrmError):
        options.store()
    return send(sys.stdin, arguments[0])


def _message(path: Path) -> Exit:
    repo = repository(current().directory)
    problems = (
        *commit_message.draft_errors(path.read_text("utf-8", errors="replace")),
        *(commit_message.identity_errors(repo) if repo else ()),
    )
    tell(problems)
    if not problems:
        return Exit.FINE
    note(_("Commit rejected. Your message is kept in {path}.").format(path=path))
    return Exit.FOUND


def _prepare(arguments: tuple[str, ...]) -> Exit:
    """Fill in an empty commit message, and the trailers of an import; an error here never stops the commit."""
    # git passes the source of an existing message: -m, a merge, an amended commit. A template may hold only comments.
    if not arguments or arguments[1:] not in ((), ("template",), ("message",)):
        return Exit.FINE
    typed = arguments[1:] == ("message",)
    from crmtext.diff import import_message  # only this hook needs it

    file = Path(arguments[0])
    with suppress(CrmError, OSError, UnicodeError, LookupError):
        raw = file.read_bytes()
        for store in staged.stores(current().directory):
            options.speak(store.settings)
            encoding = import_message.encoding(store)
            # Bytes that git wrote in another encoding, such as file names, stay as they are.
            text = raw.decode(encoding, "surrogateescape")
            filled = import_message.imported(text, store, typed=typed)
            if filled == text and not typed:
                from crmtext.diff import prepare_message  # slow to load

                filled = prepare_message.filled(text, store, template=bool(arguments[1:]))
            if filled != text:
                file.write_bytes(filled.encode(encoding, "surrogateescape"))
                break
    return Exit.FINE
