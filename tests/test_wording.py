"""Wording: lists, months and the reader's details in plain English."""

from datetime import date

import pytest

from breachcheck.wording import ENGLISH, at_most, bare, yours


@pytest.mark.parametrize(
    ("items", "joined"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_a_list_is_joined_as_english_does(items, joined):
    assert ENGLISH.and_list(items) == joined


def test_alternatives_are_joined_by_or():
    assert ENGLISH.or_list(["a", "b", "c"]) == "a, b or c"


def test_a_month_is_written_out():
    assert ENGLISH.month(date(2025, 11, 9)) == "November 2025"


def test_your_stands_once_for_the_details_that_follow():
    names = ["Names", "Email addresses", "Referring websites"]

    assert yours(names) == ["your email address", "name", "the website you came from"]


def test_your_stands_again_after_a_detail_that_does_without():
    names = ["Email addresses", "Purchases", "Names"]

    assert yours(names) == ["your email address", "what you bought", "your name"]


def test_a_user_id_names_its_company_where_there_is_one():
    assert yours(["Account identifiers"], company="OpenAI") == ["your OpenAI user ID"]
    assert yours(["Account identifiers"]) == ["your user ID"]
    assert bare(["Names", "Account identifiers"], company="OpenAI") == ["name", "OpenAI user ID"]


def test_a_company_with_braces_in_its_name_is_printed_as_it_is():
    assert bare(["Account identifiers"], company="{x}") == ["{x} user ID"]


@pytest.mark.parametrize(
    ("limit", "shown"),
    [(4, ["a", "b", "c", "d"]), (3, ["a", "b", "2 more"]), (2, ["a", "3 more"]), (1, ["4 more"])],
)
def test_a_long_list_counts_the_rest(limit, shown):
    assert at_most(limit, ["a", "b", "c", "d"], ("{n} more", "{n} more")) == shown
