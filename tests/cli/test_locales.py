"""The same right answers under any locale: real processes in locales that are made for the test."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import stores
from terminals import Terminal

from crmtext.setup import hooks, merge_driver
from crmtext.terminal import encodings

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

#: The name of a locale, what it is made of, and its encoding.
MADE = {
    "zh_CN.GBK": ("zh_CN", "GBK"),
    "zh_CN.GB18030": ("zh_CN", "GB18030"),
    "zh_TW.Big5": ("zh_TW", "BIG5"),
    "en_US": ("en_US", "ISO-8859-1"),
}
#: Their character maps take `localedef` seconds.
RARE = ("zh_CN.GB18030", "zh_TW.Big5", "C")
LONG = pytest.mark.long
#: Python's own ways to make ASCII UTF-8, switched off.
BARE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
ONE = "records/华东/C20240501001.yaml"
NAME = "上海示例电子有限公司"


class Locales:
    """The environment of each locale, made when a test asks for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __getitem__(self, name: str) -> dict[str, str]:
        if name not in MADE:
            return BARE | {"LC_ALL": name} if name in ("C", "POSIX") else {"LC_ALL": "C.UTF-8"}
        path = self.folder / name
        if not path.is_dir():
            language, charmap = MADE[name]
            command = ["localedef", "-i", language, "-f", charmap, str(path)]
            subprocess.run(command, capture_output=True, check=False)
        if not (path / "LC_CTYPE").is_file():
            pytest.skip(f"localedef cannot make {name}: the package 'locales' is missing")
        return {"LOCPATH": str(self.folder), "LC_ALL": name, "LANG": name}


@pytest.fixture(scope="session")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Locales:
    if shutil.which("localedef") is None:
        pytest.skip("needs localedef")
    return Locales(tmp_path_factory.mktemp("locales"))


@pytest.fixture
def store(repo: Repo) -> Repo:
    repo.commit({"crmtext.toml": stores.TEAM, ONE: stores.record("001")}, "store")
    return repo


def said(folder: Path, env: dict[str, str], *words: bytes | str) -> tuple[int, bytes, bytes]:
    """Exit code and output of the program, its arguments given as bytes."""
    done = subprocess.run(
        [sys.executable, "-m", "crmtext", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(stores.ROOT)} | env,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("name", ["zh_CN.GBK", "en_US", "POSIX", *(pytest.param(name, marks=LONG) for name in RARE)])
def test_records_names_and_commits_are_the_same(store: Repo, locales: Locales, name: str) -> None:
    env = locales[name] | {"PYTHONIOENCODING": "latin-1" if name == "POSIX" else ""}
    assert said(store.path, env, "check") == (0, b"1 record checked, no problems\n", b"")
    assert said(store.path, env, "log", "示例电子", "微信", "报价已发", "--commit")[0] == 0
    shown = store.git("-c", "core.quotePath=false", "log", "-1", "--format=%an <%ae>%n%s", "--name-only")
    assert shown.splitlines() == ["李雷 <lilei@example.com>", f"{NAME}: +1 interaction (wechat)", "", ONE]
    code, out, _err = said(store.path, env, "show", NAME, "--format", "json")
    assert (code, json.loads(out.decode())["customer"]["interactions"][0]["summary"]) == (0, "报价已发")


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("zh_CN.GBK", "gbk"),
        pytest.param("zh_CN.GB18030", "gb18030", marks=LONG),
        pytest.param("zh_TW.Big5", "big5", marks=LONG),
    ],
)
def test_an_argument_in_the_locales_encoding_is_understood(
    store: Repo, locales: Locales, name: str, encoding: str
) -> None:
    text = "上海電子" if encoding == "big5" else "上海示例"
    assert said(store.path, locales[name], "log", "C20240501001", "phone", text.encode(encoding))[0] == 0
    assert f"summary: {text}\n" in (store.path / ONE).read_text("utf-8")


@pytest.mark.parametrize("name", ["zh_CN.GBK", "C", "utf-8"])
def test_an_argument_in_no_known_encoding_is_wrong_usage(store: Repo, locales: Locales, name: str) -> None:
    before = stores.files(store.path)
    env = locales[name]
    code, out, err = said(store.path, env, "log", "C20240501001", "phone", b"a\xff\xff")
    assert (code, out) == (2, b"")
    assert err.decode().splitlines() == [
        "error: argument 4 is not valid UTF-8: 'a\\udcff\\udcff' [not-utf8]",
        "  = use UTF-8, or the encoding of your locale (LC_ALL, LANG)",
    ]
    assert stores.files(store.path) == before


@pytest.mark.parametrize("name", ["en_US", pytest.param("zh_CN.GBK", marks=LONG), pytest.param("C", marks=LONG)])
def test_hooks_and_the_merge_driver_read_chinese_paths(
    store: Repo, locales: Locales, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))
    store.commit({".gitattributes": "/records/**/*.yaml merge=crmtext\n"})
    hooks.install(stores.opened(store))
    merge_driver.install(stores.opened(store))
    for variable, value in locales[name].items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("GIT_EDITOR", "true")
    store.git("checkout", "-q", "-b", "other")
    store.write(ONE, stores.record("001", status="prospect"))
    store.git("commit", "-q", "-a")
    assert store.git("log", "-1", "--format=%s") == f"{NAME}: status lead → prospect"
    store.git("checkout", "-q", "main")
    store.write(ONE, stores.record("001", owner="hanmei"))
    store.git("commit", "-q", "-a")
    store.git("merge", "-q", "other", "-m", "merge")
    assert (store.path / ONE).read_text("utf-8") == stores.record("001", status="prospect", owner="hanmei")


@pytest.mark.parametrize(
    ("name", "encoding", "shown"),
    [
        ("zh_CN.GBK", "gbk", "用法：crmtext"),
        pytest.param("zh_TW.Big5", "big5", "用法：crmtext", marks=LONG),
        ("en_US", "latin-1", "\\u7528\\u6cd5\\uff1acrmtext"),
        ("C", "utf-8", "用法：crmtext"),
    ],
)
def test_a_terminal_is_written_to_in_its_own_encoding(
    tmp_path: Path, locales: Locales, monkeypatch: pytest.MonkeyPatch, name: str, encoding: str, shown: str
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))
    for variable, value in locales[name].items():
        monkeypatch.setenv(variable, value)
    terminal = Terminal(tmp_path, ("--lang", "zh", "--help"), encoding=encoding).start()
    assert terminal.end() == 0
    assert terminal.said.startswith(shown)


def test_what_an_encoding_lacks_is_written_readably() -> None:
    assert (
        "甲 → 10 % – 李…😀".encode("ascii", encodings.error_handler()) == b"\\u7532 -> 10 % - \\u674e...\\ud83d\\ude00"
    )
