"""The events of YAML text, from libyaml where it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

#: An event of either of PyYAML's parsers; the stubs call all marks optional, which those of events are not.
Event = Any


def events(text: str) -> Iterator[Event]:
    """The events of all documents. Raises yaml.YAMLError; input depth costs no stack."""
    import yaml

    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    except UnicodeEncodeError as error:
        # The C reader takes UTF-8 only and so meets a lone surrogate before it can report it as YAML's.
        raise yaml.YAMLError(str(error)) from None
    # Behind the last event either parser gives None. A generator would cost a tenth more.
    return iter(loader.get_event, None)


def shift(text: str) -> int:
    """How far marks lie before the true offset: libyaml counts from after a byte order mark, Python's own does not."""
    import yaml

    return int(text.startswith("\ufeff") and hasattr(yaml, "CSafeLoader"))
