"""What is alike in every test is made once a process: an empty store, and what Flask makes of our pages and routes."""

import tempfile
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from breachcheck import config, services

OWNER_ONLY = 0o600


def put_empty_store(data: Path, *, is_demo: bool) -> None:
    """Make *data* what ``init`` makes of it, but for the settings. Every such store of a kind has the same keys."""
    for name, content in _empty_store(is_demo).items():
        path = data / name
        path.touch(OWNER_ONLY, exist_ok=False)
        path.write_bytes(content)


def make_sites_quickly() -> None:
    """From now on a template is compiled once, however many sites show it, and so is a route."""
    Flask.jinja_options = {"bytecode_cache": Compiled()}
    compile_builder, kept = Rule._compile_builder, {}

    def built_once(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        key = (rule.rule, *rule._trace, append_unknown)
        if key not in kept:
            kept[key] = compile_builder(rule, append_unknown)
        return kept[key]

    Rule._compile_builder = built_once


class Compiled(BytecodeCache):
    """What templates became, by their place and text."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


@cache
def _empty_store(is_demo: bool) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as place:
        services.init(config.read(Path(place), {}), is_demo=is_demo)
        return {path.name: path.read_bytes() for path in Path(place).iterdir() if path.suffix in {".db", ".key"}}
