"""The demo's facts: which breaches it loads and which addresses it offers, as its examples state them."""

from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec


class DemoAddresses(msgspec.Struct, frozen=True):
    """Three made-up people: one who is found, one under a second spelling, one who is not."""

    found: str
    second_spelling: str
    not_found: str

    @property
    def all(self) -> tuple[str, str, str]:
        return self.found, self.second_spelling, self.not_found


class Demo(msgspec.Struct, frozen=True):
    """*manifests* are relative to the examples' folder, in the order in which they are loaded."""

    manifests: tuple[str, ...]
    addresses: DemoAddresses


class TestAccounts(msgspec.Struct, frozen=True):
    """HIBP's public test accounts: the breaches that they are in, as above, and the one who opted out."""

    manifests: tuple[str, ...]
    opted_out: str


def examples() -> Path:
    """Installed, the examples lie in the package; in a checkout, beside it."""
    package = Path(str(files("breachcheck")))
    inside = package / "examples"
    return inside if inside.is_dir() else package.parent / "examples"


@cache
def facts() -> Demo:
    return msgspec.json.decode((examples() / "demo.json").read_bytes(), type=Demo)


def hibp_test_accounts() -> TestAccounts:
    return msgspec.json.decode((examples() / "hibp-test-accounts" / "accounts.json").read_bytes(), type=TestAccounts)


def demo_addresses() -> DemoAddresses:
    """The addresses that pages of a demo store offer."""
    return facts().addresses
