"""Help that fits a terminal, in both languages."""

from __future__ import annotations

import importlib
import re
import shlex
from typing import TYPE_CHECKING

import click
import pytest
import stores

from crmtext.__main__ import main
from crmtext.cli.commands import COMMANDS, SUBJECTS
from crmtext.cli.framework import other_tools
from crmtext.cli.framework.group import crmtext
from crmtext.cli.framework.help import Command, Formatter, Group
from crmtext.cli.framework.language import speaking
from crmtext.cli.main import run
from crmtext.terminal.width import display_width

if TYPE_CHECKING:
    from pathlib import Path

VISIBLE = [name for name, member in COMMANDS.items() if member.subject]


@click.command("note", cls=Command)
@click.option(
    "--lang", "language", type=click.Choice(["en", "zh"]), help="The language of the messages.", required=True
)
@click.option("--count", default=3, show_default=True, help="Show the version.")
@click.argument("customer")
def note(**_values: object) -> None:
    """Find mistakes in the records.

    \b
    crmtext  check
    crmtext  list
    """


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main([*arguments, "--help"]) == 0
    return capsys.readouterr().out


FIRST = {
    "en": """\
Daily:
  sync    Fetch, merge, check and push
  due     Show what is overdue, due today and coming
  search  Find customers by any text, pinyin or phone number
  show    Show one customer as a card
  log     Log a phone call, visit or message
  done    Mark a next step as done
  add     Add a customer
  status  Change a customer's status
  set     Change fields of a customer, or of many

More (crmtext help SUBJECT):
  records     Records · append edit rename archive rm undo fmt list
  files       Import and export · import export dedupe merge
  reports     Figures and reports · stats review classify report
  changes     Checking and changes · check explain diff history changes
              resolve handover
  protection  Protection · retention subject-access disclosures key backup
              restore role-view
  store       Store · init demo doctor config schema hooks completion help

Options:
""",
    "zh": """\
日常：
  sync    拉取、合并、检查并推送
  due     显示逾期、今天到期和即将到期的事项
  search  按任意文字、拼音或电话查找客户
  show    以卡片显示一位客户
  log     记录一次电话、拜访或消息
  done    把下一步标为已完成
  add     新增客户
  status  更改客户的合作状态
  set     修改一位或多位客户的字段

更多（crmtext help SUBJECT）：
  records     客户资料 · append edit rename archive rm undo fmt list
  files       导入导出 · import export dedupe merge
  reports     统计报表 · stats review classify report
  changes     检查与变更 · check explain diff history changes resolve handover
  protection  数据保护 · retention subject-access disclosures key backup
              restore role-view
  store       客户库 · init demo doctor config schema hooks completion help

选项：
""",
}


@pytest.mark.parametrize("language", FIRST)
def test_the_first_help_lists_the_daily_commands_then_the_subjects(
    capsys: pytest.CaptureFixture[str], language: str
) -> None:
    text = shown(capsys, "--lang", language)
    assert FIRST[language] in text
    assert main(["--lang", language, "help"]) == 0
    assert capsys.readouterr().out == text


def helped(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["help", *words]) == 0
    return capsys.readouterr().out


def test_help_of_all_lists_every_command_by_subject(capsys: pytest.CaptureFixture[str]) -> None:
    lines = helped(capsys, "all").splitlines()
    assert [line for line in lines if line[:1].strip()] == [f"{heading}:" for heading in SUBJECTS.values()]
    assert [line.split()[0] for line in lines if re.match(r"  \S", line)] == VISIBLE


@pytest.mark.parametrize("typed", ["reports", "Figures and reports", "统计报表", "REPORTS"])
def test_help_of_a_subject_lists_its_commands(capsys: pytest.CaptureFixture[str], typed: str) -> None:
    lines = helped(capsys, typed).splitlines()
    names = ["stats", "review", "classify", "report"]
    assert (lines[0], [line.split()[0] for line in lines[1:]]) == ("Figures and reports:", names)
    assert "  review    输出团队复盘清单\n" in helped(capsys, typed, "--lang", "zh")


def test_help_of_a_subject_that_is_a_command_as_well_names_the_help_of_the_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert helped(capsys, "changes").endswith("\n\nhelp for the command changes: crmtext changes --help\n")


@pytest.mark.parametrize("words", [["log"], ["hooks"], ["hooks", "install"], ["help"]], ids=" ".join)
def test_help_of_a_command_is_what_the_command_says_itself(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert helped(capsys, *words) == shown(capsys, *words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lsit"], "unknown command or subject 'lsit'\n  = did you mean 'list'?"),
        (["record"], "unknown command or subject 'record'\n  = did you mean 'records'?"),
        (["客户资"], "unknown command or subject '客户资'\n  = did you mean '客户资料'?"),
        (["overdue"], "unknown command or subject 'overdue'\n  = use: crmtext due"),
        (
            ["zzz"],
            f"unknown command or subject 'zzz'\n  = subjects: {', '.join(SUBJECTS)}",
        ),
        (["hooks", "instal"], "unknown command 'hooks instal'\n  = did you mean 'install'?"),
        (["log", "x"], "unknown command 'log x'\n  = for usage, see 'crmtext log --help'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_help_of_what_does_not_exist_names_the_nearest(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["help", *words]) == 2
    assert capsys.readouterr().err == f"error: {said}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--lang", "zh", "list", "--ownr", "x"],
        ["list", "--lang", "zh", "--ownr", "x"],
        ["list", "--ownr", "x", "--lang=zh"],
    ],
    ids=" ".join,
)
def test_a_mistake_is_told_in_the_language_that_is_asked_for_anywhere(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("错误: 没有选项“--ownr”")


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["list", "--nope"], "没有选项“--nope”", "如果它是文字，请在前面加 --：crmtext list -- --nope"),
        (["list", "--stauts", "x"], "没有选项“--stauts”；是不是“--status”？",
         "如果它是文字，请在前面加 --：crmtext list -- --stauts x"),
        (["--nope"], "没有选项“--nope”", "用法见 'crmtext --help'"),
        (["shwo"], "没有命令“shwo”；是不是“show”？", "用法见 'crmtext --help'"),
        (["schema", "nope"], "没有命令“nope”", "用法见 'crmtext schema --help'"),
        (["history"], "缺少参数 'CUSTOMER'", "用法见 'crmtext history --help'"),
        (["completion"], "缺少参数；可选：bash、zsh、fish", '例如：eval "$(crmtext completion bash)"'),
        (["completion", "bahs"], "“bahs”不在可选值中：bash、zsh、fish；是不是“bash”？",
         "用法见 'crmtext completion --help'"),
        (["show", "a", "b", "c"], "多了参数：b c", '含空格的内容要加引号："a b c"'),
        (["list", "--status"], "选项 '--status' 需要 1 个值", "用法见 'crmtext list --help'"),
        (["import", "--day-first=1"], "选项 '--day-first' 不带值", "用法见 'crmtext import --help'"),
        (["list", "--format", "jsno"], "'--format' 的值不对：“jsno”不在可选值中：table、json、csv、ids；是不是“json”？",
         "用法见 'crmtext list --help'"),
        (["list", "--limit", "x"], "'--limit' 的值不对：“x”不是整数", "用法见 'crmtext list --help'"),
        (["import", "--header-row", "0"], "'--header-row' 的值不对：最小为 1", "用法见 'crmtext import --help'"),
        (["dedupe", "--min", "2"], "'--min' 的值不对：“2”不是 0 到 1 之间的数字", "用法见 'crmtext dedupe --help'"),
        (["import", "-o", "/"], "'-o' / '--output' 的值不对：'/' 是文件夹", "用法见 'crmtext import --help'"),
        (["list", "--lang", "fr"], "'--lang' 的值不对：“fr”不在可选值中：en、zh", "用法见 'crmtext list --help'"),
        (["-C", "none", "list"], "'-C' 的值不对：'none' 不存在", "用法见 'crmtext --help'"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)  # fmt: skip
def test_a_mistake_is_told_in_the_language_of_the_store(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: list[str],
    message: str,
    hint: str,
) -> None:
    settings = stores.made(tmp_path) / "crmtext.toml"
    settings.write_bytes(stores.TEAM.replace("[store]", '[store]\nlanguage = "zh"').encode())
    monkeypatch.delenv("CRMTEXT_LANG")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("LANGUAGE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert capsys.readouterr().err == f"错误: {message}\n  = {hint}\n"
    assert main(["--lang", "en", *arguments]) == 2
    assert capsys.readouterr().err.isascii()


def test_options_are_accepted_behind_a_command_and_below_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = str(stores.made(tmp_path, stores.record()))
    before = [
        (["-C", folder, "list", "--format", "ids"], ["list", "--format", "ids", "-C", folder]),
        (["-C", folder, "--lang", "zh", "show", "001"], ["show", "001", "--lang", "zh", "-C", folder]),
        (["-C", folder, "--color", "always", "list"], ["list", "-C", folder, "--color", "always"]),
        (["-C", folder, "schema", "diff"], ["schema", "-C", folder, "diff"]),
        (["-C", folder, "--lang", "zh", "schema", "diff"], ["schema", "--lang", "zh", "diff", "-C", folder]),
    ]
    for first, last in before:
        codes_and_texts = [(main(arguments), capsys.readouterr()) for arguments in (first, last)]
        assert codes_and_texts[0] == codes_and_texts[1]
        assert "".join(codes_and_texts[0][1])


def test_options_of_the_program_are_text_behind_two_dashes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    stores.made(tmp_path, stores.record())
    assert main(["-C", str(tmp_path), "log", "--by", "李雷", "001", "电话", "--", "--lang"]) == 0
    assert '    summary: "--lang"\n' in (tmp_path / stores.path()).read_text("utf-8")
    capsys.readouterr()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("command", ["", *VISIBLE])
def test_no_line_of_help_is_wider_than_the_terminal(
    capsys: pytest.CaptureFixture[str], command: str, language: str
) -> None:
    text = shown(capsys, "--lang", language, *filter(None, [command]))
    assert [line for line in text.splitlines() if display_width(line) > 80] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_can_be_loaded_and_speaks_both_languages(name: str) -> None:
    module, _colon, attribute = COMMANDS[name].target.partition(":")
    assert isinstance(getattr(importlib.import_module(module), attribute), Command | Group)


def test_the_words_of_click_are_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    with speaking("zh"):
        assert run(note, ["--help"]) == 0
    assert capsys.readouterr().out == (
        "用法：crmtext [OPTIONS] CUSTOMER\n"
        "\n"
        "  Find mistakes in the records.\n"
        "\n"
        "  crmtext  check\n"
        "  crmtext  list\n"
        "\n"
        "选项：\n"
        "  --lang [en|zh]   消息所用的语言  [必填]\n"
        "  --count INTEGER  显示版本  [默认：3]\n"
        "  --help           显示本帮助\n"
    )


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        (["x"], "missing option '--lang'. Choose from: en, zh", "缺少选项 '--lang'. 可选： en, zh"),
        (["--lang", "en"], "missing argument 'CUSTOMER'", "缺少参数 'CUSTOMER'"),
        (["--lang"], "option '--lang' requires an argument", "选项 '--lang' 需要 1 个值"),
        (
            ["--lang", "fr", "x"],
            "invalid value for '--lang': 'fr' is not one of 'en', 'zh'",
            "'--lang' 的值不对：'fr' 不在可选值之中：'en', 'zh'",
        ),
        (
            ["--lang", "en", "--count", "many", "x"],
            "invalid value for '--count': 'many' is not a valid integer",
            "'--count' 的值不对：'many' 不是数字（integer）",
        ),
        (["--lang", "en", "x", "y"], "got unexpected extra argument (y)", "多了参数：y"),
    ],
)
def test_wrong_usage_is_told_in_both_languages(
    capsys: pytest.CaptureFixture[str], arguments: list[str], english: str, chinese: str
) -> None:
    messages = []
    for language in ("en", "zh"):
        with speaking(language):
            assert run(note, arguments) == 2
        messages.append(capsys.readouterr().err.partition("\n  = ")[0].partition(": ")[2])
    assert messages == [english, chinese]


def test_a_list_of_terms_is_aligned_by_cells() -> None:
    formatter = Formatter(width=24)
    formatter.write_dl([("客户", "一个很长的说明文字，要折行"), ("id", "short"), ("none", "")])
    assert formatter.getvalue() == ("客户  一个很长的说明文\n      字，要折行\nid    short\nnone\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["list", "--format", "tabel"], "'tabel' is not one of: table, json, csv, ids; did you mean 'table'?"),
        (["completion", "tcsh"], "'tcsh' is not one of: bash, zsh, fish"),
        (["list", "--limit", "few"], "'few' is not a whole number"),
        (["list", "--limit", "0"], "the minimum is 1"),
        (["demo", "x", "--customers", "500001"], "the maximum is 500000"),
        (["lsit"], "unknown command 'lsit'; did you mean 'list'?"),
        (["lgo"], "unknown command 'lgo'; did you mean 'log'?"),
        (["handover", "--form", "x"], "unknown option '--form'; did you mean '--from'?"),
        (["list", "--ownr", "x"], "unknown option '--ownr'; did you mean '--owner'?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_mistyped_is_told_in_plain_words_with_the_nearest(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.partition("\n")[0].endswith(said)


@pytest.mark.parametrize(
    ("arguments", "said", "hint"),
    [
        (["待办"], "unknown command '待办'", "use: crmtext due"),
        (["新增"], "unknown command '新增'", "use: crmtext add NAME --type TYPE"),
        (["hooks", "find"], "unknown command 'find'", "for usage, see 'crmtext hooks --help'"),
        (["list", "--overdue"], "unknown option '--overdue'", "use: crmtext list --where overdue"),
        (["show", "--json", "x"], "unknown option '--json'", "use: crmtext show --format json"),
        (["sync", "--overdue"], "unknown option '--overdue'", "for usage, see 'crmtext sync --help'"),
        (["undo", "--all"], "unknown option '--all'", "for usage, see 'crmtext undo --help'"),
        (
            ["log", "示例", "电话", "客户", "很", "满意", "--due", "+3d"],
            "got unexpected extra arguments (很 满意)",
            'put text that contains spaces in quotes: "客户 很 满意"',
        ),
        (["doctor", "x"], "got unexpected extra argument (x)", "for usage, see 'crmtext doctor --help'"),
        *(
            (["handover", *names], "give both colleagues: --from … --to …", hint)
            for names, hint in (
                (("hanmei", "lilei"), "use: crmtext handover --from hanmei --to lilei"),
                (("--from", "韩梅", "Li Lei"), "use: crmtext handover --from 韩梅 --to 'Li Lei'"),
                (("--to", "韩梅", "李雷", "--dry-run"), "use: crmtext handover --from 李雷 --to 韩梅 --dry-run"),
                (("a", "b", "--where", "vip", "-o", "h"), "use: crmtext handover --from a --to b --where vip -o h"),
                (("a", "b", "c"), "for usage, see 'crmtext handover --help'"),
            )
        ),
    ],
)  # fmt: skip
def test_what_is_expected_from_elsewhere_is_told_with_what_does_it_here(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str, hint: str
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err == f"error: {said}\n  = {hint}\n"


def member(name: str) -> click.Command:
    command = crmtext.get_command(click.Context(crmtext), name)
    assert command is not None
    return command


@pytest.mark.parametrize("command", sorted({*other_tools.COMMANDS.values(), *other_tools.OPTIONS.values()}))
def test_what_is_named_instead_can_be_typed(command: str) -> None:
    name, *words = shlex.split(command)
    known_command: click.Command = crmtext if name.startswith("-") else member(name)
    known = {option for parameter in known_command.params for option in parameter.opts} | {"--help"}
    assert {word for word in (name, *words) if word.startswith("--")} <= known
    if known_command is not crmtext:
        # A number stands for what is a number.
        known_command.make_context(name, ["3" if word == "N" else word for word in words])


def test_what_there_is_needs_no_other_word() -> None:
    assert set(other_tools.COMMANDS) & set(COMMANDS) == set()
    for command, option in other_tools.OPTIONS:
        assert option not in {known for parameter in member(command).params for known in parameter.opts}


@pytest.mark.parametrize("name", [name for name in VISIBLE if name not in {"schema", "hooks", "config", "completion"}])
def test_the_lines_that_help_shows_can_be_typed(name: str) -> None:
    command = member(name)
    for line in re.findall(rf"^ *crmtext {name} (.*)$", command.help or "", re.MULTILINE):
        command.make_context(name, shlex.split(line))
