"""Reads the project's dependencies from base.in, so that they stand in one place."""

from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface


class RequirementsHook(MetadataHookInterface):
    """Fills ``dependencies`` for the build backend."""

    def update(self, metadata: dict) -> None:
        """Put every line of base.in into the project's metadata."""
        lines = Path(self.root, "requirements", "base.in").read_text(encoding="utf-8").split()
        metadata["dependencies"] = lines
