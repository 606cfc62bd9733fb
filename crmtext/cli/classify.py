"""`crmtext classify`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmtext import settings as store_settings
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.session import absolute
from crmtext.cli.framework.types import Location
from crmtext.exporters.output import is_terminal
from crmtext.figures import classify_text
from crmtext.figures.classify import Rules, differences
from crmtext.figures.rules import NAMES
from crmtext.i18n import _
from crmtext.index import lookup
from crmtext.layout import SETTINGS
from crmtext.problem import CrmError, Exit
from crmtext.query import filter as query_filter
from crmtext.query.find import find
from crmtext.query.listing import terms
from crmtext.settings.rule_tables import CLASSIFICATION, FOLLOW_UP
from crmtext.terminal.color import columns
from crmtext.terminal.quoting import quoted
from crmtext.values import dates

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmtext.model import Customer
    from crmtext.record.change.write import WriteOptions
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store, When


@click.command(cls=Command)
@click.argument("named", nargs=-1, metavar="[CUSTOMER]...")
@click.option("--where", default="", metavar="EXPR", help="Only customers that match, such as: status != 'lost'.")
@click.option("--owner", default="", metavar="WHO", help="Only this colleague's customers: handle, name or me.")
@click.option(
    "--explain",
    "reasons",
    multiple=True,
    metavar="CUSTOMER",
    help="Show each rule for this customer, with the values that it read.",
)
@click.option(
    "--preview",
    type=Location(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Use the rules of this TOML file instead, and count customers by value before and after.",
)
@click.option("--check", "checked", is_flag=True, help="Exit code 1 if there are differences.")
@click.option("--write", is_flag=True, help="Set what the rules say, in one commit.")
@options.committing
@options.reading
@options.form("table", "json")
def classify(
    named: tuple[str, ...],
    where: str,
    owner: str,
    reasons: tuple[str, ...],
    preview: Path | None,
    form: str,
    *,
    checked: bool,
    write: bool,
    how: WriteOptions,
    when: When,
) -> Exit:
    r"""Compare value, priority, segment and tags with the classification rules of the settings, or set them.

    For each field the first rule that applies wins; tags of all rules that apply are added, and none is removed. A
    record with fixed: true keeps value, priority and segment. Without --write nothing is changed.

    \b
    crmtext classify
    crmtext classify --explain 示例电子
    crmtext classify --where "status != 'lost'" --check
    crmtext classify --write
    """
    _reject_mix(write=write, reading={
        "explain": bool(reasons), "preview": preview is not None, "check": checked, "at": bool(when.at),
        "as-of": bool(when.as_of),
    }, writing={
        "dry-run": how.dry_run, "commit": how.commit is True, "no-commit": how.commit is False, "m": bool(how.message),
    })  # fmt: skip
    store = options.store(writes=write)

    def choose(snapshot: Snapshot) -> Sequence[Customer]:
        whose = options.colleague(store, owner, snapshot.settings) if owner else ""
        return _chosen(snapshot, named, where, whose)

    if write:
        from crmtext.record import classify as record_classify  # reading needs no code that writes

        return emit(record_classify.run(store, choose, how), form)
    words = (*named, *(("--where", where) if where else ()), *(("--owner", owner) if owner else ()))
    words = (*words, *(("--preview", str(preview)) if preview else ()))
    command = " ".join(("crmtext classify", *map(quoted, words), "--format json")) + options.again(when)
    snapshot = _read(store, when)
    if preview:
        return _preview(snapshot, preview, choose, form, checked=checked, command=command)
    width = columns() if is_terminal() else 0
    if reasons:
        chosen = {find(snapshot.customers, typed, left_out=snapshot.left_out).id: None for typed in reasons}
        rules = Rules.of(snapshot)
        verdicts = {id_: rules.verdicts(snapshot.by_id[id_]) for id_ in chosen}
        return emit(classify_text.explained(verdicts, snapshot, width=width), form)
    done = differences(snapshot, choose(snapshot))
    emit(classify_text.listed(done, snapshot, width=width, command=command), form)
    return Exit.FOUND if checked and done.customers else Exit.FINE


def _reject_mix(*, write: bool, reading: dict[str, bool], writing: dict[str, bool]) -> None:
    """Raise UsageError for options that need --write, or that can't be combined with it."""
    for name, given in (reading if write else writing).items():
        option = f"-{name}" if len(name) == 1 else f"--{name}"
        if given and write:
            raise click.UsageError(_("{option} and --write can't be combined").format(option=option))
        if given:
            raise click.UsageError(_("{option} needs --write").format(option=option))


def _read(store: Store, when: When) -> Snapshot:
    """The snapshot with all customers: a rank needs them, also if only some are compared."""
    if when.at:
        return store.read(when)
    return lookup.listed(store, as_of=dates.parse(when.as_of, store.today) if when.as_of else None)


def _chosen(snapshot: Snapshot, typed: Sequence[str], where: str, owner: str) -> Sequence[Customer]:
    """The customers that were named, and that match the expression and the owner."""
    if not (typed or where or owner):
        return snapshot.customers
    every: Sequence[Customer] = snapshot.customers
    if typed:
        matching = (find(snapshot.customers, name, left_out=snapshot.left_out) for name in typed)
        every = tuple({customer.id: customer for customer in matching}.values())
    test = query_filter.compiled(where, terms(snapshot, NAMES)) if where else None
    values = NAMES.of(snapshot)
    return tuple(
        customer
        for customer in every
        if owner in ("", customer.owner) and (test is None or test.matches(values(customer)))
    )


def _preview(
    snapshot: Snapshot,
    file: Path,
    choose: Callable[[Snapshot], Sequence[Customer]],
    form: str,
    *,
    checked: bool,
    command: str,
) -> Exit:
    """Compare with the rules of a file."""
    try:
        theirs = store_settings.read(absolute(file).read_bytes())
        places = {**snapshot.settings.rules_at, CLASSIFICATION.name: theirs.rules_at[CLASSIFICATION.name]}
        rules = theirs.classification_rules
        given = replace(snapshot.settings, classification_rules=rules, rules_at=places)
        then = replace(snapshot, settings=given)
        done = differences(then, choose(then))
    except CrmError as error:
        problem = error.problem
        if problem.place.path != SETTINGS or problem.rule == FOLLOW_UP.check:
            raise
        place = problem.place._replace(path=str(file))
        raise CrmError(problem._replace(place=place), error.exit_code) from None
    width = columns() if is_terminal() else 0
    emit(classify_text.listed(done, then, width=width, preview=True, command=command), form)
    return Exit.FOUND if checked and done.customers else Exit.FINE
