"""Writing a file so that it is there whole, or as it was before."""

from __future__ import annotations

import os
from pathlib import Path

from bot.errors import Refused


def write_whole(file: Path, content: str | bytes) -> None:
    """Put content into a file in one step, text as UTF-8; its folder is made when it is missing.

    What stood there stays until the new content is on the disk: killed in between, or with a full
    disk, nothing of it is lost.

    Raises:
        Refused: it cannot be written; with the reason.
    """
    data = content.encode() if isinstance(content, str) else content
    half = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with half.open("wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            half.replace(file)
        finally:
            half.unlink(missing_ok=True)
    except OSError as error:
        raise Refused(
            f"{file} cannot be written ({error.strerror}). Choose a place that this user may "
            "write to."
        ) from error
