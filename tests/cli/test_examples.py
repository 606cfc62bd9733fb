"""The commands that pages, help and messages name: each is there with its options, and the examples of help run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import backups
import catalogue
import click
import clones
import pytest
import stores
from openpyxl import Workbook

from crmtext.cli.commands import COMMANDS
from crmtext.cli.framework.group import crmtext
from crmtext.cli.framework.help import VERBATIM, message, translated
from crmtext.cli.framework.language import speaking
from crmtext.i18n import LANGUAGES
from crmtext.setup import init

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repos import Repo

    Capture = pytest.CaptureFixture[str]

ROOT = Path(__file__).parents[2]
PAGES = (*ROOT.glob("*.md"), *sorted(ROOT.glob("docs/**/*.md")))
FENCED = re.compile(r"^```(?:sh|console)\n.*?^```", re.MULTILINE | re.DOTALL)
ON_A_LINE = re.compile(r"^(?:\$ )?crmtext +([^|>\n]+)", re.MULTILINE)
IN_CODE = re.compile(r"`crmtext +([^`|>]+)`")
#: Up to the end of what can be typed.
IN_A_MESSAGE = re.compile(r"\bcrmtext +([^`;,)。；，（）：、|>\n]+)")


def command(name: str) -> click.Command:
    module, _colon, attribute = COMMANDS[name].target.partition(":")
    command_: click.Command = getattr(import_module(module), attribute)
    return command_


def every() -> Iterator[tuple[str, click.Command]]:
    """Each command by the words that call it, those of groups included."""
    for name in COMMANDS:
        command_ = command(name)
        yield name, command_
        for below, inner in getattr(command_, "commands", {}).items():
            yield f"{name} {below}", inner


def unknown(typed: str) -> list[str]:
    """What of a command's words does not exist: the command, or options."""
    words = typed.split()
    if words[0] == "COMMAND" or words[0].startswith("-"):
        return _options(crmtext, words)
    if words[0] not in COMMANDS:
        return words[:1]
    found, *rest = command(words[0]), *words[1:]
    below = getattr(found, "commands", {}).get(rest[0]) if rest else None
    return _options(below or found, rest)


def _options(command_: click.Command, words: list[str]) -> list[str]:
    known = {
        "--help",
        *(name for parameter in command_.params for name in (*parameter.opts, *parameter.secondary_opts)),
    }
    return [word for word in words if re.match(r"-{1,2}[a-z]", word) and word.rstrip(".:'\"") not in known]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_page_has_typed_is_there(path: Path) -> None:
    text = path.read_text("utf-8")
    named = IN_CODE.findall(text) + ON_A_LINE.findall("\n".join(FENCED.findall(text)))
    assert [typed for typed in named if unknown(typed)] == []


def test_what_a_message_has_typed_is_there() -> None:
    have = catalogue.load()
    texts = [text for each in catalogue.said() for text in (catalogue.first(each), catalogue.chinese(have, each))]
    named = [typed for text in texts for typed in IN_A_MESSAGE.findall(text)]
    # What crmtext does is said as well: `crmtext has written nothing here`.
    typed = [each for each in named if each.split()[0] in COMMANDS or re.search(r"\s--?[a-z]", f" {each}")]
    assert len(typed) > 100
    assert [each for each in typed if unknown(each)] == []


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("lsit --owner 李雷", ["lsit"]),
        ("list --ownr 李雷 --at v1", ["--ownr"]),
        ("hooks install --pre-recieve DIR", ["--pre-recieve"]),
        ("-x DIR check", ["-x"]),
    ],
)
def test_a_slip_in_a_command_would_be_found(typed: str, wrong: list[str]) -> None:
    assert unknown(typed) == wrong


def test_every_command_and_option_says_what_it_is_for_in_both_languages() -> None:
    have = catalogue.load()
    silent = []
    for name, command_ in every():
        texts = {name: command_.help} | {f"{name} {parameter.opts[0]}": parameter.help for parameter in command_.params
                                     if isinstance(parameter, click.Option)}  # fmt: skip
        silent += [what for what, text in texts.items() if not text or not catalogue.chinese(have, message(text))]
    assert silent == []


def examples() -> dict[str, str]:
    """The words of each example that help shows, and the first language to show it."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for _name, each in every():
            with speaking(language):
                paragraphs = translated(each.help).split("\n\n")
            shown = "\n".join(text for text in paragraphs if text.startswith(VERBATIM))
            for typed in re.findall(r"^ *crmtext +([^|\n]+)", shown, re.MULTILINE):
                found.setdefault(typed.strip(), language)
    return found


@pytest.fixture
def folder(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    typed: str,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A store in which an example can be typed: the sample, unless it is in there already, or a merge in conflict."""
    if typed.startswith("add "):
        init.init(tmp_path / "new", with_sample=False)
        return tmp_path / "new"
    if typed.startswith("demo "):
        return tmp_path
    if not typed.startswith("resolve "):
        sample = stores.sample(tmp_path_factory, tmp_path / "sample")
        if typed.startswith("import "):
            book = Workbook()
            for row in (
                ("客户名称", "客户类型", "合作状态", "负责人"),
                ("宁波甬江阀门有限公司", "企业", "潜在", "李雷"),
            ):
                book.worksheets[0].append(row)
            book.save(sample / "客户信息表.xlsx")
        if typed.startswith(("backup ", "restore ", "key ")):
            own = backups.key(tmp_path / "own.key", monkeypatch)
            with (sample / "crmtext.toml").open("a", encoding="utf-8") as settings:
                settings.write(f'\n[backup]\nto = ["{own.public}"]\n')
            written = backups.backup(sample, tmp_path / "backups")
            written.rename(written.with_name("crm-20261129T153000Z.backup.age"))
        return sample
    ours, theirs = clones.pair(tmp_path, capsys, stores.record(more="    title: 经理\n"))
    for colleague, status, title in ((theirs, "prospect", "采购经理"), (ours, "lost", "采购总监")):
        colleague.edit("status: lead", f"status: {status}")
        colleague.edit("title: 经理", f"title: {title}")
        colleague("sync")
    return ours.repo.path


@pytest.mark.parametrize(("typed", "language"), examples().items())
def test_an_example_of_help_can_be_typed_as_it_stands(
    folder: Path, typed: str, language: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRMTEXT_LANG", language)
    done = stores.Program(capsys, folder)(*shlex.split(typed))
    assert done.code == 0, done.err


def test_git_tells_changes_in_the_words_that_a_page_promises(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    program = f"{shlex.quote(sys.executable)} -m crmtext textconv"
    (block,) = re.findall(r"```sh\n(.*?)```", (ROOT / "docs/history.md").read_text("utf-8"), re.DOTALL)
    assert '"crmtext textconv"' in block
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    text = stores.record(more="    title: 经理\n")
    repo.commit({stores.path(): text})
    subprocess.run(["sh", "-ec", block.replace("crmtext textconv", program)], cwd=repo.path, check=True)
    repo.write(stores.path(), text.replace("经理", "总监"))
    changed = [line for line in repo.git("diff", "--unified=0").splitlines() if re.match(r"[-+](?![-+])", line)]
    assert changed == ["-contacts[张三].title: 经理", "+contacts[张三].title: 总监"]
