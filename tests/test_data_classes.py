"""The vocabulary: complete, spelled as HIBP spells it, and weighed as the table of weights says."""

import re
from collections import Counter
from pathlib import Path

import pytest

from breachcheck import data_classes
from breachcheck.errors import UnknownDataClass

HIBP = [
    line
    for line in (Path(__file__).parent / "hibp_data_classes.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
OURS = {"Account identifiers", "Organisation identifiers", "Referring websites"}
EVERY = list(data_classes.all_classes().values())


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?!:])\s+", text)


def test_the_vocabulary_is_hibps_and_ours():
    assert len(HIBP) == 168
    assert set(data_classes.all_classes()) == set(HIBP) | OURS


def test_hibps_placeholders_are_no_classes():
    assert not {"None", "Other"} & set(data_classes.all_classes())


def test_every_class_stands_once_and_the_heaviest_first():
    weights = [one.weight for one in EVERY]

    assert len(EVERY) == 171
    assert weights == sorted(weights, reverse=True)


def test_each_band_has_as_many_classes_as_the_table():
    assert Counter(data_classes.level(one.weight) for one in EVERY) == {
        "critical": 11,
        "high": 13,
        "medium": 27,
        "low": 55,
        "info": 65,
    }


def test_thirty_six_classes_are_for_the_owner_alone():
    assert sum(one.owner_only for one in EVERY) == 36


@pytest.mark.parametrize(
    ("name", "weight", "owner_only", "steps"),
    [
        ("Passwords", 98, False, ("change-password", "two-step")),
        ("Mnemonic phrases", 97, True, ("move-crypto",)),
        ("HIV statuses", 60, True, ("private-life",)),
        ("Phone numbers", 48, False, ("phone-lock", "phone-calls")),
        ("Email addresses", 30, False, ("watch-messages", "two-step")),
        ("Organisation identifiers", 24, False, ("tell-org-admin", "watch-messages")),
        ("Account identifiers", 23, False, ("watch-messages",)),
        ("Military service", 26, True, ()),
        ("Referring websites", 6, False, ()),
        ("Astrological signs", 3, False, ()),
    ],
)
def test_a_class_weighs_and_asks_what_the_table_says(name, weight, owner_only, steps):
    one = data_classes.get(name)

    assert (one.weight, one.owner_only, one.steps) == (weight, owner_only, steps)
    assert data_classes.is_owner_only(name) is owner_only


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
class TestTheWordsOfAClass:
    def test_there_are_words_for_every_place(self, one):
        assert one.plural
        assert one.yours
        assert one.bare
        assert one.why.endswith(".")
        assert one.what.endswith((".", "?"))

    def test_what_stands_alone_is_nobody_s(self, one):
        assert not one.bare.startswith("your ")

    def test_no_sentence_is_longer_than_twenty_five_words(self, one):
        assert max(len(text.split()) for text in sentences(f"{one.why} {one.what}")) <= 25

    def test_it_says_what_a_reader_knows(self, one):
        said = f"{one.yours} {one.why} {one.what}".casefold()

        assert not re.search(r"\b(e-mail|log in|phishing|pwned|hacker|leak|incident|compromise)", said)

    def test_what_asks_nothing_says_so(self, one):
        assert one.asks_nothing == one.what.startswith(("Nothing to do", "Nothing to change"))


def test_a_class_without_a_step_asks_nothing_unless_it_says_what():
    silent = {one.name for one in EVERY if not one.steps and not one.asks_nothing}

    assert silent == {"Bios", "Comments", "Forum posts", "Personal descriptions"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Email adresses", "Email addresses"),
        ("email addresses", "Email addresses"),
        ("Phone", "Phone numbers"),
        ("Password", "Passwords"),
        ("Names ", "Names"),
        ("e-mail", "Email addresses"),
    ],
)
def test_a_name_that_is_nearly_right_is_refused_with_the_right_one(written, meant):
    with pytest.raises(UnknownDataClass, match=f'no data class is called "{written}".*"{meant}"'):
        data_classes.get(written)


def test_a_name_that_is_like_none_is_refused_with_a_remedy():
    with pytest.raises(UnknownDataClass, match="use one of HIBP's names"):
        data_classes.get("qqqqq")


def test_an_address_in_the_place_of_a_class_is_not_quoted():
    with pytest.raises(UnknownDataClass) as caught:
        data_classes.get("ann@example.com")

    assert "ann" not in str(caught.value)


@pytest.mark.parametrize(
    ("weight", "level"),
    [
        (100, "critical"),
        (80, "critical"),
        (79, "high"),
        (60, "high"),
        (59, "medium"),
        (40, "medium"),
        (39, "low"),
        (20, "low"),
        (19, "info"),
        (0, "info"),
    ],
)
def test_the_bands_of_weight(weight, level):
    assert data_classes.level(weight) == level


@pytest.mark.parametrize(
    ("classes", "weight"),
    [
        ([], 0),
        (["Email addresses"], 30),
        (["Email addresses", "Names"], 30),
        (["Credit cards"], 90),
        (["Credit cards", "Credit card CVV"], 96),
        (["Names", "Dates of birth", "Passport numbers"], 92),
        (["Names", "Dates of birth", "Driver's licenses"], 92),
        (["Names", "Dates of birth"], 45),
        (["Security questions and answers", "Email addresses"], 88),
        (["Names", "Dates of birth", "Physical addresses"], 62),
        (["Phone numbers", "Names", "Partial credit card data"], 66),
        (["Phone numbers", "Names", "Bank account numbers"], 82),
        (["Cryptocurrency wallet addresses", "Physical addresses"], 70),
        (["Net worths", "Physical addresses"], 70),
        (["Physical addresses", "Religions"], 75),
        (["Physical addresses", "Races"], 46),
        (["Phone numbers", "Email addresses", "Names"], 50),
        (["Email addresses", "Organisation identifiers", "Names"], 32),
        (["Email addresses", "Account identifiers", "Names"], 32),
        (["Email addresses", "Account identifiers"], 30),
    ],
)
def test_classes_together_weigh_what_the_table_of_combinations_says(classes, weight):
    assert data_classes.severity(classes) == weight


@pytest.mark.parametrize(
    ("storage", "weight"), [("plain", 98), ("unsalted", 96), ("salted", 85), ("unknown", 98), (None, 98)]
)
@pytest.mark.parametrize("classes", [["Passwords"], ["Passwords", "Email addresses"], ["Passwords", "Usernames"]])
def test_passwords_weigh_by_the_way_they_were_stored(storage, weight, classes):
    assert data_classes.severity(classes, storage) == weight


def test_storage_changes_no_other_class():
    assert data_classes.severity(["Credit card CVV", "Passwords"], "salted") == 94


def test_a_home_address_beside_a_private_fact_is_for_the_owner_alone():
    breach = ["Email addresses", "Physical addresses", "Religions"]

    assert data_classes.makes_owner_only(breach) == {"Physical addresses"}
    assert data_classes.makes_owner_only(["Physical addresses", "Names", "Dates of birth"]) == frozenset()


def test_an_order_is_by_weight_then_by_place_in_the_table():
    names = ["Browser user agent details", "Names", "Device information", "Names", "Email addresses"]

    assert data_classes.heaviest_first(names) == (
        "Email addresses",
        "Names",
        "Device information",
        "Browser user agent details",
    )
