"""Every message has its Chinese, and the compiled catalogue is the one in the repository."""

from __future__ import annotations

import catalogue
import pytest


@pytest.fixture(autouse=True)
def _updated(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--golden-update"):
        catalogue.update()


def test_every_message_of_the_code_has_chinese() -> None:
    have = catalogue.load()
    missing = [message for message in catalogue.said() if not catalogue.chinese(have, message)]
    assert missing == []


def test_the_catalogue_has_no_message_that_nobody_says() -> None:
    have = catalogue.load()
    said = {catalogue.first(message) for message in [*catalogue.said(), *catalogue.of_click(have)]}
    assert [english for english in catalogue.known(have) if english not in said] == []


def test_the_chinese_fills_in_the_same_names() -> None:
    have = catalogue.load()
    pairs = [(message, catalogue.chinese(have, message)) for message in catalogue.said()]
    assert [pair for pair in pairs if pair[1] and not catalogue.agree(*pair)] == []


def test_messages_are_filled_in_after_translation() -> None:
    wrong = [
        f"{path}:{line}"
        for path in sorted(catalogue.PACKAGE.rglob("*.py"))
        for line in catalogue.formatted_before_translated(path.read_text("utf-8"))
    ]
    assert wrong == []


def test_the_compiled_catalogue_is_that_of_the_text() -> None:
    assert catalogue.MO.read_bytes() == catalogue.compiled()


def test_the_chinese_keeps_the_lines_that_stay_as_they_are() -> None:
    have = catalogue.load()
    pairs = [(message, catalogue.chinese(have, message)) for message in catalogue.said() if isinstance(message, str)]
    marks = [(one, str(other)) for one, other in pairs if one.count("\\b\n") != str(other).count("\\b\n")]
    assert marks == []
    assert [other for _one, other in pairs if any(sign < " " and sign not in "\n\t" for sign in str(other))] == []
