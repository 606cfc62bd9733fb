"""Making a store: what is written, what stays, and a sample that is the same on the same day."""

from __future__ import annotations

import shutil
import tomllib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import stores
from repos import Repo

from crmtext.disk import files
from crmtext.git import fast_import
from crmtext.git.plumbing import repository
from crmtext.problem import CrmError
from crmtext.setup import editors, init
from crmtext.storage import commit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

WRITTEN = [
    "crmtext.toml",
    "schema/customer.schema.json",
    ".gitattributes",
    ".gitignore",
    *editors.files(),
    "records/README.md",
    "PRIVACY.md",
    "privacy/pipia.md",
    "hooks/server.sh",
    "hooks/shim.sh",
]
HOOKS = ("pre-commit", "pre-merge-commit", "commit-msg")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "我的 客户"
    path.mkdir()
    return path


@pytest.fixture
def program(folder: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, folder)


def test_an_empty_folder_becomes_a_store_that_checks_clean(folder: Path, program: stores.Program) -> None:
    result = program("init")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        f"Created a store in {folder}",
        *(f"  {path}" for path in WRITTEN),
        "  git hooks: pre-commit, pre-merge-commit, prepare-commit-msg, commit-msg, pre-push, merge-driver",
        "  language: en, time zone: Asia/Shanghai",
        "  currency: CNY; to change it: [store] in crmtext.toml",
        'next: git add . && git commit -m "crmtext init"',
        "then: crmtext add NAME",
        "to share it: git remote add origin URL && git push -u origin main",
        "in each new clone, run: crmtext hooks install && crmtext doctor",
    ]
    assert sorted(stores.files(folder)) == sorted(WRITTEN)
    repo = Repo(folder)
    assert (repo.git("rev-parse", "-q", "--verify", "HEAD", check=False), repo.git("branch", "--show-current")) == (
        "",
        "main",
    )
    assert program("check", "--strict").out == "0 records checked, no problems\n"
    assert program("hooks", "status").code == 0


def test_the_person_at_the_keyboard_is_on_the_team(folder: Path, program: stores.Program) -> None:
    program("init")
    assert tomllib.loads((folder / "crmtext.toml").read_text("utf-8"))["team"] == {
        "lilei": {"name": "李雷", "email": "lilei@example.com", "role": "sales"}
    }


@pytest.mark.parametrize(
    ("who", "handle"),
    [
        (("Li Lei", "Li.Lei@example.com"), "li.lei"),
        (('Lei "L" Li\\', "lei+crm@example.com"), "lei+crm"),
        (("李雷", "李雷@例子.cn"), "李雷"),
        (("x", "@example.com"), "me"),
    ],
)
def test_any_identity_gives_settings_that_can_be_read(who: tuple[str, str], handle: str) -> None:
    assert tomllib.loads(init.settings_text(who))["team"] == {
        handle: {"name": who[0], "email": who[1], "role": "sales"}
    }


def test_without_an_identity_the_team_is_empty_and_that_is_said(
    folder: Path, program: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name)
    result = program("init")
    assert "  you are not on the team list: git has no name and e-mail address for you" in result.out.splitlines()
    assert "team" not in tomllib.loads((folder / "crmtext.toml").read_text("utf-8"))


def test_the_record_that_the_page_shows_is_a_good_one(folder: Path, program: stores.Program) -> None:
    program("init")
    page = (folder / "records" / "README.md").read_text("utf-8")
    text = page.partition("```yaml\n")[2].partition("```")[0]
    (folder / "records" / f"{text.split()[1]}.yaml").write_text(text, encoding="utf-8")
    assert program("check", "--strict").out == "1 record checked, no problems\n"
    assert program("list", "--columns", "id,owner").out.splitlines()[1] == "C20261120001  李雷"


@pytest.mark.parametrize("written", range(len(WRITTEN)))
def test_one_that_was_killed_is_finished_by_the_same_command_again(
    folder: Path, program: stores.Program, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    left = iter(range(written))
    real = files.write

    def write(path: Path, data: bytes, *rest: Any, **more: Any) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        real(path, data, *rest, **more)

    monkeypatch.setattr(files, "write", write)
    assert program("init").code == 130
    (folder / ".crmtext-0a1b.tmp").write_bytes(b"half of")
    monkeypatch.setattr(files, "write", real)
    assert program("init").code == 0
    assert sorted(stores.files(folder)) == sorted(WRITTEN)
    assert program("init").code == 3


def test_what_is_there_stays(folder: Path, program: stores.Program) -> None:
    (folder / ".gitignore").write_text("mine\n", encoding="utf-8")
    (folder / "records").mkdir()
    (folder / "records" / "C20240501001.yaml").write_text(stores.record(), encoding="utf-8")
    before = stores.files(folder)
    result = program("init")
    assert "  .gitignore (exists, unchanged)" in result.out.splitlines()
    assert before.items() <= stores.files(folder).items()


def test_a_folder_of_an_existing_repository_becomes_a_store_in_it(
    repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    head = repo.commit({"README.md": "ours\n"})
    result = stores.Program(capsys, repo.path)("init", "客户")
    inner = stores.Program(capsys, repo.path / "客户")
    following = 'next: cd 客户 && git add . && git commit -m "crmtext init"'
    assert (result.code, result.out.splitlines()[-4]) == (0, following)
    assert ((repo.path / "客户" / ".git").exists(), repo.git("rev-parse", "HEAD")) == (False, head)
    assert (inner("hooks", "status").code, inner("check").code) == (0, 0)
    (repo.path / "客户" / "records" / "sub").mkdir()
    assert stores.Program(capsys, repo.path / "客户" / "records" / "sub")("list").code == 0


def test_a_store_is_not_made_twice(folder: Path, program: stores.Program) -> None:
    program("init")
    before = stores.files(folder)
    result = program("init")
    assert (result.code, result.err.splitlines()) == (
        3,
        [
            f"error: {folder} is already a store [store-exists]",
            "  = for a new clone: crmtext hooks install; otherwise choose another folder",
        ],
    )
    assert stores.files(folder) == before


def test_a_store_is_not_made_inside_another_of_the_same_repository(
    folder: Path, program: stores.Program, capsys: pytest.CaptureFixture[str]
) -> None:
    program("init")
    inside = stores.Program(capsys, folder / "records")("init")
    assert (inside.code, f"error: {folder} is already a store [store-exists]" in inside.err) == (3, True)
    Repo(folder).git("init", "-q", "other")
    assert stores.Program(capsys, folder / "other")("init").code == 0


def test_a_hook_in_the_way_does_not_stop_the_making(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.git("config", "core.hooksPath", "elsewhere")
    result = stores.Program(capsys, repo.path)("init")
    assert (result.code, "  git hooks not installed: core.hooksPath makes git use the hooks in" in result.out) == (
        0,
        True,
    )
    assert (repo.path / "crmtext.toml").exists()


@pytest.fixture
def sample(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> stores.Program:
    return stores.Program(capsys, stores.sample(tmp_path_factory, tmp_path / "sample"))


def test_the_sample_checks_clean_but_for_warnings_and_works_from_a_folder_in_it(
    sample: stores.Program, capsys: pytest.CaptureFixture[str]
) -> None:
    result = sample("check", "--format", "json")
    assert (result.code, result.data["errors"], result.data["checked"] > 25) == (0, 0, True)
    assert result.data["warnings"] > 0
    inside = stores.Program(capsys, sample.folder / "records" / "华东")
    assert inside("check", ".").code == 0
    assert len(inside("list", "--format", "ids").out.split()) == result.data["checked"]


def test_the_sample_is_committed_in_a_history_by_five_people(sample: stores.Program) -> None:
    repo = Repo(sample.folder)
    authors = set(repo.git("log", "--format=%ae").split())
    assert authors == {f"{name}@example.com" for name in ("lilei", "hanmei", "wangfang", "zhaomin", "liuyang")}
    assert (repo.git("status", "--short"), repo.git("fsck", "--strict")) == ("", "")
    days = repo.git("log", "--format=%cs").split()
    assert (days, days[0] <= "2026-11-20", len(set(days)) > 15) == (sorted(days, reverse=True), True, True)


def test_the_same_day_gives_the_same_commits(sample: stores.Program, tmp_path: Path) -> None:
    created = init.init(tmp_path / "again", with_sample=True)
    heads = [Repo(folder).git("rev-parse", "HEAD") for folder in (created.root, sample.folder)]
    assert heads[0] == heads[1]
    assert stores.files(created.root) == stores.files(sample.folder)


@pytest.mark.parametrize(
    ("name", "email", "handle"),
    [
        ("Ann", "ann@firm.example", "ann"),
        ("Lily", "lilei@firm.example", "lilei2"),
        ("李雷", "lei.li@firm.example", "lilei"),
    ],
)
def test_the_sample_knows_the_person_at_the_keyboard(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    email: str,
    handle: str,
) -> None:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", name)
        monkeypatch.setenv(f"GIT_{role}_EMAIL", email)
    folder = init.init(tmp_path / "mine", with_sample=True).root
    program, repo = stores.Program(capsys, folder), Repo(folder)
    assert len(tomllib.loads((folder / "crmtext.toml").read_text("utf-8"))["team"]) == (5 if handle == "lilei" else 6)
    assert (program("list", "--owner", "me").code, program("check").code) == (0, 0)
    assert program("log", "示例电子", "电话", "报价已发").code == 0
    assert f"    by: {handle}" in repo.git("show", "--format=").replace("+", "").splitlines()
    assert repo.git("status", "--short") == ""


@pytest.mark.parametrize(("spoken", "comment"), [("zh", "never：由你自己提交"), ("en", "never: you commit")])
def test_the_settings_say_the_language_and_what_commit_means(
    folder: Path, program: stores.Program, monkeypatch: pytest.MonkeyPatch, spoken: str, comment: str
) -> None:
    monkeypatch.delenv("CRMTEXT_LANG")
    monkeypatch.setenv("LC_ALL", {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}[spoken])
    assert program("init").code == 0
    text = (folder / "crmtext.toml").read_text("utf-8")
    store = tomllib.loads(text)["store"]
    assert (store["language"], store["commit"], comment in text) == (spoken, "auto", True)


def test_another_day_gives_another_history(
    sample: stores.Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CRMTEXT_TODAY", "2025-03-01")
    other = tmp_path / "other"
    init.init(other, with_sample=True)
    assert Repo(other).git("log", "-1", "--format=%cs") <= "2025-03-01"
    assert stores.Program(capsys, other)("check").code == 0
    assert stores.files(other) != stores.files(sample.folder)


def test_the_sample_gets_a_repository_of_its_own(repo: Repo) -> None:
    head = repo.commit({"README.md": "ours\n"})
    created = init.init(repo.path / "demo", with_sample=True)
    assert ((created.root / ".git").is_dir(), repo.git("rev-parse", "HEAD"), created.commits > 20) == (True, head, True)


def test_the_sample_may_be_made_where_git_init_was_run(repo: Repo) -> None:
    init.init(repo.path, with_sample=True)
    assert int(repo.git("rev-list", "--count", "HEAD")) > 20


@pytest.mark.parametrize("files", [{"notes.txt": "mine\n"}, {}])
def test_the_sample_wants_a_folder_that_is_empty(repo: Repo, files: Mapping[str, str]) -> None:
    if files:
        repo.write("notes.txt", "mine\n")
    else:
        repo.git("commit", "-q", "--allow-empty", "-m", "ours")
    with pytest.raises(CrmError) as caught:
        init.init(repo.path, with_sample=True)
    assert caught.value.problem.rule == "folder-not-empty"
    assert not (repo.path / "crmtext.toml").exists()


def test_a_file_in_the_place_of_the_folder_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    result = stores.Program(capsys, tmp_path)("init", "taken/below")
    assert (result.code, ": error: " in result.err) == (3, True)


def test_a_history_made_at_once_is_the_one_that_single_commits_make(tmp_path: Path) -> None:
    when = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    steps = [
        fast_import.Step(
            ("李 雷", "lilei@example.com"), when, "一\n\nbody\n\n", {"记录/a b.yaml": b"1\n", "x": b"", "y": b"y"}
        ),
        fast_import.Step(
            ("Mei", "mei@example.com"), when.replace(day=3), "二", {"x": None, "记录/a b.yaml": "二".encode()}
        ),
    ]
    commits = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        repo = Repo(tmp_path / name)
        repo.git("init", "-q", "-b", "main")
        opened = repository(repo.path)
        assert opened is not None
        if name == "one":
            fast_import.write(opened, steps)
            repo.git("checkout", "-q", "--", ".")
        else:
            for step in steps:
                commit.commit(opened, step.files, step.message, author=step.author, when=step.when)
        commits.append((repo.git("rev-parse", "HEAD"), repo.git("ls-files", "--stage"), repo.git("diff", "--cached")))
    assert commits[0] == commits[1]


def test_the_store_can_be_copied_away(sample: stores.Program, tmp_path: Path) -> None:
    shutil.copytree(sample.folder, tmp_path / "copy")
    assert Repo(tmp_path / "copy").git("status", "--short") == ""
