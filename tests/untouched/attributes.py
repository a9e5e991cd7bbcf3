"""A picture of discord.py, to tell whether anything of it was changed."""

from __future__ import annotations

import sys
from types import ModuleType


def attributes() -> dict[str, int]:
    """The identity of every attribute of every module and class of the library."""
    found: dict[str, int] = {}
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "discord" and isinstance(module, ModuleType):
            for key, value in vars(module).items():
                found[f"{name}.{key}"] = id(value)
                if isinstance(value, type) and value.__module__ == name:
                    inner = vars(value).items()
                    found |= {f"{name}.{key}.{attribute}": id(v) for attribute, v in inner}
    return found
