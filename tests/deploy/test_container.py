"""The image and the compose file name what is there, give nothing away and are told settings that exist."""

import contextlib
import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from breachcheck import config, services
from breachcheck.cli import COMMANDS, serve
from tests.cli.commands import ROOT
from tests.cli.servers import free_port, running
from tests.deploy import image
from tests.deploy.image import Copy
from tests.engines import CHOSEN
from tests.engines import ENGINES as ENGINES
from tests.stores import break_index

BUILD, IMAGE = image.stages()
COMPOSE = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
DEFAULT = re.compile(r"\$\{([A-Z_]+):-([^}]*)\}")


def composed() -> Any:
    """As the engine reads it, where nothing is set."""
    return yaml.safe_load(DEFAULT.sub(lambda found: found[2], COMPOSE))


def from_source() -> set[str]:
    return {source for step in BUILD.steps if isinstance(step, Copy) and not step.stage for source in step.sources}


def test_what_is_copied_is_there_and_is_sent():
    assert {source for source in from_source() if not (ROOT / source).exists() or not image.is_sent(source)} == set()
    assert image.is_sent("breachcheck/web/app.py")


@pytest.mark.parametrize(
    "path",
    [
        "data/index.key",
        "demo-data/app.key",
        ".git/config",
        "tests/conftest.py",
        "web/__pycache__/app.pyc",
        "ingest/compiled/rows.c",
    ],
)
def test_no_store_no_key_and_nothing_needless_is_sent(path):
    assert not image.is_sent(path)


def test_every_package_is_copied():
    read = ConfigParser()
    read.read(ROOT / "setup.cfg", encoding="utf-8")
    moved = dict(line.split(" = ") for line in read["options"]["package_dir"].split("\n") if line)
    tops = {moved.get(name, name.partition(".")[0]) for name in read["options"]["packages"].split()}

    assert tops | {"setup.cfg", "setup.py", "pyproject.toml"} <= from_source()


def test_what_a_stage_takes_from_another_was_made_there():
    (taken,) = (step for step in IMAGE.steps if isinstance(step, Copy))

    assert taken.stage == BUILD.name
    assert any(isinstance(step, str) and f"venv {taken.sources[0]}" in step for step in BUILD.steps)
    assert BUILD.base == IMAGE.base


def test_it_runs_as_nobody_in_particular():
    (user,) = IMAGE.said["USER"]

    assert all(int(number) >= 10_000 for number in user.split(":"))


def test_data_and_keys_are_apart_and_no_key_is_among_the_data():
    read = config.read(None, IMAGE.environment)
    keys = {read.index_key_path, read.app_key_path, read.receipt_key_path, read.mail_key_path, read.seal_key_path}

    assert set(IMAGE.volumes) == {str(read.data), "/keys"}
    assert {key.parent for key in keys} == {Path("/keys")}


def test_its_commands_are_known():
    program, *words = IMAGE.command("ENTRYPOINT") + IMAGE.command("CMD")

    assert (program, words[0]) == ("breachcheck", "serve")
    assert serve.serve.make_context("serve", words[1:]).params["worker"] is False


def test_a_store_is_made_with_its_keys_apart_and_its_health_is_that_of_look_ups(tmp_path):
    moved = {name: value.replace("/", f"{tmp_path}/", 1) for name, value in IMAGE.environment.items()}
    settings = {name: value for name, value in moved.items() if name.startswith("BREACHCHECK_")}
    if CHOSEN.postgres:
        settings["BREACHCHECK_DATABASE"] = CHOSEN.postgres.server.make("image")
    (tmp_path / "keys").mkdir()
    read = config.read(None, settings)
    services.init(read)
    with running(tmp_path / "data", *IMAGE.command("CMD")[1:], **settings) as server:
        well = health(server.port)
        with contextlib.closing(services.open_services(read)) as store:
            break_index(store)
        ill = health(server.port)
    gone = health(free_port())

    assert {path.name for path in (tmp_path / "keys").iterdir()} >= {"index.key", "app.key"}
    assert not list((tmp_path / "data").glob("*.key"))
    assert (well, ill != 0, gone != 0) == (0, True, True)


def health(port: int) -> int:
    """What the image's own check says of a server on *port*."""
    _, *words = IMAGE.command("HEALTHCHECK")
    assert "127.0.0.1:8000" in words[-1]
    said = [sys.executable, *words[:-1], words[-1].replace(":8000", f":{port}")]
    return subprocess.run(said, stderr=subprocess.DEVNULL, check=False).returncode


def test_the_compose_file_tells_settings_that_go_together():
    for name in ("web", "worker"):
        read = config.read(None, IMAGE.environment | composed()["services"][name]["environment"])
        assert (read.public_url, read.database) == ("https://breaches.example.org", None)


def test_the_one_proxy_that_is_believed_is_the_one_in_front():
    services, networks = composed()["services"], composed()["networks"]
    front = services["proxy"]["networks"]["front"]["ipv4_address"]

    assert services["web"]["environment"]["BREACHCHECK_TRUSTED_PROXIES"] == front
    assert front.startswith(networks["front"]["ipam"]["config"][0]["subnet"].removesuffix("0/24"))
    assert "ports" not in services["web"]


@pytest.mark.parametrize("name", ["web", "worker"])
def test_its_services_have_a_read_only_root_and_no_rights(name):
    service = composed()["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {volume.partition(":")[2] for volume in service["volumes"]} == set(IMAGE.volumes)
    assert service.get("command", ["serve"])[0] in COMMANDS


def test_what_it_names_it_has():
    read = composed()
    named = {volume.partition(":")[0] for one in read["services"].values() for volume in one.get("volumes", ())}
    build = read["services"]["web"]["build"]

    assert {name for name in named if not name.startswith("./")} == set(read["volumes"])
    assert all((ROOT / "deploy" / name).is_file() for name in named if name.startswith("./"))
    assert (ROOT / "deploy" / build["context"] / build["dockerfile"]).resolve() == image.DOCKERFILE
    assert all(
        f"{{${name}:" in (ROOT / "deploy" / "Caddyfile").read_text()
        for name in read["services"]["proxy"]["environment"]
    )
