"""`crmtext handover`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmtext.answer import Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command, Misuse, first_example, use_instead
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.session import absolute
from crmtext.cli.framework.types import Location
from crmtext.disk.output_place import check_place
from crmtext.handover.codeowners import codeowners
from crmtext.handover.plan import Asked
from crmtext.handover.run import Wanted, run_handover
from crmtext.i18n import _
from crmtext.terminal.quoting import quoted
from crmtext.validation import check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.problem import Exit
    from crmtext.record.change.write import WriteOptions


@click.command(cls=Command, context_settings={"allow_extra_args": True})
@click.option(
    "--from", "giver", default="", metavar="COLLEAGUE", help="The colleague who hands over: a handle or name."
)
@click.option("--to", "taker", default="", metavar="COLLEAGUE", help="The colleague who takes over: a handle or name.")
@click.option(
    "--where", default="", metavar="EXPR", help="Hand over only customers that match, such as: 'vip' in tags."
)
@click.option(
    "--rest",
    default="",
    metavar="COLLEAGUE",
    help="The colleague who takes over the customers that --where does not match.",
)
@click.option(
    "--branch", default="", metavar="NAME", help="Commit on a new branch for review; you stay on the current one."
)
@click.option(
    "-o",
    "--output",
    type=Location(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a handover booklet: .md or .html.",
)
@click.option(
    "--check",
    "checked",
    is_flag=True,
    help="List records whose owner has left, change nothing; exit code 1 if there are any.",
)
@click.option(
    "--codeowners",
    "owners",
    is_flag=True,
    help="Print the owner of each file in the CODEOWNERS format of GitHub and GitLab.",
)
@click.option("--diff", "full", is_flag=True, help="With --dry-run: after the summary, show the changes as a diff.")
@options.committing
@options.form("text", "json")
def handover(
    giver: str,
    taker: str,
    where: str,
    rest: str,
    branch: str,
    output: Path | None,
    form: str,
    *,
    checked: bool,
    owners: bool,
    full: bool,
    how: WriteOptions,
) -> Exit:
    r"""Hand customers over to a colleague, in one commit.

    Owners, open next steps, cases and opportunities change hands. Each customer gets a note and a date for the
    introduction. The change is always committed, unless you give --no-commit; crmtext undo or git revert takes it back.
    To see the result first:

    \b
    crmtext handover --from 刘洋 --to 韩梅 --dry-run -o handover.html
    """
    if named := click.get_current_context().args:
        options_too = {"--where": where, "--rest": rest, "--branch": branch, "-o": str(output or "")}
        kept = [f" {name} {quoted(value)}" for name, value in options_too.items() if value]
        raise _without_options(giver, taker, named, "".join([*kept, " --dry-run" if how.dry_run else ""]))
    if full and not how.dry_run:
        raise click.UsageError(_("--diff requires --dry-run"))
    store = options.store(writes=not checked)
    if checked:
        answer = check.check(store.worktree(), select=("owner-left",))
        return emit(answer, form, strict=True)
    if owners:
        repo = store.repository
        return emit(Text(codeowners(store.worktree(), repo.prefix if repo else "")))
    if not giver or not taker:
        context = click.get_current_context()
        raise Misuse(_("give both colleagues: --from … --to …"), first_example(context), context)
    names = (options.colleague(store, name) if name else "" for name in (giver, taker, rest))
    asked = Asked(next(names), next(names), where, next(names), options.me(store))
    target = absolute(output) if output else None
    if target:
        check_place(target, store.root)
    done = run_handover(store, asked, Wanted(target, branch, full), how)
    return emit(done if full or form == "json" else done._replace(diff=""), form, summary_first=how.dry_run)


def _without_options(giver: str, taker: str, named: Iterable[str], more: str) -> Misuse:
    """The error for colleagues given without --from and --to, with the right command; `more` are its other options."""
    people = [quoted(name) for name in (giver, *named, taker) if name]
    hint = use_instead(f"handover --from {people[0]} --to {people[1]}{more}") if len(people) == 2 else ""
    return Misuse(_("give both colleagues: --from … --to …"), hint, click.get_current_context())
