from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest
from repos import Repo

from crmtext.git import config, plumbing, reading
from crmtext.git.plumbing import Repository, repository
from crmtext.git.reading import Change, Entry
from crmtext.problem import CrmError, Exit

PATHS = ("客户/上海 示例.yaml", 'records/"q".yaml', "records/C1.yaml", "records/a b.yaml")

SHOW_STAGED = """
from pathlib import Path
from crmtext.git import plumbing, reading
print(reading.changed_staged(plumbing.repository(Path())))
"""


def opened(repo: Repo, folder: str = "") -> Repository:
    git_repo = repository(repo.path / folder)
    assert git_repo is not None
    return git_repo


def statuses(repo: Repository, folder: str = "") -> list[tuple[str, str | None, str | None]]:
    return [change[:3] for change in reading.changed_staged(repo, folder)]


def test_a_repository_is_seen_from_its_top_and_from_a_folder_in_it(repo: Repo) -> None:
    (repo.path / "销售 部").mkdir()
    git_repo = opened(repo, "销售 部")
    assert (git_repo.top, git_repo.git_dir, git_repo.prefix) == (repo.path, repo.path / ".git", "销售 部/")
    assert opened(repo).prefix == ""


def test_a_folder_in_no_repository_has_none(tmp_path: Path) -> None:
    assert repository(tmp_path) is None


def test_a_linked_work_tree_knows_the_repository_it_belongs_to(repo: Repo) -> None:
    repo.commit({"a": "a"})
    git_repo = opened(repo.worktree("other"))
    assert (git_repo.top, git_repo.common_dir) == (repo.path.parent / "other", repo.path / ".git")
    assert git_repo.git_dir == repo.path / ".git/worktrees/other"


def test_a_bare_repository_has_no_top(repo: Repo) -> None:
    repo.git("init", "-q", "--bare", "../bare")
    git_repo = repository(repo.path.parent / "bare")
    assert git_repo is not None
    assert (git_repo.top, git_repo.git_dir) == (None, repo.path.parent / "bare")


def test_a_repository_with_longer_ids_is_read_too(repo: Repo) -> None:
    repo.git("init", "-q", "--object-format=sha256", "../long")
    git_repo = repository(repo.path.parent / "long")
    assert git_repo is not None
    assert reading.changed_staged(git_repo) == ()
    assert (git_repo.object_format, len(reading.blob_id(b"", "sha256"))) == ("sha256", 64)


def test_what_git_tells_a_hook_is_honoured(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit({"records/C1.yaml": "old\n"})
    monkeypatch.chdir(repo.path)
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_PREFIX", "records/")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/another")
    git_repo = opened(repo, "records")
    assert (git_repo.top, git_repo.prefix, git_repo.index_file) == (repo.path, "records/", repo.path / ".git/another")
    assert statuses(git_repo) == [("D", "records/C1.yaml", None)]


def test_what_git_tells_a_hook_is_not_taken_for_another_repository(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.git("init", "-q", "../other")
    monkeypatch.chdir(repo.path)
    monkeypatch.setenv("GIT_DIR", str(repo.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(repo.path / ".git/index"))
    git_repo = repository(repo.path.parent / "other")
    assert git_repo is not None
    assert (git_repo.top, git_repo.index_file) == (repo.path.parent / "other", repo.path.parent / "other/.git/index")


def test_a_commit_of_all_shows_its_own_index_to_the_hook(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit({"records/C1.yaml": "old\n"})
    repo.write("records/C1.yaml", "new\n")
    hook = repo.write(".git/hooks/pre-commit", f"#!/bin/sh\n'{sys.executable}' -c '{SHOW_STAGED}' >seen\n")
    hook.chmod(0o755)
    monkeypatch.setenv("PYTHONPATH", str(Path(plumbing.__file__).parents[2]))
    repo.git("commit", "-qam", "all")
    assert "status='M', old='records/C1.yaml', new='records/C1.yaml'" in (repo.path / "seen").read_text()


def test_paths_come_as_they_are_called(repo: Repo) -> None:
    commit = repo.commit(dict.fromkeys(PATHS, "id: C1\n"))
    blob = reading.blob_id(b"id: C1\n")
    entries = [Entry(path, "100644", blob) for path in PATHS]
    assert sorted(reading.staged(opened(repo))) == sorted(entries)
    assert sorted(reading.tree(opened(repo), commit)) == sorted(entries)
    assert [entry.path for entry in reading.staged(opened(repo), "客户/")] == ["客户/上海 示例.yaml"]
    assert [entry.path for entry in reading.tree(opened(repo), commit, "客户", "records/a b.yaml")] == [
        "records/a b.yaml",
        "客户/上海 示例.yaml",
    ]


def test_a_folder_with_a_pattern_in_its_name_stands_for_itself(repo: Repo) -> None:
    repo.commit({"a*/x": "", "ab/x": "", ":(top)/x": ""})
    assert [entry.path for entry in reading.staged(opened(repo), "a*")] == ["a*/x"]
    assert [entry.path for entry in reading.staged(opened(repo), ":(top)")] == [":(top)/x"]


def test_before_the_first_commit_all_that_is_staged_is_added(repo: Repo) -> None:
    repo.write("records/C1.yaml", "id: C1\n")
    repo.git("add", ".")
    git_repo = opened(repo)
    assert (plumbing.head(git_repo), plumbing.branch(git_repo)) == (None, "main")
    assert statuses(git_repo) == [("A", None, "records/C1.yaml")]
    assert list(reading.tree(git_repo, None)) == []


def test_staged_changes_are_told_apart_and_unstaged_ones_left_out(repo: Repo) -> None:
    long = "".join(f"line {number}\n" for number in range(20))
    repo.commit({"records/旧.yaml": long, "records/gone.yaml": "gone\n", "records/part.yaml": "a\n", "other": "x\n"})
    repo.git("mv", "records/旧.yaml", "records/新 名.yaml")
    repo.git("rm", "-q", "records/gone.yaml")
    repo.write("records/part.yaml", "staged\n")
    repo.write("other", "staged\n")
    repo.git("add", "records/part.yaml", "other")
    repo.write("records/part.yaml", "not staged\n")
    repo.write("records/untracked.yaml", "new\n")
    git_repo = opened(repo)
    assert statuses(git_repo, "records") == [
        ("D", "records/gone.yaml", None),
        ("M", "records/part.yaml", "records/part.yaml"),
        ("R", "records/旧.yaml", "records/新 名.yaml"),
    ]
    part = reading.changed_staged(git_repo, "records", renames=False)[1]
    ids = (reading.blob_id(b"a\n"), reading.blob_id(b"staged\n"))
    assert part == Change("M", "records/part.yaml", "records/part.yaml", *ids)
    assert reading.changed_on_disk(git_repo, "records") == ("records/part.yaml", "records/untracked.yaml")


def test_a_conflict_shows_all_its_sides(repo: Repo) -> None:
    repo.commit({"a": "base\n"})
    repo.git("switch", "-qc", "side")
    repo.commit({"a": "theirs\n"})
    repo.git("switch", "-q", "main")
    repo.commit({"a": "ours\n"})
    git_repo = opened(repo)
    assert plumbing.merge_in_progress(git_repo) is None
    repo.git("merge", "-q", "side", check=False)
    assert plumbing.merge_in_progress(git_repo) == "merge"
    texts = ("base\n", "ours\n", "theirs\n")
    assert list(reading.staged(git_repo)) == [
        Entry("a", "100644", reading.blob_id(text.encode()), stage) for stage, text in enumerate(texts, 1)
    ]
    assert statuses(git_repo) == [("U", "a", "a")]


def test_blobs_come_in_the_order_asked_for_however_many(repo: Repo) -> None:
    contents = {f"f{number}": f"{number}\n" * number for number in range(300)}
    repo.commit(contents)
    git_repo = opened(repo)
    entries = [entry for _round in range(20) for entry in reading.staged(git_repo)]
    expected = [(entry.blob, contents[entry.path].encode()) for entry in entries]
    assert list(reading.read_blobs(git_repo, (entry.blob for entry in entries))) == expected


def test_reading_blobs_may_be_broken_off(repo: Repo) -> None:
    repo.commit({"a": "a" * 1_000_000, "b": "b" * 1_000_000})
    blobs = reading.read_blobs(opened(repo), [entry.blob for entry in reading.staged(opened(repo))] * 5_000)
    assert len(next(blobs)[1]) == 1_000_000
    blobs.close()  # type: ignore[attr-defined]


def test_blobs_are_read_where_nothing_can_be_written(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit({"a": "1"})
    monkeypatch.setattr(tempfile, "tempdir", str(repo.path / "no folder"))
    assert list(reading.read_blobs(opened(repo), [reading.blob_id(b"1")])) == [(reading.blob_id(b"1"), b"1")]


def test_a_blob_that_is_not_there_is_told(repo: Repo) -> None:
    with pytest.raises(CrmError) as caught:
        list(reading.read_blobs(opened(repo), ["0" * 40]))
    assert (caught.value.problem.rule, caught.value.exit_code) == ("git-failed", Exit.CANNOT)


def test_a_revision_is_found_by_the_names_that_git_knows(repo: Repo) -> None:
    first = repo.commit({"a": "1"})
    second = repo.commit({"a": "2"})
    repo.git("tag", "-m", "一", "v1", first)
    git_repo = opened(repo)
    names = ("HEAD", "main", "v1", "HEAD~1", first[:10], "@{0}")
    assert [plumbing.resolve(git_repo, name) for name in names] == [second, second, first, first, first, second]


@pytest.mark.parametrize("rev", ["nowhere", "", "--all", "--output=x", "-h", "HEAD:a", "main\0", "main\n", "a..b"])
def test_what_names_no_commit_is_wrong_usage(repo: Repo, rev: str) -> None:
    repo.commit({"a": "1"})
    with pytest.raises(CrmError) as caught:
        plumbing.resolve(opened(repo), rev)
    assert (caught.value.problem.rule, caught.value.exit_code) == ("unknown-revision", Exit.USAGE)
    assert sorted(file.name for file in repo.path.iterdir()) == [".git", "a"]


def test_a_shallow_clone_says_why_a_commit_is_not_there(repo: Repo) -> None:
    first = repo.commit({"a": "1"})
    repo.commit({"a": "2"})
    repo.git("clone", "-q", "--depth=1", f"file://{repo.path}", "../shallow")
    git_repo = repository(repo.path.parent / "shallow")
    assert git_repo is not None
    with pytest.raises(CrmError) as caught:
        plumbing.resolve(git_repo, first)
    assert "git fetch --unshallow" in caught.value.problem.hint


def test_a_detached_head_is_on_no_branch(repo: Repo) -> None:
    first = repo.commit({"a": "1"})
    repo.git("switch", "-q", "--detach")
    assert (plumbing.head(opened(repo)), plumbing.branch(opened(repo))) == (first, None)


def test_the_identity_is_the_one_told_to_git_and_never_made_up(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name)
    git_repo = opened(repo)
    assert config.identity(git_repo) is None
    config.config_set(git_repo, "user.name", "韩梅")
    config.config_set(git_repo, "user.email", "hanmei@example.com")
    assert config.identity(git_repo) == ("韩梅", "hanmei@example.com")


def test_settings_are_shown_as_the_user_made_them(repo: Repo) -> None:
    git_repo = opened(repo)
    assert config.config_get(git_repo, "core.hooksPath") is None
    config.config_set(git_repo, "core.hooksPath", "钩子 one\n")
    assert config.config_get(git_repo, "core.hooksPath") == "钩子 one\n"
    config.config_set(git_repo, "core.hooksPath", None)
    config.config_set(git_repo, "core.hooksPath", None)
    assert config.config_get(git_repo, "core.hooksPath") is None


def test_settings_of_a_received_repository_run_nothing(repo: Repo, tmp_path: Path) -> None:
    evil = tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\ncat\n")
    evil.chmod(0o755)
    commit = repo.commit({"records/C1.yaml": "old\n", ".gitattributes": "*.yaml filter=a=b.c diff=evil\n"})
    keys = (
        "core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "diff.external", "diff.evil.textconv",
        "diff.evil.command", "filter.a=b.c.clean", "filter.a=b.c.smudge", "gpg.program", "remote.origin.uploadpack",
    )  # fmt: skip
    for key in keys:
        repo.git("config", key, str(evil))
    repo.git("config", "filter.a=b.c.required", "true")
    for hook in ("pre-commit", "post-index-change", "reference-transaction"):
        (repo.path / ".git/hooks" / hook).symlink_to(evil)
    repo.write("records/C1.yaml", "new\n")
    git_repo = opened(repo)
    listed = dict(config.programs(git_repo))
    assert reading.changed_on_disk(git_repo) == ("records/C1.yaml",)
    assert statuses(git_repo) == []
    assert [entry.path for entry in reading.tree(git_repo, commit, "records")] == ["records/C1.yaml"]
    assert [data for _id, data in reading.read_blobs(git_repo, [reading.blob_id(b"old\n")])] == [b"old\n"]
    assert not (tmp_path / "ran").exists()
    assert sorted(listed) == sorted(key.lower() for key in keys if key != "core.pager")
    # The trap is a real one: git itself falls into it.
    repo.git("status")
    assert (tmp_path / "ran").exists()


def test_the_users_own_value_takes_the_place_of_the_repositorys(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "settings").write_text('[filter "upper"]\n\tclean = tr a-z A-Z\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "settings"))
    repo.commit({".gitattributes": "*.yaml filter=upper\n", "a.yaml": "abc\n"})
    os.utime(repo.path / "a.yaml", (1, 1))
    repo.git("config", "filter.upper.clean", f"touch {tmp_path}/ran")
    assert reading.changed_on_disk(opened(repo)) == ()
    assert not (tmp_path / "ran").exists()


def test_what_is_put_in_place_of_a_commit_is_not_read(repo: Repo) -> None:
    first = repo.commit({"a": "one\n"})
    second = repo.commit({"a": "two\n"})
    repo.git("replace", second, repo.git("commit-tree", "-m", "forged", f"{second}^{{tree}}"))
    repo.git("replace", reading.blob_id(b"two\n"), reading.blob_id(b"one\n"))
    git_repo = opened(repo)
    assert plumbing.parents(git_repo, second) == (first,)
    assert [data for _id, data in reading.read_blobs(git_repo, [reading.blob_id(b"two\n")])] == [b"two\n"]
    assert repo.git("cat-file", "-p", "HEAD:a") == "one"


def test_a_graft_is_no_parent(repo: Repo) -> None:
    first = repo.commit({"a": "one\n"})
    second = repo.commit({"a": "two\n"})
    repo.write(".git/info/grafts", f"{second}\n")
    assert plumbing.parents(opened(repo), second) == (first,)
    assert repo.git("-c", "advice.graftFileDeprecated=false", "rev-list", "--count", "HEAD") == "1"


def test_a_work_tree_elsewhere_is_refused_and_that_of_a_submodule_is_none(repo: Repo, tmp_path: Path) -> None:
    inner = Repo(tmp_path / "inner")
    inner.path.mkdir()
    inner.git("init", "-q")
    inner.commit({"a": "a"})
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.path), "sub")
    assert repo.git("config", "-f", ".git/modules/sub/config", "core.worktree") == "../../../sub"
    assert opened(repo, "sub").top == repo.path / "sub"
    for folder in ("../..", "../sub", str(tmp_path / "inner"), "nowhere"):
        repo.git("config", "core.worktree", folder)
        with pytest.raises(CrmError) as caught:
            repository(repo.path)
        assert caught.value.problem.rule == "worktree-elsewhere"
        repo.git(*caught.value.problem.hint.split()[1:])
    repo.git("config", "core.worktree", str(repo.path))
    assert opened(repo).top == repo.path


def test_a_work_tree_that_the_user_named_is_taken(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit({"a": "a"})
    monkeypatch.setenv("GIT_DIR", str(repo.path / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
    git_repo = repository(tmp_path)
    assert git_repo is not None
    assert git_repo.top == tmp_path


def test_a_filter_of_the_users_own_still_runs(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path / "settings"
    settings.write_text('[filter "upper"]\n\tclean = tr a-z A-Z\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    repo.commit({".gitattributes": "*.yaml filter=upper\n", "a.yaml": "abc\n"})
    os.utime(repo.path / "a.yaml", (1, 1))
    assert config.programs(opened(repo)) == ()
    assert reading.changed_on_disk(opened(repo)) == ()


def test_the_words_of_git_are_told_in_short(repo: Repo) -> None:
    with pytest.raises(CrmError) as caught:
        plumbing.run(opened(repo), "cat-file", "blob", "--end-of-options", "nowhere")
    assert str(caught.value) == "error: git cat-file: Not a valid object name nowhere [git-failed]"


def test_a_machine_without_git_is_told_what_to_install(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CrmError) as caught:
        repository(repo.path)
    assert caught.value.problem.rule == "no-git"


def test_a_new_repository_is_on_the_branch_that_the_user_wants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one").mkdir()
    assert plumbing.branch(plumbing.create(tmp_path / "one")) == "main"
    settings = tmp_path / "settings"
    settings.write_text("[init]\n\tdefaultBranch = trunk\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    (tmp_path / "two").mkdir()
    assert plumbing.branch(plumbing.create(tmp_path / "two")) == "trunk"


def test_git_is_new_enough_here() -> None:
    assert plumbing.version() >= plumbing.OLDEST_GIT
