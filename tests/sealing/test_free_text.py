"""Numbers, addresses and names inside free text."""

from __future__ import annotations

import pytest

from crmtext.sealing.free_text import by_length, masked

WORDS = by_length([("张三", "张*"), ("John Smith", "J*** S***"), ("Smith", "S***"), ("wang_g", "w***g")])
TEXTS = {
    "今天给张三打了电话 13800138000，约周五见": "今天给张*打了电话 138****8000，约周五见",
    "电话：138-0013-8000": "电话：138****8000",
    "+86 138 0013 8000 or (010) 6258 1234": "138****8000 or 010-****34",
    "１３８００１３８０００": "138****8000",
    "mail zhang.san@example.com，谢谢": "mail z***@example.com，谢谢",
    "邮箱ｚｓ＠example.com": "邮箱z***@example.com",
    "身份证 11010519491231002X": "身份证 1****************X",
    "银行卡 6222021234567890128": "银行卡 **** 0128",
    "call john smith or Mr Smith, not Smithson": "call J*** S*** or Mr S***, not Smithson",
    "微信 wang_g": "微信 w***g",
    "订单 2405011234567893，2024-05-01 共 1200 件": "订单 2405011234567893，2024-05-01 共 1200 件",
    "手机 1380013\n8000": "手机 138****8000",
    "call +49 30 1234567 tomorrow": "call +49****67 tomorrow",
    "": "",
}


@pytest.mark.parametrize(("text", "shown"), TEXTS.items())
def test_what_is_masked_in_a_text(text: str, shown: str) -> None:
    assert masked(text, WORDS) == shown


@pytest.mark.parametrize("text", TEXTS)
def test_masking_a_text_twice_changes_nothing(text: str) -> None:
    once = masked(text, WORDS)
    assert masked(once, WORDS) == once
