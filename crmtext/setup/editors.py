"""Settings for editors, so that they check and complete records by the schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from crmtext.layout import RECORDS, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping

_RECORDS = f"{RECORDS}/**/*.yaml"
_YAML: Mapping[str, Any] = {
    "schemas": {f"./{SCHEMA}": [_RECORDS]},
    # It would fetch a list of other schemas from the network, one of which may match our records.
    "schemaStore": {"enable": False},
    # A formatter would change lines that nobody edited.
    "format": {"enable": False},
}
_EMACS = """\
;;; Settings for Emacs: eglot and lsp-mode give them to yaml-language-server.
((nil . ((eglot-workspace-configuration . (:yaml (:schemas (:./{schema} ["{records}"])
                                                  :schemaStore (:enable :json-false)
                                                  :format (:enable :json-false))))
         (lsp-yaml-schemas . (("./{schema}" . ["{records}"])))
         (lsp-yaml-schema-store-enable . nil)
         (lsp-yaml-format-enable . nil))))
"""


def files() -> Mapping[str, str]:
    """Return the settings files of a new store by path: for VS Code, Zed and Emacs."""
    return {
        ".vscode/settings.json": _json(_vscode()),
        ".vscode/extensions.json": _json({"recommendations": ["redhat.vscode-yaml"]}),
        ".zed/settings.json": _json(_zed()),
        ".dir-locals.el": _EMACS.format(schema=SCHEMA, records=_RECORDS),
    }


def _vscode() -> Mapping[str, Any]:
    return {
        "yaml.schemas": _YAML["schemas"],
        "yaml.schemaStore.enable": False,
        "yaml.format.enable": False,
        "[yaml]": {"editor.formatOnSave": False, "editor.tabSize": 2, "editor.insertSpaces": True},
        "files.insertFinalNewline": True,
    }


def _zed() -> Mapping[str, Any]:
    return {
        "languages": {"YAML": {"format_on_save": "off", "tab_size": 2, "hard_tabs": False}},
        "lsp": {"yaml-language-server": {"settings": {"yaml": _YAML}}},
        "ensure_final_newline_on_save": True,
    }


def _json(settings: Mapping[str, Any]) -> str:
    return json.dumps(settings, indent=2) + "\n"
