"""Who may change what: verdicts with their messages and places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores
from policies import RIGHTS, SETTINGS, TEAM, denials, file, policy, verdict

from crmtext.problem import CrmError, Place, Problem
from crmtext.protection.policy.rights import Policy, locked_out
from crmtext.settings import read

if TYPE_CHECKING:
    from policies import State

CALL = "interactions:\n  - date: 2024-05-01\n    by: lilei\n    channel: phone\n    summary: called\n"
AGAIN = "  - date: 2024-05-02\n    by: wangfang\n    channel: phone\n    summary: again\n"
PATH, OTHER = stores.path(), stores.path("002")
MINE = stores.record(more=CALL)
THEIRS = MINE.replace("owner: lilei", "owner: hanmei")
WHERE = "only where: owner == actor or actor in collaborators"
SETTINGS_TOML = "crmtext.toml"


def edit(text: str, *pairs: tuple[str, str]) -> str:
    """The text with each of these words replaced."""
    for old, new in pairs:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


#: Before, after, who, and what they may not change.
FIELDS: dict[str, tuple[str, str, str, list[str]]] = {
    "a lead changes anything": (THEIRS, edit(THEIRS, ("called", "shouted"), ("lead", "lost")), "zhaomin", []),
    "sales changes their own customer": (MINE, MINE + "notes: new\n", "lilei", []),
    "sales gives a customer away": (MINE, THEIRS, "lilei", []),
    "sales takes over a customer": (THEIRS, MINE, "lilei", [f"{PATH}:5:1 sales may change owner {WHERE}"]),
    "sales makes themselves a collaborator": (
        THEIRS,
        edit(THEIRS, ("owner: hanmei", "owner: hanmei\ncollaborators: [lilei]")),
        "lilei",
        [f"{PATH}:6:17 sales may change collaborators {WHERE}"],
    ),
    "sales logs a call with a colleague's customer": (THEIRS, THEIRS + AGAIN, "lilei", []),
    "sales changes an old call": (
        MINE,
        edit(MINE, ("called", "shouted")),
        "lilei",
        [f"{PATH}:12:5 sales may not change interactions[].summary"],
    ),
    "sales removes an old call": (
        MINE + AGAIN,
        MINE,
        "lilei",
        [f"{PATH}:8:1 sales may not remove interactions"],
    ),
    "sales replaces an old call": (
        MINE + AGAIN,
        edit(MINE + AGAIN, ("2024-05-01", "2024-06-01"), ("by: lilei", "by: hanmei"), ("called", "went there")),
        "lilei",
        [f"{PATH}:8:1 sales may not remove interactions"],
    ),
    "sales plans a next step": (MINE, MINE + "    next:\n      action: call\n", "lilei", []),
    "sales adds a field to an old call": (
        MINE,
        MINE + "    details: more\n",
        "lilei",
        [f"{PATH}:13:5 sales may not add interactions[].details"],
    ),
    "sales changes what only leads may": (
        MINE + "classification:\n  value: low\n",
        MINE + "classification:\n  value: high\n",
        "lilei",
        [f"{PATH}:14:3 sales may not change classification.value"],
    ),
    "sales adds it inside a map": (
        MINE,
        MINE + "classification:\n  segment: retail\n  value: high\n",
        "lilei",
        [f"{PATH}:15:3 sales may not add classification.value"],
    ),
    "sales removes the map around it": (
        MINE + "classification:\n  segment: retail\n  value: high\n",
        MINE,
        "lilei",
        [f"{PATH} sales may not remove classification.value"],
    ),
    "sales makes the map a text": (
        MINE + "classification:\n  value: high\n",
        MINE + "classification: high\n",
        "lilei",
        [f"{PATH}:13:1 sales may not change classification"],
    ),
    "support logs a call": (THEIRS, THEIRS + AGAIN, "wangfang", []),
    "support adds a phone": (
        THEIRS,
        edit(THEIRS, ("  - name: 张三\n", "  - name: 张三\n    phones: ['13800138000']\n")),
        "wangfang",
        [],
    ),
    "support adds a contact": (
        THEIRS,
        edit(THEIRS, ("  - name: 张三\n", "  - name: 张三\n  - name: 李四\n    phones: ['13800138000']\n")),
        "wangfang",
        [f"{PATH}:8:5 support may not add contacts"],
    ),
    "comments, order and layout are free": (
        MINE,
        "# a comment\nstatus: 'lead'\n" + edit(MINE, ("status: lead\n", ""), ("phone", "phone # by phone")),
        "wangfang",
        [],
    ),
    "a field that is there twice": (
        MINE,
        MINE + "name: 上海示例电子有限公司\n",
        "lilei",
        [f"{PATH} sales may not change this file, which can't be compared field by field"],
    ),
    "a field that was there twice": (
        MINE + "name: 上海示例电子有限公司\n",
        MINE,
        "lilei",
        [f"{PATH} sales may not change this file, which can't be compared field by field"],
    ),
    "a lead fixes it": (MINE + "name: 上海示例电子有限公司\n", MINE, "zhaomin", []),
    "a colleague who left": (MINE, MINE + AGAIN, "liuyang", [f"{PATH}:13:5 刘洋 is not an active member of the team"]),
    "somebody unknown": (
        MINE,
        MINE + AGAIN,
        "nobody",
        [f"{PATH}:13:5 the committer is not an active member of the team"],
    ),
}


@pytest.mark.parametrize("case", FIELDS)
def test_fields(case: str) -> None:
    old, new, handle, expected = FIELDS[case]
    assert verdict({PATH: old}, {PATH: new}, handle) == expected


def test_a_denial_names_who_may_make_the_change() -> None:
    (denial,) = denials({PATH: MINE}, {PATH: edit(MINE, ("called", "shouted"))}, "lilei")
    assert denial.problem == Problem(
        "write-policy",
        "sales may not change interactions[].summary",
        Place(PATH, 12, 5, 12, 12, "/interactions/0/summary"),
        "push it to a branch; 赵敏 (lead) merges it: git merge --no-ff origin/BRANCH",
    )
    assert denial.approver == policy().settings.team["zhaomin"]


def test_a_colleague_may_approve_by_their_own_customers() -> None:
    (denial,) = denials({PATH: MINE}, {PATH: MINE + "notes: x\n"}, "wangfang", NO_LEADS)
    assert denial.problem.hint == "push it to a branch; 李雷 (sales) merges it: git merge --no-ff origin/BRANCH"
    (denial,) = denials({PATH: THEIRS}, {PATH: THEIRS + "notes: x\n"}, "wangfang", NO_LEADS)
    assert denial.problem.hint == "push it to a branch; 韩梅 (sales) merges it: git merge --no-ff origin/BRANCH"


def test_nobody_may() -> None:
    (denial,) = denials({"schema/x.json": "1"}, {"schema/x.json": "2"}, "wangfang", NO_LEADS)
    assert (denial.problem.hint, denial.approver) == ("nobody on the team may; change [access] first", None)


NO_LEADS = policy(SETTINGS.replace('role = "lead"', 'role = "boss"'))

#: Settings before and after, who, and what they may not change.
ROLE = 'email = "wangfang@example.com"\nrole = "support"'
TOML: dict[str, tuple[str | None, str | None, str, list[str]]] = {
    "a view": (SETTINGS, SETTINGS + "[views]\na = \"status == 'lead'\"\n", "lilei", []),
    "a view by support": (
        SETTINGS,
        SETTINGS + "[views]\na = \"status == 'lead'\"\n",
        "wangfang",
        ["crmtext.toml:40:1 support may not change the setting views.a"],
    ),
    "comments and order": (SETTINGS, "# first\n" + RIGHTS + TEAM, "wangfang", []),
    "one's own role": (
        SETTINGS,
        SETTINGS.replace(ROLE, ROLE.replace("support", "lead")),
        "wangfang",
        ["crmtext.toml:16:1 support may not change the setting team.wangfang.role"],
    ),
    "one's own rights": (
        SETTINGS,
        SETTINGS.replace('settings = ["views"]', 'settings = ["*"]'),
        "lilei",
        ["crmtext.toml:35:1 sales may not change the setting access.sales.settings"] * 2,
    ),
    "a colleague made up": (
        SETTINGS,
        SETTINGS + '[team.mallory]\nrole = "lead"\n',
        "lilei",
        ["crmtext.toml:40:1 sales may not change the setting team.mallory.role"],
    ),
    "the whole of access": (
        SETTINGS,
        TEAM,
        "lilei",
        ["crmtext.toml sales may not change the setting access"],
    ),
    "the file itself": (
        SETTINGS,
        None,
        "lilei",
        [f"crmtext.toml sales may not change the setting {name}" for name in ("team", "access")],
    ),
    "a file that is no TOML any more": (
        SETTINGS,
        SETTINGS + "[views\n",
        "lilei",
        ["crmtext.toml sales may not change the setting crmtext.toml"],
    ),
    "a file that was no TOML": (
        SETTINGS + "[views\n",
        SETTINGS,
        "lilei",
        ["crmtext.toml sales may not change the setting crmtext.toml"],
    ),
    "a lead repairs it": (SETTINGS + "[views\n", SETTINGS, "zhaomin", []),
    "a lead removes it": (SETTINGS, None, "zhaomin", []),
}


@pytest.mark.parametrize("case", TOML)
def test_settings(case: str) -> None:
    old, new, handle, expected = TOML[case]
    before, after = ({} if text is None else {"crmtext.toml": text} for text in (old, new))
    assert verdict(before, after, handle) == expected


def test_settings_that_become_a_symlink_change_as_a_whole() -> None:
    new = {"crmtext.toml": file("elsewhere.toml", "120000")}
    assert [one.problem.message for one in denials({"crmtext.toml": SETTINGS}, new, "lilei")] == [
        "sales may not change the setting crmtext.toml"
    ]


#: Files that were added by 李雷, and whether he may.
FILES = {
    "import/zoho.toml": True,
    "import/a/b.toml": True,
    "imports/zoho.toml": False,
    "import/../schema/x.json": False,
    "import/.git/config": False,
    "import/./x": False,
    "Import/x": False,
    "README.md": False,
    ".gitattributes": False,
    "schema/customer.schema.json": False,
    "templates/report.md": False,
    "sub/crmtext.toml": False,
    "CRMTEXT.TOML": False,
    "privacy/erased/C20240501001.yaml": False,
    "privacy/PRIVACY.md": False,
    ".github/workflows/check.yml": False,
}


@pytest.mark.parametrize("path", FILES)
def test_other_files(path: str) -> None:
    expected = [] if FILES[path] else [path]
    assert [one.change.file for one in denials({}, {path: "x: 1\n"}, "lilei")] == expected
    assert [one.change.file for one in denials({path: "x: 1\n"}, {}, "lilei")] == expected
    assert [one.change.file for one in denials({path: "x: 1\n"}, {path: "x: 2\n"}, "lilei")] == expected
    assert denials({}, {path: "x: 1\n"}, "zhaomin") == []


@pytest.mark.parametrize("mode", ["120000", "160000"])
def test_a_link_needs_the_right_to_all_files(mode: str) -> None:
    assert verdict({}, {"import/x": file("../..", mode)}, "lilei") == [
        "import/x sales may not change the file import/x"
    ]
    assert verdict({}, {"import": file("../..", mode)}, "lilei") == ["import sales may not change the file import"]
    assert verdict({}, {"import/x": file("../..", mode)}, "zhaomin") == []


NESTED = "privacy/disclosures/a/b.yaml"
DISCLOSURE = "privacy/disclosures/2026-11-29-lilei-3f2a.yaml"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {DISCLOSURE: "by: lilei\nwhat: list\n"}, []),
        ({}, {DISCLOSURE: "by: hanmei\n"}, ["sales may add disclosures only in their own name, not as hanmei"]),
        ({}, {DISCLOSURE: "by: lilei\nby: lilei\n"}, [f"sales may not change the file {DISCLOSURE}"]),
        ({}, {DISCLOSURE: "what: list\n"}, [f"sales may not change the file {DISCLOSURE}"]),
        ({DISCLOSURE: "by: lilei\n"}, {}, [f"sales may not change the file {DISCLOSURE}"]),
        (
            {DISCLOSURE: "by: lilei\n"},
            {DISCLOSURE: "by: lilei\nwhat: less\n"},
            [f"sales may not change the file {DISCLOSURE}"],
        ),
        ({}, {DISCLOSURE: file("by: lilei\n", "120000")}, [f"sales may not change the file {DISCLOSURE}"]),
        (
            {},
            {NESTED: "by: lilei\n"},
            [f"sales may not change the file {NESTED}"],
        ),
    ],
)
def test_disclosures_are_added_in_ones_own_name(old: State, new: State, expected: list[str]) -> None:
    assert [one.problem.message for one in denials(old, new, "lilei")] == expected


def test_erasing_needs_its_own_right() -> None:
    may_erase = policy(SETTINGS.replace('settings = ["views"]', 'settings = ["views"]\nkeys = ["erase"]'))
    tombstone: State = {"privacy/erased/C20240501001.yaml": "id: C20240501001\n"}
    assert verdict({}, tombstone, "lilei", may_erase) == []
    assert [one.problem.message for one in denials({}, tombstone, "lilei")] == ["sales may not erase customers"]
    no_right = policy(SETTINGS.replace('keys = ["add", "erase", "members"]\n', ""))
    assert [one.problem.message for one in denials({}, tombstone, "zhaomin", no_right)] == [
        "lead may not erase customers"
    ]


def test_a_role_without_a_table_may_do_nothing() -> None:
    judge = policy(TEAM + "[access.lead]\nmay = ['*']\n")
    assert verdict({PATH: MINE}, {PATH: MINE + "notes: x\n"}, "lilei", judge) == [
        f"{PATH}:13:1 sales has no rights: there is no [access.sales]"
    ]


def test_without_access_everyone_may_do_everything() -> None:
    judge = policy(TEAM)
    assert verdict({PATH: MINE, "crmtext.toml": TEAM}, {"schema/x": "y"}, "nobody", judge) == []


def test_a_store_in_a_folder_judges_its_own_files_and_those_of_no_store() -> None:
    judge = policy(folder="crm/")
    judge = type(judge)(judge.settings, judge.home._replace(others=("other/",)))
    files: State = {
        "crm/import/x.toml": "a", "import/x.toml": "a", "other/schema/x": "a", "other/crmtext.toml": "a",
        "crm/records/C20240501002.yaml": THEIRS.replace("001", "002"), "records/C20240501003.yaml": MINE,
    }  # fmt: skip
    assert verdict({}, files, "lilei", judge) == [
        "import/x.toml sales may not change the file import/x.toml",
        "records/C20240501003.yaml sales may not change the file records/C20240501003.yaml",
        f"crm/records/C20240501002.yaml sales may add customers {WHERE}",
    ]


@pytest.mark.parametrize(
    "settings",
    [
        SETTINGS.replace('where = "owner', "where = 3 #"),
        SETTINGS + "[access.x]\nwhere = ''\n",
        SETTINGS + "[views\n",
        SETTINGS + "[team.x]\nrole = 1\n",
        SETTINGS.replace("[access]", "[acess]", 1) + "[access]\nidentity = 'none'\n",
        "\0",
    ],
    ids=["a condition of another type", "an empty condition", "no TOML", "team", "identity", "no text"],
)
def test_rights_that_cannot_be_read_allow_nothing(settings: str) -> None:
    with pytest.raises(CrmError) as caught:
        policy(settings)
    assert caught.value.problem.rule == "access-unreadable"


def test_settings_or_a_schema_that_cannot_be_read_allow_nothing() -> None:
    with pytest.raises(CrmError) as caught:
        Policy.read(None, None)
    assert caught.value.problem.rule == "access-unreadable"
    with pytest.raises(CrmError) as caught:
        policy(schema=b"{}")
    assert caught.value.problem.rule == "access-unreadable"


def test_mistakes_in_other_settings_change_no_right() -> None:
    judge = policy(SETTINGS + "[views]\na = 1\n[unknown]\n")
    assert judge.access == policy().access


@pytest.mark.parametrize("where", ["owner = actor", "nobody == actor", "owner == actor and", "stale"])
def test_a_condition_that_is_not_valid_never_holds(where: str) -> None:
    judge = policy(SETTINGS.replace("owner == actor or actor in collaborators", where))
    assert verdict({PATH: MINE}, {PATH: MINE + "notes: x\n"}, "lilei", judge) == [
        f"{PATH}:13:1 sales may change notes only where: {where}"
    ]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (SETTINGS, False),
        (TEAM, False),
        (TEAM + "[access]\n", True),
        (SETTINGS.replace('settings = ["*"]', 'settings = ["team"]'), True),
        (SETTINGS.replace('settings = ["*"]', 'settings = ["team", "access"]'), False),
        (SETTINGS.replace('settings = ["*"]', 'settings = ["*", "-access.lead"]'), True),
        (SETTINGS.replace('settings = ["*"]', 'settings = ["*", "-views"]'), False),
        (SETTINGS.replace('zhaomin@example.com"\nrole = "lead"', 'zhaomin@example.com"\nrole = "sales"'), True),
        (SETTINGS.replace('email = "zhaomin@example.com"', "active = false"), True),
        (SETTINGS.replace('email = "zhaomin@example.com"', "pool = true"), True),
        (SETTINGS.replace('email = "zhaomin@example.com"\n', ""), True),
        (SETTINGS.replace("[access]\n", '[access]\nidentity = "signed"\n'), True),
        (SETTINGS.replace("[access]\n", '[access]\nidentity = "pusher"\n'), False),
    ],
)
def test_locked_out(settings: str, *, expected: bool) -> None:
    problem = locked_out(read(settings.encode()))
    assert problem == (
        Problem(
            "access-locked-out",
            "no active member may change [access] and [team] any more",
            Place("crmtext.toml"),
            'give a role of an active member: settings = ["*"]',
        )
        if expected
        else None
    )
