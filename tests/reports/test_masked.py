"""Masked reports: the same figures, masked texts, and no way from a page to the full records."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Collection, Mapping
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, Any

import personal
import pytest
from stores import Program, made, record

from crmtext import layout
from crmtext.reports import masked, publish
from crmtext.reports.context import Context, default_period
from crmtext.reports.functions import functions
from crmtext.reports.named import NAMED
from crmtext.store import Store
from crmtext.templating.sandbox import Sandbox
from crmtext.trends.states import states

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repos import Repo

PERSON = """\
id: C20240501K7QM
name: 陈小明
type: person
status: prospect
owner: lilei
phones: ["13611238007"]
person: {birth_date: 1987-03-09}
interactions:
  - {date: 2026-10-01, by: lilei, channel: phone, summary: 陈小明说 13611238007 打不通,
     next: {action: 找陈小明, due: 2026-10-02}}
"""
OTHER = PERSON.replace("K7QM", "K7QN").replace("陈小明", "李大卫").replace("13611238007", "13900139000")


@pytest.fixture
def program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(capsys, made(tmp_path / "store", PERSON, OTHER, record()))


def same_but_masked(full: Any, masked_: Any) -> bool:
    """Whether two values are the same but for texts with stars in place of others."""
    if isinstance(full, dict) and isinstance(masked_, dict):
        return full.keys() == masked_.keys() and all(same_but_masked(full[key], masked_[key]) for key in full)
    if isinstance(full, list) and isinstance(masked_, list):
        return len(full) == len(masked_) and all(map(same_but_masked, full, masked_))
    return full == masked_ or (isinstance(full, str) and "*" in str(masked_))


@pytest.mark.parametrize("name", NAMED)
def test_figures_and_order_are_those_of_the_full_records(
    name: str, repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    personal.history(repo, monkeypatch, Random(name))
    program = Program(capsys, repo.path)
    for more in ((), ("--compare", "2026-11-10")):
        full, shown = (program("report", name, "--format", "json", *more, *mask).data for mask in ((), ("--mask",)))
        assert (shown.pop("masked"), full["left_out"]) == (True, 1)
        assert same_but_masked(full, shown)


def test_conditions_are_evaluated_on_full_records(program: Program) -> None:
    done = program("report", "followup", "--mask", "--format", "json", "--where", "name == '陈小明'")
    assert [item["name"] for item in done.data["lists"]["customers"]] == ["陈*"]
    # The words of the expression may be those of a record.
    assert done.data["where"] == "…"
    assert program("report", "followup", "--mask", "--where", "name == '陈小明'").code == 0
    page = (program.folder / layout.MASKED_REPORTS / "followup.html").read_text("utf-8")
    assert ("陈*" in page, "陈小明" in page) == (True, False)


def test_rules_are_evaluated_on_full_records(program: Program) -> None:
    settings = program.folder / "crmtext.toml"
    rule = '\n[[followup.rules]]\nname = "vip"\nwhere = "\'13611238007\' in phones"\nevery_days = 3\n'
    settings.write_text(settings.read_text("utf-8") + rule, "utf-8")
    full, shown = (program("report", "today", "--format", "json", *mask).data["lists"] for mask in ((), ("--mask",)))
    assert same_but_masked(full, shown)
    page = program.folder / "templates/mine.md.j2"
    page.parent.mkdir()
    page.write_text(
        "{% for one in customers('stale') %}"
        "{{ one.name }} {{ one.phones[0] }} {{ one.computed.next_action }}{% endfor %}"
        "{% for one in customers(\"'13900' in phones[0]\") %} {{ one.name }} {{ one.computed.age }}{% endfor %}"
        "{% for one in due() %} {{ one.name }} {{ one.text }}{% endfor %}"
        "{% for row in stats(by='name').rows %} {{ row[0].text }}{% endfor %}",
        "utf-8",
    )
    assert program("report", "mine", "--mask").code == 0
    text = (program.folder / layout.MASKED_REPORTS / "mine.md").read_text("utf-8").replace("\\*", "*")
    people = "陈* 136****8007 找陈* 李* 39"
    tasks = "陈* (C20240501K7QM) 找陈* 李* (C20240501K7QN) 找李*"
    assert text.strip() == f"{people} {tasks} 上海示例电子有限公司 李* 陈*"


def below(value: Any, sandbox: Sandbox) -> Iterator[Any]:
    """The items and attributes of a value that a template can get at."""
    if isinstance(value, str | bytes | int | float):
        return
    if isinstance(value, Mapping):
        yield from (part for key in value for part in (key, value.get(key)))
    elif isinstance(value, Collection):
        yield from value
    for name in dir(value):
        with suppress(Exception):
            part = getattr(value, name)
            if sandbox.is_safe_attribute(value, name, part):
                yield part


def reachable(start: Any, sandbox: Sandbox, most: int = 60_000) -> Iterator[Any]:
    """Everything that a template can get at from a value, step by step."""
    kept = {id(start): start}
    queue = deque([start])
    while queue and len(kept) < most:
        value = queue.popleft()
        yield value
        for part in below(value, sandbox):
            if id(part) not in kept:
                kept[id(part)] = part
                queue.append(part)


def test_a_template_cannot_reach_the_full_records(program: Program) -> None:
    store = Store.find(program.folder)
    snapshot = store.read()
    full, site = (publish.site(store, snapshot, mask=mask) for mask in (False, True))
    context = masked.context(Context(snapshot, *default_period(snapshot.today), states=states(store, snapshot)))
    sandbox = Sandbox(customers=3, write=None)
    given = functions(context, lambda _cost: None)
    made_of = (site, site.due, site.stream, given["customers"](), given["due"](), given["stats"](by="name"))
    secrets = ("陈小明", "13611238007", "李大卫", "13900139000", "1987-03-09")

    def texts(start: Any) -> str:
        return "\n".join(value for value in reachable(start, sandbox) if isinstance(value, str))

    assert [one for one in secrets if one in texts(made_of)] == []
    # The walk finds what there is to find.
    assert [one for one in secrets if one not in texts(full)] == []


def test_masked_and_full_reports_are_never_in_one_folder(program: Program) -> None:
    assert program("report", "--mask").code == 0
    folder = program.folder / layout.MASKED_REPORTS
    assert (folder / layout.MASKED).is_file()
    assert "Masked: personal data is shown in part" in (folder / "index.html").read_text("utf-8")
    done = program("report", "-o", str(folder))
    assert (done.code, "holds masked reports [masked-folder]" in done.err) == (2, True)
    assert program("report", "basic", "--format", "csv").code == 0
    done = program("report", "--mask", "-o", str(program.folder / "reports"))
    assert (done.code, "holds reports that are not masked [masked-folder]" in done.err) == (2, True)
    assert "Masked" not in (program.folder / "reports/basic-customers.csv").read_text("utf-8")
    # A folder of something else, such as a clone to publish from, may take masked reports.
    (program.folder / "../site").mkdir()
    (program.folder / "../site/README").write_text("published\n")
    assert program("report", "--mask", "-o", str(program.folder / "../site")).code == 0


def test_check_compares_masked_reports_with_masked_ones(program: Program) -> None:
    assert program("report", "--mask").code == 0
    assert program("report", "--mask", "--check").code == 0
    file = program.folder / "records/C20240501K7QM.yaml"
    # Another number with the same mask is the same page.
    file.write_text(PERSON.replace("13611238007", "13699998007"), "utf-8")
    assert program("report", "--mask", "--check").code == 0
    file.write_text(PERSON.replace("13611238007", "13612345678"), "utf-8")
    done = program("report", "--mask", "--check")
    assert (done.code, "crmtext report --mask" in done.err) == (1, True)


def test_a_masked_document_says_so(program: Program) -> None:
    done = program("report", "basic", "--mask", "--format", "json")
    assert json.loads(done.out)["masked"] is True
    assert "masked" not in program("report", "basic", "--format", "json").data


def test_names_of_persons_are_not_in_paths(program: Program) -> None:
    (program.folder / "records/C20240501K7QM.yaml").rename(program.folder / "records/C20240501K7QM-chenxiaoming.yaml")
    assert program("report", "--mask", "customers").code == 0
    pages = (program.folder / layout.MASKED_REPORTS / "customers").iterdir()
    assert "chenxiaoming" not in "".join(f"{page}{page.read_text('utf-8')}" for page in pages)
