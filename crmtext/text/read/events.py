"""The events of YAML text, from libyaml if installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

#: An event of either of PyYAML's parsers; the stubs wrongly make the marks of events optional.
Event = Any


def events(text: str) -> Iterator[Event]:
    """The events of all documents. Raises yaml.YAMLError; input depth costs no stack."""
    import yaml

    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    except UnicodeEncodeError as error:
        # The C reader takes UTF-8 only, so a lone surrogate fails before it can be reported as a YAMLError.
        raise yaml.YAMLError(str(error)) from None
    # After the last event both parsers return None. A generator costs a tenth more.
    return iter(loader.get_event, None)


def shift(text: str) -> int:
    """How far marks lie before the true offset: libyaml counts from after a byte order mark, PyYAML's own doesn't."""
    import yaml

    return int(text.startswith("\ufeff") and hasattr(yaml, "CSafeLoader"))
