"""Mark a next step as done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.model import Customer, day, next_steps
from crmtext.problem import usage
from crmtext.record.change.draft import draft, errors, refuse
from crmtext.record.change.write import WriteOptions, check_and_write, writing
from crmtext.record.input import path
from crmtext.record.input.find_record import reread, target
from crmtext.terminal.quoting import quoted
from crmtext.text.edit.rewrite import Set
from crmtext.text.pointer import get
from crmtext.validation.readable import readable
from crmtext.values import dates
from crmtext.wording.values import customer_name

if TYPE_CHECKING:
    from datetime import date

    from crmtext.answer import Change
    from crmtext.model import NextStep
    from crmtext.store import Store
    from crmtext.text.document import Document


def run(store: Store, typed: str, number: str, when: str, how: WriteOptions) -> Change:
    """Mark a customer's next step as done; without a number, the only open one."""
    on = dates.parse(when, store.today, past=True) if when else store.today
    record = target(store, typed)
    with writing(store, how):
        document = reread(store, record)
        step = _step(document, typed, number.strip(), store)
        _check_date(document, step, on, store)
        pointer = f"/interactions/{step.interaction}/next/done"
        operation = Set(pointer, on.isoformat(), path.order(store.schema, document.data, pointer))
        summary = _("Marked as done on {date} for {name}: {action}").format(
            name=customer_name(document), date=on, action=step.action
        )
        return check_and_write(store, [draft(document, [operation], store.schema)], summary, how)


def _step(document: Document, typed: str, number: str, store: Store) -> NextStep:
    """Return the next step with this number on the customer's card; `typed` names the customer in hints."""
    steps = _steps(document, store)
    waiting = [step for step in steps if not step.done]
    name = customer_name(document)
    if not waiting:
        raise usage("no-step", _("{name} has no open next step").format(name=name), _("see: crmtext show CUSTOMER"))
    if not number and len(waiting) == 1:
        return waiting[0]
    if number and not number.isdecimal():
        message = _("'{text}' is not the number of a next step").format(text=number)
        raise usage("no-step", message, _listed(waiting, typed))
    step_ = next((step for step in steps if number and step.number == int(number)), None)
    if step_ and step_.done:
        message = _("already done on {date}: {action}").format(date=step_.done, action=step_.action)
        raise usage("no-step", message, _listed(waiting, typed))
    if step_:
        return step_
    message = (
        _("{name} has {n} open next steps").format(name=name, n=len(waiting))
        if not number
        else _("{name} has no next step {n}").format(name=name, n=number)
    )
    raise usage("no-step", message, _listed(waiting, typed))


def _steps(document: Document, store: Store) -> list[NextStep]:
    """Return the next steps, as far as the record can be read despite its errors."""
    seen = readable(document, store.schema)
    if seen is None:
        refuse(errors(document, store.schema))
        return []
    # `readable` may fill in an action; a step without its own is none.
    written = "/interactions/{}/next/action"
    return [
        step
        for step in next_steps(Customer(seen))
        if get(document.data, written.format(step.interaction)) == step.action
    ]


def _listed(steps: list[NextStep], typed: str) -> str:
    rows = [f"{step.number}. {step.due or _('no date')}  {step.action}" for step in steps]
    command = f"crmtext done {quoted(typed)} {steps[0].number}"
    return _("give its number, for example: {command}").format(command=command) + "\n" + "\n".join(rows)


def _check_date(document: Document, step: NextStep, on: date, store: Store) -> None:
    """Raise CrmError for a date in the future, or before the interaction with the step."""
    seen = readable(document, store.schema) or document
    agreed = day(get(seen.data, f"/interactions/{step.interaction}/date"))
    if on > store.today:
        message = _("{date} is in the future; today is {today}").format(date=on, today=store.today)
        raise usage("future-date", message, _("mark it as done when it has been done"))
    known = str(get(document.data, f"/interactions/{step.interaction}/date"))[:10] == str(agreed)
    # An interaction with a future or missing date is a separate error.
    if known and agreed and on < agreed <= store.today:
        message = _("{date} is before the interaction of {day}").format(date=on, day=agreed)
        raise usage("done-date", message, _("fix the date"))
