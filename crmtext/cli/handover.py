"""`crmtext handover`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmtext.answer import Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command, Misuse, instead, such_as
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.session import located
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
@click.option("--from", "giver", default="", metavar="COLLEAGUE", help="Who hands over: handle or name.")
@click.option("--to", "taker", default="", metavar="COLLEAGUE", help="Who takes over: handle or name.")
@click.option(
    "--where", default="", metavar="EXPR", help="Hand over only those for which this is true, such as: 'vip' in tags."
)
@click.option("--rest", default="", metavar="COLLEAGUE", help="Who takes over those that --where leaves.")
@click.option("--branch", default="", metavar="NAME", help="Commit on a new branch, for review; you stay on yours.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a booklet to take over from: .md or .html.",
)
@click.option("--check", "checked", is_flag=True, help="Only list records whose owner has left; exit with code 1.")
@click.option(
    "--codeowners",
    "owners",
    is_flag=True,
    help="Only print who looks after which file, as GitHub and GitLab read it (CODEOWNERS).",
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

    Owners change, and open next steps, cases and opportunities; each customer gets a note, and a day by which the new
    colleague says hello. The commit is made whatever store.commit says, unless there is --no-commit; crmtext undo takes
    it back, or git revert. See what would happen first:

    \b
    crmtext handover --from 刘洋 --to 韩梅 --dry-run -o handover.html
    """
    if named := click.get_current_context().args:
        raise _unnamed(giver, taker, named)
    if full and not how.dry_run:
        raise click.UsageError(_("--diff goes with --dry-run"))
    store = options.store()
    if checked:
        answer = check.check(store.worktree(), select=("owner-left",))
        return emit(answer, form, strict=True)
    if owners:
        repo = store.repository
        return emit(Text(codeowners(store.worktree(), repo.prefix if repo else "")))
    if not giver or not taker:
        context = click.get_current_context()
        raise Misuse(_("name both colleagues: --from … --to …"), such_as(context), context)
    names = (options.colleague(store, name) if name else "" for name in (giver, taker, rest))
    asked = Asked(next(names), next(names), where, next(names), options.me(store))
    target = located(output) if output else None
    done = run_handover(store, asked, Wanted(target, branch, full), how)
    return emit(done if full or form == "json" else done._replace(diff=""), form, summary_first=how.dry_run)


def _unnamed(giver: str, taker: str, named: Iterable[str]) -> Misuse:
    """What to say of colleagues who are named without an option: the command with them in their places."""
    people = [quoted(name) for name in (giver, *named, taker) if name]
    hint = instead(f"handover --from {people[0]} --to {people[1]}") if len(people) == 2 else ""
    return Misuse(_("name both colleagues: --from … --to …"), hint, click.get_current_context())
