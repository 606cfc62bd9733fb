"""Errors of Python's reader for a zip that can't be used."""

from __future__ import annotations

import zipfile
import zlib

#: For a zip that is encrypted, damaged, or compressed by a method that Python lacks.
UNUSABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError, ValueError)
