"""Numbers that must not enter the history, in files of every kind."""

from __future__ import annotations

import io
import zipfile

import pytest

from crmtext.text import any_file

#: A made-up number of a valid form.
RESIDENT = "11010119900307" + "1233"
TEXT = f"身份证\n号 {RESIDENT}\n"


def packed(*contents: str, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as written:
        for number, content in enumerate(contents):
            # With a fixed time: the bytes are in the names of tests, which all processes must agree on.
            written.writestr(zipfile.ZipInfo(f"part{number}.xml"), content, method)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (TEXT.encode(), "x:2:3"),
        (TEXT.encode("utf-8-sig"), "x:2:3"),
        (TEXT.encode("gb18030"), "x:2:3"),
        (TEXT.encode("utf-16"), "x:2:3"),
        (TEXT.encode("utf-32"), "x:2:3"),
        (TEXT.encode("utf-16-le"), "x"),
        (b"\xff\0" + TEXT.encode(), "x"),
        (packed("<v>1</v>", f"<v>{RESIDENT}</v>"), "x"),
        (packed("<v>1</v>", f"<v>{RESIDENT}</v>", method=zipfile.ZIP_LZMA), "x"),
        (b"PK\x03\x04" + RESIDENT.encode(), "x"),
    ],
)
def test_a_number_is_found_in_every_kind_of_file(data: bytes, place: str) -> None:
    assert [(problem.rule, str(problem.place)) for problem in any_file.problems("x", data)] == [("resident-id", place)]
    assert any_file.digits(data) == {RESIDENT}
    assert [*any_file.problems("x", data, {RESIDENT})] == []


def test_a_zip_file_is_unpacked_up_to_a_limit() -> None:
    bomb = packed("0" * (40 << 20), RESIDENT)
    assert len(bomb) < 1 << 20
    assert any_file.digits(bomb) == frozenset()


def test_the_fields_of_yaml_say_what_a_number_is() -> None:
    text = "transactions:\n  - order_no: >-\n      见\n      4111111111111111\n".encode()
    assert any_file.digits(text, "records/a.yaml") == frozenset()
    assert any_file.digits(text, "records/a.txt") == {"4111111111111111"}
