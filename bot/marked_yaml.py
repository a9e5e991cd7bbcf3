"""YAML that remembers on which line everything stands, so that a mistake can be pointed at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from bot.errors import DataError, Problem

_Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Marked:
    """A parsed file and the line of every value in it."""

    file: Path
    data: Any
    lines: dict[_Path, int]

    def line(self, path: _Path) -> int:
        """The 1-based line of the value at ``path``, or of its nearest parent that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: _Path, sentence: str) -> Problem:
        """A problem at ``path``, with the line of the value."""
        return Problem(self.file, self.line(path), dotted(path), sentence)

    def problems(self, error: ValidationError, prefix: _Path = ()) -> Iterator[Problem]:
        """Every mistake pydantic found, each with its line."""
        for mistake in error.errors(include_url=False, include_context=False):
            path = prefix + tuple(mistake["loc"])
            yield self.problem(path, _sentence(mistake["type"], mistake["msg"]))


def dotted(path: _Path) -> str:
    """``("items", 3, "body")`` as ``items[3].body``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _sentence(kind: str, message: str) -> str:
    known = {
        "missing": "is missing; add it",
        "extra_forbidden": "is not a field here; check its spelling",
    }
    return known.get(kind, message[:1].lower() + message[1:])


def read(file: Path) -> Marked:
    """Read one YAML file.

    Raises:
        DataError: the file cannot be read, is not UTF-8, is not YAML, or repeats a key.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise DataError([Problem(file, 0, "", f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        sentence = "is not UTF-8; save it as UTF-8 and try again"
        raise DataError([Problem(file, 0, "", sentence)]) from error
    loader = yaml.CSafeLoader(text)
    try:
        node = loader.get_single_node()
        lines: dict[_Path, int] = {}
        data = _build(loader, node, (), lines, file) if node else None
    except yaml.MarkedYAMLError as error:
        raise DataError([_misread(error, file)]) from error
    except yaml.YAMLError as error:
        sentence = f"is not valid YAML: {str(error).splitlines()[0]}"
        line = text.count("\n", 0, error.position) + 1 if hasattr(error, "position") else 0
        raise DataError([Problem(file, line, "", sentence)]) from error
    except RecursionError as error:
        sentence = "has an alias (*) inside of what it stands for; write it out instead"
        raise DataError([Problem(file, 0, "", sentence)]) from error
    finally:
        loader.dispose()
    return Marked(file, data, lines)


_OPENED = {  # in the words of libyaml; it notices what is not closed only far below
    "while scanning a quoted scalar": "a quotation mark",
    "while parsing a flow sequence": "a square bracket",
    "while parsing a flow mapping": "a curly brace",
}


def _misread(error: yaml.MarkedYAMLError, file: Path) -> Problem:
    opened = _OPENED.get(error.context or "")
    mark = (error.context_mark if opened else None) or error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 0
    sentence = f"is not valid YAML here: {error.problem}"
    if opened:
        sentence = f"is not valid YAML: {opened} opens here; close it, or look for a missing comma"
    return Problem(file, line, "", sentence)


def _build(
    loader: yaml.CSafeLoader, node: yaml.Node, path: _Path, lines: dict[_Path, int], file: Path
) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, n, (*path, i), lines, file) for i, n in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if not isinstance(key, str | int):
                sentence = "a key must be a word; put it in quotes"
                raise DataError([Problem(file, line, dotted(path), sentence)])
            if key in found:
                sentence = "stands twice; keep one of them"
                raise DataError([Problem(file, line, dotted((*path, key)), sentence)])
            found[key] = _build(loader, value_node, (*path, key), lines, file)
        return found
    try:
        return loader.construct_object(node, deep=True)
    except ValueError as error:  # what looks like a date and is none, such as 2026-02-31
        sentence = f"cannot be read ({error}); correct it, or put it in quotes"
        raise DataError(
            [Problem(file, node.start_mark.line + 1, dotted(path), sentence)]
        ) from error
