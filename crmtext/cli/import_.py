"""`crmtext import`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crmtext.answer import Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command, Misuse, first_example
from crmtext.cli.framework.prompts import Stopped, possible
from crmtext.cli.framework.render import emit, json_parts, say
from crmtext.cli.framework.session import absolute, current
from crmtext.cli.framework.types import Choice, Location, Whole
from crmtext.cli.import_questions import Conversation
from crmtext.disk import files
from crmtext.disk.output_place import check_place
from crmtext.i18n import _
from crmtext.importers.columns import profiles
from crmtext.importers.options import PAIRS, Options, ReadOptions, pair
from crmtext.importers.plan.document import document
from crmtext.importers.plan.markdown import markdown
from crmtext.importers.plan.text import counts_line, text
from crmtext.importers.run import run
from crmtext.problem import Exit, usage
from crmtext.unite import decisions

if TYPE_CHECKING:
    from crmtext.importers.run import Result
    from crmtext.record.change.write import WriteOptions
    from crmtext.store import Store

F = Callable[..., Any]


def _understanding(command: F) -> F:
    """Add the options that say how to read and understand the files, passed as `wanted`, beside the `store`."""

    @click.option(
        "--from", "profile", default="", metavar="NAME", help="The profile or saved mapping; default: detected."
    )
    @click.option("--map", "maps", multiple=True, metavar="COLUMN=FIELD", help="Write a column into this field.")
    @click.option("--drop", "drops", multiple=True, metavar="COLUMN", help="Leave a column out.")
    @click.option("--save", default="", metavar="NAME", help="Keep the mapping as import/NAME.toml.")
    @click.option(
        "--default",
        "defaults",
        multiple=True,
        metavar="FIELD=VALUE",
        help="Fill an empty field of new customers; @COLUMN as VALUE takes the value of that column.",
    )
    @click.option(
        "--value",
        "meanings",
        multiple=True,
        metavar="COLUMN:VALUE=OURS",
        help="A value in the files means this one of ours; - stands for none.",
    )
    @click.option(
        "--people", multiple=True, metavar="NAME=HANDLE", help="Which colleague a name means; - means nobody."
    )
    @click.option(
        "--on-conflict",
        type=Choice(("list", "ours", "theirs")),
        default="list",
        show_default=True,
        help="What to do where the store and the files have different values.",
    )
    @click.option(
        "--base",
        "bases",
        multiple=True,
        metavar="COMMIT",
        help="Count this squashed commit as an import of the source.",
    )
    @click.option("--with-deletions", is_flag=True, help="Delete what is gone from the source and unchanged here.")
    @click.option("--same", multiple=True, metavar="ROW=ID", help="This row is that customer, or that of another row.")
    @click.option("--not-same", multiple=True, metavar="ROW|all", help="This row is a new customer.")
    @click.option("--partial", is_flag=True, help="Import the good rows, set the rejected ones aside.")
    @click.option("--where", default="", metavar="EXPR", help="Import only customers that match, as list --where.")
    @click.option("--sheet", default="", metavar="NAME", help="Import only this sheet of a workbook.")
    @click.option("--header-row", type=Whole(1), metavar="N", help="The number of the row with the headers.")
    @click.option("--encoding", default="", metavar="NAME", help="The encoding of a text file, such as big5.")
    @click.option(
        "--day-first/--month-first",
        default=None,
        help="Read 01/02/2024 as 1 February, or as 2 January.",
    )
    @wraps(command)
    def wrapped(*args: Any, **typed: Any) -> Any:
        # First the store: its language is that of errors in the options.
        return command(*args, store=options.store(writes=True), wanted=_wanted(typed), **typed)

    return wrapped


def _wanted(typed: dict[str, Any]) -> Options:
    """The options of an import, taken out of all that was typed."""
    names = ("profile", "drops", "save", "on_conflict", "not_same", "bases", "partial", "with_deletions", "where")
    own = {name: typed.pop(name) for name in names}
    for option, name in PAIRS.items():
        own[name] = tuple(pair(option, text) for text in typed.pop(name))
    sheet, row, encoding, day_first = (typed.pop(name) for name in ("sheet", "header_row", "encoding", "day_first"))
    return Options((), ReadOptions(sheet, encoding, row or 0, day_first), **own)


@click.command("import", cls=Command)
@click.argument("sources", nargs=-1, metavar="SOURCE...")
@_understanding
@click.option("--branch", default="", metavar="NAME", help="Commit on a new branch; your work tree stays as it is.")
@click.option("--list", "listed", is_flag=True, help="List the profiles and saved mappings.")
@click.option("--show", default="", metavar="NAME", help="Show the columns of a profile or saved mapping.")
@click.option(
    "-o",
    "--output",
    type=Location(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the whole plan or result to a file: .md, .json or .txt.",
)
@options.committing
@options.form("text", "markdown", "json")
def import_(
    sources: tuple[str, ...],
    store: Store,
    wanted: Options,
    branch: str,
    show: str,
    output: Path | None,
    form: str,
    *,
    listed: bool,
    how: WriteOptions,
) -> Exit:
    r"""Bring in customers from files of other systems.

    SOURCE is a sheet (csv, xlsx, xls, ods), contacts (vcf), JSON, a folder or a zip of these; - reads stdin. Files of
    one export belong together: give all of them, or their folder. All rows come in, in one commit, or none. See what
    would happen first:

    \b
    crmtext import 客户信息表.xlsx --dry-run
    """
    if listed or show:
        answer = profiles.shown(store, show) if show else profiles.listed(store)
        return emit(answer, "json" if form == "json" else "table")
    if not sources:
        context = click.get_current_context()
        raise Misuse(_("name the files to import"), first_example(context), context)
    _check_output(store, output, sources)
    wanted = wanted._replace(sources=tuple(source if source == "-" else _near(source) for source in sources))
    how = how._replace(commit=how.commit is not False, branch=branch, action="import", tell=None)
    if branch and not how.commit:
        raise click.UsageError(_("--branch and --no-commit can't be combined"))
    stdin = sys.stdin.buffer if "-" in sources else None
    asker = None
    if possible() and not how.dry_run and stdin is None:
        more = ("--branch", branch) if branch else () if how.commit else ("--no-commit",)
        asker = Conversation(sources, more)
    try:
        result = run(store, wanted, how, stdin, asker)
    except (Stopped, click.Abort, KeyboardInterrupt) as stop:
        aside = asker.aside if asker else ()
        click.echo("\n".join((_not_written(aside), *aside)), err=True)
        if asker and asker.way_on:
            click.echo(_("to go on with your answers: {command}").format(command=asker.way_on), err=True)
        if isinstance(stop, Stopped):
            return Exit.FOUND
        raise
    if isinstance(result, decisions.Done):
        emit(decisions.answer(result), "json" if form == "json" else "table")
        return result.exit
    return _finish(store, result, form, output, is_shown=bool(asker and asker.is_confirmed))


def _check_output(store: Store, output: Path | None, sources: Sequence[str]) -> None:
    """Raise CrmError if the plan would overwrite a part of the store or one of the files to import."""
    if output is None:
        return
    check_place(absolute(output), store.root)
    if absolute(output).resolve() in {absolute(Path(source)).resolve() for source in sources}:
        message = _("'{path}' is one of the files to import").format(path=output)
        raise usage("output-place", message, _("write to another file"))


def _finish(store: Store, result: Result, form: str, output: Path | None, *, is_shown: bool) -> Exit:
    """Print the plan or result, and write it to a file if one is named. A plan that was shown is not shown again."""
    if output:
        path = absolute(output)
        within = files.trusted(path.parent, store.root)
        content = _shown(result, {".md": "markdown", ".json": "json"}.get(path.suffix.lower(), "text"))
        files.write(path, content.encode(), files.read(path, within=within), within=within)
    if form == "text":
        closing = result.lines
        if result.exit or not (closing or result.plan.commit):
            closing = (_not_written(closing), *closing)
        plan = f"{counts_line(result.plan)}\n" if is_shown else text(result.plan)
        emit(Text(plan + "".join(f"{line}\n" for line in closing)))
    else:
        say(_shown(result, form), "")
    return result.exit


def _not_written(aside: Sequence[str]) -> str:
    """What a stopped import left: nothing, or only the files of rejected rows."""
    return _("Nothing was imported.") if aside else _("Nothing was written.")


def _shown(result: Result, form: str) -> str:
    if form == "json":
        return "".join(json_parts({"schema": 1, **document(result.plan)}))
    return markdown(result.plan) if form == "markdown" else text(result.plan)


def _near(source: str) -> str:
    """A typed path, from the folder of the command."""
    path = Path(source)
    folder = current().directory
    return source if path.is_absolute() or folder == Path() else str(folder / path)
