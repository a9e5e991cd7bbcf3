"""Where the data that ships with Handrail lies, in a checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped_data() -> Path:
    """The folder with content, crisis lines, lexicons, translations and rehearsals.

    A wheel carries it as ``bot/_data``; a checkout has it beside the package.
    """
    packed = _PACKAGE / "_data"
    return packed if packed.is_dir() else _PACKAGE.parent / "data"
