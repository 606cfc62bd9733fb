"""Cards of phones and mail programs."""

from __future__ import annotations

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from crmtext.importers.reading.vcard import read
from crmtext.problem import CrmError


def cards(text: str | bytes) -> list[dict[str, object]]:
    header, *rows = read("a.vcf", text.encode() if isinstance(text, str) else text, "").rows
    return [{name: cell for name, cell in zip(header.cells, row.cells, strict=True) if cell} for row in rows]


def card(*lines: str, version: str = "3.0") -> str:
    return "\r\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""))


def test_quoted_printable_in_any_charset_and_soft_breaks() -> None:
    name = "".join(f"={byte:02X}" for byte in "宋小宝".encode("gbk"))
    text = card(
        f"N;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:;{name[:9]}=\r\n{name[9:]};;;",
        "TEL;CELL;PREF:13800138000",
        "NOTE;QUOTED-PRINTABLE:a=3Bb=0D=0Ac=",
        version="2.1",
    )
    assert cards(text) == [{"N given": "宋小宝", "TEL cell": "13800138000", "NOTE": "a;b\nc"}]


def test_groups_labels_escapes_and_accounts() -> None:
    text = card(
        "FN:Li\\, Wei",
        "N:Li;Wei;;;",
        "item1.TEL;type=pref:+86 138 0013 8000",
        "item1.X-ABLabel:_$!<Mobile>!$_",
        "TEL;TYPE=WORK,FAX:021-5555 0100",
        "TEL;TYPE=work:1",
        "TEL;TYPE=work:2",
        "ORG:Acme\\; Sons;Sales;East",
        "ADR;TYPE=WORK:;;Long Road 1\\n2nd floor;Shanghai;;200000;China",
        "item2.URL:http\\://acme.example",
        "X-SOCIALPROFILE;type=wechat;x-user=liwei:x-apple:liwei",
        "NOTE:a long not",
        " e with fold",
        "X-FOO:1",
    )
    assert cards(text) == [
        {
            "FN": "Li, Wei", "N family": "Li", "N given": "Wei", "TEL cell": "+86 138 0013 8000",
            "TEL fax": "021-5555 0100", "TEL work": "1", "TEL work (2)": "2", "ORG": "Acme; Sons",
            "ORG unit": "Sales / East", "ADR work street": "Long Road 1\n2nd floor", "ADR work city": "Shanghai",
            "ADR work postcode": "200000", "ADR work country": "China", "URL": "http://acme.example",
            "WECHAT": "liwei", "NOTE": "a long note with fold",
        }
    ]  # fmt: skip
    assert read("a.vcf", text.encode(), "").notes == ("1 lines of cards have no column: X-FOO (1)",)


def test_picture_is_never_read() -> None:
    body = "/9j/4AAQSkZJRgABAQ"
    text = card("FN:A", "PHOTO;ENCODING=BASE64;JPEG:" + body, body, " " + body, "", "TEL:1", version="2.1")
    sheet = read("a.vcf", text.encode(), "")
    assert cards(text) == [{"FN": "A", "TEL": "1"}]
    assert body not in repr(sheet)


def test_every_begin_is_a_card() -> None:
    text = "begin:vcard\nFN:A\nend:vcard\nBEGIN:VCARD\nFN:B\nBEGIN:VCARD\nFN:C\nNOTE;QUOTED-PRINTABLE:x=\nEND:VCARD\n"
    assert [one.get("FN") for one in cards(text)] == ["A", "B", "C"]
    assert read("a.vcf", text.encode(), "").notes == ("1 cards have no END:VCARD",)


def test_file_without_a_card_is_rejected() -> None:
    with pytest.raises(CrmError) as error:
        read("a.vcf", b"hello", "")
    assert error.value.problem.message == "can't import a.vcf: no card (BEGIN:VCARD) in the file"


VALUE = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=30).map(str.strip)


@given(VALUE.filter(bool), VALUE, VALUE)
def test_reads_what_vobject_writes(full: str, family: str, note: str) -> None:
    written = vobject.vCard()
    written.add("fn").value = full
    written.add("n").value = vobject.vcard.Name(family=family, given="x")
    written.add("note").value = note
    (one,) = cards(written.serialize())
    assert one == {
        name: value for name, value in {"FN": full, "N family": family, "N given": "x", "NOTE": note}.items() if value
    }


LINES = (
    "BEGIN:VCARD", "END:VCARD", "PHOTO;ENCODING=b:QUJD", " QUJD", "TEL;CELL:1", "N;QUOTED-PRINTABLE:=E5=", "AGENT:", "",
    "x", ";:",
)  # fmt: skip


@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_cards_read_are_the_begin_lines(lines: list[str]) -> None:
    text = "\n".join(["BEGIN:VCARD", *lines])
    assert len(cards(text)) == 1 + lines.count("BEGIN:VCARD")
