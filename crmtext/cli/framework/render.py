"""Print answers as text or JSON: data to stdout, messages to stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from itertools import islice

import click

from crmtext.answer import Answer, Change, CommitProblems, LazyList, PartlySerialised, Problems, Table, Text
from crmtext.cli.framework import forge_formats
from crmtext.cli.framework.session import current
from crmtext.problem import Exit, Problem, Severity
from crmtext.terminal import code_frame, grid
from crmtext.terminal.color import colours, columns
from crmtext.terminal.output import QuietPipe, control
from crmtext.terminal.width import printable

#: The byte order mark.
_MARK = "\ufeff"
#: The version of the JSON documents.
SCHEMA = 1
#: How many items of a long list are written at once.
_TOGETHER = 10
#: The items of a longer list are one line each.
_LONG = 100


#: Formats of a check besides text and JSON.
FORGES = {"github": forge_formats.github, "gitlab": forge_formats.gitlab, "markdown": forge_formats.markdown}


def emit(
    answer: Answer,
    form: str = "table",
    *,
    strict: bool = False,
    prefix: str = "",
    paged: bool = False,
    summary_first: bool = False,
) -> Exit:
    """Print the answer, as JSON for the form `json`, and return the exit code; `strict` counts warnings, too.

    `prefix` is the store's path in the repository, for the formats of forges. `paged` uses the pager for output longer
    than the terminal. The summary of a change comes last, or with `summary_first` first.
    """
    if form == "json":
        say(json_parts(document(answer)), messages(answer, form, color=colours(current().color, sys.stderr)))
        return exit_code(answer, strict=strict)
    if summary_first and isinstance(answer, Change):
        say("", _ended(printable(answer.summary)))
        answer = answer._replace(summary="")
    output, errors = shown(answer, form, prefix)
    if isinstance(answer, Text) and answer.marked and sys.stdout is not None and not sys.stdout.isatty():
        control(sys.stdout, _MARK)
    if paged and _is_long(output):
        _page(output)
        output = ""
    say(output, errors)
    return exit_code(answer, strict=strict)


def say(output: str | Iterable[str], messages: str) -> None:
    """Write the output, possibly in parts, to stdout and the messages to stderr."""
    # A reader who closes the pipe early still gets the exit code.
    with QuietPipe():
        for part in (output,) if isinstance(output, str) else output:
            click.echo(part, nl=False, color=True)
        if sys.stdout:
            sys.stdout.flush()
        click.echo(messages, err=True, nl=False, color=True)


def note(text: str) -> None:
    """Write a line to stderr."""
    click.echo(printable(text), err=True)


def _is_long(output: str) -> bool:
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        return False
    import shutil  # slow to load, and only a terminal needs it

    return output.count("\n") >= shutil.get_terminal_size().lines


def _page(output: str) -> None:
    """Show the output in the environment's pager; git's `core.pager` may come with a repository and is never run."""
    # As git does: exit if it fits, keep colours, leave the text on the screen.
    os.environ.setdefault("LESS", "FRX")
    click.echo_via_pager(output)


def tell(problems: Iterable[Problem]) -> None:
    """Write the problems to stderr; nothing if there are none."""
    if text := code_frame.render_all(problems, color=colours(current().color, sys.stderr)):
        click.echo(text, err=True, nl=False)


def exit_code(answer: Answer, *, strict: bool = False) -> Exit:
    """Return `FOUND` if the answer has errors, or with `strict` any problem; else `FINE`."""
    problems = answer.problems if isinstance(answer, Problems) else ()
    failed = any(strict or problem.severity is Severity.ERROR for problem in problems)
    return Exit.FOUND if failed else Exit.FINE


def shown(answer: Answer, form: str, prefix: str = "") -> tuple[str, str]:
    """Return the output and the messages of an answer."""
    choice = current().color
    terminal = sys.stdout is not None and sys.stdout.isatty()
    if form == "json":
        text = "".join(json_parts(document(answer)))
    elif form in FORGES and isinstance(answer, Problems):
        text = FORGES[form](answer, prefix)
    else:
        width = columns() if terminal else 0
        text = as_text(answer, color=colours(choice, sys.stdout), columns=width)
    return text, messages(answer, form, color=colours(choice, sys.stderr))


def as_text(answer: Answer, *, color: bool = False, columns: int = 0) -> str:
    """Return the answer as text for a terminal of this width; 0 for a pipe or file."""
    if isinstance(answer, Problems):
        # The line number and its bar take eight cells.
        width = min(code_frame.LINE_WIDTH, max(columns - 8, 20)) if columns else code_frame.LINE_WIDTH
        shown = (code_frame.by_commit if answer.commits else _listing)(answer, color=color, width=width)
        return f"{shown}\n{code_frame.summary(answer)}\n" if shown else f"{code_frame.summary(answer)}\n"
    if isinstance(answer, Table):
        return grid.draw(answer, color=color, width=columns)
    # Before colouring, so that escape sequences in the data are not taken for ours.
    safe = printable(_ended(answer.diff if isinstance(answer, Change) else answer.text))
    return _coloured(safe) if color and isinstance(answer, Change) else safe


def _listing(answer: Problems, *, color: bool, width: int) -> str:
    return code_frame.render_all(answer.problems, color=color, width=width)


def messages(answer: Answer, form: str = "table", *, color: bool = False) -> str:
    """Return the messages beside the data: notes, remaining problems, and the summary of a change."""
    if isinstance(answer, Problems):
        # The code quality report goes to a file; the job's log shows the problems as text.
        return as_text(answer, color=color) if form == "gitlab" else ""
    if not isinstance(answer, Change):
        return _ended(printable(answer.note))
    done = "" if form == "json" else _ended(printable(answer.summary))
    return code_frame.render_all(answer.problems, color=color) + done


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _coloured(diff: str) -> str:
    return "".join(_coloured_line(line) for line in diff.splitlines(keepends=True))


def _coloured_line(line: str) -> str:
    if line.startswith(("+++", "---")):
        return click.style(line, bold=True)
    colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
    return click.style(line, fg=colour) if colour else line


def document(answer: Answer) -> Mapping[str, object]:
    """Return the answer's JSON document."""
    if isinstance(answer, Problems):
        return _checked(answer)
    if isinstance(answer, Change):
        changed = [{"id": name, "path": path} for name, path in answer.changed]
        diff = {"diff": answer.diff} if answer.diff else {}
        return {"schema": SCHEMA, "changed": changed, "commit": answer.commit, **diff, **answer.document}
    return {"schema": SCHEMA, **answer.document}


def _checked(answer: Problems) -> Mapping[str, object]:
    errors = sum(problem.severity is Severity.ERROR for problem in answer.problems)
    return {
        "schema": SCHEMA,
        "read": answer.read,
        "checked": answer.checked,
        "errors": errors,
        "warnings": len(answer.problems) - errors,
        **({"ignored": answer.ignored} if answer.ignored else {}),
        **({"commits": [_culprit(culprit) for culprit in answer.culprits]} if answer.commits else {}),
        "problems": [
            problem_document(problem) | ({"commit": problem.commit} if answer.commits else {})
            for problem in (answer.problems if answer.commits else code_frame.ordered(answer.problems))
        ],
    }


def _culprit(culprit: CommitProblems) -> Mapping[str, object]:
    return {
        "commit": culprit.commit,
        "author": culprit.author,
        "date": culprit.day.isoformat(),
        "subject": culprit.subject,
    }


def problem_document(problem: Problem) -> dict[str, object]:
    """Return the JSON object of a problem."""
    place = problem.place
    return {
        "rule": problem.rule,
        "severity": problem.severity.value,
        "message": problem.message,
        "hint": problem.hint,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "pointer": place.pointer,
        "fixable": bool(problem.fix),
    }


def to_json(value: object) -> str:
    """Return the value as a JSON document with Chinese unescaped and control characters escaped."""
    return printable("".join(_indented(value, "\n")) + "\n", keep="\n")


def _indented(value: object, newline: str) -> Iterator[str]:
    """Yield a value as `json.dumps` indents it; only the items of a long list are one line each, written at once."""
    if not value or not isinstance(value, Mapping | list | tuple):
        yield _in_line(value)
        return
    inner = f"{newline}  "
    start, end = "{}" if isinstance(value, Mapping) else "[]"
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield f"{start}{inner}{_in_line(key)}: "
            yield from _indented(part, inner)
            start = ","
    elif len(value) > _LONG:
        yield f"{start}{inner}" + f",{inner}".join(map(_in_line, value))
    else:
        for part in value:
            yield f"{start}{inner}"
            yield from _indented(part, inner)
            start = ","
    yield f"{newline}{end}"


def json_parts(value: Mapping[str, object]) -> Iterator[str]:
    """Yield a JSON document in parts: long lists a few items at a time, one per line."""
    if not any(isinstance(part, LazyList) for part in value.values()):
        yield to_json(value)
        return
    before = "{"
    for key, part in value.items():
        yield f"{before}\n  {_in_line(key)}: "
        before = ","
        if isinstance(part, LazyList):
            yield "["
            items = iter(part)
            comma = ""
            while some := [_in_line(item) for item in islice(items, _TOGETHER)]:
                yield f"{comma}\n    " + ",\n    ".join(some)
                comma = ","
            yield "\n  ]"
        else:
            yield _in_line(part)
    yield "\n}\n"


def _in_line(value: object) -> str:
    if isinstance(value, PartlySerialised) and value.line:
        return value.line + _in_line(value.rest)[1:]
    # Without indent json uses its C encoder, which is ten times faster. Control characters are escaped on output.
    return _encoder().encode(value)


@cache
def _encoder() -> json.JSONEncoder:
    return json.JSONEncoder(ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    from decimal import Decimal

    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)
