"""A small client of language servers, as an editor has one inside: it speaks over pipes and answers questions."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Queue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

#: Only so long does anything here wait: a server that is stuck must not keep the tests.
_SECONDS = 60

_CAPABILITIES: Mapping[str, Any] = {
    "workspace": {"configuration": True, "workspaceFolders": True, "didChangeConfiguration": {}},
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown", "plaintext"]}},
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "publishDiagnostics": {},
    },
}


@dataclass
class Server:
    """A running server with a folder open and the settings that the editor has for it."""

    process: subprocess.Popen[bytes]
    settings: Mapping[str, Any]
    heard: Queue[dict[str, Any]] = field(default_factory=Queue)
    asked: int = 0

    def ask(self, method: str, **params: Any) -> Any:
        """The answer to a request; what the server asks meanwhile is answered from the settings."""
        self.asked += 1
        number = self.asked
        self.send({"id": number, "method": method, "params": params})
        return self._until(lambda message: message.get("id") == number and "method" not in message).get("result")

    def tell(self, method: str, **params: Any) -> None:
        self.send({"method": method, "params": params})

    def open(self, path: Path, text: str) -> str:
        """Open a file with this text, which need not be on the disk; its address."""
        uri = path.as_uri()
        self.tell("textDocument/didOpen", textDocument={"uri": uri, "languageId": "yaml", "version": 1, "text": text})
        return uri

    def diagnostics(self, uri: str) -> list[dict[str, Any]]:
        """What the server says is wrong with an open file."""
        wanted = "textDocument/publishDiagnostics"
        said = self._until(lambda message: message.get("method") == wanted and message["params"]["uri"] == uri)
        found: list[dict[str, Any]] = said["params"]["diagnostics"]
        return found

    def send(self, message: Mapping[str, Any]) -> None:
        assert self.process.stdin
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def listen(self) -> None:
        """Put what the server says into the queue, until it leaves."""
        assert self.process.stdout
        length = 0
        for line in iter(self.process.stdout.readline, b""):
            if line.lower().startswith(b"content-length"):
                length = int(line.partition(b":")[2])
            elif not line.strip():
                body = self.process.stdout.read(length)
                if len(body) < length:
                    return
                self.heard.put(json.loads(body))

    def _until(self, wanted: Any) -> dict[str, Any]:
        while True:
            message = self.heard.get(timeout=_SECONDS)
            if wanted(message):
                return message
            if "id" in message and "method" in message:
                self.send({"id": message["id"], "result": self._answer(message)})

    def _answer(self, message: Mapping[str, Any]) -> Any:
        if message["method"] != "workspace/configuration":
            return None
        return [self._setting(item.get("section", "")) for item in message["params"]["items"]]

    def _setting(self, section: str) -> Any:
        found: Any = self.settings
        for step in section.split(".") if section else ():
            found = found.get(step) if isinstance(found, Mapping) else None
        return found


@contextmanager
def running(command: list[str], folder: Path, settings: Mapping[str, Any]) -> Iterator[Server]:
    """A server with the folder open, shut down at the end."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        server = Server(process, settings)
        listener = threading.Thread(target=server.listen, daemon=True)
        listener.start()
        try:
            opened = {"uri": folder.as_uri(), "name": folder.name}
            server.ask(
                "initialize",
                processId=None,
                rootUri=opened["uri"],
                workspaceFolders=[opened],
                capabilities=_CAPABILITIES,
            )
            server.tell("initialized")
            server.tell("workspace/didChangeConfiguration", settings=settings)
            yield server
            server.ask("shutdown")
            server.tell("exit")
        finally:
            process.kill()
            process.wait()
            listener.join()
