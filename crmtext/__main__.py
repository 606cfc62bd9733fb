"""The entry point; replays a cached answer of `check` before anything else is loaded."""

from __future__ import annotations

import sys

from crmtext.index import answer_cache
from crmtext.terminal import encodings
from crmtext.terminal.output import Guarded

# Spelled out: loading `typing` takes longer than replaying a cached answer.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `crmtext` with these arguments, by default the process's, and return the exit code."""
    if arguments is None:
        encodings.start()
    encodings.streams()
    # The cache is for the command line; callers within Python run the full way.
    if arguments is None and sys.argv[1:2] == ["check"]:
        try:
            with Guarded("auto"):
                code = answer_cache.replay(sys.argv[1:])
        except (OSError, KeyboardInterrupt) as stopped:
            from crmtext.cli import main as cli_main

            with Guarded("auto"):
                return cli_main.report_unwritten(stopped)
        if code is not None:
            return code
    from crmtext.cli import main as cli_main

    with Guarded(cli_main.early(arguments).get("--color", "auto")):
        try:
            return cli_main.main(arguments)
        finally:
            answer_cache.clear()


if __name__ == "__main__":
    sys.exit(main())
