"""The entry point: what is answered already is said again before anything else is loaded."""

from __future__ import annotations

import sys

from crmtext.index import answer_cache
from crmtext.terminal import encodings
from crmtext.terminal.output import Guarded

# Spelled out: `typing`, for its name alone, takes longer to load than an answer that is known takes.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `crmtext` with these arguments, those of the process by default; give its exit code."""
    if arguments is None:
        encodings.start()
    encodings.streams()
    # What a caller within Python asks for is no question of this process.
    if arguments is None and sys.argv[1:2] == ["check"]:
        try:
            with Guarded("auto"):
                code = answer_cache.replay(sys.argv[1:])
        except (OSError, KeyboardInterrupt) as stopped:
            from crmtext.cli import main as cli_main

            with Guarded("auto"):
                return cli_main.stopped(stopped)
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
