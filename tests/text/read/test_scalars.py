from __future__ import annotations

import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from crmtext.text.read.scalars import STARTS, Scalar, reads_as_text, resolve

VALUES: dict[str, Scalar] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "0": 0, "-7": -7, "+7": 7, "010": 10, "0x1F": 31, "0o17": 15,
    "1.5": 1.5, "-1.": -1.0, ".5": 0.5, "1e3": 1000.0, "1.5E-2": 0.015, ".inf": math.inf, "-.INF": -math.inf,
}  # fmt: skip
TEXTS = [
    "nULL", "yes", "no", "on", "off", "y", "n", "2024-05-01", "12:30", "1_000", "0b11", "0o8", "0xg", "1.2.3", "e3",
    "-", "+", "--1", "1e", "inf", "nan", "+8613800138000x", "None", "tRUE", "<<", "=", "１２", "²", "+.x", "true ",
    ".",
]  # fmt: skip
_TEXT = "tag:yaml.org,2002:str"


@pytest.mark.parametrize(("text", "value"), VALUES.items(), ids=ascii)
def test_core_values_are_resolved(text: str, value: Scalar) -> None:
    assert (resolve(text), type(resolve(text))) == (value, type(value))


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_everything_else_is_text(text: str) -> None:
    assert resolve(text) == text


def test_nan_is_a_number() -> None:
    for text in (".nan", ".NaN", ".NAN"):
        assert math.isnan(float(resolve(text) or 0))


def test_no_length_of_digits_stops_the_reader() -> None:
    for text in ("9" * 100_000, "0x" + "f" * 100_000):
        assert resolve(text) == math.inf


@given(st.text())
def test_text_with_another_start_is_always_text(text: str) -> None:
    assert text[:1] in STARTS or resolve(text) == text


@pytest.mark.parametrize("text", [*VALUES, ".nan", "yes", "No", "ON", "off", "y", "N", "2024-05-01", "2024-5-1 10:00",
                                  "12:30", "1_000", "0b11", "<<", "=", "1,000", "+86138"], ids=ascii)  # fmt: skip
def test_what_some_reader_takes_for_something_else_does_not_read_as_text(text: str) -> None:
    assert not reads_as_text(text)


@pytest.mark.parametrize("text", ["张三", "nobody", "one", "yesterday", "10月", "3 boxes", "2024-05", "v1.2", "tel: 1"])
def test_common_words_read_as_text(text: str) -> None:
    assert reads_as_text(text)


near_values = st.text(alphabet="0123456789+-._:,eExXoObBtrufalsnyYNTZ~=<> ", max_size=12).map(str.strip)


@given(near_values.filter(reads_as_text))
def test_what_reads_as_text_is_text_to_every_reader(text: str) -> None:
    pyyaml, ruamel = yaml.SafeLoader(""), YAML().resolver
    # ruamel says None where no type claims the text.
    tags = [str(reader.resolve(yaml.ScalarNode, text, (True, False)) or _TEXT) for reader in (pyyaml, ruamel)]
    assert (resolve(text), tags) == (text, [_TEXT, _TEXT])
