"""A manifest is read strictly; what is wrong with it is said in words, with the line."""

import contextlib
import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breachcheck.errors import ManifestError
from ingest.manifest import check_sensitivity, read

COMPLETE = """\
manifest: 1
name: OpenAI-Mixpanel
title: OpenAI (Mixpanel)
domain: openai.com
breach_date: 2025-11-09
disclosed_date: 2025-11-26
affected: null
description: |
  What happened, in **CommonMark**.

  [More](https://example.com/more)
disclosure_url: https://example.com/notice
held_by: Mixpanel
on_behalf_of: OpenAI
who: People with an API account
disclosed_classes: [Email addresses, Names]
not_exposed: {classes: [Passwords], also: [API keys], source: "https://example.com/notice"}
class_notes: {Names: As given on the account.}
copy: partial
disclosure: owner
help: {url: "https://example.com/help", phone: "0123", email: help@example.com}
advice: [{title: Watch out, why: Scams., how: Look twice.}]
translations: {de: {title: OpenAI, description: Was geschah.}, no: {title: OpenAI}}
is_sensitive: false
files:
  - path: people.json.gz
    format: mixpanel-people
  - path: users.csv
    delimiter: tab
    mapping: {email: Email addresses, bio: [Bios, Personal interests]}
    address: billing_email
    identifiers: {org: org-id}
    join: {column: user_id, to: "people.json.gz", on: id}
"""
LEAST = """\
manifest: 1
name: Shop
title: Shop
breach_date: 2020-01-01
description: What happened.
files:
  - path: people.csv
"""


@pytest.fixture
def refused(tmp_path):
    """What reading *text* as breach.yaml is refused with."""

    def refusal_of(text: str | bytes) -> str:
        path = tmp_path / "breach.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        with pytest.raises(ManifestError) as caught:
            read(path)
        return str(caught.value)

    return refusal_of


def manifest_of(folder: Path, text: str):
    path = folder / "breach.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path)


def test_every_key_arrives(tmp_path):
    manifest = manifest_of(tmp_path, COMPLETE)

    assert manifest.facts.name == "OpenAI-Mixpanel"
    assert manifest.facts.breach_date == date(2025, 11, 9)
    assert manifest.facts.affected is None
    assert manifest.facts.not_exposed.also == ("API keys",)
    assert manifest.facts.help.phone == "0123"
    assert manifest.facts.advice[0].how == "Look twice."
    assert set(manifest.facts.translations) == {"de", "no"}
    assert manifest.files[0].format == "mixpanel-people"
    assert manifest.files[1].mapping["bio"] == ("Bios", "Personal interests")
    assert manifest.files[1].address == ("billing_email",)
    assert manifest.files[1].delimiter == "\t"
    assert manifest.files[1].join.on == "id"
    assert manifest.folder == tmp_path


def test_a_translation_that_stands_for_nothing_is_refused_by_its_line(refused):
    lines = "translations:\n  de:\n    title: Laden\n    class_notes:\n      Names: Wie angegeben.\nfiles:"

    assert "line 10: translations.de.class_notes.Names" in refused(LEAST.replace("files:", lines))


def test_a_manifest_may_be_written_in_another_language(tmp_path):
    lines = "language: de\ntranslations: {en: {title: The shop}}\nfiles:"
    manifest = manifest_of(tmp_path, LEAST.replace("files:", lines))

    assert manifest.facts.language == "de"
    assert manifest.facts.translations["en"].title == "The shop"


def test_a_manifest_keeps_its_text_and_the_sha256_of_its_bytes(tmp_path):
    manifest = manifest_of(tmp_path, LEAST)

    assert manifest.text == LEAST
    assert manifest.sha256 == hashlib.sha256(LEAST.encode()).hexdigest()


def test_json_is_a_manifest_too(tmp_path):
    facts = {
        "manifest": 1,
        "name": "Shop",
        "title": "Sh\U0001f3eap",
        "breach_date": "2020-01-01",
        "description": "1/2",
        "affected": 3,
        "files": [{"path": "a.csv"}],
    }

    spaced = manifest_of(tmp_path, json.dumps(facts, indent="\t").replace("1/2", "1\\/2"))
    packed = manifest_of(tmp_path, json.dumps(facts, separators=(",", ":")))

    assert spaced.facts == packed.facts
    assert spaced.facts.title == "Sh\U0001f3eap"
    assert spaced.facts.affected == 3


def test_faults_of_json_name_their_line_too(refused):
    text = json.dumps({"manifest": 1, "name": "Two words", "files": []}, indent=1)

    assert "line 3: name: " in refused(text)


def test_several_faults_are_told_together_by_line(refused):
    message = refused(LEAST.replace("Shop", "A shop").replace("2020-01-01", "2999-01-01"))

    assert message.startswith("breach.yaml has 2 faults:")
    assert "line 2: name: letters, digits and - _ . make a name" in message
    assert "line 4: breach_date: 2999-01-01 lies in the future" in message


def test_no_more_than_ten_faults_are_told(refused):
    message = refused(LEAST + "".join(f"surprise_{number}: 1\n" for number in range(12)))

    assert message.count("unknown key") == 10
    assert message.endswith("and 2 more")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("disclosure_ulr: https://example.com", "unknown key disclosure_ulr; did you mean disclosure_url or"),
        ("title: Again", "the key title stands here twice; first on line 3"),
        ("who: &people Some people", "anchors (&) are not allowed"),
        ("who: *people", "the alias *people is not allowed"),
        ("who: !!binary aGFsbG8=", "tags (!) are not allowed"),
        ("who: !!str 12", "put the text in quotes"),
        ("<<: {who: Some people}", "unknown key <<"),
        ("? [who]\n: Some people", "a key is text"),
        ("who: [Some, people]", "a list is not text"),
        ("who: 12", '"12" is not text; put it in quotes'),
        ("who: true", "true is not text; put it in quotes"),
        ("is_verified: yes", 'true or false belongs here, not "yes"'),
        ("is_verified: no", 'true or false belongs here, not "no"'),
        ("is_verified: 1", 'true or false belongs here, not "1"'),
        ("is_verified:", "nothing is written here; true or false belongs here"),
        ("affected: -1", "a whole number from 0"),
        ("affected: 0123", 'not "0123"'),
        ("affected: 1_000", 'not "1_000"'),
        ("affected: 1.5", 'not "1.5"'),
        ("affected: true", "not true"),
        ("copy: most", '"most" is not one of complete, partial, unknown'),
        ("disclosure: public", "is not one of closed, open, owner"),
        ("disclosed_date: 2020-02-30", 'a day such as 2025-11-09 belongs here, not "2020-02-30"'),
        ("disclosed_date: 20200101", "a day such as 2025-11-09"),
        ("disclosed_date: 2020-01-01 10:00:00", "a day such as 2025-11-09"),
        ("disclosed_date: 2019-12-31", "it lies before breach_date"),
        ("disclosed_date: 1969-12-31", "is before 1970-01-01"),
        ("domain: https://example.com/", "a domain in lower case belongs here"),
        ("domain: Example.com", "a domain in lower case belongs here"),
        ("disclosure_url: http://example.com", "only links that begin with https:// are allowed"),
        ("disclosure_url: javascript:alert(1)", "only links that begin with https:// are allowed"),
        ("disclosure_url: https://example.com/a b", "only links that begin with https:// are allowed"),
        ('disclosure_url: "https://[::1"', "this is not a link"),
        ("logo_path: //example.com/logo.png", "only links that begin with https:// are allowed"),
        ("disclosed_classes: [Email adresses]", '"Email addresses"'),
        ("disclosed_classes: 7", "a list belongs here"),
        ("class_notes: {Email: x}", "no data class is called"),
        ("class_notes: [x]", "a table of keys belongs here"),
        ("help: {mail: x}", "unknown key help.mail; did you mean email?"),
        ("help: {email: nobody}", "this is not an e-mail address"),
        ("help:", "nothing is written here"),
        ("advice: [{why: Because}]", "the required key advice[1].title is missing"),
        ('advice: [{title: " "}]', "nothing is written here"),
        ("advice: [{title: x, how: <b>Run</b>}]", "HTML is not allowed"),
        ("translations: {German: {title: x}}", "a language tag belongs here, such as de or pt-BR"),
        ("translations: {de: {description: '![](https://example.com/x.png)'}}", "images are not allowed"),
        ("translations: {de: {class_note: {}}}", "unknown key translations.de.class_note; did you mean class_notes?"),
        ("translations: {de: {who: Kunden.}}", "translations.de.who: there is no who of which"),
        ("translations: {de: {class_notes: {Names: x}}}", "there is no class_notes.Names of which"),
        ("translations: {de: {class_notes: {Namen: x}}}", "no data class is called"),
        ("translations: {de: {not_exposed: {also: [Chats]}}}", "not_exposed.also has 0 of these, and here is one more"),
        (
            "not_exposed: {also: [chats, keys]}\ntranslations: {de: {not_exposed: {also: [Chats]}}}",
            "not_exposed.also has 2 of these, and here are 1",
        ),
        ("translations: {de: {advice: [{title: Aufpassen}]}}", "advice has 0 of these, and here is one more"),
        (
            "advice: [{title: Look out}]\ntranslations: {de: {advice: [{how: Genau.}]}}",
            "translations.de.advice[1].how: advice[1] has no how of which",
        ),
        ("translations: {de: {advice: [{how: <b>x</b>}]}}", "HTML is not allowed"),
        ("help: {phone: '1'}\ntranslations: {de: {help: {url: 'https://example.com/'}}}", "there is no help.url"),
        ("translations: {de: {help: {email: help@example.com}}}", "unknown key translations.de.help.email"),
        ("translations: {en: {title: x}}", "the manifest itself is in en (`language`)"),
        ("language: German", "a language tag belongs here"),
        ("not_exposed: {classes: [Names]}\ndisclosed_classes: [Names]", "Names is also in disclosed_classes"),
        ('who: "a\\0b"', "a control character or line break"),
        ('who: "a\\u202eb"', "an invisible character stands here, U+202E (RIGHT-TO-LEFT OVERRIDE); take it out"),
        ("who: a\u2066b", "U+2066 (LEFT-TO-RIGHT ISOLATE)"),
        ("description: a\u200bb", "U+200B (ZERO WIDTH SPACE)"),
        ('who: "a\\u2029b"', "U+2029 (PARAGRAPH SEPARATOR)"),
        ("translations: {de: {title: \u200fx}}", "U+200F (RIGHT-TO-LEFT MARK)"),
        ("not_exposed: {also: [\ufeffchats]}", "U+FEFF (ZERO WIDTH NO-BREAK SPACE)"),
        ("class_notes: {Names: sof\u00adt}", "U+00AD (SOFT HYPHEN)"),
        ("wh\u202eo: x", "unknown key wh\ufffdo"),
        ("who: ann@example.com", "an e-mail address stands here"),
        ('who: "ann\\u0040example.com"', "an e-mail address stands here"),
        ("# ask ann@example.com", "an e-mail address stands here"),
        ("ann@example.com: x", "unknown key [address]"),
        ("who: [unclosed", "this is not valid YAML or JSON"),
        ("who: Customers: all", '"quotes" around a text with a colon'),
        ('who: "The "best" ones"', r"write \" for a quotation mark inside"),
        ("who: @all", '"quotes" around a text that begins with a sign'),
        ("who: 'Customers", "a quotation mark is missing at the end of a text"),
        ("help:\n\turl: x", "indent with spaces"),
        ("Customers", "a key and a colon belong here"),
        ("who: \x07", "a control character stands here"),
        ("--- \nmanifest: 1", "a second document begins here"),
        ("who: " + "[" * 20 + "]" * 20, "nested more than 12 deep"),
    ],
)
def test_what_a_fact_may_not_be(refused, line, said):
    message = refused(LEAST.replace("files:", line + "\nfiles:"))

    assert said in message
    assert "line " in message


def test_a_title_that_turns_its_letters_round_is_refused_and_the_character_is_not_repeated(refused):
    message = refused(LEAST.replace("title: Shop", "title: Shop\u202epohS"))

    assert "line 3: title: an invisible character stands here, U+202E (RIGHT-TO-LEFT OVERRIDE); take it out" in message
    assert message.isprintable()


def test_letters_and_emoji_may_be_joined_and_files_be_called_what_they_are(tmp_path):
    text = LEAST.replace("title: Shop", "title: \u0645\u06cc\u200c\u0631\u0648\u0645 \U0001f469\u200d\U0001f4bb")

    read_one = manifest_of(tmp_path, text.replace("people.csv", "\u200epeople.csv"))

    assert read_one.facts.title.endswith("\U0001f469\u200d\U0001f4bb")
    assert read_one.files[0].path == "\u200epeople.csv"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("format: cvs", '"cvs" is not one of blocks, combo, csv, json'),
        ("header_row: true", "a whole number from 0"),
        ("encoding: utf-88", "unknown encoding"),
        ("encoding: rot13", "unknown encoding"),
        ("delimiter: |", "one character in quotes belongs here"),
        ('delimiter: "::"', "one character in quotes belongs here"),
        ("password_storage: md5", "plain, salted, unknown, unsalted"),
        ("identifiers: {mail: email}", "account-id, org-id, phone, username"),
        ("join: {column: id, to: people.csv}", "the required key files[1].join.on is missing"),
        ("join: {column: id, to: others.csv, on: id}", "no entry under files has this path"),
        ("mapping:", "nothing is written here"),
        ("mapping: [email]", "a table of keys belongs here"),
        ("mapping: {}", "no column says whose record it is"),
        ("mapping: {name: Names}", "no column says whose record it is"),
        ("mapping: {email: E-mails}", "no data class is called"),
        ("mapping: {email: [Email addresses, 3]}", '"3" is not text'),
        ("mapping: {email: {class: Names}}", "a list belongs here"),
        ("mapping: {ann@example.com: Email addresses}", "an e-mail address stands here"),
        (
            "mapping: {email: Email addresses, faith: Religions}",
            "it carries Religions, so it must say `is_sensitive: true`",
        ),
        ("pth: x", "unknown key files[1].pth; did you mean path?"),
    ],
)
def test_what_an_entry_may_not_say(refused, entry, said):
    assert said in refused(f"{LEAST}    {entry}\n")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("https://example.com/people.csv", "data files are read from disk"),
        (r"folder\people.csv", "write / between folders"),
        ('""', "nothing is written here"),
        ("ann@example.com.csv", "an e-mail address stands here"),
        ("12", "put it in quotes"),
    ],
)
def test_what_a_path_may_not_be(refused, path, said):
    assert said in refused(LEAST.replace("people.csv", path))


def test_a_text_that_is_not_closed_is_named_where_it_begins(refused):
    assert ", line 5:" in refused(LEAST.replace("What happened.", '"What happened.'))


def test_standard_input_is_read_once(refused):
    assert "can be read only once" in refused(LEAST.replace("people.csv", '"-"') + '  - path: "-"\n')


REQUIRED = {
    "manifest": 1,
    "name": "Shop",
    "title": "Shop",
    "breach_date": "2020-01-01",
    "description": "What happened.",
    "files": [{"path": "people.csv"}],
}


@pytest.mark.parametrize("key", REQUIRED)
def test_a_required_key_is_named_where_it_is_missing(refused, key):
    rest = {name: value for name, value in REQUIRED.items() if name != key}

    assert f"the required key {key} is missing" in refused(json.dumps(rest))


@pytest.mark.parametrize("key", ["name", "title", "breach_date", "description", "files"])
def test_a_required_key_with_nothing_behind_it_is_named(refused, key):
    assert f"{key}: nothing is written here" in refused(json.dumps(REQUIRED | {key: None}))


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ("<script>alert(1)</script>", "HTML is not allowed"),
        ("Some <i>html</i>.", "HTML is not allowed"),
        ("- a list\n- of <b>two</b>", "HTML is not allowed"),
        ("A picture: ![x](https://example.com/x.png)", "images are not allowed"),
        ("[here](http://example.com)", "only links that begin with https://"),
        ("[here][1]\n\n[1]: /relative", "only links that begin with https://"),
    ],
)
def test_a_description_is_commonmark_without_html_and_images(refused, description, said):
    assert said in refused(json.dumps(REQUIRED | {"description": description}))


def test_less_than_is_no_html(tmp_path):
    manifest = manifest_of(tmp_path, LEAST.replace("What happened.", "Fewer than < 5 people & more."))

    assert manifest.facts.description == "Fewer than < 5 people & more."


def test_an_owner_only_class_that_was_disclosed_asks_whether_the_breach_is_sensitive(refused, tmp_path):
    disclosed = LEAST + "disclosed_classes: [Sexual orientations]\n"

    assert "it carries Sexual orientations" in refused(disclosed)
    assert manifest_of(tmp_path, disclosed + "is_sensitive: false\n").facts.is_sensitive is False
    assert manifest_of(tmp_path, disclosed + "is_sensitive: true\n").facts.is_sensitive is True


def test_an_owner_only_class_that_was_suggested_asks_it_too(tmp_path):
    silent = manifest_of(tmp_path, LEAST)
    saying = manifest_of(tmp_path, LEAST + "is_sensitive: true\n")

    check_sensitivity(silent, ["Names"])
    check_sensitivity(saying, ["Religions"])
    with pytest.raises(ManifestError, match="Religions"):
        check_sensitivity(silent, ["Names", "Religions"])


def test_what_was_not_exposed_is_not_mapped(refused):
    text = LEAST + "    mapping: {email: Email addresses, pw: Passwords}\nnot_exposed: {classes: [Passwords]}\n"

    assert "Passwords is mapped in files" in refused(text)


def test_a_class_in_a_place_of_no_data_class_is_never_quoted_with_an_address(refused):
    message = refused(LEAST + "disclosed_classes: [ann@example.com]\n")

    assert "ann" not in message


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty"),
        (b"# nothing\n", "is empty"),
        (b"just text", "is not a table of keys"),
        (b"- a\n- b\n", "is not a table of keys"),
        (b"manifest: 1\nname: \xff\n", "line 2: this is not UTF-8"),
        (LEAST.encode("utf-16"), "this is not UTF-8"),
        (b"#" * (1 << 20) + b"\n", "larger than 1 MiB"),
        (b"manifest: 2\nnews: 1\n", "line 1: manifest: this program reads version 1 alone"),
        (b"manifest: true\n", "this program reads version 1 alone"),
    ],
)
def test_what_is_no_manifest_at_all(refused, raw, said):
    assert said in refused(raw)


def test_a_byte_order_mark_does_not_count(tmp_path):
    assert manifest_of(tmp_path, "\ufeff" + LEAST).facts.name == "Shop"


def test_a_manifest_that_is_not_there_says_how_to_make_one(tmp_path):
    with pytest.raises(ManifestError, match="breachcheck manifest draft"):
        read(tmp_path / "breach.yaml")


def test_a_folder_is_not_a_manifest(tmp_path):
    with pytest.raises(ManifestError, match="give the manifest in it"):
        read(tmp_path)


def test_a_manifest_that_may_not_be_read_says_why(tmp_path):
    path = tmp_path / ("x" * 300)

    with pytest.raises(ManifestError, match="cannot be read"):
        read(path)


@pytest.mark.parametrize(
    "target", ["people.csv", "dump.sql#users", "all.zip!users.csv", "export/a/users.csv", "b1.csv"]
)
def test_a_join_may_name_what_lies_in_an_entry(tmp_path, target):
    paths = ["people.csv", "dump.sql", "all.zip", "export/", "b*.csv"]
    entries = "".join(f"  - path: {path}\n" for path in paths)
    joined = f'  - path: o.csv\n    join: {{column: a, to: "{target}", on: b}}\n'

    manifest = manifest_of(tmp_path, LEAST.replace("  - path: people.csv\n", entries + joined))

    assert manifest.files[-1].join.to == target


def test_columns_may_hold_what_other_texts_may_not(tmp_path):
    manifest = manifest_of(tmp_path, LEAST + '    mapping: {"e\\tmail": Email addresses}\n    address: ["e\\tmail"]\n')

    assert manifest.files[0].address == ("e\tmail",)


def test_a_text_is_no_longer_than_ten_thousand_characters(refused):
    assert "longer than 10000 characters" in refused(json.dumps(REQUIRED | {"who": "x" * 10_001}))


def test_a_company_may_word_a_step_of_ours_and_no_other(refused, tmp_path):
    manifest = manifest_of(tmp_path, LEAST + "advice: [{step: two-step, title: Turn it on}]\n")

    assert manifest.facts.advice[0].step == "two-step"
    assert "no step of ours is called so; one of " in refused(LEAST + "advice: [{step: three-step, title: x}]\n")


def test_a_manifest_of_nothing_but_faults_is_refused_all_the_same(refused):
    mapping = {f"column {number}": "No class" for number in range(500)}

    message = refused(json.dumps(REQUIRED | {"files": [{"path": "a.csv", "mapping": mapping}]}, indent=1))

    assert message.count("no data class is called") == 10


@given(at=st.integers(0, len(COMPLETE)), cut=st.integers(0, 20), text=st.text(max_size=10))
def test_whatever_a_manifest_says_it_is_read_or_refused_in_words(tmp_path_factory, at, cut, text):
    path = tmp_path_factory.mktemp("any") / "breach.yaml"
    path.write_bytes((COMPLETE[:at] + text + COMPLETE[at + cut :]).encode())

    with contextlib.suppress(ManifestError):
        assert read(path).facts.name


def test_an_entry_is_a_table_of_keys(refused):
    assert "files[1]: a table of keys belongs here" in refused(json.dumps(REQUIRED | {"files": ["people.csv"]}))


def test_a_manifest_without_any_file_is_refused(refused):
    assert "name at least one data file" in refused(json.dumps(REQUIRED | {"files": []}))
