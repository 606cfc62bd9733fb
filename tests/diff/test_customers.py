"""`crmtext diff`: two moments of a store in the customers' words."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from crmtext.cli.framework.group import crmtext
from crmtext.diff import sides
from crmtext.diff.markdown import markdown, plain
from crmtext.diff.message import message
from crmtext.diff.text import count_line, document, text, words
from crmtext.problem import CrmError
from crmtext.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from repos import Repo

    from crmtext.diff.customers import Comparison

SETTINGS = '[team.lilei]\nname = "李雷"\n[team.hanmei]\nname = "韩梅"\n'
A, B = "records/C20260101AAAA.yaml", "records/C20260101BBBB.yaml"
PLAIN = "id: C20260101AAAA\nname: 甲公司\ntype: company\nstatus: lead\nowner: lilei\n"
PERSON = "id: C20260101BBBB\nname: 王小明\ntype: person\nstatus: lead\nowner: lilei\n"
CONTACTS = "contacts:\n  - name: 张三\n    title: 采购\n    birthday: --05-12\n"
CALL = "interactions:\n  - date: 2026-11-01\n    by: lilei\n    channel: phone\n    summary: 问价\n"

Compare = "Callable[[dict[str, str | None]], Comparison]"


@pytest.fixture
def changed(repo: Repo) -> Callable[[dict[str, str | None]], Comparison]:
    """What differs on the disk after files were written (None: deleted) over a committed store."""
    repo.commit({"crmtext.toml": SETTINGS, A: PLAIN + CONTACTS + CALL, B: PERSON})

    def change(files: dict[str, str | None]) -> Comparison:
        for path, content in files.items():
            if content is None:
                (repo.path / path).unlink()
            else:
                repo.write(path, content)
        store = Store(repo.path)
        return sides.read(store, sides.span(store))

    return change


def changes_of(comparison: Comparison) -> list[tuple[str, str, list[tuple[str, str, Any, Any]]]]:
    return [
        (
            customer["id"],
            customer["kind"],
            [(c["kind"], c["key"], c["before"], c["after"]) for c in customer["changes"]],
        )
        for customer in document(comparison)["customers"]
    ]


CASES: dict[str, tuple[dict[str, str | None], list[Any], str]] = {
    "fields, then contacts, then interactions": (
        {
            A: PLAIN.replace("lead", "prospect")
            + CALL
            + "  - {date: 2026-11-02, by: hanmei, channel: visit, summary: 看厂}\n"
            + CONTACTS.replace("采购", "总监")
        },
        [
            (
                "C20260101AAAA",
                "changed",
                [
                    ("changed", "status", "lead", "prospect"),
                    ("changed", "contacts[张三].title", "采购", "总监"),
                    (
                        "added",
                        "interactions[2026-11-02 hanmei visit]",
                        None,
                        {"date": "2026-11-02", "by": "hanmei", "channel": "visit", "summary": "看厂"},
                    ),
                ],
            )
        ],
        "1 customer: 2 fields, 1 interaction",
    ),
    "the first interaction of all is one": (
        {B: PERSON + CALL},
        [
            (
                "C20260101BBBB",
                "changed",
                [
                    (
                        "added",
                        "interactions[2026-11-01 lilei phone]",
                        None,
                        {"date": "2026-11-01", "by": "lilei", "channel": "phone", "summary": "问价"},
                    )
                ],
            )
        ],
        "1 customer: 1 interaction",
    ),
    "comments alone are no data": (
        {A: "# 展会\n" + PLAIN + CONTACTS + CALL},
        [("C20260101AAAA", "text-only", [])],
        "1 customer: 1 text only",
    ),
    "a moved file is followed": (
        {B: None, "records/华东/C20260101BBBB-wang.yaml": PERSON},
        [("C20260101BBBB", "renamed", [])],
        "1 customer: 1 moved",
    ),
    "another id is the same customer": (
        {B: None, "records/C20260101CCCC.yaml": PERSON.replace("BBBB", "CCCC")},
        [("C20260101CCCC", "changed", [("changed", "id", "C20260101BBBB", "C20260101CCCC")])],
        "1 customer: 1 field",
    ),
    "a record that does not match the schema is compared all the same": (
        {B: PERSON.replace("lead", "verliebt")},
        [("C20260101BBBB", "changed", [("changed", "status", "lead", "verliebt")])],
        "1 customer: 1 field",
    ),
    "a sensitive value is said to have changed and not shown": (
        {A: PLAIN + CONTACTS.replace("05-12", "05-13") + CALL},
        [("C20260101AAAA", "changed", [("changed", "contacts[张三].birthday", None, None)])],
        "1 customer: 1 field",
    ),
    "nothing": ({}, [], "no customer changed"),
}


@pytest.mark.parametrize(("files", "expected", "count"), CASES.values(), ids=list(CASES))
def test_what_differs(
    changed: Callable[[dict[str, str | None]], Comparison],
    files: dict[str, str | None],
    expected: list[Any],
    count: str,
) -> None:
    comparison = changed(files)
    assert (changes_of(comparison), count_line(comparison)) == (expected, count)


def test_no_format_shows_a_sensitive_value(changed: Callable[[dict[str, str | None]], Comparison]) -> None:
    more = CONTACTS + "  - {name: 李四, birthday: 1980-07-07}\nnotes: 身份证 11010519491231002X\n"
    comparison = changed({A: PLAIN + more.replace("05-12", "06-13") + CALL})
    for shown in (
        text(comparison),
        markdown(comparison),
        json.dumps(document(comparison)),
        message(comparison.differences, words(comparison), "edit"),
    ):
        assert not re.search("05-12|06-13|07-07|11010519491231002X", shown)
    assert "not shown" in text(comparison)


def test_no_format_shows_a_number_in_the_next_step_of_a_new_interaction(
    changed: Callable[[dict[str, str | None]], Comparison],
) -> None:
    step = "    next: {action: 查身份证 11010519491231002X 的资料, due: 2026-12-01}\n"
    comparison = changed(
        {A: PLAIN + CONTACTS + CALL + CALL.replace("interactions:\n", "").replace("11-01", "11-02") + step}
    )
    shown = [text(comparison), markdown(comparison), json.dumps(document(comparison), ensure_ascii=False)]
    assert [part for part in shown if "1101051949" in part] == []
    assert "(not shown)" in shown[0]


def test_a_record_that_does_not_parse_is_named_and_nothing_is_said_of_it(
    changed: Callable[[dict[str, str | None]], Comparison],
) -> None:
    comparison = changed({A: PLAIN + "tags: [\n"})
    assert (comparison.differences, comparison.unreadable) == ((), (A,))


def test_customers_who_came_and_went_are_said_first(changed: Callable[[dict[str, str | None]], Comparison]) -> None:
    new = PLAIN.replace("AAAA", "DDDD").replace("甲", "丁")
    comparison = changed({"records/C20260101DDDD.yaml": new, B: None})
    assert text(comparison) == (
        "2 customers: 1 new, 1 removed\n\n王小明 (C20260101BBBB) removed\n\n丁公司 (C20260101DDDD) new\n"
        "  + Type: Company\n  + Status: Lead\n  + Owner: 李雷\n"
    )
    assert "- 王小明 (C20260101BBBB): removed\n- 丁公司 (C20260101DDDD): new\n" in markdown(comparison)


def test_many_who_change_hands_stand_in_one_line_and_a_promise_of_another_rewrites_no_past(
    repo: Repo, changed: Callable[[dict[str, str | None]], Comparison]
) -> None:
    call = "interactions:\n  - {date: 2026-01-05, by: lilei, channel: phone, summary: 问价, next: {action: 报价}}\n"
    paths = [f"records/C2026010{n}EEEE.yaml" for n in range(5)]
    records = {path: PLAIN.replace("C20260101AAAA", path[8:21]) + call for path in paths}
    repo.commit(records)
    moved = {
        path: record.replace("owner: lilei", "owner: hanmei").replace("action: 报价", "action: 报价, by: hanmei")
        for path, record in records.items()
    }
    moved[paths[0]] = moved[paths[0]].replace("问价", "没问价")
    comment = markdown(changed(moved))
    assert comment.partition("####")[0].splitlines()[2:] == [
        "**Worth a look**",
        "",
        "- 5 customers: Owner 李雷 → 韩梅",
        "- 甲公司 (C20260100EEEE): 1 change to a past interaction",
        "",
    ]


HOSTILE = ["@someone", "a | b", "<script>x</script>", "https://evil.example/x", "www.evil.example", "x@evil.example"]
HOSTILE += ["#12", "!12", "GH-12", "[a](b)", "![a](b)", "`code`", "</details>", "deadbeef1", "<!-- x -->", "\n# head"]


@pytest.mark.parametrize("value", HOSTILE)
def test_nothing_in_the_data_can_forge_markup(
    changed: Callable[[dict[str, str | None]], Comparison], value: str
) -> None:
    quoted = json.dumps(value, ensure_ascii=False)
    comparison = changed(
        {A: PLAIN.replace("甲公司", quoted) + f"tags: [{quoted}]\nnotes: {quoted}\n" + CONTACTS + CALL}
    )
    shown = markdown(comparison)
    assert len(re.findall(r"^#", shown, re.MULTILINE)) == 2
    for pattern in (r"(?<!&)@\w", r"<(?!br>)", r"://", r"\bwww\.", r"(?<!\\)[`\[]", r"(?<![\\&])#\d", r"!\d", r"GH-\d"):
        assert not re.search(pattern, shown), pattern
    assert all(line.count("|") - line.count("\\|") in (0, 4) for line in shown.splitlines())


def test_a_commit_id_in_the_data_is_no_link() -> None:
    assert plain("deadbeef1") != "deadbeef1"
    assert plain("13800138000") == "13800138000"


def test_many_customers_fit_into_one_comment(changed: Callable[[dict[str, str | None]], Comparison]) -> None:
    files: dict[str, str | None] = {}
    for number in range(400):
        files[f"records/C20260202{number:04}.yaml"] = (
            PLAIN.replace("C20260101AAAA", f"C20260202{number:04}").replace("甲", f"甲{number}")
            + f"notes: {'长' * 300}\n"
        )
    shown = markdown(changed(files))
    assert len(shown) < 65_536
    assert shown.count("<details>") == shown.count("</details>") == 1
    assert re.search(r"_\d+ more customers not shown", shown)


def test_sides_are_named_as_git_names_them(repo: Repo) -> None:
    first = repo.commit({"crmtext.toml": SETTINGS, B: PERSON})
    repo.git("switch", "-qc", "side")
    repo.commit({B: PERSON.replace("lead", "prospect")})
    repo.git("switch", "-q", "main")
    repo.commit({B: PERSON.replace("lilei", "hanmei")})
    repo.write(B, PERSON.replace("小明", "大明"))
    repo.git("add", ".")
    repo.write(B, PERSON.replace("小明", "中明"))
    store = Store(repo.path)

    def changes(typed: str, *, staged: bool = False) -> list[str]:
        comparison = sides.read(store, sides.span(store, typed, staged=staged))
        return [change["key"] for customer in document(comparison)["customers"] for change in customer["changes"]]

    assert changes("") == ["name", "owner"]
    assert changes("", staged=True) == ["name", "owner"]
    assert changes("side") == ["name", "status"]
    assert changes("main..side") == ["status", "owner"]
    assert changes("main...side") == ["status"]
    assert changes(f"{first}..") == ["owner"]


def run(repo: Repo, *args: str) -> tuple[int, str]:
    done = CliRunner().invoke(crmtext, ["-C", str(repo.path), *args], catch_exceptions=False)
    return done.exit_code, done.stdout


def test_the_command_takes_sides_a_customer_or_both(repo: Repo) -> None:
    repo.commit({"crmtext.toml": SETTINGS, A: PLAIN, B: PERSON})
    repo.commit({A: PLAIN.replace("lead", "prospect"), B: PERSON.replace("lead", "prospect")})
    assert run(repo, "diff")[1] == "no customer changed\n"
    assert run(repo, "diff", "HEAD~1")[1].startswith("2 customers: 2 fields")
    assert run(repo, "diff", "HEAD~1..", "王小明")[1] == (
        "1 customer: 1 field\n\n王小明 (C20260101BBBB)\n  ~ Status: Lead → Prospect\n"
    )
    assert run(repo, "diff", "王小明", "--exit-code") == (0, "no customer changed\n")
    assert run(repo, "diff", "HEAD~1", "--exit-code", "--format", "json")[0] == 1
    with pytest.raises(CrmError, match="no customer matches 'nobody'"):
        run(repo, "diff", "HEAD~1", "nobody")


def test_a_message_tells_choices_colleagues_and_days_and_a_person_by_id_only(
    changed: Callable[[dict[str, str | None]], Comparison],
) -> None:
    comparison = changed({B: PERSON.replace("lead", "prospect").replace("小明", "大明") + CALL})
    assert message(comparison.differences, words(comparison), "edit") == (
        "C20260101BBBB: name changed; status lead → prospect; …\n\n"
        "- name changed\n- status lead → prospect\n- +1 interaction (phone)\n\n"
        "Crm-Customer: C20260101BBBB\nCrm-Action: edit\n"
    )


def test_git_fills_an_empty_message_and_leaves_any_other(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit({"crmtext.toml": SETTINGS, A: PLAIN, B: PERSON})
    repo.write(A, PLAIN.replace("lead", "prospect"))
    repo.git("add", ".")
    file = repo.write(".git/COMMIT_EDITMSG", "\n# Please enter the commit message\n")
    monkeypatch.chdir(repo.path)
    assert run(repo, "hook", "prepare-commit-msg", str(file), "message")[0] == 0
    assert file.read_text("utf-8") == "\n# Please enter the commit message\n"
    assert run(repo, "hook", "prepare-commit-msg", str(file))[0] == 0
    expected = "甲公司: status lead → prospect\n\nCrm-Customer: C20260101AAAA\nCrm-Action: edit\n"
    assert file.read_text("utf-8") == expected + "\n# Please enter the commit message\n"
    run(repo, "hook", "prepare-commit-msg", str(file))
    assert file.read_text("utf-8") == expected + "\n# Please enter the commit message\n"


def test_textconv_names_every_value_by_where_it_stands(repo: Repo) -> None:
    file = repo.write(A, PLAIN + CONTACTS)
    done = CliRunner().invoke(crmtext, ["textconv", str(file)], catch_exceptions=False)
    assert done.stdout.splitlines()[-3:] == [
        "contacts[张三].name: 张三",
        "contacts[张三].title: 采购",
        "contacts[张三].birthday: --05-12",
    ]
