"""The settings that `init` writes, in the language server that editors run."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import lsp
import parts
import pytest

from crmtext.setup import editors, init

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NODE = parts.program("node")
SERVERS = {
    name: parts.node(f"{folder}/bin/yaml-language-server")
    for name, folder in (("1.18", "yaml-language-server-1"), ("2.0", "yaml-language-server"))
}
RIGHT = """\
id: C20240501K7QM
name: 上海示例电子有限公司
type: company
status: prospect
owner: lilei
interactions:
  - date: 2026-11-20
    by: lilei
    channel: phone
    summary: 确认需求
"""


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with dots in their names, as VS Code writes them, as it gives them to a server."""
    tree: dict[str, Any] = {}
    for name, value in flat.items():
        *above, last = name.split(".")
        here = tree
        for step in above:
            here = here.setdefault(step, {})
        here[last] = value
    return tree


def of_emacs(text: str) -> dict[str, Any]:
    """What eglot makes of its part: a list of `:key value` pairs is a JSON object, a vector an array."""
    words = iter(re.findall(r'[()\[\]]|"[^"]*"|[^\s()\[\]"]+', re.sub(r";.*", "", text)))

    def read(word: str) -> Any:
        if word in "([":
            items = []
            while (inner := next(words)) not in ")]":
                items.append(read(inner))
            return items
        return word.strip('"') if word.startswith('"') else word

    def value(form: Any) -> Any:
        if isinstance(form, list) and form and str(form[0]).startswith(":"):
            return {key[1:]: value(item) for key, item in zip(form[::2], form[1::2], strict=True)}
        return False if form == ":json-false" else form

    ((_mode, _dot, variables),) = read(next(words))
    (settings,) = [given[2] for given in variables if given[0] == "eglot-workspace-configuration"]
    tree: dict[str, Any] = value(settings)
    return tree


def settings(editor: str) -> dict[str, Any]:
    """What that editor gives to the server, from the file that `init` wrote."""
    written = editors.files()
    if editor == "vscode":
        return nested(json.loads(written[".vscode/settings.json"]))
    if editor == "zed":
        given: dict[str, Any] = json.loads(written[".zed/settings.json"])["lsp"]["yaml-language-server"]["settings"]
        return given
    return of_emacs(written[".dir-locals.el"])


def test_every_editor_is_told_the_same() -> None:
    schemas = {
        "schemas": {"./schema/customer.schema.json": ["records/**/*.yaml"]},
        "schemaStore": {"enable": False},
        "format": {"enable": False},
    }
    assert [settings(editor)["yaml"] for editor in ("vscode", "zed", "emacs")] == [schemas] * 3


def test_a_new_store_has_the_settings_of_every_editor(tmp_path: Path) -> None:
    created = init.init(tmp_path / "store", with_sample=False)
    assert set(editors.files()) <= set(created.written)
    assert json.loads((created.root / ".vscode/extensions.json").read_text())["recommendations"] == [
        "redhat.vscode-yaml"
    ]


PAIRS = [(server, editor) for server in SERVERS for editor in ("vscode", "zed", "emacs")]


@pytest.fixture(scope="module", params=PAIRS, ids=[" ".join(pair) for pair in PAIRS])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[lsp.Server, Path]]:
    name, editor = request.param
    if NODE is None or SERVERS[name] is None:
        pytest.skip(f"yaml-language-server {name} or node is not installed")
    folder = tmp_path_factory.mktemp("编辑") / "store"
    init.init(folder, with_sample=False)
    with lsp.running([NODE, str(SERVERS[name]), "--stdio"], folder, settings(editor)) as running:
        yield running, folder


def ask(server: tuple[lsp.Server, Path], method: str, text: str) -> Any:
    """The answer about the place that `|` marks."""
    running, folder = server
    before = text[: text.index("|")]
    position = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
    uri = running.open(folder / f"records/华东/C{abs(hash(text))}.yaml", text.replace("|", ""))
    # A server that has said what is wrong has read the schema; before that, some answer with nothing.
    running.diagnostics(uri)
    return running.ask(f"textDocument/{method}", textDocument={"uri": uri}, position=position)


def test_a_right_record_has_no_diagnostics(server: tuple[lsp.Server, Path]) -> None:
    running, folder = server
    uri = running.open(folder / "records/华东/C20240501K7QM.yaml", RIGHT)
    assert running.diagnostics(uri) == []


def test_a_wrong_record_is_told_by_line(server: tuple[lsp.Server, Path]) -> None:
    running, folder = server
    wrong = RIGHT.replace("prospect", "合作中").replace("    by: lilei\n", "    bye: lilei\n")
    uri = running.open(folder / "records/wrong.yaml", wrong)
    messages = {
        (diagnostic["range"]["start"]["line"] + 1, re.sub(r"[\s.].*", "", diagnostic["message"]))
        for diagnostic in running.diagnostics(uri)
    }
    assert messages == {(4, "Value"), (7, "Missing"), (8, "Property")}


def test_what_is_no_record_is_left_alone(server: tuple[lsp.Server, Path]) -> None:
    running, folder = server
    uri = running.open(folder / "notes.yaml", "anything: goes\n")
    assert running.diagnostics(uri) == []


def test_values_are_offered_with_their_chinese_names(server: tuple[lsp.Server, Path]) -> None:
    answer = ask(server, "completion", RIGHT.replace("status: prospect", "status: |"))
    offered = {item["label"]: item.get("documentation") for item in answer["items"]}
    assert {"lead", "prospect", "active", "paused", "lost"} <= set(offered)
    label = offered["active"]
    assert "合作中" in (label["value"] if isinstance(label, dict) else label)


def test_a_key_explains_itself_in_both_languages(server: tuple[lsp.Server, Path]) -> None:
    answer = ask(server, "hover", RIGHT.replace("status:", "sta|tus:"))
    assert "Status" in str(answer["contents"])
    assert "合作状态" in str(answer["contents"])


def test_keys_are_offered(server: tuple[lsp.Server, Path]) -> None:
    answer = ask(server, "completion", RIGHT + "|")
    assert {"contacts", "opportunities", "tags"} <= {item["label"] for item in answer["items"]}


def test_an_interaction_is_offered_as_a_whole(server: tuple[lsp.Server, Path]) -> None:
    answer = ask(server, "completion", RIGHT + "  - |")
    (whole,) = [item for item in answer["items"] if item["label"] == "Interaction"]
    text = whole.get("insertText") or whole["textEdit"]["newText"]
    assert re.match(r"date: .*\n\s*by: .*\n\s*channel: \$\{\d\|phone,", text), text
    assert whole["insertTextFormat"] == 2


@pytest.mark.skipif(parts.program("emacs") is None, reason="emacs is not installed")
def test_emacs_reads_its_settings(tmp_path: Path) -> None:
    (tmp_path / ".dir-locals.el").write_text(editors.files()[".dir-locals.el"], "utf-8")
    script = """(with-temp-buffer (insert-file-contents ".dir-locals.el")
      (princ (json-serialize (plist-get (cdr (assq 'eglot-workspace-configuration
        (cdr (assq nil (read (current-buffer)))))) :yaml) :false-object :json-false)))"""
    done = subprocess.run(
        [str(parts.program("emacs")), "--batch", "--eval", script], cwd=tmp_path, capture_output=True, check=True
    )
    assert json.loads(done.stdout) == settings("vscode")["yaml"]
