"""Pressing Tab in a real bash: ids by name, Chinese ones too, and values as people call them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import stores

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
RECORDS = (
    stores.record(),
    stores.record("002", "北京样品机械有限公司", more="short_name: 样品机械\n"),
    stores.record("003", "Müller Anlagenbau GmbH"),
)
PRODUCTS = """
[products.TH-200]
name = "温湿度传感器"

[products.GW-1]
name = "温湿度网关 GW-1"
"""
#: What bash does when Tab is pressed behind the last of these words; it parts words at `=` as well.
PRESSED = r"""
eval "$(crmtext completion bash)"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
"$(complete -p crmtext | sed 's/.*-F \([^ ]*\).*/\1/')" crmtext "${COMP_WORDS[COMP_CWORD]}" ""
[ "${#COMPREPLY[@]}" = 0 ] || printf '%s\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = stores.made(tmp_path_factory.mktemp("completion"), *RECORDS)
    with (folder / "crmtext.toml").open("a", encoding="utf-8") as settings:
        settings.write(PRODUCTS)
    return folder


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the command as an installation would have it."""
    folder = tmp_path_factory.mktemp("bin")
    script = folder / "crmtext"
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{stores.ROOT}" exec "{sys.executable}" -m crmtext "$@"\n', "utf-8")
    script.chmod(0o755)
    return folder


def pressed(program: Path, folder: Path, *words: str) -> list[str]:
    """What is offered behind these words."""
    environment = os.environ | {"PATH": f"{program}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["bash", "-c", PRESSED, "bash", "crmtext", *words], cwd=folder, env=environment, capture_output=True, check=True
    )
    assert done.stderr == b""
    return done.stdout.decode().split("\n")[:-1]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["sho"], ["show"]),
        (["show", "C20240501"], ["C20240501001", "C20240501002", "C20240501003"]),
        (["show", "上海"], ["上海示例电子有限公司"]),
        (["show", "机械"], ["C20240501002"]),
        (["show", "shsl"], ["C20240501001"]),
        (["list", "--status", "合"], ["合作中"]),
        (["list", "--owner", "李"], ["李雷"]),
        (["log", "示例电子", "电"], ["电话", "电子邮件"]),
        (["list", "--columns", "id,last_c"], ["id,last_contact"]),
        (["set", "示例电子", "prio"], ["priority="]),
        (["set", "示例电子", "priority", "=", "重"], ["重点"]),
        (["set", "示例电子", "priority", "=", "key", "status", "="], ["lead", "prospect", "active", "paused", "lost"]),
        (
            ["append", "示例电子", "opportunities", "stage", "="],
            [
                "discovery",
                "qualified",
                "proposal",
                "negotiation",
                "won",
                "lost",
            ],
        ),
        (["add", "甲公司", "--set", "status", "=", "合"], ["合作中"]),
        (["set", "示例电子", "owner", "=", "李"], ["李雷"]),
        (["status", "示例电子", "合作中", "--product", "温湿度"], ["温湿度传感器", "GW-1"]),
        (["append", "示例电子", "cases", "product", "=", "TH"], ["TH-200"]),
        (["handover", "--from", "liu"], ["liuyang"]),
        (["handover", "--to", "li"], ["lilei"]),
        (["handover", "--rest", "li"], ["lilei"]),
        (["help", "re"], ["records", "reports", "rename", "review", "report", "resolve", "retention", "restore"]),
        (["report", "rec"], ["receivables"]),
        (["report", "应"], ["应收"]),
        (["report", "--owner", "lil"], ["lilei"]),
        (["report", "--format", "xl"], ["xlsx"]),
        (["classify", "示"], ["C20240501001"]),
        (["classify", "--explain", "示"], ["C20240501001"]),
        (["due", "--kind", "sa"], ["satisfaction"]),
        (["due", "--kind", "催"], ["催款"]),
        (["help", "统"], ["统计报表"]),
        (["explain", "prio"], ["priority"]),
        (["stats", "--by", "status,opportunities.st"], ["status,opportunities.stage"]),
        (["stats", "--measure", "customers,成"], ["customers,成交额"]),
        (["stats", "--period", "季"], ["季度"]),
        (["check", "--select", "unknown-k"], ["unknown-key"]),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)
def test_tab_offers(program: Path, folder: Path, words: list[str], offered: list[str]) -> None:
    assert pressed(program, folder, *words) == offered


def test_outside_a_store_customers_are_not_offered_and_nothing_is_said(program: Path, tmp_path: Path) -> None:
    assert pressed(program, tmp_path, "show", "C2") == []
