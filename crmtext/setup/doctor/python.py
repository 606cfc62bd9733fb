"""Examine Python and jsonschema-rs, which makes checks faster."""

from __future__ import annotations

import platform
from importlib.util import find_spec
from typing import TYPE_CHECKING

from crmtext import __version__
from crmtext.i18n import _
from crmtext.setup.doctor.finding import Finding, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.setup.doctor.patient import Patient


def examine(_patient: Patient) -> Iterator[Finding]:
    """Yield the versions, with a warning if jsonschema-rs is not installed."""
    version = f"{platform.python_version()}, crmtext {__version__}"
    if find_spec("jsonschema_rs"):
        yield Finding("python", State.FINE, version)
        return
    message = _("{version}; jsonschema-rs is not installed: checking many records takes longer")
    yield Finding("python", State.WARNING, message.format(version=version), "python -m pip install jsonschema-rs")
