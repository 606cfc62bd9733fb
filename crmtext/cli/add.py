"""`crmtext add`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options, prompts
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit, note
from crmtext.i18n import _
from crmtext.record import add as record_add
from crmtext.record import set as record_set
from crmtext.record.input import arguments

if TYPE_CHECKING:
    from crmtext.duplicates.similarity import Match
    from crmtext.problem import Exit
    from crmtext.record.change.write import WriteOptions
    from crmtext.store import Store


@click.command(cls=Command)
@click.argument("name", default="", metavar="NAME")
@click.option("--type", "type_", default="", help="company, person, institution or other.")
@click.option("--status", default="", help="The status. Default: lead.")
@click.option("--owner", default="", help="The owner: a handle or name. Default: you.")
@click.option("--set", "assignments", multiple=True, metavar="FIELD=VALUE", help="Set another field; may be repeated.")
@click.option("--id", "id_", default="", help="Use this id instead of a generated one.")
@click.option("--folder", default="", metavar="DIR", help="Put the file into this folder under records/.")
@click.option("--force", is_flag=True, help="Add the customer even if a similar one exists.")
@options.writing
@options.form("table", "json")
def add(
    name: str,
    type_: str,
    status: str,
    owner: str,
    assignments: tuple[str, ...],
    id_: str,
    folder: str,
    form: str,
    *,
    force: bool,
    how: WriteOptions,
) -> Exit:
    r"""Add a customer.

    On a terminal, crmtext asks for a missing name and for the most important fields; press Enter to skip one. Possible
    duplicates are shown before anything is written.

    \b
    crmtext add 杭州测试仪器有限公司 --type 企业 --set contacts.name=张三
    """
    if not name and not prompts.possible():
        context = click.get_current_context()
        raise click.MissingParameter(ctx=context, param=context.command.params[0])
    store = options.store(writes=True)
    new = record_add.New(name, type_, status, owner, assignments, id_, folder)
    if not prompts.possible():
        return emit(record_add.run(store, new, how, force=force), form)
    return emit(record_add.run(store, _with_answers(store, new), how, force=force, confirm=_confirm), form)


def _with_answers(store: Store, new: record_add.New) -> record_add.New:
    """The typed values, completed by questions."""
    fields = store.schema.by_path
    note(_("Press Enter to accept the value in brackets, or to skip a field."))
    new = new if new.name else new._replace(name=prompts.ask_value(store, fields["name"], fields["name"].label))
    if not new.name.strip():
        # `run` rejects the missing name; no more questions before that.
        return new
    type_ = new.type or prompts.ask_value(store, fields["type"], fields["type"].label, record_add.guess(new.name))
    status = new.status or prompts.ask_value(store, fields["status"], fields["status"].label, record_add.FIRST_STATUS)
    owner = new.owner or prompts.ask_value(store, fields["owner"], fields["owner"].label, options.me(store))
    if not type_:
        return new
    given = [assignment.key for assignment in record_set.parsed(new.assignments)]
    paths = record_add.asked(store.schema, arguments.choice(store.schema, "type", type_))
    answers = tuple(prompts.assignments(store, paths, given))
    return record_add.New(new.name, type_, status, owner, (*answers, *new.assignments), new.id, new.folder)


def _confirm(matches: tuple[Match, ...]) -> None:
    note(_("These may be the same customer:"))
    for match in matches[:10]:
        customer = match.customer
        note(f"  {customer.id}  {customer.name} ({record_add.common(match)})")
    click.confirm(_("Add the customer anyway?"), default=False, abort=True, err=True)
