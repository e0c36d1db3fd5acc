"""Sealing: a box opens for its own person, breach and domain alone, and for nobody without the key."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breachcheck import config, key_files, services
from breachcheck.addresses import Address, Domain, canonical, domain_of
from breachcheck.config import Config
from breachcheck.digests import Digest
from breachcheck.errors import BoxDamaged, ConfigError, KeyFileError, WrongKey
from breachcheck.mail_providers import is_mail_provider
from breachcheck.sealing import BOX_LENGTH, Sealer, own_domains
from breachcheck.services import Services
from tests.engines import ENGINES as ENGINES

KEY = bytes(range(32))
ANN = canonical("ann.lee+news@example.com")
HERE = Domain("example.com")
LONGEST_LOCAL = "l" * 64
LOCAL = st.text("abcdefghijklmnopqrstuvwxyz0123456789.+'_-\u00e9\u7528", min_size=1, max_size=20)


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(KEY)


@pytest.mark.parametrize(
    "address", [ANN, "a@example.com", f"{LONGEST_LOCAL}@example.com", "\u7528\u6237@xn--fsqu00a.example"]
)
def test_what_was_sealed_opens_again(sealer, address):
    box = sealer.seal(Address(address), Digest(-5), "Shop")

    assert len(box) == BOX_LENGTH
    assert sealer.open(box, domain_of(Address(address)), Digest(-5), "Shop") == address


@given(LOCAL)
def test_any_local_part_comes_back_as_it_was(local):
    sealer, address = Sealer(KEY), Address(f"{local}@example.com")

    assert sealer.open(sealer.seal(address, Digest(1), "Shop"), HERE, Digest(1), "Shop") == address


@pytest.mark.parametrize(
    ("domain", "digest", "breach"),
    [("example.org", 5, "Shop"), ("example.com", 6, "Shop"), ("example.com", 5, "Store")],
)
def test_a_box_does_not_open_as_another_ones(sealer, domain, digest, breach):
    box = sealer.seal(ANN, Digest(5), "Shop")

    with pytest.raises(BoxDamaged) as refused:
        sealer.open(box, Domain(domain), Digest(digest), breach)
    assert "ann" not in str(refused.value)


def test_a_box_does_not_open_with_another_key_or_when_a_bit_is_wrong(sealer):
    box = sealer.seal(ANN, Digest(5), "Shop")

    with pytest.raises(BoxDamaged):
        Sealer(bytes(32)).open(box, HERE, Digest(5), "Shop")
    with pytest.raises(BoxDamaged):
        sealer.open(bytes([box[0] ^ 1]) + box[1:], HERE, Digest(5), "Shop")


def test_a_box_tells_neither_the_local_part_nor_its_length(sealer):
    boxes = [sealer.seal(Address(f"{local}@example.com"), Digest(5), "Shop") for local in ("a", LONGEST_LOCAL)]

    assert {len(box) for box in boxes} == {BOX_LENGTH}
    assert not any(b"lll" in box for box in boxes)


def test_own_domains_are_read_as_domains_of_addresses_are():
    assert own_domains(["Example.COM", "b\u00fccher.example"]) == {"example.com", "xn--bcher-kva.example"}
    assert own_domains([]) == frozenset()


@pytest.mark.parametrize("text", ["gmail.com", "GoogleMail.com", "Yahoo.co.uk", "mail.ru", "post.hotmail.com"])
def test_a_mail_provider_is_nobodys_own_domain(text):
    with pytest.raises(ConfigError, match="anybody can have an address"):
        own_domains(["example.com", text])


@pytest.mark.parametrize("text", ["example", "ann@example.com", "https://example.com", "*.example.com"])
def test_what_is_no_domain_is_refused_unquoted(text):
    with pytest.raises(ConfigError, match="no domain") as refused:
        own_domains([text])
    assert "ann" not in str(refused.value)


@pytest.mark.parametrize("domain", ["example.com", "notgmail.com", "gmail.com.example", "com"])
def test_others_are_no_mail_providers(domain):
    assert not is_mail_provider(Domain(domain))


def test_the_list_of_mail_providers_is_canonical_in_order_and_without_doubles():
    listed = [line for line in provider_lines() if not line.startswith("#")]

    assert listed == sorted(set(listed))
    assert [one for one in listed if domain_of(canonical(f"a@{one}")) != one and one != "googlemail.com"] == []


def provider_lines() -> list[str]:
    from importlib import resources

    return resources.files("breachcheck").joinpath("mail_providers.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    "text", ['own_domains = ["example.com", " example.org "]', 'own_domains = "example.com, example.org"']
)
def test_own_domains_are_a_list_or_a_text_with_commas(tmp_path, text):
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")

    assert config.read(tmp_path, {}).own_domains == ("example.com", "example.org")
    assert config.read(tmp_path, {"BREACHCHECK_OWN_DOMAINS": "example.net"}).own_domains == ("example.net",)


@pytest.mark.parametrize("text", ["own_domains = 5", "own_domains = [5]", "own_domains = {a = 1}"])
def test_own_domains_that_are_no_texts_are_refused(tmp_path, text):
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match="own_domains"):
        config.read(tmp_path, {})


class TestSealKey:
    """A key file of its own, which a store recognises as it does the others."""

    @pytest.fixture
    def settings(self, tmp_path) -> Config:
        settings = Config(data=tmp_path / "data", own_domains=("example.com",))
        services.init(settings)
        return settings

    @pytest.fixture
    def old_settings(self, settings) -> Config:
        """Of a store that was made before there were seal keys."""
        store = services.open_services(settings)
        store.databases[1].execute("DELETE FROM identity WHERE name = 'seal_key_answer'")
        store.close()
        settings.seal_key_path.unlink()
        return settings

    def sealer_of(self, settings: Config) -> Sealer:
        store: Services = services.open_services(settings)
        store.close()
        return store.sealer

    def test_another_one_is_refused(self, settings):
        settings.seal_key_path.unlink()
        key_files.write_key_file(settings.seal_key_path, key_files.new_key())

        with pytest.raises(WrongKey, match="BREACHCHECK_SEAL_KEY_FILE"):
            services.open_services(settings)

    def test_a_missing_one_is_refused(self, settings):
        settings.seal_key_path.unlink()

        with pytest.raises(KeyFileError, match="BREACHCHECK_SEAL_KEY_FILE"):
            services.open_services(settings)

    def test_an_older_store_gets_one_when_it_is_first_opened_and_keeps_it(self, old_settings):
        first = self.sealer_of(old_settings)
        second = self.sealer_of(old_settings)

        box = first.seal(ANN, Digest(1), "Shop")
        assert second.open(box, HERE, Digest(1), "Shop") == ANN
        old_settings.seal_key_path.unlink()
        with pytest.raises(KeyFileError):
            services.open_services(old_settings)

    def test_one_that_an_attempt_cut_off_left_behind_is_taken(self, old_settings):
        key_files.write_key_file(old_settings.seal_key_path, KEY)

        box = self.sealer_of(old_settings).seal(ANN, Digest(1), "Shop")

        assert Sealer(KEY).open(box, HERE, Digest(1), "Shop") == ANN

    def test_own_domains_that_are_a_providers_stop_the_start(self, settings):
        with pytest.raises(ConfigError, match=r"gmail\.com"):
            services.open_services(replace(settings, own_domains=("gmail.com",)))
