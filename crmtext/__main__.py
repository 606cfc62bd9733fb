"""The entry point: sets up language and output, runs the command, and turns whatever happens into an exit code."""

from __future__ import annotations

import gc
import io
import os
import sys
from typing import TYPE_CHECKING

from crmtext import i18n, speech
from crmtext.i18n import _
from crmtext.problem import CrmError, Exit, Problem, cannot

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click

#: The options before the command that take a value.
_WITH_VALUE = ("-C", "--lang", "--color")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `crmtext` with these arguments, those of the process by default; give its exit code."""
    try:
        with speech.speaking(speech.chosen(early(arguments).get("--lang")) or i18n.from_locale()):
            _write_utf8()
            words = tuple(sys.argv[1:] if arguments is None else arguments)
            if words[:1] == ("merge-driver",):
                return _merge(words[1:])
            # Only now: Click's words are to be in the language chosen.
            from crmtext.cli import crmtext

            return run(crmtext, arguments)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def _merge(words: Sequence[str]) -> int:
    """Merge one file for git, which waits for this at every file: without Click, and all that comes with it."""
    # What lives for a tenth of a second leaves its litter to the system.
    gc.disable()
    from crmtext import merge_driver

    try:
        return merge_driver.main(words)
    except OSError as error:
        return _tell(_refused(error), Exit.CANNOT)
    except Exception as error:  # noqa: BLE001 - the last resort; git's own merge takes over then
        return _tell_bug(error, {"command": "merge-driver"})


def early(arguments: Sequence[str] | None) -> dict[str, str]:
    """The options before the command's name, before Click reads them."""
    found: dict[str, str] = {}
    words = iter(sys.argv[1:] if arguments is None else arguments)
    for word in words:
        if not word.startswith("-") or word == "--":
            found["command"] = word
            break
        name, equals, value = word.partition("=")
        found[name] = value if equals else next(words, "") if name in _WITH_VALUE else ""
    return found


def _write_utf8() -> None:
    """Make output UTF-8 whatever the locale; a terminal of another Chinese encoding keeps its own."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            keeps = stream.isatty() and stream.encoding.lower() not in {"ascii", "ansi_x3.4-1968", "latin-1"}
            stream.reconfigure(encoding=stream.encoding if keeps else "utf-8", errors="backslashreplace")


def run(command: click.Command, arguments: Sequence[str] | None = None) -> int:
    """Run a command; give the exit code, whatever happens."""
    from click import Abort, ClickException

    try:
        code = command.main(arguments, prog_name="crmtext", standalone_mode=False) or Exit.FINE
        _flush()
    except CrmError as error:
        return _tell(error.problem, error.exit_code)
    except ClickException as error:
        return _tell_misuse(error)
    except (Abort, KeyboardInterrupt):
        return Exit.INTERRUPTED
    except OSError as error:
        return _tell(_refused(error), Exit.CANNOT)
    except Exception as error:  # noqa: BLE001 - the last resort
        return _tell_bug(error, early(arguments))
    return int(code)


def _flush() -> None:
    try:
        if sys.stdout:
            sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(problem: Problem, code: Exit) -> int:
    from crmtext.cli import frame

    _say(frame.frame(problem, color=_colours()))
    return code


def _fail(message: str, hint: str) -> None:
    """Say what is so and what to do, where no rule has been broken."""
    from click import style

    _say(f"{style('error', fg='red', bold=True) if _colours() else 'error'}: {message}\n  = {hint}\n")


def _colours() -> bool:
    from crmtext.cli.session import colours

    asked = early(None).get("--color", "auto")
    return colours("always" if asked == "always" else "never" if asked == "never" else "auto", sys.stderr)


def _say(text: str) -> None:
    if sys.stderr:
        sys.stderr.write(text)


def _refused(error: OSError) -> Problem:
    about = f": {error.filename}" if error.filename else ""
    return cannot("io", _("the system refuses: {reason}").format(reason=f"{error.strerror or error}{about}")).problem


def _tell_misuse(error: click.ClickException) -> int:
    from crmtext.cells import printable
    from crmtext.cli.help import hint, misuse

    context = getattr(error, "ctx", None)
    path = context.command_path if context else "crmtext"
    otherwise = _("'{command} --help' shows how it is used").format(command=path)
    _fail(printable(misuse(error)), printable(hint(error)) or otherwise)
    return error.exit_code


def _tell_bug(error: Exception, given: dict[str, str]) -> int:
    if "--debug" in given:
        import traceback

        traceback.print_exception(error)
    _fail(_("a mistake in crmtext itself: {kind}").format(kind=type(error).__name__), _how_to_report(error, given))
    return Exit.BUG


def _how_to_report(error: Exception, given: dict[str, str]) -> str:
    from crmtext import bug
    from crmtext.cli.table import COMMANDS

    command = given.get("command", "")
    try:
        log = bug.write(error, command if command in COMMANDS else "-")
    except OSError:
        return _("please report it with what --debug shows")
    return _("please report it with this file, which holds no customer data: {path}").format(path=log)


if __name__ == "__main__":
    sys.exit(main())
