"""A command run: language and output are set up, and whatever happens is turned into an exit code."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

from crmtext import i18n, quick
from crmtext.cli.framework import language
from crmtext.i18n import _
from crmtext.problem import CrmError, Exit, Problem, Severity, cannot, usage
from crmtext.terminal.output import QuietPipe, write_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import click

#: The options of `crmtext` itself that take a value.
_WITH_VALUE = ("-C", "--lang", "--color")
#: What git's own hooks ask for, to the letter.
_BEFORE_COMMIT = (("pre-commit",), ("pre-merge-commit",))
#: What git calls, with names of files as they are.
_OF_GIT = (("hook",), ("merge-driver",), ("textconv",))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `crmtext` with these arguments, those of the process by default; give its exit code."""
    # What lives for a tenth of a second leaves most of its litter to the system.
    gc.set_threshold(50_000, 20, 50)
    try:
        with language.speaking(language.chosen(early(arguments).get("--lang")) or i18n.from_locale()):
            words = tuple(sys.argv[1:] if arguments is None else arguments)
            if arguments is None and words[:1] not in _OF_GIT and (code := _guarded(_read_arguments, None)):
                return code
            lean = quick.on("start")
            if lean and words[:1] == ("merge-driver",):
                return _merge(words[1:])
            if lean and words[:1] == ("hook",) and words[1:] in _BEFORE_COMMIT:
                return _guarded(_decide, arguments)
            # Only now: Click's words are to be in the language chosen.
            from crmtext.cli.framework.group import crmtext

            return run(crmtext, arguments)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def stopped(error: OSError | KeyboardInterrupt) -> int:
    """The exit code where an answer that was there already could not be written; why is told."""

    def fail() -> int:
        raise error

    with language.speaking(language.chosen(early(None).get("--lang")) or i18n.from_locale()):
        return _guarded(fail, None)


def _merge(words: Sequence[str]) -> int:
    """Merge one file for git, which waits for this at every file: without Click, and all that comes with it."""
    # What lives for a tenth of a second leaves its litter to the system.
    gc.disable()
    from crmtext.merge import driver

    return _guarded(lambda: driver.main(words), ("merge-driver",))


def _decide() -> int:
    """Decide about a commit for git, which waits for this, too."""
    from pathlib import Path

    from crmtext.validation import pre_commit

    return pre_commit.run(Path(), language.chosen(None))


def _read_arguments() -> int:
    """Have the arguments of the process be text. Raises CrmError at one that is in no known encoding."""
    from crmtext.terminal import encodings

    for number, word in enumerate(sys.argv[1:], 1):
        meant = encodings.argument(word)
        if meant is None:
            message = _("argument {number} is not valid UTF-8: {text}").format(number=number, text=ascii(word))
            raise usage("not-utf8", message, _("use UTF-8, or the encoding of your locale (LC_ALL, LANG)"))
        sys.argv[number] = meant
    return Exit.FINE


def early(arguments: Sequence[str] | None) -> dict[str, str]:
    """The options of `crmtext` itself, wherever they stand, before Click reads them."""
    found: dict[str, str] = {}
    words = iter(sys.argv[1:] if arguments is None else arguments)
    for word in words:
        if word == "--":
            break
        name, equals, value = word.partition("=")
        if not word.startswith("-"):
            found.setdefault("command", word)
        elif name in _WITH_VALUE:
            found[name] = value if equals else next(words, "")
        elif name == "--debug" or "command" not in found:
            found[name] = value
    return found


def run(command: click.Command, arguments: Sequence[str] | None = None) -> int:
    """Run a command; give the exit code, whatever happens."""
    from click import Abort, ClickException

    def called() -> int:
        try:
            code = command.main(arguments, prog_name="crmtext", standalone_mode=False) or Exit.FINE
            with QuietPipe():
                if sys.stdout:
                    sys.stdout.flush()
        except ClickException as error:
            return _tell_misuse(error)
        except Abort:
            return Exit.INTERRUPTED
        return int(code)

    return _guarded(called, arguments)


def _guarded(called: Callable[[], int], arguments: Sequence[str] | None) -> int:
    try:
        return called()
    except CrmError as error:
        return _tell(error.problem, error.exit_code)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except OSError as error:
        return _tell(_refused(error), Exit.CANNOT)
    except Exception as error:  # noqa: BLE001 - the last resort
        return _tell_bug(error, early(arguments))


def _tell(problem: Problem, code: Exit) -> int:
    from crmtext.terminal import code_frame

    write_error(code_frame.render(problem, color=_colours()))
    return code


def _fail(message: str, hint: str) -> None:
    """Say what is so and what to do, where no rule has been broken."""
    from crmtext.terminal.color import style

    label = Severity.ERROR.label
    write_error(f"{style(label, fg='red', bold=True) if _colours() else label}: {message}\n  = {hint}\n")


def _colours() -> bool:
    from crmtext.terminal.color import colours

    asked = early(None).get("--color", "auto")
    return colours("always" if asked == "always" else "never" if asked == "never" else "auto", sys.stderr)


def _refused(error: OSError) -> Problem:
    about = f": {error.filename}" if error.filename else ""
    return cannot("io", _("system error: {reason}").format(reason=f"{error.strerror or error}{about}")).problem


def _tell_misuse(error: click.ClickException) -> int:
    from crmtext.cli.framework.help import Incomplete, hint, misuse
    from crmtext.terminal.width import printable

    if isinstance(error, Incomplete):
        write_error(f"{error.message}\n")
        return error.exit_code
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "crmtext"
    otherwise = _("for usage, see '{command} --help'").format(command=path)
    _fail(printable(misuse(error)), printable(hint(error)) or otherwise)
    return error.exit_code


def _tell_bug(error: Exception, given: dict[str, str]) -> int:
    if "--debug" in given:
        import traceback

        from crmtext.terminal.width import printable

        write_error(printable("".join(traceback.format_exception(error))))
    _fail(_("internal error in crmtext: {kind}").format(kind=type(error).__name__), _how_to_report(error, given))
    return Exit.BUG


def _how_to_report(error: Exception, given: dict[str, str]) -> str:
    from crmtext.cli.commands import COMMANDS
    from crmtext.terminal import crash_log

    command = given.get("command", "")
    try:
        log = crash_log.write(error, command if command in COMMANDS else "-")
    except OSError:
        return _("please report it with the output of --debug")
    return _("please report it and attach this file, which contains no customer data: {path}").format(path=log)
