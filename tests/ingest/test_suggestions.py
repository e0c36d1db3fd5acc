"""Columns are understood by their names, in several languages, and the address column by content too."""

import pytest

from breachcheck import data_classes
from ingest import mixpanel_names
from ingest.header_names import every_name, meaning_in, meaning_of, telling_classes
from ingest.suggestions import suggest

PEOPLE = ["ann@example.com", "Bob@Example.org"]


def addresses_of(columns, sample=None) -> list[str]:
    return [one.column for one in suggest(columns, sample) if one.is_address]


@pytest.mark.parametrize(
    ("name", "data_class"),
    [
        ("email", "Email addresses"),
        ("E-Mail-Adresse", "Email addresses"),
        ("EMAIL_ADDRESS", "Email addresses"),
        ("emailAddress", "Email addresses"),
        ("user.email", "Email addresses"),
        ("emails[].value", "Email addresses"),
        ("correo electrónico", "Email addresses"),
        ("Adresse électronique", "Email addresses"),
        ("indirizzo e-mail", "Email addresses"),
        ("endereço de e-mail", "Email addresses"),
        ("e-mailadres", "Email addresses"),
        ("adres e-mail", "Email addresses"),
        ("Электронная почта", "Email addresses"),
        ("first_name", "Names"),
        ("Nachname", "Names"),
        ("Prénom", "Names"),
        ("apellidos", "Names"),
        ("cognome", "Names"),
        ("voornaam", "Names"),
        ("Imię", "Names"),
        ("Фамилия", "Names"),
        ("phone2", "Phone numbers"),
        ("Handynummer", "Phone numbers"),
        ("numéro de téléphone", "Phone numbers"),
        ("номер телефона", "Phone numbers"),
        ("Straße", "Physical addresses"),
        ("billing_address", "Physical addresses"),
        ("ulica", "Physical addresses"),
        ("address.city", "Geographic locations"),
        ("PLZ", "Geographic locations"),
        ("país", "Geographic locations"),
        ("страна", "Geographic locations"),
        ("password_hash", "Passwords"),
        ("Mot de passe", "Passwords"),
        ("hasło", "Passwords"),
        ("пароль", "Passwords"),
        ("密码", "Passwords"),
        ("E-posta", "Email addresses"),
        ("Doğum Tarihi", "Dates of birth"),
        ("البريد الإلكتروني", "Email addresses"),
        ("メールアドレス", "Email addresses"),
        ("電話番号", "Phone numbers"),
        ("이메일", "Email addresses"),
        ("비밀번호", "Passwords"),
        ("birthDate", "Dates of birth"),
        ("Geburtsdatum", "Dates of birth"),
        ("fecha_nacimiento", "Dates of birth"),
        ("nome_utente", "Usernames"),
        ("имя пользователя", "Usernames"),
        ("lastLoginIP", "IP addresses"),
        ("płeć", "Genders"),
        ("Kundennummer", "Account identifiers"),
        ("$initial_referring_domain", "Referring websites"),
        ("mp_country_code", "Geographic locations"),
        ("utm_source", "Referring websites"),
        ("ip_registration_newsletter", "IP addresses"),
        ("members_pass_hash", "Passwords"),
        ("timezoneoffset", "Time zones"),
        ("Card Address Line1", "Physical addresses"),
        ("Default Address Province Code", "Geographic locations"),
        ("Last Login", "Login histories"),
        ("user_state", "User statuses"),
        ("id_cliente", "Account identifiers"),
        ("Patient No", "Account identifiers"),
        ("usrId", "Account identifiers"),
        ("Hausnr.", "Physical addresses"),
        ("Zahlungsart", "Payment methods"),
        ("N° sécurité sociale", "Social security numbers"),
        ("Tél. portable", "Phone numbers"),
        ("Grupo sanguíneo", "Personal health data"),
        ("Nº póliza", "Health insurance information"),
        ("pretensao_salarial", "Earnings"),
        ("Escolaridad", "Education levels"),
        ("Nr dowodu", "Government issued IDs"),
        ("Zarobki", "Earnings"),
        ("Klas", "School grades (class levels)"),
        ("Госномер", "Vehicle registration plates"),
        ("Doğum Yeri", "Places of birth"),
        ("Anne Adı", "Family members' names"),
        ("银行卡号", "Bank account numbers"),
        ("职位", "Job titles"),
        ("会員番号", "Account identifiers"),
        ("ポイント残高", "Reward program balances"),
        ("الجنسية", "Nationalities"),
        ("رقم الهوية", "Government issued IDs"),
        ("주민등록번호", "Government issued IDs"),
        ("RES_ZIP", "Geographic locations"),
        ("DL_NUM", "Driver's licenses"),
        ("heightCm", "Physical attributes"),
        ("loyaltyTier", "Loyalty program details"),
        ("traits.firstName", "Names"),
        ("traits.company.name", "Company names"),
        ("context.page.referrer", "Referring websites"),
        ("passengers[].passportNumber", "Passport numbers"),
        ("payment.cardLast4", "Partial credit card data"),
        ("bank.iban", "Bank account numbers"),
        ("node.lastSeenIp", "IP addresses"),
        ("Item.address.M.city.S", "Geographic locations"),
        ("Item.interests.L[].S", "Personal interests"),
        ("Item.email.S", "Email addresses"),
        ("payload.after.date_of_birth", "Dates of birth"),
        ("payload.before.email", "Email addresses"),
        ("_source.first_name", "Names"),
        ("Prénom du client", "Names"),
        ("Nombre del cliente", "Names"),
        ("riderPhone", "Phone numbers"),
        ("genderCd", "Genders"),
        ("客人姓名", "Names"),
        ("Spendenbetrag 2023", "Charitable donations"),
        ("Spender-Nr.", "Account identifiers"),
        ("cidadeEntrega", "Geographic locations"),
        ("お名前(姓)", "Names"),
        ("顧客住所", "Physical addresses"),
        ("KULLANICI_ADI", "Usernames"),
        ("soyadi", "Names"),
        ("PrÃ©nom", "Names"),
        ("TelÃ©fono mÃ³vil", "Phone numbers"),
        ("Ð¤Ð°Ð¼Ð¸Ð»Ð¸Ñ\x8f", "Names"),
        ("å§“å\x90\x8d", "Names"),
        ("Billing Zip/Postal Code", "Geographic locations"),
        ("Mailing State/Province", "Geographic locations"),
        ("Address 1 - Formatted", "Physical addresses"),
        ("Organization 1 - Title", "Job titles"),
        ("strasse_u_hausnr", "Physical addresses"),
        ("Numéro de carte bancaire", "Credit cards"),
        ("语言", "Language preferences"),
        ("phoneNumbers[].value", "Phone numbers"),
        ("dates_of_birth", "Dates of birth"),
        ("Driver's licenses", "Driver's licenses"),
        ("Employment statuses", "Employment statuses"),
        ("Девичья фамилия матери", "Mothers maiden names"),
    ],
)
def test_a_name_speaks_of_its_data_class(name, data_class):
    assert meaning_of(name).data_class == data_class


@pytest.mark.parametrize(
    "name",
    [
        "email_verified",
        "emailStatus",
        "manager_email",
        "referrer_email",
        "name_of_product",
        "password_changed_at",
        "has_phone",
        "ip_count",
        "id",
        "user",
        "column1",
        "$created",
        "product.name",
        "manager.firstName",
        "items[].vendor.phone",
        "emergencyContact.phone",
        "seller.email",
        "order.state",
        "userDefinedId",
        "ИП",
        "lastUpdated",
        "payload.source.name",
        "Item.phone.NULL",
        "S",
        "Telefon ouder",
        "",
        "🙂",
    ],
)
def test_what_is_not_certain_is_unknown(name):
    assert meaning_of(name) is None


def test_every_known_name_speaks_of_a_class_of_the_vocabulary():
    known = {data_class for _, data_class in every_name()} | set(mixpanel_names.CLASSES.values())

    assert known <= data_classes.all_classes().keys()


@pytest.mark.parametrize(
    ("table", "column", "data_class"),
    [
        ({"privatemessages"}, "Subject", "Private messages"),
        ({"posts", "post"}, "body", "Forum posts"),
        ({"bestellungen"}, "Artikel", "Purchases"),
        ({"orders"}, "item_name", "Purchases"),
        ({"users"}, "body", ""),
        ({"orders"}, "colour", ""),
    ],
)
def test_what_says_little_is_told_by_its_table(table, column, data_class):
    assert meaning_in(table, column) == data_class


def test_what_tables_tell_is_of_the_vocabulary():
    assert telling_classes() <= data_classes.all_classes().keys()


def test_no_name_means_two_things():
    meanings: dict[str, set[str]] = {}
    for name, data_class in every_name():
        meanings.setdefault(name, set()).add(data_class)

    assert {name: found for name, found in meanings.items() if len(found) > 1} == {}


def test_a_suggestion_word_for_word_is_surer_than_one_in_part():
    [exact, partial, unknown] = suggest(["city", "customer_city", "shoe"])

    assert (exact.confidence, partial.confidence) == ("high", "medium")
    assert unknown.classes == ()


def test_an_address_column_confirmed_by_its_content_is_sure():
    [confirmed] = suggest(["user_email"], {"user_email": PEOPLE})

    assert confirmed.confidence == "high"


def test_a_column_named_email_that_holds_none_is_not_the_address():
    assert addresses_of(["email", "login"], {"email": ["yes", "no"], "login": PEOPLE}) == ["login"]


def test_a_column_named_email_is_the_address_where_nothing_else_is():
    assert addresses_of(["email", "name"], {"email": ["N/A", "none"], "name": ["Ann", "Bob"]}) == ["email"]


def test_a_column_named_email_is_the_address_even_where_the_sample_is_empty():
    assert addresses_of(["email", "name"], {"email": ["", " "], "name": ["Ann"]}) == ["email"]


def test_every_column_named_as_the_records_own_address_is_one():
    assert addresses_of(["email", "billing_email", "manager_email"]) == ["email", "billing_email"]


def test_a_password_column_is_never_the_address():
    assert addresses_of(["password", "id"], {"password": PEOPLE, "id": ["1", "2"]}) == []


def test_a_note_that_holds_an_address_in_its_text_is_not_the_address():
    notes = ["write to ann@example.com", "see bob@example.org please"]

    assert addresses_of(["note", "x"], {"note": notes, "x": ["1", "2"]}) == []


def test_the_column_with_the_most_addresses_is_the_one():
    sample = {"a": ["ann@example.com", "Berlin"], "b": PEOPLE}

    assert addresses_of(["a", "b"], sample) == ["b"]


def test_a_username_that_is_an_address_carries_both():
    [found] = suggest(["username"], {"username": PEOPLE})

    assert found.classes == ("Email addresses", "Usernames")
    assert found.confidence == "medium"


def test_an_address_column_that_was_taken_for_a_street_carries_the_address_alone():
    [found] = suggest(["address"], {"address": PEOPLE})

    assert found.classes == ("Email addresses",)


def test_a_list_of_addresses_is_the_address():
    assert addresses_of(["x"], {"x": ["ann@example.com\nann@example.org"]}) == ["x"]


IPS, PHONES = ["192.0.2.1", "2001:db8::1", "192.0.2.7"], ["+49 30 901820", "+1 (202) 555-0100", "+33612345678"]
KEPT = ["$2y$10$abcdefghijkl", "$P$Babcdefghijk", "{SSHA}abcdefghijkl"]


@pytest.mark.parametrize(
    ("values", "data_class"), [(IPS, "IP addresses"), (PHONES, "Phone numbers"), (KEPT, "Passwords")]
)
def test_a_column_without_a_name_is_known_by_its_content(values, data_class):
    email, other = suggest(["column1", "column2"], {"column1": PEOPLE, "column2": values})

    assert (email.is_address, other.classes, other.confidence) == (True, (data_class,), "medium")


@pytest.mark.parametrize(
    ("column", "values", "data_class"),
    [
        ("opened_from_ip", IPS, "IP addresses"),
        ("SonGirisIP", IPS, "IP addresses"),
        ("data", KEPT, "Passwords"),
        ("auth.digest", KEPT, "Passwords"),
    ],
)
def test_an_address_called_ip_and_a_kept_password_are_the_records_own(column, values, data_class):
    [_, other] = suggest(["email", column], {"email": PEOPLE, column: values})

    assert (other.classes, other.confidence) == ((data_class,), "medium")


def test_an_address_of_a_server_is_nobodys():
    [_, other] = suggest(["email", "opened_server_ip"], {"email": PEOPLE, "opened_server_ip": IPS})

    assert (other.classes, other.shows) == ((), "IP addresses")


def test_a_kept_password_is_known_in_a_list_as_php_writes_it():
    kept = ['a:1:{s:4:"hash";s:60:"$2y$10$' + "a" * 53 + '";}'] * 3

    assert suggest(["data"], {"data": kept})[0].classes == ("Passwords",)


def test_what_is_answered_by_yes_and_no_is_no_number():
    phone, smoker = suggest(["phone", "smoker"], {"phone": ["Yes", "no", "yes"], "smoker": ["yes", "no", "no"]})

    assert (phone.classes, smoker.classes) == ((), ("Smoking habits",))


@pytest.mark.parametrize("column", ["manager_phone", "server", "x"])
def test_what_a_column_holds_does_not_say_whose_it_is(column):
    [_, other] = suggest(["email", column], {"email": PEOPLE, column: PHONES})

    assert (other.classes, other.shows) == ((), "Phone numbers")


@pytest.mark.parametrize(
    "values",
    [
        IPS[:2],
        ["1.2.3", "1.10.0", "2.0.1"],
        ["4111111111111111"] * 5,
        ["030 901820", "0228 1234", "12345678"],
        ["2001-02-03", "1980-01-01", "1999-12-31"],
        ["5f4dcc3b5aa765d61d8327deb882cf99"] * 5,
        ["$5.00", "$1$", "$P$"],
    ],
)
def test_what_may_be_anything_is_nothing_by_content(values):
    assert suggest(["column1"], {"column1": values})[0].classes == ()


def test_in_a_list_of_logins_the_name_is_the_sites():
    columns = ["name", "url", "username", "password"]

    assert [one.classes for one in suggest(columns, {"username": PEOPLE})] == [
        (),
        (),
        ("Email addresses", "Usernames"),
        ("Passwords",),
    ]
