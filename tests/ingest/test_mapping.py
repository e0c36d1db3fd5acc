"""A plan says what each column of a table carries and whose record it is, as declared or as suggested."""

import pytest

from breachcheck.errors import DataFileError
from ingest.entries import FileEntry, Join
from ingest.mapping import plan

EMAIL = ("Email addresses",)
PEOPLE = ["ann@example.com", "", "Bob@Example.org"]


def entry(**says) -> FileEntry:
    return FileEntry(path="people.csv", **says)


def test_a_mapping_given_is_complete():
    found = plan(entry(mapping={"email": EMAIL, "name": ("Names",)}), ["email", "name", "phone"], "csv")

    assert found.addresses == ("email",)
    assert found.classes == {"email": EMAIL, "name": ("Names",)}
    assert found.columns == ("email", "name")
    assert found.data_classes == ("Email addresses", "Names")


def test_columns_match_exactly_before_they_match_trimmed_and_case_folded():
    exact = plan(entry(mapping={"email": EMAIL}), ["Email", "email"], "csv")
    folded = plan(entry(mapping={"e-MAIL": EMAIL}), ["id", " E-Mail "], "csv")

    assert exact.addresses == ("email",)
    assert folded.addresses == (" E-Mail ",)


def test_a_name_that_fits_two_columns_must_be_spelled_out():
    with pytest.raises(DataFileError, match=r"people\.csv: email may be any of Email, EMAIL"):
        plan(entry(mapping={"email": EMAIL}), ["Email", "EMAIL"], "csv")


def test_a_name_means_every_column_of_it():
    says = {"mapping": {"mail": EMAIL, "name": ("Names",)}, "identifiers": {"id": "account-id"}}
    alike = {"mail": ("mail (2)",), "name": ("name (2)", "name (3)"), "id": ("id (2)",)}
    columns = [*alike, *(more for several in alike.values() for more in several)]

    found = plan(entry(**says), columns, "csv", alike=alike)

    assert found.addresses == ("mail", "mail (2)")
    assert found.identifiers == {"id": "account-id", "id (2)": "account-id"}
    assert found.classes["name (3)"] == ("Names",)


def test_a_column_that_is_spelled_out_is_not_meant_by_its_first_name():
    says = {"mapping": {"mail": EMAIL, "mail (2)": ("Names",)}}

    found = plan(entry(**says), ["mail", "mail (2)"], "csv", alike={"mail": ("mail (2)",)})

    assert found.classes == {"mail": EMAIL, "mail (2)": ("Names",)}
    assert found.addresses == ("mail",)


def test_wrappers_are_seen_through():
    found = plan(entry(mapping={"_source.email": EMAIL, "properties.$city": ("Names",)}), ["email", "$city"], "jsonl")

    assert found.columns == ("email", "$city")


def test_a_column_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(
        DataFileError, match=r"a\.zip!people\.csv: there is no column mail; the columns are email, name"
    ):
        plan(entry(mapping={"mail": EMAIL}), ["email", "name"], "csv", name="a.zip!people.csv")


def test_what_passed_for_a_header_is_not_told_at_length():
    line = "Ann Smith lives where nobody knows her, " * 3

    with pytest.raises(DataFileError) as raised:
        plan(entry(mapping={"mail": EMAIL}), [line, "name"], "csv")

    assert str(raised.value).endswith(f"; the columns are {line[:59]}…, name")


def test_no_more_than_twenty_columns_are_listed():
    columns = [f"c{number}" for number in range(23)]

    with pytest.raises(DataFileError, match=r"c19 and 3 more$"):
        plan(entry(mapping={"mail": EMAIL}), columns, "csv")


def test_a_column_whose_name_is_an_address_is_not_quoted():
    with pytest.raises(DataFileError) as caught:
        plan(entry(mapping={"mail": EMAIL}), ["ann@example.com", "Berlin"], "csv")

    assert "ann" not in str(caught.value)


def test_keys_that_a_sample_of_json_did_not_show_may_be_declared():
    found = plan(entry(mapping={"email": EMAIL, "rare": ("Names",)}), ["email"], "jsonl", open_keys=True)

    assert found.columns == ("email", "rare")
    assert found.unseen == ("rare",)


def test_a_key_that_one_of_several_json_files_never_uses_may_be_declared():
    says = entry(mapping={"email": EMAIL, "rare": ("Names",)})

    assert plan(says, ["email"], "jsonl", is_only_table=False).unseen == ("rare",)
    with pytest.raises(DataFileError, match="there is no column rare"):
        plan(says, ["email"], "jsonl")


def test_of_several_tables_one_without_the_people_is_nothing_found():
    says = entry(mapping={"email": EMAIL, "name": ("Names",)})

    assert plan(says, ["id", "name"], "csv", is_only_table=False) is None
    with pytest.raises(DataFileError):
        plan(says, ["id", "email"], "csv", is_only_table=False)
    with pytest.raises(DataFileError):
        plan(says, ["id", "name"], "csv")


def test_columns_named_as_addresses_carry_email_addresses_unmapped():
    found = plan(entry(mapping={"name": ("Names",)}, address=("email", "work")), ["name", "email", "work"], "csv")

    assert found.addresses == ("email", "work")
    assert found.classes == {"email": EMAIL, "work": EMAIL, "name": ("Names",)}


def test_what_address_names_goes_before_what_the_mapping_says():
    found = plan(entry(mapping={"email": EMAIL, "friend": EMAIL}, address=("email",)), ["email", "friend"], "csv")

    assert found.addresses == ("email",)


def test_several_columns_mapped_to_addresses_are_each_a_person():
    found = plan(entry(mapping={"email": EMAIL, "work": EMAIL}), ["email", "work"], "csv")

    assert found.addresses == ("email", "work")


def test_a_column_that_carries_more_than_an_address_is_one_only_where_no_other_is():
    notes = ("Bios", "Email addresses")

    both = plan(entry(mapping={"notes": notes, "email": EMAIL}), ["notes", "email"], "csv")
    alone = plan(entry(mapping={"notes": notes}), ["notes", "email"], "csv")

    assert both.addresses == ("email",)
    assert alone.addresses == ("notes",)


def test_two_names_of_one_column_carry_what_both_say():
    found = plan(entry(mapping={"email": EMAIL, "EMAIL ": ("Usernames",)}), ["email"], "csv")

    assert found.classes == {"email": ("Email addresses", "Usernames")}


def test_identifiers_carry_the_class_of_their_kind_unmapped():
    found = plan(
        entry(mapping={"email": EMAIL}, identifiers={"org": "org-id", "tel": "phone"}), ["email", "ORG", "tel"], "csv"
    )

    assert found.identifiers == {"ORG": "org-id", "tel": "phone"}
    assert found.classes == {"ORG": ("Organisation identifiers",), "tel": ("Phone numbers",), "email": EMAIL}


def test_a_join_is_given_in_the_spelling_of_the_table():
    says = entry(mapping={"phone": ("Phone numbers",)}, join=Join(column="user_id", to="users.csv", on="id"))

    found = plan(says, ["User_ID", "phone"], "csv")

    assert found.addresses == ()
    assert found.join == Join(column="User_ID", to="users.csv", on="id")
    assert found.columns == ("phone", "User_ID")


def test_a_mapping_left_out_is_suggested():
    found = plan(entry(), ["ID", "E-Mail", "Vorname", "erstellt"], "csv", {"E-Mail": PEOPLE})

    assert found.addresses == ("E-Mail",)
    assert found.classes == {"E-Mail": EMAIL, "Vorname": ("Names",)}


def test_a_table_that_names_nobody_is_nothing_found():
    assert plan(entry(), ["order", "city"], "csv", {"order": ["1"], "city": ["Berlin"]}) is None
    assert plan(entry(), [], "csv") is None


def test_a_file_without_headers_finds_its_address_by_content():
    found = plan(entry(), ["column1", "column2"], "csv", {"column1": ["17", "18"], "column2": PEOPLE})

    assert found.addresses == ("column2",)
    assert found.classes == {"column2": EMAIL}


def test_combo_lists_carry_addresses_and_passwords():
    found = plan(entry(), ["address", "secret"], "combo")

    assert found.addresses == ("address",)
    assert found.data_classes == ("Email addresses", "Passwords")


RAW = ["$distinct_id", "$email", "$first_name", "$city", "$country_code", "$os", "$browser", "$initial_referrer"]
WAREHOUSE = [f"mp_{column.removeprefix('$')}" for column in RAW]
DISPLAY = [
    "Distinct ID",
    "Email",
    "First Name",
    "City",
    "Country",
    "Operating System",
    "Browser",
    "Initial Referrer",
]
CARRIED = [
    "Account identifiers",
    "Email addresses",
    "Names",
    "Geographic locations",
    "Geographic locations",
    "Device information",
    "Browser user agent details",
    "Referring websites",
]


@pytest.mark.parametrize("columns", [RAW, WAREHOUSE, DISPLAY])
def test_mixpanel_people_are_known_by_raw_warehouse_and_display_names(columns):
    found = plan(entry(), columns, "mixpanel-people")

    assert found.addresses == (columns[1],)
    assert [found.classes[column] for column in columns] == [(name,) for name in CARRIED]
    assert found.ids == (columns[0],)


def test_mixpanel_properties_that_carry_nothing_are_not_read():
    found = plan(entry(), ["$email", "$created", "$last_seen", "plan", "page"], "mixpanel-people")

    assert found.columns == ("$email",)


@pytest.mark.parametrize(
    ("column", "carried"),
    [
        ("mp_country_code", "Geographic locations"),
        ("$region", "Geographic locations"),
        ("$timezone", "Time zones"),
        ("$os_version", "Device information"),
        ("$screen_height", "Device information"),
        ("$device", "Device information"),
        ("$browser_version", "Browser user agent details"),
        ("$referring_domain", "Referring websites"),
        ("utm_campaign", "Referring websites"),
        ("initial_utm_source", "Referring websites"),
        ("$user_id", "Account identifiers"),
        ("organization_id", "Organisation identifiers"),
        ("company_id", "Organisation identifiers"),
        ("$phone", "Phone numbers"),
    ],
)
def test_mixpanel_events_carry_what_their_properties_say(column, carried):
    found = plan(entry(), ["distinct_id", column], "mixpanel-events")

    assert found.classes[column] == (carried,)


def test_mixpanel_events_find_their_people_by_ids():
    found = plan(entry(), ["event", "$identified_id", "$user_id", "distinct_id"], "mixpanel-events")

    assert found.addresses == ()
    assert found.ids == ("distinct_id", "$user_id", "$identified_id")


def test_mixpanel_events_without_any_id_are_nothing_found():
    assert plan(entry(), ["event", "time", "$city"], "mixpanel-events") is None


def test_mixpanel_people_without_any_address_are_nothing_found():
    assert plan(entry(), ["$distinct_id", "$city"], "mixpanel-people", {"$distinct_id": ["1", "2"]}) is None


def test_a_distinct_id_that_is_the_address_is_one():
    found = plan(entry(), ["$distinct_id", "$city"], "mixpanel-people", {"$distinct_id": PEOPLE})

    assert found.addresses == ("$distinct_id",)
    assert found.classes["$distinct_id"] == ("Email addresses", "Account identifiers")


def test_a_mixpanel_address_that_the_sample_did_not_show_is_asked_for():
    found = plan(entry(), ["$distinct_id", "$city"], "mixpanel-people", {"$distinct_id": ["1"]}, open_keys=True)

    assert found.addresses == ("$email",)
    assert found.unseen == ("$email",)


def test_what_a_manifest_says_of_mixpanel_may_use_raw_names_for_display_ones():
    found = plan(entry(identifiers={"organization_id": "org-id"}), ["Email", "Organization ID"], "mixpanel-people")

    assert found.identifiers == {"Organization ID": "org-id"}


def test_mixpanel_with_a_mapping_still_joins_by_its_ids():
    found = plan(entry(mapping={"$email": EMAIL}), ["$distinct_id", "$email", "$city"], "mixpanel-people")

    assert found.classes == {"$email": EMAIL}
    assert found.ids == ("$distinct_id",)


def test_a_declared_join_goes_before_the_one_by_mixpanels_ids():
    says = entry(mapping={"$city": ("Geographic locations",)}, join=Join(column="uid", to="people.csv", on="uid"))

    found = plan(says, ["distinct_id", "$city", "uid"], "mixpanel-events")

    assert found.join.column == "uid"
    assert found.ids == ()


@pytest.mark.parametrize(
    "columns", [["Event Name", "Distinct ID", "City"], ["mp_event_name", "mp_distinct_id", "mp_city"]]
)
def test_mixpanel_events_are_known_by_their_headers_too(columns):
    found = plan(entry(), columns, "csv")

    assert found.ids == (columns[1],)
    assert found.addresses == ()


def test_mixpanel_people_saved_as_csv_can_be_joined_to():
    suggested = plan(entry(), ["Distinct ID", "Email"], "csv")
    declared = plan(entry(format="csv", mapping={"Email": EMAIL}), ["Distinct ID", "Email"], "csv")

    assert suggested.ids == declared.ids == ("Distinct ID",)


def test_what_the_manifest_calls_mixpanels_is_so_whatever_the_file_is():
    found = plan(entry(format="mixpanel-events"), ["user_id", "$city"], "csv")

    assert found.ids == ("user_id",)
