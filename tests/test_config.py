"""Config: what is said in settings.toml and the environment, and what is refused before anything starts."""

from dataclasses import fields
from pathlib import Path

import pytest

from breachcheck import config
from breachcheck.config import Config
from breachcheck.errors import ConfigError


def written(folder: Path, text: str) -> Path:
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    return folder


def test_without_file_and_environment_every_setting_has_its_default(tmp_path):
    assert config.read(tmp_path, {}) == Config(data=tmp_path)


def test_the_data_folder_is_the_one_named_or_that_of_the_environment_or_data(tmp_path):
    environment = {"BREACHCHECK_DATA": str(tmp_path / "environment")}

    assert config.read(tmp_path / "named", environment).data == tmp_path / "named"
    assert config.read(None, environment).data == tmp_path / "environment"
    assert config.read(None, {}).data == Path("data")


def test_the_store_and_the_keys_lie_in_the_data_folder_unless_said_otherwise(tmp_path):
    read = config.read(written(tmp_path, 'app_key_file = "/run/secrets/app"\n'), {})

    assert (read.index_path, read.catalogue_path) == (tmp_path / "index.db", tmp_path / "catalogue.db")
    assert (read.index_key_path, read.app_key_path) == (tmp_path / "index.key", Path("/run/secrets/app"))


def test_the_file_is_read_and_the_environment_wins(tmp_path):
    written(tmp_path, 'site_name = "File"\nsite_operator = "File"\nlookups_a_minute = 5\n')
    read = config.read(tmp_path, {"BREACHCHECK_SITE_NAME": "Environment", "BREACHCHECK_TRUSTED_PROXIES": "2"})

    assert (read.site_name, read.site_operator) == ("Environment", "File")
    assert (read.lookups_a_minute, read.trusted_proxies) == (5, 2)


@pytest.mark.parametrize(
    ("written_as", "in_environment", "meant"),
    [
        ("2", "2", 2),
        ('["127.0.0.1", "10.1.0.0/24"]', "127.0.0.1, 10.1.0.0/24", ("127.0.0.1", "10.1.0.0/24")),
        ('"::1"', "::1", ("::1",)),
    ],
)
def test_proxies_are_counted_or_named(tmp_path, written_as, in_environment, meant):
    written(tmp_path, f"trusted_proxies = {written_as}\n")

    assert config.read(tmp_path, {}).trusted_proxies == meant
    assert config.read(tmp_path, {"BREACHCHECK_TRUSTED_PROXIES": in_environment}).trusted_proxies == meant


@pytest.mark.parametrize("proxies", ["0.0.0.0/0", "::/0", "10.1.0.7/24", "proxy.example.org", "-1", "10.1.0.1:443"])
def test_proxies_that_are_nobody_or_everybody_are_refused(tmp_path, proxies):
    with pytest.raises(ConfigError, match="trusted_proxies has"):
        config.read(tmp_path, {"BREACHCHECK_TRUSTED_PROXIES": f"127.0.0.1,{proxies}"})


def test_an_empty_variable_is_not_set(tmp_path):
    written(tmp_path, 'site_name = "File"\n')

    assert config.read(tmp_path, {"BREACHCHECK_SITE_NAME": ""}).site_name == "File"


def test_a_relative_path_in_the_file_starts_at_its_folder(tmp_path):
    written(tmp_path, 'index_key_file = "../keys/index.key"\n')

    assert config.read(tmp_path, {}).index_key_file == tmp_path / "../keys/index.key"
    assert config.read(tmp_path, {"BREACHCHECK_INDEX_KEY_FILE": "index.key"}).index_key_file == Path("index.key")


@pytest.mark.parametrize("text", ["data = 'elsewhere'", "[zoo]\nname = 'x'"])
def test_an_unknown_setting_is_refused_with_those_that_are_known(tmp_path, text):
    with pytest.raises(ConfigError, match=r"unknown setting.*site_name, site_operator"):
        config.read(written(tmp_path, text), {})


def test_a_misspelt_setting_is_refused_with_the_one_that_is_meant(tmp_path):
    with pytest.raises(ConfigError, match=r"unknown setting 'site_nam'; did you mean site_name\?$"):
        config.read(written(tmp_path, "site_nam = 'x'"), {})


def test_what_may_be_unset_is_unset_where_it_is_empty(tmp_path):
    empty = "".join(
        f"{name} = ''\n" for name in ("index_key_file", "site_folder", "site_home_page", "public_url", "site_contact")
    )

    assert config.read(written(tmp_path, empty), {}) == Config(data=tmp_path)


def test_the_mark_that_some_editors_begin_a_file_with_is_passed_over(tmp_path):
    assert config.read(written(tmp_path, "\ufeffsite_name = 'Ours'"), {}).site_name == "Ours"


@pytest.mark.parametrize("content", [b"site_name = ", b"site_name = '\xff'"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    (tmp_path / "settings.toml").write_bytes(content)

    with pytest.raises(ConfigError, match=r"settings\.toml cannot be read"):
        config.read(tmp_path, {})


def test_a_misspelt_variable_is_refused_and_the_right_one_named(tmp_path):
    with pytest.raises(ConfigError, match="BREACHCHECK_DISCLOSUR is not a setting; BREACHCHECK_DISCLOSURE is"):
        config.read(tmp_path, {"BREACHCHECK_DISCLOSUR": "closed"})


@pytest.mark.parametrize("name", ["BREACHCHECK_PORT", "BREACHCHECK_SERVICE_HOST", "BREACHCHECK_DEBUG", "DISCLOSURE"])
def test_variables_of_others_are_no_business_of_ours(tmp_path, name):
    assert config.read(tmp_path, {name: "tcp://10.0.0.1:8000"}) == Config(data=tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "disclosure = 'everyone'",
        "mail = 'pigeon'",
        "site_name = 5",
        "site_name = ['a', 'b']",
        "index_key_file = 5",
        "lookups_a_minute = -1",
        "lookups_a_minute = 1.5",
        "lookups_a_minute = 1000000000",
        "lookups_a_minute = true",
        "lookups_a_minute = '1_000'",
        "lookups_a_minute = 'many'",
    ],
)
def test_a_value_that_is_not_allowed_is_refused_by_the_name_of_its_setting(tmp_path, text):
    with pytest.raises(ConfigError, match=text.partition(" ")[0]):
        config.read(written(tmp_path, text), {})


@pytest.mark.parametrize("name", [name for name in config.names() if config.allowed(name)])
def test_where_few_values_are_allowed_the_refusal_lists_them(tmp_path, name):
    with pytest.raises(ConfigError, match=", ".join(config.allowed(name))):
        config.read(tmp_path, {config.variable_of(name): "something else"})


@pytest.mark.parametrize("url", ["https://check.example", "http://check.example:8080/", "https://[::1]:8000"])
def test_a_site_is_named_by_its_whole_address(tmp_path, url):
    assert config.read(tmp_path, {"BREACHCHECK_PUBLIC_URL": url}).public_url == url


@pytest.mark.parametrize(
    "url",
    [
        "check.example",
        "ftp://check.example",
        "https://",
        "https://check.example/path",
        "https://check.example/?q",
        "https://check.example:0",
        "https://check.example:port",
        "https://me@check.example",
        "https://[::1",
    ],
)
def test_what_names_no_whole_site_is_refused(tmp_path, url):
    with pytest.raises(ConfigError, match="public_url"):
        config.read(tmp_path, {"BREACHCHECK_PUBLIC_URL": url})


def test_answers_by_mail_need_mail(tmp_path):
    with pytest.raises(ConfigError, match="mail is off"):
        config.read(tmp_path, {"BREACHCHECK_DISCLOSURE": "owner"})
    assert config.read(tmp_path, {"BREACHCHECK_DISCLOSURE": "owner", "BREACHCHECK_MAIL": "outbox"}).mail == "outbox"


SMTP = {
    "BREACHCHECK_MAIL": "smtp",
    "BREACHCHECK_MAIL_FROM": "no-reply@example.org",
    "BREACHCHECK_SMTP_HOST": "mail.example.org",
    "BREACHCHECK_PUBLIC_URL": "https://check.example",
}


def test_a_mail_server_a_sender_and_a_site_are_all_that_smtp_needs(tmp_path):
    read = config.read(tmp_path, SMTP)

    assert (read.smtp_security, read.smtp_port_used, read.site_url) == ("starttls", 587, "https://check.example")


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_each_kind_of_encryption_has_its_usual_port(tmp_path, security, port):
    assert config.read(tmp_path, SMTP | {"BREACHCHECK_SMTP_SECURITY": security}).smtp_port_used == port
    assert config.read(tmp_path, {"BREACHCHECK_SMTP_PORT": "2525"}).smtp_port_used == 2525


@pytest.mark.parametrize("missing", ["mail_from", "smtp_host", "public_url"])
def test_smtp_without_what_it_needs_is_refused_by_name(tmp_path, missing):
    with pytest.raises(ConfigError, match=f"mail is `smtp`, but {missing} is not set"):
        config.read(tmp_path, SMTP | {config.variable_of(missing): ""})


def test_a_password_is_never_sent_in_clear(tmp_path):
    login = {"BREACHCHECK_SMTP_USER": "us", "BREACHCHECK_SMTP_PASSWORD_FILE": "password"}
    with pytest.raises(ConfigError, match="in clear"):
        config.read(tmp_path, SMTP | login | {"BREACHCHECK_SMTP_SECURITY": "none"})
    assert config.read(tmp_path, SMTP | login).smtp_user == "us"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_USER", "us"),
        ("SMTP_PASSWORD_FILE", "password"),
        ("SMTP_PORT", "65536"),
        ("MAIL_FROM", "Us <no-reply@example.org>"),
        ("MAIL_FROM", "no-reply@example.org\nBcc: all@example.org"),
        ("MAIL_FROM", "example.org"),
    ],
)
def test_mail_settings_that_make_no_sense_are_refused(tmp_path, name, value):
    with pytest.raises(ConfigError, match=name.lower()):
        config.read(tmp_path, {f"BREACHCHECK_{name}": value})


def test_links_of_a_site_without_an_address_of_its_own_lead_to_this_machine(tmp_path):
    assert config.read(tmp_path, {"BREACHCHECK_MAIL": "outbox"}).site_url == "http://127.0.0.1:8000"


def test_every_setting_says_what_it_is_and_which_values_it_may_have():
    for one in fields(Config):
        if one.name == "data":
            continue
        what = one.metadata["what"]
        assert what.endswith(".")
        assert all(f"`{value}`" in what for value in config.allowed(one.name))


def test_origins_are_a_list_or_a_text_with_commas(tmp_path):
    read = config.read(tmp_path, {"BREACHCHECK_CORS_ORIGINS": "https://soc.example.org, http://localhost:3000"})

    assert read.cors_origins == ("https://soc.example.org", "http://localhost:3000")


@pytest.mark.parametrize(
    "origin", ["*", "null", "soc.example.org", "https://soc.example.org/", "https://SOC.example.org", "https://a/b"]
)
def test_what_no_browser_sends_as_an_origin_is_refused(tmp_path, origin):
    with pytest.raises(ConfigError, match=r"cors_origins.*https://soc\.example\.org"):
        config.read(tmp_path, {"BREACHCHECK_CORS_ORIGINS": origin})


@pytest.mark.parametrize("name", ["site_contact", "site_privacy_contact"])
@pytest.mark.parametrize(
    "value",
    ["help@example.org", "mailto:help@example.org", "hilfe@bücher.example", "https://example.org/help?a=b#c"],
)
def test_a_contact_is_a_mailbox_or_a_page(tmp_path, name, value):
    assert getattr(config.read(tmp_path, {config.variable_of(name): value}), name) == value


@pytest.mark.parametrize("name", ["site_contact", "site_privacy_contact"])
@pytest.mark.parametrize(
    "value",
    [
        *("help", "help@", "@example.org", "help@example", "a b@example.org", "Help <help@example.org>"),
        *("http://example.org", "example.org/help", "javascript:alert(1)//a@b.example", "https://", "//example.org"),
        *(
            "https://me@example.org",
            "https://example.org/a b",
            'https://example.org/"',
            "https://[::1",
            "ftp://a.example",
        ),
        *("help@example.org?bcc=all@example.org", "a@example.org,b@example.org", "mailto:mailto:a@example.org"),
    ],
)
def test_what_nobody_can_write_to_is_refused_with_what_can_be(tmp_path, name, value):
    with pytest.raises(ConfigError, match=rf"^{name} must be like help@example\.org"):
        config.read(tmp_path, {config.variable_of(name): value})


@pytest.mark.parametrize(
    "value", ["http://example.org", "example.org", "help@example.org", "https://", "data:text/html,x"]
)
def test_a_home_page_that_is_no_page_of_the_open_web_is_refused(tmp_path, value):
    with pytest.raises(ConfigError, match=r"site_home_page must be a web address like https://example\.org"):
        config.read(tmp_path, {"BREACHCHECK_SITE_HOME_PAGE": value})


@pytest.mark.parametrize("name", ["site_name", "site_operator"])
@pytest.mark.parametrize("value", ["a\\nb", "a\\u2028b", "x" * 101])
def test_a_name_is_one_line(tmp_path, name, value):
    with pytest.raises(ConfigError, match=rf"{name} must be one line of at most 100"):
        config.read(written(tmp_path, f'{name} = "{value}"\n'), {})


@pytest.mark.parametrize(
    "text",
    [
        'site_name = "Look"\nsite_folder = "own"\n',
        'site.name = "Look"\nsite.folder = "own"\n',
        '[site]\nname = "Look"\nfolder = "own"\n',
    ],
)
def test_settings_that_begin_alike_may_stand_in_a_table(tmp_path, text):
    read = config.read(written(tmp_path, f"review = 'required'\n{text}"), {})

    assert (read.site_name, read.site_folder, read.review) == ("Look", tmp_path / "own", "required")


def test_a_setting_is_said_once(tmp_path):
    with pytest.raises(ConfigError, match=r"says site_name and site\.name, which are the same; say one"):
        config.read(written(tmp_path, 'site_name = "One"\nsite.name = "Two"\n'), {})


@pytest.mark.parametrize(
    "text", ["site.nam = 'Look'\n", "[site]\npublic_url = 'https://a.example'\n", "site.a.b = 1\n"]
)
def test_a_table_holds_no_unknown_setting(tmp_path, text):
    with pytest.raises(ConfigError):
        config.read(written(tmp_path, text), {})


def test_a_site_without_a_name_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"site_name must be one line .* and not empty"):
        config.read(written(tmp_path, 'site_name = " "\n'), {})
