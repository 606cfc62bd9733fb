"""What GitPython reads of a repository is what git itself tells, and nothing that the repository says is run."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, NamedTuple

import pytest
import stores
from raw_objects import known, stored

from crmtext.git import history
from crmtext.git.failure import ContentMissingError
from crmtext.git.objects import Objects, opened
from crmtext.git.plumbing import repository
from crmtext.problem import CrmError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from repos import Repo

PLAIN = (b"a.yaml", b"b.yaml", b"records", b"a", "客户 C1.yaml".encode(), b"x")
#: Such as GitPython does not take, or not as they are, and such as Windows has no files of.
ODD = (b".git", b"..", b"a\\b", b"\xff\xfe.yaml", b"con", b"a:b", b"x.", b"-x", b".GIT", b"git~1", b"a\nb", b" x ")
MODES = (b"100644", b"100755", b"100664", b"120000", b"160000")
PEOPLE = ("李雷 <lilei@example.com>".encode(), b"Han Mei <hanmei@example.com>")
ODD_PEOPLE = (
    b"[a] (b) <c>d <a@b>", b" <>", b"  a  < a@b >", b"a", b"\xff <a@b>", b"a\tb <a@b>", b"a <a@b> 1 +0000 b <c@d>",
    "\u00a0名 <名@b>".encode(), b"a <>", "雷".encode("gbk") + b" <a@b>",
)  # fmt: skip
DATES = (b" 1700000000 +0800", b" 1750000000 -0330")
ODD_DATES = (
    b"",
    b" 0 +0000",
    b" -5 +0000",
    b" 99999999999999999 +0000",
    b" 007 +0000",
    b" 1 +8",
    b" 1700000000 -00000",
)
MESSAGES = (b"one\n", "报价\n\n正文\n\nCrm-Action: set\n".encode(), b"no end", b"\n\nlate\n")
ODD_MESSAGES = (b"", b"\n", b"a\0b", b"\xff\n", "报价".encode("gbk"), b"\xe4\xb8", b"gpgsig x\n\nbody", b"a\r\nb\r\n")
SIGNATURE = b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n"
HEADERS = (b"", b"", b"", SIGNATURE)
ODD_HEADERS = (
    b"encoding GBK\n", b"encoding utf8\n", b"encoding nonsense\n", b"other a\n \n b\n", SIGNATURE + b" \n",
    b"mergetag object x\n \n y\n", SIGNATURE + b"encoding GBK\n", b"gpgsig-sha256 a\n \n b\n",
)  # fmt: skip

Files = dict[bytes, "tuple[bytes, bytes] | Files"]


class Made(NamedTuple):
    """Commits that were made, oldest first, and what they hold."""

    ids: list[str]
    paths: list[str]
    blobs: list[str]


class Maker:
    """Random objects, written as they are: git's own commands would not make them."""

    def __init__(self, repo: Repo, seed: int, odd: float) -> None:
        self.repo, self.chance, self.odd = repo, random.Random(seed), odd
        self.made = Made([], [], [])

    def of(self, usual: tuple[bytes, ...], odd: tuple[bytes, ...]) -> bytes:
        return self.chance.choice(odd if self.chance.random() < self.odd else usual)

    def commits(self, number: int) -> Made:
        files: list[Files] = [{}]
        for _each in range(number):
            parents = self.chance.sample(self.made.ids, min(len(self.made.ids), self.chance.choice((1, 1, 1, 2, 3))))
            before = self.chance.choice(files[-3:])
            files.append(self.changed(before))
            lines = [b"tree %s\n" % self.tree(files[-1], b"").encode(), *(b"parent %s\n" % p.encode() for p in parents)]
            roles = (b"author ", b"committer ")
            lines += [role + self.of(PEOPLE, ODD_PEOPLE) + self.of(DATES, ODD_DATES) + b"\n" for role in roles]
            lines += [self.of(HEADERS, ODD_HEADERS), b"\n", self.of(MESSAGES, ODD_MESSAGES)]
            self.made.ids.append(stored(self.repo, "commit", b"".join(lines)))
        return self.made

    def changed(self, files: Files, depth: int = 0) -> Files:
        new = dict(files)
        for _each in range(self.chance.choice((1, 1, 2))):
            name, old = self.of(PLAIN, ODD), self.chance.choice([*new, b""])
            inside = new.get(name)
            if old and self.chance.random() < 0.4:
                moved = new.pop(old)
                if self.chance.random() < 0.7:
                    new[name] = moved
            elif depth < 2 and self.chance.random() < 0.4:
                new[name] = self.changed(inside if isinstance(inside, dict) else {}, depth + 1)
            else:
                mode = self.chance.choice((MODES[0], *MODES)) if self.odd else MODES[0]
                new[name] = (mode, b"%d\n" % self.chance.randrange(9) * 20)
        return new

    def tree(self, files: Files, above: bytes) -> str:
        lines = []
        for name, held in sorted(files.items(), key=lambda item: item[0] + b"/" * isinstance(item[1], dict)):
            path = above + name
            if isinstance(held, dict):
                mode, id_ = b"40000", self.tree(held, path + b"/")
            else:
                mode, id_ = held[0], stored(self.repo, "blob", held[1])
                self.made.blobs.append(id_)
            self.made.paths.append(os.fsdecode(path))
            lines.append(b"%s %s\0" % (mode, name) + bytes.fromhex(id_))
        return stored(self.repo, "tree", b"".join(lines))


def answer(asked: Callable[[], object]) -> object:
    try:
        return asked()
    except CrmError as error:
        return error.problem


def questions(objects: Objects, built: Made, touched: int) -> dict[str, Callable[[], object]]:
    """What can be asked, by name."""
    paths = sorted({*built.paths})
    asked: dict[str, Callable[[], object]] = {"blobs": lambda: [*objects.blobs(sorted({*built.blobs})[:40], 30)]}
    for id_ in built.ids:
        asked |= {
            f"commit {id_}": lambda each=id_: objects.commits((each,)),
            f"committed {id_}": lambda each=id_: objects.committed(each),
            f"tree {id_}": lambda each=id_: objects.tree(each),
        }
    for number, path in enumerate(paths):
        commit = built.ids[number % len(built.ids)]
        asked[f"path {path} {commit}"] = lambda path=path, commit=commit: objects.tree(commit, path, "a.yaml")
    for path in paths[:touched]:
        asked[f"touching {path}"] = lambda path=path: history.touching(objects, built.ids[-1], path)
    return asked


@pytest.mark.parametrize("odd", [0, 0.15])
@pytest.mark.parametrize("seed", range(4))
def test_whatever_a_repository_holds_both_tell_the_same(repo: Repo, seed: int, odd: float) -> None:
    built = Maker(repo, seed, odd).commits(10)
    git = questions(Objects(known(repo)), built, 4)
    with opened(known(repo)) as objects:
        ours = questions(objects, built, 4)
        for name, asked in git.items():
            assert answer(ours[name]) == answer(asked), name
        assert objects.by_library or odd


@pytest.mark.parametrize("seed", range(30))
def test_each_odd_thing_by_itself_is_told_the_same(repo: Repo, seed: int) -> None:
    built = Maker(repo, seed + 100, 1).commits(1)
    git = questions(Objects(known(repo)), built, 0)
    for name, asked in git.items():
        # Once it has met what it cannot read, git reads the rest; here each question is the first one.
        with opened(known(repo)) as objects:
            assert objects.by_library
            assert answer(questions(objects, built, 0)[name]) == answer(asked), name


def test_what_is_plain_is_read_without_asking_git(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    built = Maker(repo, 1, 0).commits(6)
    first, last = built.ids[0], built.ids[-1]
    with opened(known(repo)) as objects:
        monkeypatch.setenv("PATH", "")
        assert objects.commits(built.ids)[first].parents == ()
        assert objects.committed(last) in (1700000000, 1750000000)
        assert objects.tree(last)
        assert [*objects.blobs(built.blobs[:2])]


def test_a_large_blob_is_not_kept(repo: Repo) -> None:
    ids = [stored(repo, "blob", b"x" * size) for size in (3_000_000, 3)]
    with opened(known(repo)) as objects:
        assert [*objects.blobs(ids, 1000)] == [3_000_000, b"xxx"]
        assert objects.by_library


def test_what_is_missing_is_told_as_git_tells_it(repo: Repo) -> None:
    commit = repo.commit({"a": "1\n"})
    repo.git("repack", "-q", "-a", "-d")
    for objects in (Objects(known(repo)), None):
        with opened(known(repo)) as library:
            reader = objects or library
            with pytest.raises(CrmError) as error:
                [*reader.blobs(["1" * 40])]
            assert (
                error.value.problem.message
                == f"git cat-file: the content of {'1' * 40} is missing from this clone or damaged"
            )
            assert [entry.path for entry in reader.tree(commit)] == ["a"]


def test_what_a_partial_clone_left_out_is_not_fetched(repo: Repo, tmp_path: Path) -> None:
    commit = repo.commit({"a": "1\n"})
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{repo.path}", str(tmp_path / "part"))
    git_repo = repository(tmp_path / "part")
    assert git_repo
    with opened(git_repo) as objects:
        (entry,) = objects.tree(commit)
        with pytest.raises(ContentMissingError):
            [*objects.blobs([entry.blob])]
        assert objects.tree(commit) == (entry,)
        assert objects.committed(commit) == 1795147200


def test_the_objects_of_a_push_are_read_where_they_wait(repo: Repo, tmp_path: Path) -> None:
    commit = repo.commit({"a": "1\n"})
    waiting = {"GIT_OBJECT_DIRECTORY": str(tmp_path / "waiting")}
    (repo.path / ".git/objects").rename(tmp_path / "waiting")
    (repo.path / ".git/objects").mkdir()
    git_repo = known(repo)._replace(variables=(("GIT_DIR", str(repo.path / ".git")), *waiting.items()))
    with opened(git_repo) as objects:
        assert (objects.by_library, [entry.path for entry in objects.tree(commit)]) == (True, ["a"])


def test_variables_of_the_user_are_as_before_and_do_not_reach_git(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = repo.commit({"a": "1\n"}, "one"), repo.commit({"a": "2\n"}, "two")
    repo.git("replace", second, first)
    others = {
        "GIT_GRAFT_FILE": "/none", "GIT_REPLACE_REF_BASE": "refs/replace", "GIT_INTERNAL_SUPER_PREFIX": "x/",
        "GIT_COMMON_DIR": "/none", "GIT_OBJECT_DIRECTORY": "/none", "GIT_PYTHON_GIT_EXECUTABLE": "/none",
        "GIT_PYTHON_REFRESH": "nonsense", "GIT_PYTHON_TRACE": "full",
    }  # fmt: skip
    git_repo = known(repo)
    for name, value in others.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    with opened(git_repo) as objects:
        assert (objects.by_library, objects.commits((second,))[second].message) == (True, "two\n")
    assert dict(os.environ) == before


@pytest.mark.parametrize("kind", ["sha256", "other folder"])
def test_git_reads_what_the_library_cannot_open(repo: Repo, tmp_path: Path, kind: str) -> None:
    if kind == "sha256":
        repo = type(repo)(tmp_path / "other")
        repo.path.mkdir()
        repo.git("init", "-q", "--object-format=sha256")
    else:
        # A repository inside of git's folder, which GitPython would take for the one that is meant.
        repo.git("init", "-q", ".git")
    commit = repo.commit({"a": "1\n"}, "one")
    with opened(known(repo)) as objects:
        assert objects.commits((commit,))[commit].message == "one\n"
        assert [entry.path for entry in objects.tree(commit)] == ["a"]
        assert [*objects.blobs(entry.blob for entry in objects.tree(commit))] == [b"1\n"]


def test_settings_that_name_programs_run_none(repo: Repo) -> None:
    trace = repo.path / "ran"
    commit = repo.commit({"a": "1\n", ".gitattributes": "* filter=evil diff=evil\n"})
    for key in (
        "core.fsmonitor",
        "core.alternateRefsCommand",
        "filter.evil.smudge",
        "diff.evil.textconv",
        "core.pager",
    ):
        repo.git("config", key, f"touch {trace}")
    repo.git("config", "alias.cat-file", f"!touch {trace}")
    repo.git("config", "core.worktree", "/")
    (repo.path / ".git/hooks").mkdir(exist_ok=True)
    with opened(known_of(repo)) as objects:
        assert objects.by_library
        assert [*objects.blobs(entry.blob for entry in objects.tree(commit, "a"))] == [b"1\n"]
    assert not trace.exists()


def known_of(repo: Repo) -> history.Repository:
    """The repository as the user told git of it, for its settings put the work tree elsewhere."""
    git = repo.path / ".git"
    return history.Repository(repo.path, git, git, variables=(("GIT_DIR", str(git)), ("GIT_WORK_TREE", str(repo.path))))


def test_a_history_is_the_same_by_both(
    repo: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"crmtext.toml": stores.TEAM, stores.path(): stores.record()}
    repo.commit(files)
    for number in range(12):
        repo.commit(
            {stores.path(): stores.record(more=f"notes: {number}\n", owner="hanmei" if number % 4 else "nobody")}
        )
    program = stores.Program(capsys, repo.path)
    asked = (
        ("history", "001", "--format", "json"),
        ("changes", "--since", "HEAD~9", "--format", "json"),
        ("check", "--range", "HEAD~12..HEAD", "--format", "json"),
    )
    read = [program(*words) for words in asked]
    monkeypatch.setattr("crmtext.git.objects._library", lambda _repo: None)
    assert [program(*words) for words in asked] == read
