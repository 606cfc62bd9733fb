"""`undo COMMIT`: an import is taken back, and what people did since stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import clones
import pytest
import stores

from crmtext.storage import transaction

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

NAMES = ("苏州明远机械", "上海云帆信息", "杭州青禾食品", "无锡蓝点电子")
HEADER = "客户名称,客户类型,合作状态,负责人,电话,联系人,手机"
TEAM = stores.TEAM.replace("[store]\n", "[store]\nschema_version = 2\n")


def sheet(folder: Path, *names: str, more: str = "", value: str = "") -> str:
    """A sheet of companies; with `more`, one more column that holds this value."""
    rows = [f"{HEADER}{more and ','}{more}"]
    for number, name in enumerate(names or NAMES):
        rows.append(
            f"{name}有限公司,企业,潜在客户,李雷,0512-6800100{number},张三,1380000010{number}{more and ','}{value}"
        )
    path = folder / f"sheet{len(list(folder.glob('sheet*.csv')))}.csv"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return str(path)


@pytest.fixture
def repo(repo: Repo) -> Repo:
    repo.commit({"crmtext.toml": TEAM, stores.path(): stores.record()}, "store")
    return repo


@pytest.fixture
def program(repo: Repo, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, repo.path)


def imported(program: stores.Program, *words: str) -> str:
    """Import, and return the commit."""
    result = program("import", *words, "--format", "json")
    assert result.code == 0, result
    return str(result.data["commit"])


def named(repo: Repo) -> dict[str, str]:
    """The paths of the records by the beginning of their names."""
    by_name = {}
    for file in (repo.path / "records").rglob("*.yaml"):
        name = next(line for line in file.read_text("utf-8").splitlines() if line.startswith("name: "))
        by_name[name[6:12]] = file.relative_to(repo.path).as_posix()
    return by_name


def ids(repo: Repo) -> dict[str, str]:
    """The ids of the records by the beginning of their names."""
    return {name: path.removeprefix("records/").partition("-")[0] for name, path in named(repo).items()}


def clean(repo: Repo, program: stores.Program) -> None:
    assert (program("check").code, repo.git("status", "--porcelain"), repo.git("fsck", "--strict")) == (0, "", "")


def test_untouched_customers_go_and_edited_ones_stay_with_who_and_when(repo: Repo, program: stores.Program) -> None:
    commit = imported(program, sheet(repo.path.parent))
    path, id_ = named(repo)["上海云帆信息"], ids(repo)["上海云帆信息"]
    program("set", id_, "priority=key", "notes=老客户", "--commit")
    edit = repo.git("rev-parse", "HEAD")
    result = program("undo", commit, "--format", "json")
    assert (result.code, {*named(repo)}) == (0, {"上海示例电子", "上海云帆信息"})
    assert (result.data["undone"], len(result.data["changed"])) == (commit, 3)
    made = {"commit": edit, "date": "2026-11-20", "by": "李雷", "fields": ["Priority", "Notes"]}
    assert result.data["kept"] == [
        {"id": id_, "name": "上海云帆信息有限公司", "path": path, "why": "edited", "edits": [made]}
    ]
    message = repo.git("log", "-1", "--format=%B").splitlines()
    assert message[:4] == [
        f"undo: {repo.git('log', '-1', '--format=%s', commit)}", "", "Crm-Action: undo", f"Crm-Import-Undone: {commit}",
    ]  # fmt: skip
    clean(repo, program)
    again = imported(program, program.folder.parent.joinpath("sheet0.csv").as_posix())
    assert again
    assert {*named(repo)} == {"上海示例电子", *NAMES}
    assert "priority: key" in (repo.path / path).read_text("utf-8")
    clean(repo, program)


def test_the_text_names_each_customer_that_is_kept(repo: Repo, program: stores.Program) -> None:
    commit = imported(program, sheet(repo.path.parent))
    path, id_ = named(repo)["上海云帆信息"], ids(repo)["上海云帆信息"]
    program("set", id_, "priority=key", "--commit")
    (repo.path / path).write_text((repo.path / path).read_text("utf-8") + "notes: 手写\n", "utf-8")
    lines = [
        "3 customers removed, 1 kept",
        f"上海云帆信息有限公司 ({id_}) kept, edited since:",
        "  2026-11-20 李雷: Priority",
        "  not committed: Notes",
    ]
    before = stores.files(repo.path), repo.git("rev-parse", "HEAD")
    assert program("undo", commit, "--dry-run").err.splitlines() == [*lines, "nothing was written"]
    assert (stores.files(repo.path), repo.git("rev-parse", "HEAD")) == before
    assert program("undo", commit[:8]).err.splitlines()[1:-1] == lines
    assert repo.git("status", "--porcelain").strip() == f"M {path}"


def test_changed_customers_get_their_values_back_where_nobody_changed_them(repo: Repo, program: stores.Program) -> None:
    one, two = (stores.record(number, f"{name}有限公司") for number, name in (("002", NAMES[0]), ("003", NAMES[1])))
    repo.commit({stores.path("002"): one, stores.path("003"): two})
    commit = imported(program, sheet(repo.path.parent, *NAMES[:2], more="备注", value="展会认识"))
    program("set", "C20240501003", "notes=我们的备注", "priority=key", "--commit")
    result = program("undo", commit)
    assert result.code == 0
    assert result.err.splitlines()[1:-1] == [
        "2 changed back",
        "上海云帆信息有限公司 (C20240501003) keeps edits:",
        "  2026-11-20 李雷: Priority, Notes",
    ]
    assert (repo.path / stores.path("002")).read_text("utf-8") == one
    kept = (repo.path / stores.path("003")).read_text("utf-8")
    assert kept.replace("priority: key\n", "").replace("notes: 我们的备注\n", "") == two
    assert len(kept.splitlines()) == len(two.splitlines()) + 2
    clean(repo, program)


def test_entries_that_were_added_since_stay_beside_those_that_go(repo: Repo, program: stores.Program) -> None:
    one = stores.record("002", f"{NAMES[0]}有限公司", more="tags:\n  - 老客户\n")
    repo.commit({stores.path("002"): one})
    commit = imported(program, sheet(repo.path.parent, NAMES[0], more="标签", value="展会"))
    program("append", "C20240501002", "tags", "重点", "--commit")
    program("log", "C20240501002", "phone", "报价", "--commit")
    result = program("undo", commit)
    assert result.err.splitlines()[1] == "1 changed back"
    text = (repo.path / stores.path("002")).read_text("utf-8")
    assert text.partition("interactions:")[0] == one + "  - 重点\n"
    assert "summary: 报价" in text
    clean(repo, program)


def test_the_command_that_an_import_prints_takes_it_back(repo: Repo, program: stores.Program) -> None:
    tree = repo.git("rev-parse", "HEAD^{tree}")
    output = program("import", sheet(repo.path.parent)).out
    command = output.splitlines()[-1].removeprefix("to undo: crmtext ")
    assert program(*command.split()).code == 0
    assert repo.git("rev-parse", "HEAD^{tree}") == tree
    for words in (("--no-commit",), ("--branch", "import/test")):
        output = program("import", str(repo.path.parent / "sheet0.csv"), *words).out
        last = output.splitlines()[-1].removeprefix("to undo: ").split()
        assert (repo.git(*last[1:]) or True) if last[0] == "git" else program(*last[1:]).code == 0
        assert repo.git("status", "--porcelain") == ""
        assert repo.git("branch", "--list", "import/*") == ""


def test_a_saved_mapping_goes_unless_a_later_import_uses_it(repo: Repo, program: stores.Program) -> None:
    first = imported(program, sheet(repo.path.parent, NAMES[0]), "--save", "team")
    assert "import/team.toml" in program("undo", first, "--dry-run").out
    second = imported(program, sheet(repo.path.parent, NAMES[1]))
    result = program("undo", first)
    assert result.err.splitlines()[1:-1] == ["1 customer removed", f"import/team.toml kept: {second[:8]} uses it"]
    third = imported(program, sheet(repo.path.parent, NAMES[2]), "--save", "other", "--map", "手机=contacts.phones")
    assert program("undo", third).code == 0
    assert sorted(file.name for file in (repo.path / "import").iterdir()) == ["team.toml"]
    clean(repo, program)


def test_moved_customers_are_followed(repo: Repo, program: stores.Program) -> None:
    commit = imported(program, sheet(repo.path.parent))
    by_name = ids(repo)
    assert program("archive", by_name[NAMES[0]], "--commit").code == 0
    assert program("rename", by_name[NAMES[1]], "--slug", "new-name", "--commit").code == 0
    assert program("rename", by_name[NAMES[2]], "--id", "C20240501777", "--commit").code == 0
    assert program("rm", by_name[NAMES[3]], "--commit").code == 0
    result = program("undo", commit)
    assert (result.code, {*named(repo)}) == (0, {"上海示例电子", NAMES[2]})
    assert f"{NAMES[2]}有限公司 (C20240501777) kept, edited since:" in result.err
    assert result.err.splitlines()[1] == "2 customers removed, 1 kept, 1 already gone"
    clean(repo, program)
    assert "removed" in program("history", by_name[NAMES[3]]).out.lower()


def test_a_customer_that_others_refer_to_is_kept(repo: Repo, program: stores.Program) -> None:
    commit = imported(program, sheet(repo.path.parent))
    by_name = ids(repo)
    relation = ("relations", f"id={by_name[NAMES[0]]}", "kind=partner", "--commit")
    assert program("append", "C20240501001", *relation).code == 0
    result = program("undo", commit)
    assert result.err.splitlines()[1:-1] == [
        "3 customers removed, 1 kept",
        f"苏州明远机械有限公司 ({by_name[NAMES[0]]}) kept: records/C20240501001.yaml refers to it",
    ]
    clean(repo, program)


def test_what_a_kept_customer_refers_to_is_kept(repo: Repo, program: stores.Program) -> None:
    commit = imported(program, sheet(repo.path.parent))
    by_name = ids(repo)
    program("append", by_name[NAMES[1]], "relations", f"id={by_name[NAMES[0]]}", "kind=partner", "--commit")
    result = program("undo", commit, "--format", "json")
    assert [(one["id"], one["why"]) for one in result.data["kept"]] == [
        (by_name[name], why)
        for name, why in sorted(((NAMES[0], "referred"), (NAMES[1], "edited")), key=lambda one: by_name[one[0]])
    ]
    clean(repo, program)


def test_plain_undo_after_an_import_takes_it_back_and_again_the_change_before(
    repo: Repo, program: stores.Program
) -> None:
    program("log", "C20240501001", "phone", "报价", "--commit")
    tree = repo.git("rev-parse", "HEAD^{tree}")
    imported(program, sheet(repo.path.parent))
    assert program("undo").code == 0
    assert repo.git("rev-parse", "HEAD^{tree}") == tree
    assert program("undo").code == 0
    assert "interactions" not in (repo.path / stores.path()).read_text("utf-8")
    assert program("undo").code == 3
    clean(repo, program)


def test_the_undoing_can_be_undone(repo: Repo, program: stores.Program) -> None:
    commit = imported(program, sheet(repo.path.parent))
    tree = repo.git("rev-parse", "HEAD^{tree}")
    program("log", "C20240501001", "phone", "报价", "--commit")
    assert program("undo", commit).code == 0
    undone = repo.git("rev-parse", "HEAD")
    assert program("undo").code == 0
    assert repo.git("diff", "--name-only", tree, "HEAD") == stores.path()
    assert program("undo", commit).code == 0
    assert repo.git("diff", "--name-only", undone, "HEAD") == ""
    clean(repo, program)


def test_many_customers_go_at_once(repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "MANY", 2)
    tree = repo.git("rev-parse", "HEAD^{tree}")
    commit = imported(program, sheet(repo.path.parent))
    clean(repo, program)
    assert len(named(repo)) == 5
    note = next((repo.path / ".git/crmtext/done").iterdir())
    assert (commit in note.name, note.stat().st_size < 500) == (True, True)
    repo.write(stores.path(), stores.record() + "priority: key\n")
    repo.git("add", stores.path())
    assert program("undo").code == 0
    assert (repo.git("rev-parse", "HEAD^{tree}"), repo.git("status", "--porcelain")) == (tree, f"M  {stores.path()}")


def test_the_journal_keeps_no_texts_of_an_import(repo: Repo, program: stores.Program) -> None:
    commit = imported(program, sheet(repo.path.parent))
    note = next((repo.path / ".git/crmtext/done").iterdir())
    assert (commit in note.name, "明远" in note.read_text("utf-8").encode().decode("unicode_escape")) == (True, False)


def test_only_the_files_change_without_a_commit(repo: Repo, program: stores.Program) -> None:
    commit = imported(program, sheet(repo.path.parent))
    head = repo.git("rev-parse", "HEAD")
    assert program("undo", commit, "--no-commit").code == 0
    assert (repo.git("rev-parse", "HEAD"), {*named(repo)}) == (head, {"上海示例电子"})
    assert program("undo", commit, "--no-commit").code == 3


def test_plain_undo_takes_back_an_import_that_is_not_committed(repo: Repo, program: stores.Program) -> None:
    assert program("import", sheet(repo.path.parent), "--no-commit").code == 0
    assert program("undo").err == "Undone: import: 4 customers\n"
    assert (repo.git("status", "--porcelain"), {*named(repo)}) == ("", {"上海示例电子"})


def test_the_hook_names_an_import_that_the_user_commits(repo: Repo, program: stores.Program) -> None:
    assert program("hooks", "install").code == 0
    assert program("import", sheet(repo.path.parent), "--no-commit").code == 0
    repo.git("add", "records")
    repo.git("commit", "-q", "-m", "从旧系统导入")
    commit = repo.git("rev-parse", "HEAD")
    message = repo.git("log", "-1", "--format=%B").splitlines()
    assert message[:3] == ["从旧系统导入", "", "Crm-Action: import"]
    assert program("undo", commit, "--no-commit").code == 0
    repo.git("commit", "-q", "-a", "-m", "不要了\n\nSigned-off-by: 李雷")
    message = repo.git("log", "-1", "--format=%B").splitlines()
    assert message[:5] == [
        "不要了", "", "Signed-off-by: 李雷", "Crm-Action: undo", f"Crm-Import-Undone: {commit}",
    ]  # fmt: skip
    assert "already undone" in program("undo", commit).err
    repo.write(stores.path(), stores.record() + "priority: key\n")
    repo.git("commit", "-q", "-a", "-m", "next")
    assert repo.git("log", "-1", "--format=%B") == "next"


def test_the_hook_leaves_a_later_edit_of_the_same_file_alone(repo: Repo, program: stores.Program) -> None:
    assert program("hooks", "install").code == 0
    assert program("import", sheet(repo.path.parent, NAMES[0]), "--no-commit").code == 0
    path = named(repo)[NAMES[0]]
    repo.git("add", "records")
    repo.git("commit", "-q", "-m", "从旧系统导入")
    commit = repo.git("rev-parse", "HEAD")
    repo.write(path, (repo.path / path).read_text("utf-8") + "website: https://mingyuan.example\n")
    repo.git("commit", "-q", "-a", "-m", "fix the website")
    assert repo.git("log", "-1", "--format=%B") == "fix the website"
    assert program("undo", "HEAD").code == 2
    result = program("undo", commit, "--dry-run", "--format", "json")
    assert [one["edits"][0]["fields"] for one in result.data["kept"]] == [["Website"]]


def test_the_hook_leaves_an_import_alone_that_was_edited_before_its_commit(repo: Repo, program: stores.Program) -> None:
    assert program("hooks", "install").code == 0
    assert program("import", sheet(repo.path.parent, NAMES[0]), "--no-commit").code == 0
    path = named(repo)[NAMES[0]]
    repo.write(path, (repo.path / path).read_text("utf-8") + "website: https://mingyuan.example\n")
    repo.git("add", "records")
    repo.git("commit", "-q", "-m", "云帆")
    assert repo.git("log", "-1", "--format=%B") == "云帆"


def test_other_files_in_the_commit_of_an_import_stay(repo: Repo, program: stores.Program) -> None:
    assert program("hooks", "install").code == 0
    assert program("import", sheet(repo.path.parent, NAMES[0]), "--no-commit", "--save", "team").code == 0
    team = TEAM + '\n[team.sunli]\nname = "孙丽"\nemail = "sunli@example.com"\n'
    repo.write("crmtext.toml", team)
    repo.write("NOTES.md", "x\n")
    repo.write("import/other.toml", (repo.path / "import/team.toml").read_text("utf-8") + "# ours\n")
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", "x")
    result = program("undo", "HEAD")
    others = ("NOTES.md", "crmtext.toml", "import/other.toml")
    assert (result.code, result.err.splitlines()[1:-1]) == (
        0, ["1 customer removed", *(f"{path} kept: not written by the import" for path in others)]
    )  # fmt: skip
    gone = ["import/team.toml", repo.git("show", "--format=", "--name-only", "HEAD", "--", "records")]
    assert repo.git("show", "--format=", "--name-status", "HEAD").splitlines() == [f"D\t{path}" for path in gone]
    assert ((repo.path / "crmtext.toml").read_text("utf-8"), {*named(repo)}) == (team, {"上海示例电子"})
    clean(repo, program)
    again = program("undo", "HEAD")
    assert (again.code, {*named(repo)}) == (0, {"上海示例电子", NAMES[0]})
    assert repo.git("show", "--format=", "--name-status", "HEAD").splitlines() == [f"A\t{path}" for path in gone]


def test_the_hook_offers_the_message_of_an_import(repo: Repo, program: stores.Program) -> None:
    assert program("hooks", "install").code == 0
    assert program("import", sheet(repo.path.parent), "--no-commit").code == 0
    repo.git("add", "records")
    repo.git("-c", "core.editor=true", "commit", "-q")
    assert repo.git("log", "-1", "--format=%s").startswith("import sheet-")
    assert program("undo", "HEAD").code == 0


def test_uncommitted_edits_of_a_changed_customer_stay_uncommitted(repo: Repo, program: stores.Program) -> None:
    one = stores.record("002", f"{NAMES[0]}有限公司")
    repo.commit({stores.path("002"): one})
    commit = imported(program, sheet(repo.path.parent, NAMES[0], more="备注", value="展会认识"))
    file = repo.path / stores.path("002")
    file.write_text(file.read_text("utf-8").replace("owner: lilei", "owner: hanmei"), "utf-8")
    assert program("undo", commit).code == 0
    assert repo.git("show", f"HEAD:{stores.path('002')}") + "\n" == one
    assert file.read_text("utf-8") == one.replace("owner: lilei", "owner: hanmei")


def test_an_import_beside_uncommitted_edits_of_the_same_list_can_be_undone(repo: Repo, program: stores.Program) -> None:
    one = stores.record("002", f"{NAMES[0]}有限公司", more="tags:\n  - 老客户\n")
    repo.commit({stores.path("002"): one})
    repo.write(stores.path("002"), one + "  - 自己加的\n")
    commit = imported(program, sheet(repo.path.parent, NAMES[0], more="标签", value="展会"))
    assert program("undo", commit).code == 0
    assert repo.git("show", f"HEAD:{stores.path('002')}") + "\n" == one
    assert (repo.path / stores.path("002")).read_text("utf-8") == one + "  - 自己加的\n"


def test_a_customer_that_is_only_deleted_on_the_disk_goes_from_the_commit_too(
    repo: Repo, program: stores.Program
) -> None:
    tree = repo.git("rev-parse", "HEAD^{tree}")
    commit = imported(program, sheet(repo.path.parent))
    (repo.path / named(repo)[NAMES[0]]).unlink()
    assert program("undo", commit).code == 0
    assert repo.git("rev-parse", "HEAD^{tree}") == tree
    clean(repo, program)


def test_errors_say_what_to_do(repo: Repo, program: stores.Program) -> None:
    commit = imported(program, sheet(repo.path.parent))
    short = commit[:8]
    unknown = program("undo", "nonsense")
    assert (unknown.code, unknown.err.splitlines()[:2]) == (
        2, ["error: unknown commit 'nonsense' [unknown-revision]", "  = the latest imports:"],
    )  # fmt: skip
    assert unknown.err.splitlines()[2].split()[0] == short
    other = program("undo", "HEAD~1")
    assert (other.code, "is not an import: store [not-an-import]" in other.err) == (2, True)
    assert f"to undo another commit: git revert {repo.git('rev-parse', 'HEAD~1')[:8]}" in other.err
    program("log", "C20240501001", "phone", "报价", "--commit")
    assert "to undo another commit: crmtext undo\n" in program("undo", "HEAD").err
    assert program("undo", commit).code == 0
    again = program("undo", commit)
    assert (again.code, again.err.splitlines()[0].endswith("[nothing-to-undo]")) == (3, True)


def test_several_commits_with_one_beginning_are_listed(repo: Repo, program: stores.Program) -> None:
    """Sixteen commits have two with the same first digit; four digits are the shortest name."""
    seen: dict[str, str] = {}
    for number in range(2000):
        tree = repo.git("rev-parse", "HEAD^{tree}")
        made = repo.git("commit-tree", tree, "-m", f"commit {number}")
        if made[:4] in seen:
            break
        seen[made[:4]] = made
    result = program("undo", made[:4])
    assert (result.code, f"'{made[:4]}' is the beginning of several commits" in result.err) == (2, True)
    assert {made[:8], seen[made[:4]][:8]} <= {*result.err.split()}


def test_a_squashed_import_with_other_edits_is_rejected(repo: Repo, program: stores.Program) -> None:
    imported(program, sheet(repo.path.parent))
    path = named(repo)[NAMES[0]]
    text = (repo.path / path).read_text("utf-8")
    repo.write(path, text + "priority: key\n")
    repo.git("commit", "-q", "--no-verify", "--amend", "--no-edit", "-a")
    result = program("undo", "HEAD")
    assert (result.code, "[import-changed]" in result.err, "git revert" in result.err) == (3, True, True)


def test_an_import_on_another_branch_is_rejected_with_both_ways_out(repo: Repo, program: stores.Program) -> None:
    commit = imported(program, sheet(repo.path.parent), "--branch", "import/test")
    result = program("undo", commit)
    assert (result.code, result.err.splitlines()) == (3, [
        f"error: {commit[:8]} is not part of the current branch [not-an-import]",
        "  = to drop it: git branch -D import/test; to work there: git switch import/test",
    ])  # fmt: skip


def test_a_colleague_undoes_an_import_branch_that_was_merged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lilei, hanmei = clones.pair(tmp_path, capsys, stores.record())
    commit = imported(lilei.program, sheet(tmp_path), "--branch", "import/test")
    lilei.program("log", "C20240501001", "phone", "报价", "--commit")
    lilei.repo.git("merge", "-q", "--no-ff", "-m", "Merge import", "import/test")
    lilei.repo.git("push", "-q")
    hanmei.repo.git("pull", "-q")
    hanmei.program("set", ids(hanmei.repo)[NAMES[0]], "priority=key", "--commit")
    merged = hanmei.program("undo", "HEAD~1")
    assert (merged.code, commit[:8] in merged.err) == (2, True)
    result = hanmei.program("undo", commit)
    assert (result.code, {*named(hanmei.repo)}) == (0, {"上海示例电子", NAMES[0]})
    hanmei.repo.git("push", "-q")
    lilei.repo.git("pull", "-q")
    assert "already undone" in lilei.program("undo", commit).err
    clean(lilei.repo, lilei.program)


def test_an_import_is_undone_after_a_rebase_and_known_as_undone_after_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lilei, hanmei = clones.pair(tmp_path, capsys, stores.record())
    old = imported(lilei.program, sheet(tmp_path))
    hanmei.edit("status: lead", "status: prospect")
    hanmei.repo.git("push", "-q")
    lilei.repo.git("pull", "-q", "--rebase")
    new = lilei.head
    result = lilei.program("undo", old)
    assert (result.code, f"after a rebase the import is {new[:8]}: crmtext undo {new[:8]}" in result.err) == (3, True)
    assert lilei.program("undo", new).code == 0
    hanmei.edit("owner: lilei", "owner: hanmei")
    hanmei.repo.git("push", "-q")
    lilei.repo.git("pull", "-q", "--rebase")
    assert "already undone" in lilei.program("undo", "HEAD~1").err
    assert imported(lilei.program, sheet(tmp_path))
    assert lilei.program("undo", "HEAD").code == 0
    clean(lilei.repo, lilei.program)


def test_a_shallow_clone_says_how_to_fetch_the_rest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lilei, _hanmei = clones.pair(tmp_path, capsys, stores.record())
    commit = imported(lilei.program, sheet(tmp_path))
    lilei.repo.git("push", "-q")
    middle = (tmp_path / "middle.git").as_uri()
    lilei.repo.git("clone", "-q", "--depth", "1", middle, str(tmp_path / "shallow"))
    shallow = stores.Program(capsys, tmp_path / "shallow")
    assert "[history-missing]" in shallow("undo", commit).err
    lilei.program("log", "C20240501001", "phone", "报价", "--commit")
    lilei.repo.git("push", "-q")
    lilei.repo.git("clone", "-q", "--depth", "1", middle, str(tmp_path / "shallower"))
    result = stores.Program(capsys, tmp_path / "shallower")("undo", commit)
    assert (result.code, "git fetch --unshallow" in result.err) == (2, True)


def test_what_an_import_on_another_branch_brought_too_stays_until_that_is_undone(
    repo: Repo, program: stores.Program
) -> None:
    folder = repo.path.parent
    first = imported(program, sheet(folder, *NAMES))
    repo.git("checkout", "-q", "-b", "side", "HEAD~1")
    second = imported(program, sheet(folder, *NAMES[:3]))
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-edit", "side")
    texts = {path: (repo.path / path).read_text("utf-8") for path in named(repo).values()}
    ours = named(repo)
    result = program("undo", first)
    assert result.err.splitlines()[1:3] == [
        "1 customer removed, 3 kept",
        f"3 customers kept: {second[:8]} imported them, too",
    ]
    assert {path: (repo.path / path).read_text("utf-8") for path in named(repo).values()} == {
        path: text for path, text in texts.items() if path != ours[NAMES[3]]
    }
    result = program("undo", second)
    assert (result.code, {*named(repo)}) == (0, {"上海示例电子"})
    clean(repo, program)


def test_two_imports_of_the_same_customers_can_both_be_undone(repo: Repo, program: stores.Program) -> None:
    folder = repo.path.parent
    first = imported(program, sheet(folder, *NAMES))
    repo.git("checkout", "-q", "-b", "side", "HEAD~1")
    second = imported(program, sheet(folder, *NAMES, more="简称", value="一"))
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-edit", "side")
    assert program("undo", second).code == 0
    assert program("undo", first).code == 0
    assert {*named(repo)} == {"上海示例电子"}
    clean(repo, program)
