"""Both APIs against their descriptions: Schemathesis asks a real server what they allow, and much that they do not."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from breachcheck.api_keys import SCOPES
from breachcheck.web import hibp
from tests.cli.servers import running
from tests.engines import ENGINES as ENGINES
from tests.outside import naming
from tests.stores import SHOP, new_store, published_breach

pytestmark = pytest.mark.slow

PROGRAM = Path(sys.executable).with_name("schemathesis")
ROOT = Path(__file__).parents[2]
DESCRIPTIONS = {
    "/api/v1": ROOT / "breachcheck" / "web" / "openapi.json",
    "/api/v3": ROOT / "docs" / "hibp.openapi.json",
}
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
    "unsupported_method",
)
EXAMPLES = {"sqlite": 8, "postgres": 3}
"""Of each call: what is asked of the second server too is asked less often."""
BOUNDED = ("--seed=1", "--generation-deterministic", "--no-color")
PATIENCE_S = 300


@dataclass(frozen=True)
class Site:
    """A running server, a key that opens all of it, and how often each call is tried."""

    port: int
    key: str
    examples: int


@pytest.fixture(scope="module")
def site(lasting_engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    store = new_store(tmp_path_factory.mktemp("site") / "data", public_url="http://127.0.0.1")
    published_breach(store, SHOP, {"name@example.com": ["Email addresses", "Names"]})
    key = store.api_keys.create("tests", SCOPES, limit_per_minute=0)[1]
    store.close()
    with naming() as names, running(store.config.data, BREACHCHECK_DNS_SERVERS=names.server) as server:
        yield Site(server.port, key, EXAMPLES[lasting_engine])


def tried(site: Site, description: Path, prefix: str, cwd: Path, *more: str) -> subprocess.CompletedProcess[str]:
    where = ("--url", f"http://127.0.0.1:{site.port}{prefix}", "--header", f"Authorization: Bearer {site.key}")
    how = (f"--checks={','.join(CHECKS)}", f"--max-examples={site.examples}", *BOUNDED)
    return subprocess.run(
        [PROGRAM, "run", description, *where, *how, *more],
        env={name: value for name, value in os.environ.items() if not name.startswith("COV")},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


@pytest.mark.parametrize("prefix", DESCRIPTIONS)
def test_an_api_does_what_its_description_says_whatever_it_is_sent(site: Site, prefix: str, tmp_path: Path) -> None:
    done = tried(site, DESCRIPTIONS[prefix], prefix, tmp_path)

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr


def test_what_an_answer_lacks_is_found(site: Site, tmp_path: Path) -> None:
    document = json.loads(DESCRIPTIONS["/api/v1"].read_text())
    document["components"]["schemas"]["Answer"]["required"].append("nothing")
    altered = tmp_path / "openapi.json"
    altered.write_text(json.dumps(document))

    done = tried(site, altered, "/api/v1", tmp_path, "--include-path=/lookup")

    assert done.returncode == 1
    assert "Response violates schema" in done.stdout


def test_every_service_of_the_dialect_is_described_and_no_other() -> None:
    document = json.loads(DESCRIPTIONS["/api/v3"].read_text())
    described = {path.split("/")[1] for path in document["paths"]}

    assert described == {*hibp.SERVICES, hibp.VERIFICATION}
