"""Samples: how to call an operation of /api/v1 from a shell, and from Python. They run as they stand."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pprint import pformat
from typing import Any
from urllib.parse import quote, urlencode

from breachcheck.web.api_description import Operation

JSON = "application/json"
WIDTH = 88


@dataclass(frozen=True, slots=True)
class Samples:
    """The same call twice. The key is in the environment variable ``KEY``."""

    curl: str
    python: str


def samples_of(operation: Operation, base: str) -> Samples:
    """*base*: the whole address that paths come after."""
    url = base + _path(operation) + _query(operation)
    return Samples(_curl(operation, url), _python(operation, url))


def _path(operation: Operation) -> str:
    path = operation.path
    for one in operation.parameters:
        if one.place == "path":
            path = path.replace(f"{{{one.name}}}", quote(str(one.example), safe=""))
    return path


def _query(operation: Operation) -> str:
    wanted = {one.name: one.example for one in operation.parameters if one.place == "query" and one.example is not None}
    return "?" + urlencode(wanted, doseq=True, quote_via=quote) if wanted else ""


def _curl(operation: Operation, url: str) -> str:
    how = "" if operation.method == "GET" else f"-X {operation.method} "
    lines = [f"curl -fsS {how}{shlex.quote(url)}"]
    if operation.needs_key:
        lines.append('-H "Authorization: Bearer $KEY"')
    if operation.body:
        lines += [f'-H "Content-Type: {operation.body.media_types[0]}"', f"--data-binary {_quoted(operation)}"]
    return " \\\n  ".join(lines)


def _quoted(operation: Operation) -> str:
    example = operation.body.example if operation.body else None
    return shlex.quote(example if isinstance(example, str) else json.dumps(example))


def _python(operation: Operation, url: str) -> str:
    lines = ["import os", "", "import httpx", ""] if operation.needs_key else ["import httpx", ""]
    arguments = list(_arguments(operation, url))
    inside = "".join(f"\n    {one}," for one in arguments) + "\n" if len(arguments) > 1 else arguments[0]
    lines += [f"response = httpx.{operation.method.lower()}({inside})"]
    return "\n".join([*lines, "response.raise_for_status()", f"print({_told(operation)})"])


def _arguments(operation: Operation, url: str) -> Iterator[str]:
    yield json.dumps(url)
    headers = _headers(operation)
    if headers:
        yield f"headers={{{', '.join(headers)}}}"
    if operation.body:
        is_json = operation.body.media_types[0] == JSON
        yield f"json={_literal(operation.body.example)}" if is_json else f"content={_lines(operation.body.example)}"


def _headers(operation: Operation) -> list[str]:
    headers = []
    if operation.needs_key:
        headers.append('"Authorization": f"Bearer {os.environ[\'KEY\']}"')
    if operation.body and operation.body.media_types[0] != JSON:
        headers.append(f'"Content-Type": "{operation.body.media_types[0]}"')
    return headers


def _literal(example: Any) -> str:
    return pformat(example, width=WIDTH, sort_dicts=False).replace("\n", "\n    ")


def _lines(example: str) -> str:
    """A text of several lines, a literal for each."""
    parts = "\n".join(f"        {line!r}" for line in example.splitlines(keepends=True))
    return f"(\n{parts}\n    )"


def _told(operation: Operation) -> str:
    """What is worth showing of the answer."""
    first = operation.replies[0]
    if first.status == "204":
        return "response.status_code"
    return "response.json()" if first.is_json else "response.text"
