"""Rules of what is typed: customers, days, amounts, names of columns, rules and reports."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGES: Mapping[str, str] = MappingProxyType(
    {
        "no-customer": """\
CUSTOMER names a customer that is there.

Instead: Name its id or the end of it, a part of its name, pinyin or its initials, an e-mail address or a phone number;
`crmtext list` shows all.
""",
        "several-customers": """\
CUSTOMER names one customer.

Why: Nothing is guessed: a note about the wrong customer is worse than none.

Instead: Type more of the name, or the id from the list that is shown.
""",
        "left-out": """\
A customer is shown as a card when its record has no errors.

Instead: `crmtext check` says what is wrong; `crmtext show CUSTOMER --format yaml` shows the record as it is.
""",
        "range": """\
A range is two commits with two dots between them.

Instead: `crmtext check --range origin/main..HEAD` looks at each commit that is on your branch and not on the other.
""",
        "no-record": """\
PATH names a record or a folder below `records/`.

Instead: Press Tab to complete it, or leave it out to check all.
""",
        "amount-format": """\
A number is written in digits, an amount with 万 and the like behind them.

Instead: Write 120; as an amount 50000, 5万 or 1234.50.
""",
        "amount-currency": """\
The currency of an amount is stored in the `currency` field beside it, and is one for all amounts there.

Why: `$500` written as 500 would count as 500 of the store's currency.

Instead: Write one currency. Where there is no field `currency`, write the number alone: it is in `store.currency`.
""",
        "expression": """\
An expression compares fields of the record and computed names with values.

Why: A wrong name or value would find nobody. So it is an error, with a caret under it and the nearest right form.

Instead: Put text in quotes and compare with two equals signs: `status == 'active' and days_since_contact > 30`.
`any(opportunities, stage == 'proposal' and amount > '50万')` asks for one item for which all of it holds.
""",
        "unknown-column": """\
A column is a field of the record or a computed name.

Instead: The message lists them all; a dot leads into blocks and lists: `classification.value`, `contacts.name`.
""",
        "unknown-view": """\
A view is a name that the settings give to an expression.

Instead: Add it to `crmtext.toml` under `[views]`, then `crmtext list @NAME`.
""",
        "unknown-report": """\
A report is one of those that `crmtext report --list` names.

Instead: Name one of them, or none to write all.
""",
        "unknown-rule": """\
A rule is one that the program or your schema can report.

Instead: The name stands in brackets at the end of each problem; `crmtext explain` lists all.
""",
        "unknown-setting": """\
A setting is one that `crmtext config` lists.

Instead: Write the table and the key with a dot between: `crmtext config store.currency`.
""",
        "unknown-revision": """\
A revision is a commit, tag or branch that git knows.

Instead: `git log --oneline` lists commits, `git tag` and `git branch -a` names.
""",
        "edit-refused": """\
A change of a record is written only if it reads back exactly as meant.

Why: So that nothing else in the file is touched, whatever its style.

Instead: Make this change in your editor.
""",
    }
)
