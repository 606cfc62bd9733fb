"""`crmtext dedupe`: groups of likely duplicates, as a table, as JSON and as a workbook."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import openpyxl
import pytest
from import_runs import git, new_store, run

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO, THREE, FAR, BRANCH = (f"C2024050{number}K7QM" for number in range(1, 6))
RECORD = "id: {id}\nname: {name}\ntype: company\nstatus: lead\nowner: {owner}\n{more}contacts: [{{name: 张三}}]\n"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = new_store(tmp_path / "store")
    monkeypatch.chdir(folder)
    write(folder, ONE, "无锡东方仪表有限公司", "lilei", 'phones: ["0510-55552381"]\nindustry: C40\n')
    write(folder, TWO, "无锡市东方仪表有限责任公司", "hanmei", 'phones: ["0510-5555 2381"]\nindustry: C39\n')
    write(folder, THREE, "无锡市东方仪表有限责任公司", "lilei")
    write(folder, FAR, "=苏州远方(1+1)", "lilei")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "records")
    return folder


def write(folder: Path, id_: str, name: str, owner: str, more: str = "") -> None:
    text = RECORD.format(id=id_, name=json.dumps(name, ensure_ascii=False), owner=owner, more=more)
    (folder / f"records/{id_}.yaml").write_text(text, "utf-8")


def test_groups_are_connected_by_pairs_with_reasons_and_fields_that_differ(store: Path) -> None:
    code, output = run("dedupe", "--format", "json")
    assert run("dedupe", "--format", "json", language="zh")[1].partition("\n}\n")[0] == output.partition("\n}\n")[0]
    names = {ONE: "无锡东方仪表有限公司", TWO: "无锡市东方仪表有限责任公司", THREE: "无锡市东方仪表有限责任公司"}
    assert (code, json.JSONDecoder().raw_decode(output)[0]) == (
        0,
        {
            "schema": 1,
            "groups": [
                {
                    "customers": [
                        {"id": id_, "name": name, "path": f"records/{id_}.yaml"} for id_, name in names.items()
                    ],
                    "pairs": [
                        {
                            "ids": [ONE, TWO],
                            "score": 1.0,
                            "certain": False,
                            "reasons": ["phone", "similar-name"],
                        },
                        {"ids": [ONE, THREE], "score": 1.0, "certain": False, "reasons": ["similar-name"]},
                        {"ids": [TWO, THREE], "score": 1.0, "certain": True, "reasons": ["full-name"]},
                    ],
                    "differ": ["owner", "industry"],
                }
            ],
        },
    )


def test_the_table_names_the_commands_that_follow(store: Path) -> None:
    code, output = run("dedupe")
    assert code == 0
    assert output.splitlines()[-3:] == [
        "1 group of likely duplicates",
        f"to merge two: crmtext merge {ONE} {TWO}",
        f"if they are two customers: crmtext set {ONE} not_duplicate_of+={TWO}",
    ]
    assert run("merge", ONE, TWO, "--prefer", "A")[0] == 0
    assert run("set", ONE, f"not_duplicate_of+={THREE}")[0] == 0
    assert run("dedupe")[1] == "no likely duplicates\n"


def test_the_least_score_leaves_pairs_out(store: Path) -> None:
    write(store, FAR, "无锡东方仪表科技有限公司", "lilei", 'phones: ["0510-55552381"]\n')
    ids = [[one["id"] for one in group["customers"]] for group in groups("--min", "0.75")]
    assert ids == [[ONE, TWO, THREE, FAR]]
    assert [[one["id"] for one in group["customers"]] for group in groups()] == [[ONE, TWO, THREE]]


def groups(*words: str) -> list[dict[str, list[dict[str, str]]]]:
    output = run("dedupe", *words, "--format", "json")[1]
    listed: list[dict[str, list[dict[str, str]]]] = json.JSONDecoder().raw_decode(output)[0]["groups"]
    return listed


def test_records_with_errors_are_counted(store: Path) -> None:
    (store / f"records/{BRANCH}.yaml").write_text("id: [\n", "utf-8")
    assert run("dedupe")[1].splitlines()[-1] == "1 record has errors and was not compared: crmtext check"


def test_a_workbook_has_a_row_for_each_pair_and_no_formula(store: Path) -> None:
    write(store, BRANCH, "=苏州远方(1+1)", "hanmei")
    code, output = run("dedupe", "-o", "../重复.xlsx", language="zh")
    assert (code, output.splitlines()[0]) == (0, "2 组疑似重复客户")
    sheet = openpyxl.load_workbook(store.parent / "重复.xlsx").active
    rows = [tuple(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == ("组", "决定", "编号 A", "名称 A", "编号 B", "名称 B", "相似度", "理由", "不同字段", "取值")
    assert [row[:6] for row in rows[1:]] == [
        (1, None, ONE, "无锡东方仪表有限公司", TWO, "无锡市东方仪表有限责任公司"),
        (1, None, ONE, "无锡东方仪表有限公司", THREE, "无锡市东方仪表有限责任公司"),
        (1, None, TWO, "无锡市东方仪表有限责任公司", THREE, "无锡市东方仪表有限责任公司"),
        (2, None, FAR, "=苏州远方(1+1)", BRANCH, "=苏州远方(1+1)"),
    ]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2, min_col=3, max_col=6) for cell in row} == {"s"}
    assert [(str(one.sqref), one.formula1) for one in sheet.data_validations.dataValidation] == [
        ("B2:B5", '"同一客户,不同客户,暂不处理"'),
        ("J2:J5", '"A,B"'),
    ]
    assert [row[8] or "" for row in rows[1:]] == [
        "负责人：李雷 | 韩梅\n所属行业：C40 仪器仪表制造业 | C39 计算机、通信和其他电子设…",
        "",
        "负责人：韩梅 | 李雷",
        "负责人：李雷 | 韩梅",
    ]


@pytest.mark.parametrize(("words", "text"), [(("--format", "xlsx"), "-o FILE.xlsx"), (("--min", "2"), "--min")])
def test_wrong_options(store: Path, words: tuple[str, ...], text: str) -> None:
    code, output = run("dedupe", *words)
    assert (code, text in output) == (2, True)


def test_no_index_is_made_for_it_and_one_that_is_there_answers_alike(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crmtext.index.lookup.WORTHWHILE", 0)
    monkeypatch.delenv("CRMTEXT_QUICK", raising=False)
    index = store / ".git/crmtext/worktree.sqlite"
    output = run("dedupe", "--format", "json")[1]
    assert not index.exists()
    assert run("check")[0] == 0
    assert (index.exists(), run("dedupe", "--format", "json")[1]) == (True, output)
