"""The program as the shell sees it: exit codes, languages, encodings, pipes, interrupts and mistakes of ours."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from crmtext.__main__ import main
from crmtext.answer import Problems
from crmtext.cli.commands import Member
from crmtext.cli.framework.group import Commands
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.language import requested
from crmtext.cli.framework.render import emit
from crmtext.cli.main import early, run
from crmtext.i18n import language
from crmtext.problem import Exit, Place, Problem, cannot
from crmtext.terminal import crash_log

ROOT = Path(__file__).parents[2]

#: A program of one command, run as the real one is.
PROGRAM = """
import sys, time
import click
from crmtext.cli.main import run
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.group import Commands
from crmtext.cli.commands import Member

@click.command("try", cls=Command)
@click.argument("what")
def command(what):
    if what == "lines":
        for number in range(100_000):
            click.echo(f"客户 {number}")
    if what == "sleep":
        click.echo("ready")
        sys.stdout.flush()
        time.sleep(60)
    return 0

sys.modules["tried"] = sys.modules["__main__"]
sys.exit(run(Commands("crmtext", members={"try": Member("tried:command", "Records", "try")})))
"""


def spoken(arguments: list[str], environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    """The real program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "crmtext", *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | (environment or {}),
        capture_output=True,
        check=False,
    )


def started(what: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "try", what],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.parametrize(
    ("arguments", "code", "out", "err"),
    [
        (["--version"], 0, "crmtext ", ""),
        (["--help"], 0, "Usage: crmtext", ""),
        ([], 0, "Usage: crmtext", ""),
        (["lits"], 2, "", "error: unknown command 'lits'; did you mean 'list'?\n  = for usage, see 'crmtext"),
        (["zzz"], 2, "", "error: unknown command 'zzz'\n"),
        (["--colour", "never"], 2, "", "error: unknown option '--colour'; did you mean '--color'?"),
        (["list", "--lang", "fr"], 2, "", "error: invalid value for '--lang': 'fr' is not one of: en, zh"),
        (["list", "-C", "/no/such/folder"], 2, "", "error: invalid value for '-C': '/no/such/folder'"),
        (["--lang", "fr", "list"], 2, "", "error: invalid value for '--lang': 'fr' is not one of: en, zh"),
        (["-C", "/no/such/folder", "list"], 2, "", "error: invalid value for '-C': '/no/such/folder'"),
    ],
)
def test_the_exit_code_and_the_streams(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, out: str, err: str
) -> None:
    assert main(arguments) == code
    captured = capsys.readouterr()
    assert (captured.out[: len(out)] or captured.out, captured.err[: len(err)] or captured.err) == (out, err)


def test_python_m_runs_the_same_program() -> None:
    done = spoken(["zzz"])
    expected = b"error: unknown command 'zzz'\n  = for usage, see 'crmtext --help'\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", expected)


@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": "C", "LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "gbk"},
    ],
    ids=["C", "POSIX without coercion", "ascii", "gbk"],
)
def test_output_is_utf8_whatever_the_locale(environment: dict[str, str]) -> None:
    done = spoken(["--lang", "zh", "--help"], environment)
    assert done.returncode == 0
    assert done.stdout.decode("utf-8").startswith("用法：crmtext")


@pytest.mark.parametrize(
    ("arguments", "environment", "chinese"),
    [
        ([], {"CRMTEXT_LANG": "zh"}, True),
        (["--lang", "en"], {"CRMTEXT_LANG": "zh"}, False),
        (["--lang=zh"], {"CRMTEXT_LANG": "en"}, True),
        ([], {"CRMTEXT_LANG": "", "LANG": "zh_CN.UTF-8", "LC_ALL": "", "LANGUAGE": ""}, True),
        ([], {"CRMTEXT_LANG": "", "LANG": "de_DE.UTF-8", "LC_ALL": "", "LANGUAGE": ""}, False),
        ([], {"CRMTEXT_LANG": "", "LANG": "C", "LC_ALL": "", "LANGUAGE": ""}, False),
    ],
)
def test_the_option_outdoes_the_variable_and_that_the_locale(
    arguments: list[str], environment: dict[str, str], chinese: bool
) -> None:
    assert ("用法" in spoken([*arguments, "--help"], environment).stdout.decode()) is chinese


@pytest.mark.parametrize(
    ("option", "variable", "name"),
    [
        ("zh", "en", "zh"),
        (None, "zh_CN.UTF-8", "zh"),
        (None, "EN-gb", "en"),
        (None, "fr", None),
        (None, "", None),
        ("fr", "zh", "zh"),
    ],
)
def test_a_language_is_asked_for_by_name_or_left_open(option: str | None, variable: str, name: str | None) -> None:
    assert requested(option, {"CRMTEXT_LANG": variable}) == name


def test_options_are_read_early_wherever_they_stand() -> None:
    words = ["-C", "log", "--lang=zh", "list", "--owner", "x", "--debug", "--color", "never", "--", "--lang", "en"]
    assert early(words) == {"-C": "log", "--lang": "zh", "--debug": "", "--color": "never", "command": "list"}


def test_the_language_is_as_before_after_a_run_in_the_same_process(capsys: pytest.CaptureFixture[str]) -> None:
    os.environ.pop("LANGUAGE", None)
    assert main(["--lang", "zh", "--help"]) == 0
    assert "用法" in capsys.readouterr().out
    assert (language(), os.environ.get("LANGUAGE")) == ("en", None)


def test_a_reader_that_leaves_early_is_no_mistake() -> None:
    with started("lines") as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == "客户 0\n".encode()
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 0)


def test_problems_are_told_by_the_exit_code_when_the_reader_has_left() -> None:
    problems = ", ".join(f"Problem('x', 'wrong', Place('{number}'))" for number in range(5000))
    script = (
        "import sys\nfrom crmtext.answer import Problems\nfrom crmtext.cli.framework.render import emit\n"
        f"from crmtext.problem import Place, Problem\nsys.exit(emit(Problems('index', 1, ({problems}))))"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        process.stdin.write(script.encode())
        process.stdin.close()
        assert (process.stderr.read(), process.wait()) == (b"", 1)


def test_an_interrupt_leaves_with_130_and_no_traceback() -> None:
    with started("sleep") as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate()
    assert (process.returncode, err.strip()) == (130, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told_as_what_cannot_be_done() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, "try", "lines"],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (3, b"error: system error: No space left on device [io]\n")


def running(monkeypatch: pytest.MonkeyPatch, body: object, *arguments: str) -> int:
    """The exit code of a program whose one command does this."""
    command = click.command("try", cls=Command)(body)  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "tried", type(sys)("tried"))
    monkeypatch.setattr(sys.modules["tried"], "command", command, raising=False)
    return run(Commands("crmtext", members={"try": Member("tried:command", "Records", "try")}), [*arguments, "try"])


def test_what_a_command_returns_is_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Problems("index", 1, (Problem("x", "wrong"),))
    codes = [running(monkeypatch, body) for body in (lambda: None, lambda: 0, lambda: 1, lambda: emit(wrong))]
    assert codes == [0, 0, 1, 1]


def test_what_cannot_go_on_is_told_with_its_own_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise cannot("no-store", "there is no store here", "make one: crmtext init", Place("crmtext.toml"))

    assert running(monkeypatch, refuse) == Exit.CANNOT
    assert capsys.readouterr().err == (
        "crmtext.toml: error: there is no store here [no-store]\n  = make one: crmtext init\n"
    )


def test_what_the_system_refuses_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def read() -> None:
        raise PermissionError(13, "Permission denied", "records/C1.yaml")

    assert running(monkeypatch, read) == Exit.CANNOT
    assert capsys.readouterr().err == "error: system error: Permission denied: records/C1.yaml [io]\n"


def crash() -> None:
    """Fail as a mistake of ours would, with a customer's data in everything that a traceback shows."""
    customer = "张三 13800138000"
    try:
        {}[customer]
    except KeyError as error:
        raise ValueError(f"no {customer}") from error


def test_a_mistake_of_ours_is_logged_without_customer_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert running(monkeypatch, crash) == Exit.BUG
    (log,) = tmp_path.iterdir()
    told, text = capsys.readouterr().err, log.read_text("utf-8")
    assert told == (
        "error: internal error in crmtext: ValueError\n"
        f"  = please report it and attach this file, which contains no customer data: {log}\n"
    )
    assert log.name.startswith("crmtext-bug-")
    assert "builtins.ValueError\n" in text
    assert "builtins.KeyError\n" in text
    assert f"  test_main.py:{crash.__code__.co_firstlineno + 4}: crash" in text
    assert not [secret for secret in ("张三", "13800138000", "customer]", str(ROOT)) if secret in text + told]


def test_the_log_names_the_command_only_if_it_is_one_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    running(monkeypatch, crash)
    (log,) = tmp_path.iterdir()
    assert "\ncommand -\n" in log.read_text("utf-8")
    assert "command list\n" in crash_log.text(ValueError(), "list")


def test_debug_shows_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def failing() -> int:
        raise RuntimeError("planted")

    program = click.Group("crmtext", params=[click.Option(["--debug"], is_flag=True)], callback=lambda debug: debug)
    program.add_command(click.command("try")(failing))
    assert run(program, ["--debug", "try"]) == Exit.BUG
    assert "RuntimeError: planted" in capsys.readouterr().err


def test_a_temp_folder_that_cannot_be_written_does_not_hide_the_mistake(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    assert running(monkeypatch, crash) == Exit.BUG
    assert capsys.readouterr().err.endswith("  = please report it with the output of --debug\n")


def test_help_loads_no_heavy_library() -> None:
    script = (
        "import sys\nfrom crmtext.__main__ import main\nmain(['--help'])\n"
        "heavy = {'yaml', 'jsonschema', 'git', 'jinja2', 'rich', 'pypinyin', 'sqlite3'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
