"""Nothing that a terminal would obey, and nothing that nobody sees, reaches it, wherever a text comes from."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from typing import TYPE_CHECKING

import pytest
import stores
from hypothesis import given
from hypothesis import strategies as st

from crmtext.schema import load
from crmtext.terminal import color, output
from crmtext.terminal.width import printable

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

#: What must not come out, by ranges of its own: another list than the program's.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
NASTY = st.text(
    st.sampled_from(
        "\x1b[31mX;]08\x07\x9b\x90\u202e\u2066\u200f\u200b\ufeff\u3164\U000e0041\r\x08 甲a\t\n👩\u200d🔬\u3000"
    ),
    max_size=30,
)
#: Each turns, hides, colours or rings; a letter at the end tells whose escape came through.
EVIL = "a\x1b[31mRED\x1b]0;owned\x07\x9b5m\u202eX\u2066\u200f\u200b\x7f\r\x08\U000e0041\u3164Z"
LINE = EVIL.replace("\r", "")


def bare(text: str) -> str:
    """A text without line ends and without the colours that are ours."""
    return color.OWN.sub("", text).replace("\r\n", "\n")


@given(NASTY)
def test_what_is_written_holds_nothing_that_is_obeyed_or_hidden(text: str) -> None:
    stream = io.StringIO(newline="")
    written = output.Output(stream, "never").write(text)
    assert (written, FORBIDDEN.findall(stream.getvalue().replace("\r\n", "\n"))) == (len(text), [])


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_json_is_the_same_data_behind_it(text: str) -> None:
    stream = io.StringIO(newline="")
    output.Output(stream, "never").write(json.dumps({"a": text}, ensure_ascii=False))
    assert (json.loads(stream.getvalue()), FORBIDDEN.search(stream.getvalue())) == ({"a": text}, None)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb\tc\n", "a\r\nb\tc\n"),
        ("10%\r90%", "10%\\r90%"),
        ("\x1b[2J\x1b]0;x\x07", "\\u001b[2J\\u001b]0;x\\u0007"),
        ("\x1b[1m\x1b[31merror\x1b[0m\x1b[5mblink", None),
        ("👩\u200d🔬 葛\U000e0100", "👩\u200d🔬 葛\U000e0100"),
        ("a\u200db", "a\\u200db"),
        ("\U000e0041", "\\udb40\\udc41"),
        ("中\u3000文\u00a0é", "中\u3000文\u00a0é"),
    ],
)
def test_what_is_shown(text: str, shown: str | None) -> None:
    plain, coloured = io.StringIO(newline=""), io.StringIO(newline="")
    output.Output(plain, "never").write(text)
    output.Output(coloured, "always").write(text)
    if shown is None:
        assert "\x1b" not in plain.getvalue()
        assert coloured.getvalue() == "\x1b[1m\x1b[31merror\x1b[0m\\u001b[5mblink"
    else:
        assert (plain.getvalue(), coloured.getvalue()) == (shown, shown)


def test_a_quick_look_never_passes_what_has_to_be_written_out() -> None:
    hidden = [chr(code) for code in range(sys.maxunicode + 1) if FORBIDDEN.match(chr(code))]
    assert [sign for sign in hidden if output.is_plain(f"中{sign}")] == []
    assert [sign for sign in hidden if printable(sign) == sign] == []


@pytest.fixture
def program(repo: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> stores.Program:
    """A store in which every text that is not a record's own is evil."""
    schema = json.loads(load.shipped())
    words = {"en": LINE, "zh": LINE}
    named = {"title": LINE, "x-title-zh": LINE, "type": "string", "x-hint": words, "description": LINE}
    schema["properties"]["extra"] = {**named, "x-synonyms": [LINE], "pattern": "^[^q]+$", "patternErrorMessage": LINE}
    schema["properties"]["kind"] = {**named, "enum": ["v", "w"], "x-enum-labels": {"v": words, "w": words}}
    repo.commit(
        {
            "crmtext.toml": stores.TEAM,
            "schema/customer.schema.json": json.dumps(schema),
            stores.path("001"): stores.record("001", more="extra: q\nkind: v\n"),
            stores.path("002"): stores.record("002", "华东精密", more="kind: other\n"),
        }
    )
    monkeypatch.setenv("GIT_AUTHOR_NAME", LINE)
    repo.commit(
        {stores.path("001"): stores.record("001", status="prospect", more="extra: y\n")}, f"{EVIL}\n\nCrm-X: {EVIL}"
    )
    return stores.Program(capsys, repo.path)


#: Every command that tells of what a repository holds.
COMMANDS = (
    ("show", "C20240501001"),
    ("show", "C20240501001", "--format", "json"),
    ("show", "C20240501001", "--format", "markdown"),
    ("show", "C20240501001", "--format", "yaml"),
    ("list", "--columns", "id,extra,kind"),
    ("list", "--columns", "id,extra,kind", "--format", "csv"),
    ("list", "--columns", "id,extra,kind", "--format", "json"),
    ("list", "--where", EVIL),
    ("list", "@" + EVIL),
    ("check",),
    ("check", "--format", "json"),
    ("check", "--format", "github"),
    ("check", "--format", "gitlab"),
    ("check", "--format", "markdown"),
    ("check", "--range", "HEAD~1..HEAD"),
    ("explain", "extra"),
    ("explain", "kind"),
    ("explain", EVIL),
    ("history", "C20240501001"),
    ("history", "C20240501001", "--format", "json"),
    ("changes", "--since", "HEAD~1"),
    ("changes", "--since", "HEAD~1", "--format", "json"),
    ("changes", "--since", "HEAD~1", "--format", "markdown"),
    ("diff", "HEAD~1"),
    ("diff", "HEAD~1", "--format", "json"),
    ("diff", "HEAD~1", "--format", "markdown"),
    ("diff", EVIL),
    ("set", "C20240501001", f"extra={LINE}", "--dry-run"),
    ("set", "C20240501001", "extra=y", "kind=other"),
    ("log", "C20240501001", "phone", LINE, "--by", "lilei", "--dry-run"),
    ("log", EVIL),
    ("doctor",),
    ("doctor", "--format", "json"),
    ("config",),
    ("hooks", "status"),
    ("sync",),
    ("undo", EVIL),
    (EVIL,),
    ("list", f"--{EVIL}"),
    ("status", EVIL, EVIL),
    ("schema", "--help"),
)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("colour", ["never", "always"])
def test_no_command_lets_a_character_through(program: stores.Program, language: str, colour: str) -> None:
    through, shown = {}, 0
    for command in COMMANDS:
        result = program("--lang", language, "--color", colour, *command)
        # CSV begins with a mark of ours, for spreadsheets.
        out, err = bare(result.out.removeprefix("\ufeff") if "csv" in command else result.out), bare(result.err)
        if FORBIDDEN.search(out + err) or "\x1b[31mRED" in result.out + result.err or "Traceback" in result.err:
            through[command] = (out, err)
        if "json" in command and result.out:
            json.loads(result.out)
        shown += "RED" in out + err
    # They are shown as escapes, so that users see that something is there.
    assert (through, shown > 20) == ({}, True)


def test_json_holds_the_very_text_of_a_commit(program: stores.Program) -> None:
    text = (
        program("changes", "--since", "HEAD~1", "--format", "json").out
        + program("history", "C20240501001", "--format", "json").out
    )
    assert (FORBIDDEN.search(text), "\\u001b[31mRED" in text) == (None, True)


def test_what_a_remote_says_is_written_out(program: stores.Program, repo: Repo, tmp_path: Path) -> None:
    there = tmp_path / "there.git"
    repo.git("init", "-q", "--bare", "-b", "main", str(there))
    hook = there / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nprintf '%b' 'no: \\033[31mRED\\033]0;x\\007\\342\\200\\256' >&2\nexit 1\n")
    hook.chmod(0o755)
    repo.git("remote", "add", "origin", str(there))
    repo.git("config", "branch.main.remote", "origin")
    repo.git("config", "branch.main.merge", "refs/heads/main")
    result = program("sync")
    assert (FORBIDDEN.search(result.out + result.err), "RED" in result.err) == (None, True)


def test_names_of_files_and_branches_are_written_out(program: stores.Program, repo: Repo) -> None:
    folder = os.fsencode(repo.path / "records")
    with open(folder + "/C20240501003-\x1b[31mRED\u202e.yaml".encode(), "wb") as file:  # noqa: PTH123 - the name is no text
        file.write(stores.record("003").encode())
    repo.git("checkout", "-q", "-b", "a\u202eRED")
    repo.git("add", ".")
    for command in (
        ("check",),
        ("check", "--staged"),
        ("sync",),
        ("list",),
        ("rm", "C20240501003"),
        ("diff", "--staged"),
    ):
        for colour in ("never", "always"):
            result = program("--color", colour, *command)
            assert FORBIDDEN.search(bare(result.out + result.err)) is None


def test_words_for_the_shell_are_written_out(program: stores.Program, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = ""
    monkeypatch.chdir(program.folder)
    for words in (
        "crmtext explain ",
        "crmtext list --columns ",
        "crmtext set C20240501001 ",
        "crmtext set C20240501001 kind=",
    ):
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
        for shell in ("bash", "zsh", "fish"):
            monkeypatch.setenv("_CRMTEXT_COMPLETE", f"{shell}_complete")
            with pytest.raises(SystemExit):
                program()
            out, err = program.capsys.readouterr()
            assert (err, FORBIDDEN.search(out)) == ("", None)
            offered += out
    assert ("extra" in offered, "contacts" in offered) == (True, True)


def test_nothing_else_writes_to_the_terminal() -> None:
    """Only `output` holds a stream: what is written to `sys.stdout` by anybody passes it."""
    assert type(sys.stdout) is not output.Output
    with output.Guarded("never"):
        assert [type(stream) for stream in (sys.stdout, sys.stderr)] == [output.Output] * 2
    assert type(sys.stdout) is not output.Output
