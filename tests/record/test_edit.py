"""`edit`, with editors that are scripts: what is right is written, and what was typed is never lost."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import stores

from crmtext import layout
from crmtext.record.change import edit_copy

if TYPE_CHECKING:
    from repos import Repo

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="editors are shell scripts here")
if sys.platform != "win32":
    from terminals import Terminal

ONE = stores.path("001")
ID = "C20240501001"
RECORD = stores.record("001", "上海示例电子有限公司", short_name="示例电子")
#: Stays open until a file is there, so that something can happen while it is.
WAITING = 'printf "priority: key\\n" >> "$1"; touch opened; while [ ! -e go ]; do sleep 0.02; done'


@pytest.fixture
def repo(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    repo.commit({"crmtext.toml": stores.TEAM, ONE: RECORD, ".gitignore": "go\nopened\n"}, "store")
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))
    monkeypatch.setenv("TERM", "xterm")
    return repo


@pytest.fixture
def program(repo: Repo, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, repo.path)


def typing(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Have the editor be a script; `$1` is the file."""
    monkeypatch.setenv("GIT_EDITOR", f"f() {{ {script}; }}; f")


def record(repo: Repo) -> str:
    return (repo.path / ONE).read_text(encoding="utf-8")


def kept(repo: Repo) -> list[str]:
    """The texts that lie in the clone's own folder: copies that are being edited, and what was dropped."""
    own = repo.path / ".git/crmtext"
    files = [*own.glob("edit/*/*.yaml"), *own.glob("dropped/*")]
    return [file.read_text(encoding="utf-8") for file in sorted(files)]


def test_what_is_right_is_written_and_the_copy_goes(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, 'sed -i "s/^status: lead/status: prospect/" "$1"')
    result = program("edit", "示例电子", "--commit", "--format", "json")
    assert (result.code, result.data["commit"]) == (0, repo.git("rev-parse", "HEAD"))
    assert (record(repo), kept(repo)) == (RECORD.replace("lead", "prospect"), [])
    assert repo.git("log", "-1", "--format=%s") == "示例电子: status lead → prospect"


def test_an_editor_that_is_left_without_a_change_writes_nothing(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, ":")
    assert (program("edit", ID).err, record(repo), kept(repo)) == ("no changes\n", RECORD, [])


def test_the_editor_sees_the_records_name_in_a_folder_of_the_clones_own(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, f'printf "%s" "$1" > {repo.path.parent}/seen')
    program("edit", ID)
    seen = Path((repo.path.parent / "seen").read_text(encoding="utf-8"))
    assert (seen.name, seen.is_relative_to(repo.path / ".git")) == (f"{ID}.yaml", True)


def test_warnings_are_told_and_stop_nothing(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, 'sed -i "s/^status: lead/status: paused/" "$1"')
    result = program("edit", ID)
    assert (result.code, "warning: " in result.err, "status: paused" in record(repo)) == (0, True, True)


@pytest.mark.parametrize(
    ("script", "rule"),
    [
        ('sed -i "s/lead/nonsense/" "$1"', "unknown-value"),
        ('printf "x: [\\n" >> "$1"', "unclosed-bracket"),
        (': > "$1"', "empty-file"),
        ('printf "\\377" >> "$1"', "not-utf8"),
        ('sed -i "s/^id: .*/id: C20240501777/" "$1"', "file-name"),
    ],
)
def test_without_a_terminal_what_is_wrong_is_told_and_kept(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch, script: str, rule: str
) -> None:
    typing(monkeypatch, script)
    result = program("edit", ID)
    left = next((repo.path / ".git/crmtext/edit").glob("*/*.yaml"))
    assert (result.code, f"[{rule}]" in result.err, str(left) in result.err) == (1, True, True)
    assert record(repo) == RECORD
    typing(monkeypatch, f'git -C {repo.path} show HEAD:{ONE} > "$1"; printf \'priority: key\\n\' >> "$1"')
    assert (program("edit", ID).code, record(repo), kept(repo)) == (0, RECORD + "priority: key\n", [])


def test_what_was_typed_before_is_there_again(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, 'sed -i "s/lead/nonsense/" "$1"')
    program("edit", ID)
    typing(monkeypatch, 'sed -i "s/nonsense/prospect/" "$1"')
    result = program("edit", ID)
    assert (result.code, "your earlier text" in result.err) == (0, True)
    assert record(repo) == RECORD.replace("lead", "prospect")


@pytest.mark.parametrize(
    ("script", "left"), [("false", []), ('printf "priority: key\\n" >> "$1"; false', [RECORD + "priority: key\n"])]
)
def test_an_editor_that_fails_writes_nothing(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch, script: str, left: list[str]
) -> None:
    typing(monkeypatch, script)
    result = program("edit", ID)
    assert (result.code, "[editor-failed]" in result.err, record(repo), kept(repo)) == (3, True, RECORD, left)


@pytest.mark.parametrize(
    ("variable", "value"), [("GIT_EDITOR", "no-such-editor --wait"), ("GIT_EDITOR", "/no/such"), ("TERM", "dumb")]
)
def test_without_an_editor_it_says_what_to_do(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    for name in ("GIT_EDITOR", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, value)
    result = program("edit", ID)
    assert (result.code, "[no-editor]" in result.err, "git config --global core.editor" in result.err) == (
        3,
        True,
        True,
    )


def test_a_copy_that_cannot_be_cleared_away_is_no_failure_of_what_is_done(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: str | Path, *, dir_fd: int | None = None) -> None:
        if dir_fd is not None and str(path) in {"before", f"{ID}.yaml"}:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        unlink(path, dir_fd=dir_fd)

    unlink = os.unlink
    typing(monkeypatch, 'sed -i "s/^status: lead/status: prospect/" "$1"')
    monkeypatch.setattr(os, "unlink", full)
    assert (program("edit", ID).code, record(repo)) == (0, RECORD.replace("lead", "prospect"))
    monkeypatch.setattr(os, "unlink", unlink)
    typing(monkeypatch, ":")
    assert (program("edit", ID).err, kept(repo)) == ("no changes\n", [])


def test_a_received_repository_does_not_choose_the_editor(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GIT_EDITOR", raising=False)
    repo.git("config", "core.editor", f"touch {tmp_path}/ran; true")
    result = program("edit", ID)
    assert (result.code, "[git-runs-program]" in result.err, (tmp_path / "ran").exists()) == (3, True, False)


def test_a_record_that_cannot_be_read_as_yaml_can_be_edited(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.write(ONE, RECORD + "x: [\n")
    typing(monkeypatch, 'sed -i "/^x:/d" "$1"')
    assert (program("edit", ID).code, record(repo)) == (0, RECORD)


def test_a_record_that_is_no_text_is_left_to_other_programs(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repo.path / ONE).write_bytes("id: C20240501001\nname: 上海\n".encode("gb18030"))
    typing(monkeypatch, 'touch "$1".opened')
    assert (program("edit", ID).code, kept(repo)) == (1, [])


def test_somebody_elses_change_meanwhile_is_told_and_both_are_brought_together(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, f'printf "priority: key\\n" >> "$1"; sed -i "s/lead/prospect/" {repo.path / ONE}')
    result = program("edit", ID)
    assert (result.code, "[changed-meanwhile]" in result.err) == (3, True)
    assert (record(repo), kept(repo)) == (RECORD.replace("lead", "prospect"), [RECORD + "priority: key\n"])
    typing(monkeypatch, ":")
    result = program("edit", ID)
    assert "both versions were merged" in result.err
    assert (result.code, record(repo)) == (0, RECORD.replace("lead", "prospect") + "priority: key\n")


def test_where_both_changed_the_same_line_the_marks_must_go_first(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, f'sed -i "s/lead/active/" "$1"; sed -i "s/lead/prospect/" {repo.path / ONE}')
    program("edit", ID)
    typing(monkeypatch, ":")
    result = program("edit", ID)
    assert (result.code, "[conflict-marker]" in result.err, "status: prospect" in record(repo)) == (1, True, True)
    assert "<<<<<<< yours\nstatus: active\n=======\nstatus: prospect\n>>>>>>> on disk\n" in kept(repo)[0]


def test_two_windows_do_not_edit_the_same_record(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    typing(monkeypatch, WAITING)
    first = stores.process(repo.path, "edit", ID)
    wait(repo.path / "opened")
    second = stores.process(repo.path, "edit", ID)
    assert (second.wait(), b"[being-edited]" in second.communicate()[1]) == (3, True)
    (repo.path / "go").touch()
    assert (first.wait(), record(repo)) == (0, RECORD + "priority: key\n")
    first.communicate()


def wait(file: Path) -> None:
    subprocess.run(["sh", "-c", f"while [ ! -e '{file}' ]; do sleep 0.02; done"], check=True, timeout=60)


@pytest.mark.parametrize("end", ["kill", "hang_up"])
def test_what_was_typed_outlives_a_kill_and_a_closed_window(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    typing(monkeypatch, WAITING)
    terminal = Terminal(repo.path, ("edit", ID)).start()
    wait(repo.path / "opened")
    assert getattr(terminal, end)() < 0
    assert (record(repo), kept(repo)) == (RECORD, [RECORD + "priority: key\n"])
    typing(monkeypatch, ":")
    assert (program("edit", ID).code, record(repo), kept(repo)) == (0, RECORD + "priority: key\n", [])


def test_ctrl_c_is_the_editors(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    typing(monkeypatch, f'trap "" INT; {WAITING}')
    terminal = Terminal(repo.path, ("edit", ID)).start()
    wait(repo.path / "opened")
    terminal.type("\x03")
    terminal.until("^C")
    (repo.path / "go").touch()
    assert (terminal.end(), record(repo)) == (0, RECORD + "priority: key\n")


def test_at_a_terminal_one_is_asked_and_may_edit_again(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    typing(monkeypatch, 'sed -i -e "s/nonsense/prospect/" -e "s/lead/nonsense/" "$1"')
    terminal = Terminal(repo.path, ("edit", ID)).start()
    assert "[unknown-value]" in terminal.until("(e)dit, (k)eep, (d)rop")
    terminal.type("e\n")
    assert (terminal.end(), record(repo), kept(repo)) == (0, RECORD.replace("lead", "prospect"), [])


def test_what_is_dropped_is_kept_in_a_file_that_is_named(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    typing(monkeypatch, 'sed -i "s/lead/nonsense/" "$1"')
    terminal = Terminal(repo.path, ("edit", ID)).start()
    terminal.until("(d)rop")
    terminal.type("drop\n")
    file = repo.path / f".git/crmtext/dropped/0001-{ID}.yaml"
    terminal.until(f"kept in {file}")
    assert (terminal.end(), record(repo)) == (0, RECORD)
    assert file.read_text(encoding="utf-8") == RECORD.replace("lead", "nonsense")


def test_the_last_twenty_that_were_dropped_are_kept(tmp_path: Path) -> None:
    for number in range(edit_copy.KEPT + 2):
        with edit_copy.locked_copy(tmp_path, f"records/{ID}.yaml") as mine:
            mine.begin(b"%d" % number, b"")
            mine.keep()
    kept = sorted((tmp_path / "dropped").iterdir())
    assert [int(file.read_bytes()) for file in kept] == [*range(2, edit_copy.KEPT + 2)]


def test_what_is_dropped_never_takes_the_place_of_what_was_dropped_before(tmp_path: Path) -> None:
    for text in (b"one", b"two", b"three"):
        with edit_copy.locked_copy(tmp_path, ONE) as mine:
            mine.begin(text, b"")
            mine.keep()
    (tmp_path / f"dropped/0001-{ID}.yaml").unlink()
    with edit_copy.locked_copy(tmp_path, ONE) as mine:
        mine.begin(b"four", b"")
        mine.keep()
    assert [file.read_bytes() for file in sorted((tmp_path / "dropped").iterdir())] == [b"two", b"three", b"four"]


def test_a_copy_is_private_whatever_the_record_is(tmp_path: Path) -> None:
    with edit_copy.locked_copy(tmp_path, ONE) as mine:
        mine.begin(b"new", b"old")
        held = {file.name: file.stat().st_mode & 0o777 for file in mine.folder.iterdir() if file.name != layout.LOCK}
    assert held == {"before": 0o600, f"{ID}.yaml": 0o600}


def test_a_folder_of_the_clones_own_that_is_a_link_is_not_followed(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    typing(monkeypatch, 'echo "priority: key" >> "$1"')
    (tmp_path / "elsewhere").mkdir()
    (repo.path / ".git/crmtext").symlink_to(tmp_path / "elsewhere")
    result = program("edit", ID)
    assert (result.code, "[outside-store]" in result.err, record(repo)) == (3, True, RECORD)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_is_wrong_can_be_kept_and_is_not_committed(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    typing(monkeypatch, 'sed -i "s/lead/nonsense/" "$1"')
    terminal = Terminal(repo.path, ("edit", ID, "--commit")).start()
    terminal.until("(d)rop")
    terminal.type("k\n")
    assert "[unknown-value]" in terminal.until("Wrote ")
    assert (terminal.end(), record(repo)) == (0, RECORD.replace("lead", "nonsense"))
    assert repo.git("log", "--format=%s") == "store"


def test_ctrl_c_at_the_question_keeps_what_was_typed(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    typing(monkeypatch, 'sed -i "s/lead/nonsense/" "$1"')
    terminal = Terminal(repo.path, ("edit", ID)).start()
    terminal.until("(d)rop")
    terminal.type("\x03")
    # One that comes between the question and the read is seen by Python only at the next.
    terminal.until("your text is kept", again="\x03")
    assert (terminal.end(), kept(repo)) == (1, [RECORD.replace("lead", "nonsense")])


def test_one_may_begin_anew_and_the_old_text_is_kept(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    typing(monkeypatch, 'sed -i "s/lead/nonsense/" "$1"; false')
    Terminal(repo.path, ("edit", ID)).start().end()
    typing(monkeypatch, 'printf "priority: key\\n" >> "$1"')
    terminal = Terminal(repo.path, ("edit", ID)).start()
    terminal.until("(e)dit, (d)rop")
    terminal.type("d\n")
    assert (terminal.end(), record(repo)) == (0, RECORD + "priority: key\n")
    assert kept(repo) == [RECORD.replace("lead", "nonsense")]
