"""Rules of looking back and handing over: commits to compare, days to go back to, colleagues and their customers."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGES: Mapping[str, str] = MappingProxyType(
    {
        "two-sides": """\
One state of the store is read, or two are compared.

Instead: Leave one of the options out.
""",
        "too-many-arguments": """\
A comparison takes one pair of commits and one customer.

Instead: `crmtext diff A..B CUSTOMER`.
""",
        "no-merge-base": """\
A...B compares B with the commit where the two parted.

Instead: Compare them as they are: `A..B`.
""",
        "ambiguous-moment": """\
A moment is either a commit or a day.

Why: A tag or branch named like a day, such as `2024-05-01`, may hold something else than the store of that day; either
answer could be the wrong one. Where both are the same commit there is nothing to decide.

Instead: Write `refs/tags/2024-05-01` or the commit's id for the commit, `2024/05/01` for the day.
""",
        "sparse-checkout": """\
A change of a record that a sparse checkout keeps off the disk reaches the commit, and the disk stays as it is.

Why: Lists, checks and handovers count all records of the store, whichever of them are checked out. A change that is
not committed has no other place than the disk: the record is written there, and git sees it from then on.

Instead: Nothing has to be done. `git sparse-checkout reapply` takes such a record off the disk again once it is
committed; `git sparse-checkout add FOLDER` brings its folder.
""",
        "no-commit-yet": """\
A day in the past shows the store as its last commit of that day left it.

Instead: Commit the store where nothing is committed yet; else name a later day.
""",
        "history-missing": """\
A shallow clone holds the newest commits only.

Why: Where it ends git shows every record as new, and an answer about earlier days would be wrong.

Instead: `git fetch --unshallow` fetches the others; in CI, check out the whole history.
""",
        "content-missing": """\
A partial clone holds the content of some files only.

Why: git would fetch the rest while it reads, by a program that the clone's settings may name. No command but `sync`
uses the network.

Instead: `git fetch --refetch --no-filter` fetches all of it.
""",
        "nothing-to-hand-over": """\
A handover moves at least one customer.

Instead: `crmtext list --owner NAME` shows whose customers are whose.
""",
        "same-colleague": """\
A handover goes from one colleague to another.

Instead: Name two colleagues; `crmtext config team` lists them.
""",
        "handover-rest": """\
`--rest` gets the customers that `--where` leaves.

Instead: Say who goes to the first colleague: `--where "priority == 'key'"`.
""",
        "handover-no-step": """\
A customer that changes hands has a next step.

Why: Whoever takes over knows then what to do first.

Instead: `crmtext log CUSTOMER … --next … --due …`.
""",
        "handover-overdue": """\
No promise is overdue when a customer changes hands.

Instead: Keep it, or agree on another day with the customer.
""",
        "handover-complaint": """\
A complaint is closed, or talked through, before its customer changes hands.

Instead: Talk to the colleague who takes over.
""",
        "handover-budget": """\
A budget is confirmed before its customer changes hands.

Why: Who has talked about it knows best what was meant.

Instead: Ask the customer once more, then `crmtext set CUSTOMER … budget.basis=…`.
""",
        "uncommitted-changes": """\
A commit holds one change, apart from what else lies uncommitted in the same file.

Instead: `git commit` your own changes first, or write without a commit: `--no-commit`.
""",
        "branch-name": """\
A branch has a name that git takes.

Instead: Letters, digits and hyphens: handover-liuyang.
""",
        "branch-exists": """\
A handover for review begins on a new branch.

Instead: Take another name, or delete the old branch: `git branch -d NAME`.
""",
    }
)
