import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from breachcheck import ids
from breachcheck.addresses import KNOWN, canonical, holds_address
from breachcheck.digests import Digester, Kind, digest_under
from breachcheck.errors import InvalidAccount

INDEX_KEY = bytes(range(32))
# Of addresses and keys that stores out there were made with: a change here orphans every one of them.
ALICE = 248_207_941_123_631_250
PHONE = -5_147_611_019_587_107_997
ACCOUNT = -5_598_977_184_338_474_746

SCOPED = [kind for kind in Kind if kind.is_of_one_breach]

# NIST SP 800-38B, appendix D.3 and its published examples, "CMAC-AES256"; RFC 4493 has AES-128 alone.
NIST_KEY = bytes.fromhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
NIST_TEXT = bytes.fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)


@pytest.fixture(scope="module")
def digester():
    return Digester(INDEX_KEY)


@pytest.mark.parametrize(
    ("length", "mac"),
    [
        (0, "028962f61b7bf89efc6b551f4667d983"),
        (16, "28a7023f452e8f82bd4bf28d8c37c35c"),
        (40, "aaf3d8f1de5640c232f5b169b9c911e6"),
        (64, "e1992190549f6ed5696a2c056c315410"),
    ],
)
def test_a_digest_is_the_first_64_bits_of_nist_s_cmac(length, mac):
    digest = digest_under(NIST_KEY, NIST_TEXT[:length])

    assert digest.to_bytes(8, "big", signed=True).hex() == mac[:16]


def test_digests_never_change(digester):
    assert digester.of_address(canonical("alice@example.com")) == ALICE
    assert digester.of(Kind.PHONE, "+15550100") == PHONE
    assert digester.of(Kind.ACCOUNT_ID, "17", "Example") == ACCOUNT


def test_another_index_key_gives_another_digest(digester):
    address = canonical("alice@example.com")

    assert Digester(bytes(32)).of_address(address) != digester.of_address(address)


def test_each_kind_has_a_key_of_its_own(digester):
    assert len({digester.key_of(kind) for kind in Kind}) == len(Kind)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.sampled_from(SCOPED))
def test_a_digest_is_the_one_under_the_key_of_its_kind(value, kind):
    digester = Digester(INDEX_KEY)
    spelled = ids.name(value) if kind is Kind.USERNAME else ids.spelled(value)
    assume(spelled)

    assert digester.of(kind, value, "Example") == digest_under(digester.key_of(kind), f"Example\0{spelled}".encode())


@pytest.mark.parametrize("kind", SCOPED)
def test_an_id_of_nothing_that_can_be_seen_is_refused(digester, kind):
    with pytest.raises(InvalidAccount):
        digester.of(kind, "\u200b\u00a0", "Example")


def test_asking_twice_gives_the_same_digest(digester):
    address = canonical("alice@example.com")

    assert digester.of_address(address) == digester.of_address(address)


@pytest.mark.parametrize("kind", SCOPED)
def test_the_same_value_is_someone_else_in_every_breach(digester, kind):
    assert digester.of(kind, "17", "Example") != digester.of(kind, "17", "Other")


@pytest.mark.parametrize(("kind", "value"), [(Kind.EMAIL, "alice@example.com"), (Kind.PHONE, "+15550100")])
def test_addresses_and_phone_numbers_are_the_same_person_in_every_breach(digester, kind, value):
    assert digester.of(kind, value, "Example") == digester.of(kind, value)


def test_an_address_by_kind_is_made_canonical_first(digester):
    assert digester.of(Kind.EMAIL, " Alice@EXAMPLE.com") == digester.of_address(canonical("alice@example.com"))


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("value", ["", "\ud800"])
def test_what_is_empty_or_no_text_is_refused(digester, kind, value):
    with pytest.raises(InvalidAccount) as refusal:
        digester.of(kind, value, "Example")

    assert refusal.value.__context__ is None


@pytest.mark.parametrize(
    "value",
    [
        "15550100", "+0555", "+1234567890123456", "+\u0661\u0662\u0663", "+1\n", "+1555o100", "++15550100",
        "+15550100x12", "+15550100 ext", "ext. 12", "tel:15550100", "+15550100;+15550101",
        "+1555010\u00b2", '+15550100"',
    ],
)  # fmt: skip
def test_a_phone_number_that_is_not_e164_is_refused(digester, value):
    with pytest.raises(InvalidAccount, match="international form"):
        digester.of(Kind.PHONE, value)


@pytest.mark.parametrize(
    "value",
    [
        "+1 555 0100", "+1 (555) 0100", "+1-555-0100", "001 555 01 00", "+1\u00a0555.0100", "tel:+1-555-0100",
        "+1-555-0100 ext. 12", "+1 555 0100 x12", "+1 555 0100, Extension 12", "tel:+1-555-0100;ext=12",
        "\u202a+1 555 0100\u202c", "'+1 555 0100", '="+1 555 0100"', "whatsapp:+15550100", "sms:+15550100",
        "\uff0b\uff11 \uff08555\uff09 0100", "+\u0661 \u0665\u0665\u0665 0100",
    ],
)  # fmt: skip
def test_a_phone_number_may_be_asked_for_as_files_and_people_write_it(digester, value):
    assert digester.of(Kind.PHONE, value) == PHONE


@pytest.mark.parametrize("breach", [None, "", "Exam\0ple"])
def test_a_value_of_one_breach_needs_its_name(digester, breach):
    with pytest.raises(ValueError, match="name of its breach"):
        digester.of(Kind.USERNAME, "john", breach)


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_an_index_key_has_32_bytes(length):
    with pytest.raises(ValueError, match="32 bytes"):
        Digester(bytes(length))


def test_known_answers_cover_every_known_address_and_every_kind(digester):
    answers = digester.known_answers()

    assert len(answers) == len(KNOWN) + len(Kind) - 1 + len(ids.KNOWN) + 2
    assert answers["spelled-1"] == answers["account-id"]
    assert answers["spelled-phone"] == answers["phone"]
    assert answers["email-01"] == ALICE
    assert answers["phone"] == PHONE
    assert answers["account-id"] == ACCOUNT


def test_known_answers_name_no_address(digester):
    assert not any(holds_address(name) for name in digester.known_answers())


def test_known_answers_tell_one_key_from_another(digester):
    assert Digester(bytes(32)).known_answers() != digester.known_answers()
