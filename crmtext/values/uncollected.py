"""Work that makes millions of values, none of which refer to each other."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def uncollected() -> Iterator[None]:
    """Run a block without the search for values that refer to each other, which would look at all of them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            # What was made counts as old: otherwise the next collection would look at all of it at once.
            gc.freeze()
            gc.unfreeze()
            gc.enable()
