"""Run a command: set the language, and turn every outcome into an exit code."""

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
#: The exact arguments of git's hooks before a commit.
_BEFORE_COMMIT = (("pre-commit",), ("pre-merge-commit",))
#: Commands that git calls, with file names in any encoding.
_BY_GIT = (("hook",), ("merge-driver",), ("textconv",))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `crmtext` with these arguments, by default the process's, and return the exit code."""
    # A process of a tenth of a second collects less garbage: its memory is freed at the end anyway.
    gc.set_threshold(50_000, 20, 50)
    try:
        with language.speaking(language.requested(early(arguments).get("--lang")) or i18n.from_locale()):
            words = tuple(sys.argv[1:] if arguments is None else arguments)
            if arguments is None and words[:1] not in _BY_GIT and (code := _guarded(_read_arguments, None)):
                return code
            lean = quick.on("start")
            if lean and words[:1] == ("merge-driver",):
                return _merge(words[1:])
            if lean and words[:1] == ("hook",) and words[1:] in _BEFORE_COMMIT:
                return _guarded(_decide, arguments)
            # Imported now, so that Click's messages are in the chosen language.
            from crmtext.cli.framework.group import crmtext

            return run(crmtext, arguments)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def report_unwritten(error: OSError | KeyboardInterrupt) -> int:
    """Report why a cached answer could not be written, and return the exit code."""

    def fail() -> int:
        raise error

    with language.speaking(language.requested(early(None).get("--lang")) or i18n.from_locale()):
        return _guarded(fail, None)


def _merge(words: Sequence[str]) -> int:
    """Merge one file for git without loading Click, as git waits for each file."""
    # See `main`.
    gc.disable()
    from crmtext.merge import driver

    return _guarded(lambda: driver.main(words), ("merge-driver",))


def _decide() -> int:
    """Check a commit for git without loading Click."""
    from pathlib import Path

    from crmtext.cli import access_warning
    from crmtext.validation import pre_commit

    code = pre_commit.run(Path(), language.requested(None))
    access_warning.warn(Path())
    return code


def _read_arguments() -> int:
    """Decode the process's arguments. Raises CrmError for one in no known encoding."""
    from crmtext.terminal import encodings

    for number, word in enumerate(sys.argv[1:], 1):
        meant = encodings.argument(word)
        if meant is None:
            message = _("argument {number} is not valid UTF-8: {text}").format(number=number, text=ascii(word))
            raise usage("not-utf8", message, _("use UTF-8, or the encoding of your locale (LC_ALL, LANG)"))
        sys.argv[number] = meant
    return Exit.FINE


def early(arguments: Sequence[str] | None) -> dict[str, str]:
    """Return the options of `crmtext` itself, in any position, before Click reads them."""
    options: dict[str, str] = {}
    words = iter(sys.argv[1:] if arguments is None else arguments)
    for word in words:
        if word == "--":
            break
        name, equals, value = word.partition("=")
        if not word.startswith("-"):
            options.setdefault("command", word)
        elif name in _WITH_VALUE:
            options[name] = value if equals else next(words, "")
        elif name == "--debug" or "command" not in options:
            options[name] = value
    return options


def run(command: click.Command, arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code; no exception escapes."""
    from click import Abort, ClickException

    def call(*, again: bool = False) -> int:
        try:
            code = command.main(arguments, prog_name="crmtext", standalone_mode=False) or Exit.FINE
            with QuietPipe():
                if sys.stdout:
                    sys.stdout.flush()
        except ClickException as error:
            spoken = _language_of_store(arguments)
            if again or spoken in ("", i18n.language()):
                return _tell_misuse(error)
            # No command has run yet: one that opens the store speaks its language. Click's words are in the language in
            # which it reads the arguments, so it reads them again.
            language.speak(spoken)
            return call(again=True)
        except Abort:
            return Exit.INTERRUPTED
        return int(code)

    return _guarded(call, arguments)


def _language_of_store(arguments: Sequence[str] | None) -> str:
    """The language of the store's settings; empty without one, or if another language was given."""
    from pathlib import Path

    from crmtext.store import Store

    given = early(arguments)
    if language.requested(given.get("--lang")):
        return ""
    try:
        return Store.find(Path(given.get("-C", "."))).settings_around[0].language
    except (CrmError, OSError):
        return ""


def _guarded(action: Callable[[], int], arguments: Sequence[str] | None) -> int:
    try:
        return action()
    except CrmError as error:
        return _tell(error.problem, error.exit_code)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except OSError as error:
        return _tell(_system_error(error), Exit.CANNOT)
    except Exception as error:  # noqa: BLE001 - the last resort
        return _tell_bug(error, early(arguments))


def _tell(problem: Problem, code: Exit) -> int:
    from crmtext.terminal import code_frame

    write_error(code_frame.render(problem, color=_colours()))
    return code


def _fail(message: str, hint: str) -> None:
    """Write an error without a rule, with its hint."""
    from crmtext.terminal.color import style

    label = Severity.ERROR.label
    write_error(f"{style(label, fg='red', bold=True) if _colours() else label}: {message}\n  = {hint}\n")


def _colours() -> bool:
    from crmtext.terminal.color import colours

    option = early(None).get("--color", "auto")
    return colours("always" if option == "always" else "never" if option == "never" else "auto", sys.stderr)


def _system_error(error: OSError) -> Problem:
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
