"""`crmtext merge`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.answer import Change, Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.prompts import Stopped, choose, possible, say
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.types import Choice
from crmtext.i18n import _
from crmtext.problem import Exit
from crmtext.terminal.quoting import quoted
from crmtext.unite import text
from crmtext.unite.merge import merge as merged
from crmtext.unite.plan import Wishes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.record.change.write import WriteOptions
    from crmtext.store import Store
    from crmtext.unite.plan import Plan


@click.command(cls=Command)
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@click.option(
    "--keep",
    type=Choice(("A", "B"), case_sensitive=False),
    metavar="A|B",
    help="Whose id stays. Default: the older one.",
)
@click.option(
    "--prefer",
    type=Choice(("A", "B"), case_sensitive=False),
    metavar="A|B",
    help="Whose values to take where the two differ.",
)
@click.option("--set", "assignments", multiple=True, metavar="FIELD=VALUE", help="Set a field to this value.")
@options.committing
@options.form("table", "json")
def merge(
    one: str,
    other: str,
    keep: str | None,
    prefer: str | None,
    assignments: tuple[str, ...],
    form: str,
    *,
    how: WriteOptions,
) -> Exit:
    r"""Make one customer of two, without losing anything of either.

    Lists are united, the other name becomes an alias, and the other id still leads to the customer. Where both have a
    value and the values differ, you decide. References in other records follow. One commit; crmtext undo takes it back.

    \b
    crmtext merge 示例电子 华东精密 --prefer A --dry-run
    crmtext merge C20240501K7QM 华东精密 --prefer A --set 负责人=韩梅
    """
    store = options.store(writes=True)
    wishes = Wishes((keep or "").upper(), (prefer or "").upper(), assignments)
    result = merged(store, one, other, wishes, how)
    asks = form != "json" and possible() and not how.dry_run
    while asks and not isinstance(result, Change):
        answers: dict[str, str] = {}
        try:
            _ask(result, store, answers)
        except Stopped:
            click.echo(_("Nothing was written."), err=True)
            if more := text.answered(result, answers, store):
                command = " ".join(("crmtext merge", quoted(one), quoted(other), *_typed(wishes), *more))
                click.echo(_("to go on with your answers: {command}").format(command=command), err=True)
            return Exit.FOUND
        result = merged(store, one, other, wishes._replace(chosen=answers), how, result)
        if not isinstance(result, Change):
            say(_("a record has changed in the meantime, so the questions are asked again:"))
    if isinstance(result, Change):
        return emit(result, form)
    emit(Text(text.open_text(result, store), text.open_document(result, store)), form)
    return Exit.FOUND


def _ask(plan: Plan, store: Store, answers: dict[str, str]) -> None:
    """Ask which value to take for each difference; add A or B to the answers by its pointer."""
    for line in text.who(plan):
        say(line)
    for at, difference in enumerate(plan.open, start=1):
        say(f"[{at}/{len(plan.open)}] {text.question(plan, difference, store)}")
        sides = zip(plan.sides, text.values(plan, difference), strict=True)
        choices = {f"{letter}  {text.shown(value, plan, difference, store)}": letter for letter, value in sides}
        answers[difference.pointer] = choose(choices)


def _typed(wishes: Wishes) -> Iterator[str]:
    """Yield the options that were given."""
    if wishes.keep:
        yield f"--keep {wishes.keep}"
    yield from (f"--set {quoted(assignment)}" for assignment in wishes.assignments)
