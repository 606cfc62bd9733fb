"""Opt-outs in exports of other systems: nobody may be contacted by a channel only because of an import."""

from __future__ import annotations

from typing import TYPE_CHECKING

import import_runs
import pytest

from crmtext.importers.joining import people

if TYPE_CHECKING:
    from pathlib import Path

ANSWERS = ("--default", "status=prospect", "--default", "owner=lilei")
ACCOUNT, PERSON = "Qinghe Automation Ltd", "Wren Hale"
#: Tables of contacts: of the account a, and of nobody.
TABLES = {
    "salesforce-api": {
        "Account.csv": "Id,Name,BillingCity,Type\na,Qinghe Automation Ltd,Suzhou,Prospect\n",
        "Contact.csv": """\
Id,AccountId,FirstName,LastName,Email,HasOptedOutOfEmail,HasOptedOutOfFax,DoNotCall
1,a,Ada,Fir,ada@qinghe.example,1,1,0
2,a,Bo,Elm,bo@qinghe.example,0,0,1
3,a,Cy,Ash,cy@qinghe.example,0,0,0
4,,Wren,Hale,wren@mail.example,true,false,TRUE
""",
    },
    "salesforce-report": {
        "report contacts.csv": """\
Contact ID,Account Name,First Name,Last Name,Email,Lead Source,Email Opt Out,Do Not Call
1,Qinghe Automation Ltd,Ada,Fir,ada@qinghe.example,,1,0
2,Qinghe Automation Ltd,Bo,Elm,,,0,1
3,Qinghe Automation Ltd,Cy,Ash,,,0,0
4,,Wren,Hale,wren@mail.example,,1,1
""",
    },
    "zoho": {
        "Contacts_001.csv": """\
Record Id,Contact Owner.id,Contact Owner,Account Name.id,Account Name,First Name,Last Name,Email Opt Out,Do Not Call
1,,,,Qinghe Automation Ltd,Ada,Fir,true,false
2,,,,Qinghe Automation Ltd,Bo,Elm,false,true
3,,,,Qinghe Automation Ltd,Cy,Ash,,
4,,,,,Wren,Hale,TRUE,true
""",
    },
    "zoho-zh": {
        "Contacts_001.csv": """\
记录 ID,联系人所有者,客户名称,名,姓,电子邮件,邮件选择退出,Do Not Call
1,,Qinghe Automation Ltd,Ada,Fir,ada@qinghe.example,是,否
2,,Qinghe Automation Ltd,Bo,Elm,,否,是
3,,Qinghe Automation Ltd,Cy,Ash,,否,
4,,,Wren,Hale,wren@mail.example,true,true
""",
    },
    "leads": {
        "lead.csv": """\
Id,Company,FirstName,LastName,Email,LeadSource,HasOptedOutOfEmail,DoNotCall
1,Qinghe Automation Ltd,Ada,Fir,ada@qinghe.example,Web,true,false
2,Qinghe Automation Ltd,Bo,Elm,,Web,false,true
3,Qinghe Automation Ltd,Cy,Ash,,Web,false,false
4,,Wren,Hale,wren@mail.example,Web,true,true
""",
    },
}


@pytest.mark.parametrize("name", TABLES)
def test_opt_outs_are_channels_not_to_be_used(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for file, text in TABLES[name].items():
        (folder / file).write_text(text, "utf-8")
    monkeypatch.chdir(import_runs.new_store(tmp_path / "store"))
    code, output = import_runs.run("import", str(folder), *ANSWERS)
    assert code == 0, output
    customers = {one["name"]: one for one in import_runs.customers()}
    assert {one["name"]: one.get("opted_out") for one in customers[ACCOUNT]["contacts"]} == {
        "Ada Fir": ["email"],
        "Bo Elm": ["phone"],
        "Cy Ash": None,
    }
    assert "preferences" not in customers[ACCOUNT]
    preferences = customers[PERSON]["preferences"]
    assert {key: sorted(one) for key, one in preferences.items()} == {"do_not_contact": ["email", "phone"]}
    assert import_runs.run("check")[0] == 0


def test_hubspot_and_a_value_that_says_neither_yes_nor_no(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "contacts.csv"
    source.write_text(
        "Record ID,First Name,Last Name,Email,Contact owner,Associated Company,Unsubscribed from all email\n"
        "1,Ada,Fir,ada@qinghe.example,,Qinghe Automation Ltd,true\n2,Bo,Elm,,,Qinghe Automation Ltd,\n"
        "3,Cy,Ash,,,Qinghe Automation Ltd,since May\n",
        "utf-8",
    )
    monkeypatch.chdir(import_runs.new_store(tmp_path / "store"))
    code, output = import_runs.run("import", str(source), *ANSWERS)
    assert code == 1
    asked = "'since May' in 'Unsubscribed from all email' is not a value of 'Opted out of'"
    assert asked in " ".join(output.split())
    code, output = import_runs.run(
        "import", str(source), *ANSWERS, "--value", "Unsubscribed from all email:since May=email"
    )
    assert code == 0, output
    (customer,) = import_runs.customers()
    assert [one.get("opted_out") for one in customer["contacts"]] == [["email"], None, ["email"]]


def test_what_several_people_of_a_row_do_not_want_holds_for_each() -> None:
    split = people.split_people({"name": ["Ada Fir", "Bo Elm"], "opted_out": ["email", "phone"]})
    assert split == ([{"name": name, "opted_out": ["email", "phone"]} for name in ("Ada Fir", "Bo Elm")], {})
