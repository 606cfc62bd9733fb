"""The message that git's hook fills in: real commits, with each of the ways in which git asks for a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores

from crmtext.setup import hooks

if TYPE_CHECKING:
    from repos import Repo

ONE = stores.path("001")
FILLED = "上海示例电子有限公司: status lead → prospect\n\nCrm-Customer: C20240501001\nCrm-Action: edit"


@pytest.fixture
def store(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A store with hooks and one staged change, where the editor leaves every message as it is."""
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))
    monkeypatch.setenv("GIT_EDITOR", "true")
    repo.commit({"crmtext.toml": stores.TEAM, ONE: stores.record("001")}, "store")
    hooks.install(stores.opened(repo))
    change(repo)
    return repo


def change(repo: Repo, name: str = "上海示例电子有限公司") -> None:
    repo.write(ONE, stores.record("001", name, status="prospect"))
    repo.git("add", ONE)


def message(repo: Repo) -> str:
    return repo.git("log", "-1", "--format=%B").rstrip("\n")


@pytest.mark.parametrize(
    ("options", "arguments"),
    [
        ((), ()),
        ((), ("-v",)),
        (("commit.verbose=true",), ()),
        (("commit.cleanup=scissors", "commit.verbose=2"), ()),
        (("core.commentChar=;",), ("-v",)),
        (("core.commentChar=auto",), ("-v",)),
        (("commit.template=template",), ()),
        ((), ("-t", "template", "-v")),
    ],
    ids=lambda words: " ".join(words) or "plain",
)
def test_an_empty_message_is_filled(store: Repo, options: tuple[str, ...], arguments: tuple[str, ...]) -> None:
    store.write("template", "\n# why: …\n")
    given = [word for option in options for word in ("-c", option)]
    store.git(*given, "commit", "-q", *arguments)
    text = message(store)
    assert text == FILLED


def test_a_message_is_put_above_the_text_of_a_template_and_an_amended_one_stays(store: Repo) -> None:
    store.write("template", "Ticket: 7\n# why\n")
    store.git("config", "commit.template", "template")
    store.git("commit", "-q", "-v")
    assert message(store) == f"{FILLED}\n\nTicket: 7"
    store.git("commit", "-q", "--amend", "-v")
    assert message(store) == f"{FILLED}\n\nTicket: 7"


def test_a_squashed_merge_keeps_the_message_that_git_made(store: Repo) -> None:
    store.git("commit", "-q", "-m", "one")
    store.git("checkout", "-q", "-b", "other", "HEAD~1")
    store.commit({stores.path("002"): stores.record("002", "北京样例公司")}, "two")
    store.git("checkout", "-q", "main")
    store.git("merge", "-q", "--squash", "other")
    store.git("commit", "-q", "-v")
    assert message(store).startswith("Squashed commit of the following:")


def test_a_name_that_begins_like_a_comment_is_kept(store: Repo) -> None:
    change(store, "'#1 电子'")
    store.git("commit", "-q")
    assert message(store).partition("\n")[0] == " #1 电子: name changed; status lead → prospect"


def test_a_message_is_written_in_the_encoding_of_the_repositorys_commits(store: Repo) -> None:
    store.git("config", "i18n.commitEncoding", "GBK")
    store.git("commit", "-q")
    store.git("config", "i18n.logOutputEncoding", "UTF-8")
    assert message(store) == FILLED
    assert store.git("cat-file", "commit", "HEAD").count("encoding GBK") == 1
