"""Exports of other systems, from the file to whole customers, through the command line."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from crmtext.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """[store]
name = "测试"
schema_version = 2
language = "en"
timezone = "Asia/Shanghai"
currency = "CNY"

[team.lilei]
name = "李雷"
email = "lilei@example.com"
"""
PEOPLE = ("--default", "status=lead", "--default", "owner=lilei")
CARDS = """BEGIN:VCARD
VERSION:3.0
N:何;静;;;
FN:何静
ORG:湖滨儿童基金会;项目部
TITLE:秘书长
TEL;TYPE=CELL:13800004401
TEL;TYPE=WORK:010-88004401
EMAIL:hejing@hubin.example
X-WECHAT:hejing-hb
GENDER:F
NOTE:常驻北京
END:VCARD
BEGIN:VCARD
VERSION:3.0
N:Reed;Tom;;;
FN:Tom Reed
ORG:Alder Tools Ltd
TEL;TYPE=CELL:+44 20 7946 0123
END:VCARD
BEGIN:VCARD
VERSION:3.0
N:;欧阳文;;;
FN:欧阳文
TEL;TYPE=CELL:13900004402
END:VCARD
"""
OUTLOOK = """First Name,Middle Name,Last Name,Company,Job Title,E-mail Address,Business Phone,Mobile Phone,Gender
Ann,,Hall,Birch University,Registrar,ann@birch.example,,+44 20 7946 0199,Unspecified
Bob,,Ford,Cedar Ltd,Buyer,bob@cedar.example,,,Male
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "store"
    (folder / "records").mkdir(parents=True)
    (folder / "crmtext.toml").write_text(SETTINGS, "utf-8")
    for words in (
        ("init", "-q", "-b", "main"),
        ("config", "user.name", "李雷"),
        ("config", "user.email", "lilei@example.com"),
        ("add", "-A"),
        ("commit", "-q", "-m", "store"),
    ):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
    monkeypatch.chdir(folder)
    return folder


def run(*words: str) -> tuple[int, str]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = main(["--lang", "en", *words])
    return code, out.getvalue()


def customers(store: Path, name: str, text: str, *words: str) -> list[dict[str, Any]]:
    """Whole customers after an import, without what the program makes itself."""
    path = store.parent / name
    path.write_text(text, "utf-8")
    code, output = run("import", str(path), *words)
    assert code == 0, output
    code, output = run("list", "--format", "json")
    assert code == 0, output
    made = ("id", "path", "computed")
    listed = json.loads(output)["customers"]
    return sorted(({k: v for k, v in one.items() if k not in made} for one in listed), key=lambda one: one["name"])


def test_cards_become_companies_institutions_and_persons(store: Path) -> None:
    assert customers(store, "people.vcf", CARDS, *PEOPLE) == [
        {
            "name": "Alder Tools Ltd", "type": "company", "status": "lead", "owner": "lilei",
            "contacts": [{"name": "Tom Reed", "phones": ["+44 20 7946 0123"]}],
        },
        {"name": "欧阳文", "type": "person", "status": "lead", "owner": "lilei", "phones": ["13900004402"]},
        {
            "name": "湖滨儿童基金会", "type": "institution", "status": "lead", "owner": "lilei",
            "contacts": [
                {
                    "name": "何静", "gender": "female", "title": "秘书长", "department": "项目部",
                    "phones": ["13800004401", "010-88004401"], "emails": ["hejing@hubin.example"],
                    "wechat": "hejing-hb", "notes": "常驻北京",
                },
            ],
        },
    ]  # fmt: skip


def test_outlook_people_with_an_unspecified_gender(store: Path) -> None:
    assert customers(store, "contacts.csv", OUTLOOK, *PEOPLE) == [
        {
            "name": "Birch University", "type": "institution", "status": "lead", "owner": "lilei",
            "contacts": [
                {
                    "name": "Ann Hall", "title": "Registrar", "phones": ["+44 20 7946 0199"],
                    "emails": ["ann@birch.example"],
                },
            ],
        },
        {
            "name": "Cedar Ltd", "type": "company", "status": "lead", "owner": "lilei",
            "contacts": [{"name": "Bob Ford", "gender": "male", "title": "Buyer", "emails": ["bob@cedar.example"]}],
        },
    ]  # fmt: skip
