"""Settings: read once at start from the data folder's settings.toml and the environment, which wins."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_type_hints

from breachcheck.errors import ConfigError
from breachcheck.settings import kinds, rules, written

PREFIX = "BREACHCHECK_"
SETTINGS_FILE = "settings.toml"
DEFAULT_DATA = Path("data")
NOT_SETTINGS = {
    "BREACHCHECK_API_KEY": "The key with which commands ask another machine, where they are given no `--key-file`.",
    "BREACHCHECK_ARCHIVE_PASSWORD": "The password of encrypted archives, where a manifest names no `password_file`.",
    "BREACHCHECK_DATA": "The data folder; `--data` wins over it, and `./data` is meant without either.",
    "BREACHCHECK_DEBUG": "Set to anything, it shows where a fault of the program came from, without its text.",
}
"""Variables that are read from the environment alone."""

Disclosure = Literal["open", "owner", "closed"]
Mail = Literal["off", "outbox", "smtp"]
Review = Literal["off", "required"]
SmtpSecurity = Literal["starttls", "tls", "none"]

USUAL_PORTS: Mapping[SmtpSecurity, int] = {"starttls": 587, "tls": 465, "none": 25}
ON_THIS_MACHINE = "http://127.0.0.1:8000"
"""Where `serve` can be reached without settings, and where links in mails lead that only this machine will see."""

_NEEDED_FOR: Mapping[str, str] = {
    "smtp_host": "there is no server to hand mails to",
    "mail_from": "there is no sender",
    "public_url": "links in mails lead there and nowhere else",
}


def setting(what: str, default: Any) -> Any:
    """A field of Config together with the sentence that documents it."""
    return field(default=default, metadata={"what": what})


@dataclass(frozen=True, kw_only=True)
class Config:
    """Every setting, by the name that it has in settings.toml."""

    data: Path
    database: str | None = field(
        default=None,
        repr=False,
        metadata={
            "what": "The PostgreSQL database that holds the store, as `postgresql://USER@HOST/NAME`, with its standbys"
            " as `HOST,HOST`; SQLite files in the data folder where not set. A password is better left to `~/.pgpass`."
        },
    )
    index_key_file: Path | None = setting("The index key; `index.key` in the data folder where not set.", None)
    app_key_file: Path | None = setting(
        "The key for sessions, sealed cookies and API keys; `app.key` in the data folder where not set.", None
    )
    receipt_key_file: Path | None = setting(
        "The key that receipts of opt-outs are signed with; `receipt.key` in the data folder where not set.", None
    )
    index_passphrase_file: Path | None = setting(
        "A file that holds the passphrase, where the index key is derived from one.", None
    )
    site_name: str = setting("What this site is called, on its pages and in its mails.", "Breach check")
    site_operator: str = setting("Who runs this site; pages, mails and feeds say so.", "")
    site_contact: str = setting("Where its visitors can write to: a web (`https://`) or e-mail address.", "")
    site_privacy_contact: str = setting(
        "Whom they can ask about their data, where that is someone else: a web (`https://`) or e-mail address.", ""
    )
    site_home_page: str | None = setting(
        "The operator's own web site, `https://`, which should link here: pages and mails name it, so that visitors can"
        " make sure whose page this is.",
        None,
    )
    site_folder: Path | None = setting(
        "A folder with the site's own look: `colours.toml`, `logo.svg` or `logo.png`, perhaps another `logo-dark` for"
        " dark pages, and an `icon`. docs/operations.md says more.",
        None,
    )
    focus_breach: str = setting(
        "The name of the breach that the home page asks about, on a site that a company runs for those concerned.", ""
    )
    disclosure: Disclosure = setting("Who may see answers: `open`, `owner` or `closed`.", "open")
    review: Review = setting(
        "`required`: every load is held until all its warnings are accepted; `off`: it is where that is asked for.",
        "off",
    )
    mail: Mail = setting("How mail leaves: `off`, `outbox` (files in the data folder) or `smtp`.", "off")
    mail_from: str = setting("The address that mails come from; `smtp` needs it. Its name is the site's.", "")
    smtp_host: str = setting("The mail server; `smtp` needs it.", "")
    smtp_port: int = setting("Its port; 0 for the usual one: 587 with `starttls`, 465 with `tls`, 25 with `none`.", 0)
    smtp_security: SmtpSecurity = setting(
        "How the way to it is encrypted: `starttls`, `tls` from the first byte, or `none`.", "starttls"
    )
    smtp_ca_file: Path | None = setting(
        "Certificates (PEM) that the mail server's is held against; the system's where not set.", None
    )
    smtp_user: str = setting("Whom to sign in as at the mail server; nobody where not set.", "")
    smtp_password_file: Path | None = setting("A file that holds the password for it.", None)
    mails_an_hour: int = setting(
        "Most mails handed over in an hour; 0 for no limit. Those to many begin with 60 and double.", 1000
    )
    seal_key_file: Path | None = setting(
        "The key under which accounts of `own_domains` are sealed; `seal.key` in the data folder where not set.", None
    )
    mail_key_file: Path | None = setting(
        "The key for addresses and queued mails; `mail.key` in the data folder where not set.", None
    )
    public_url: str | None = setting(
        "The site's own address, and where links in mails lead; `smtp` needs it. Other hosts than its own are refused,"
        " but under `/api/v3`.",
        None,
    )
    cors_origins: tuple[str, ...] = setting(
        "Origins of other web sites (`https://soc.example.org`) whose pages may call `/api/` from a browser; none where"
        " not set.",
        (),
    )
    own_domains: tuple[str, ...] = setting(
        "Your own domains, with commas between them. Loads keep the addresses of people there, encrypted, so that you"
        " can see who it was. Each counts for itself, without its subdomains.",
        (),
    )
    outbound_allowed: tuple[str, ...] = setting(
        "Networks (`10.1.0.0/16`) and hosts that proofs of domains and webhooks may reach, although they are not of the"
        " open Internet; webhooks may have `http://` there.",
        (),
    )
    dns_servers: tuple[str, ...] = setting(
        "Addresses of the DNS servers that are asked for what goes out, with `:PORT` where that is not 53; the system's"
        " where not set.",
        (),
    )
    trusted_proxies: int | tuple[str, ...] = setting(
        "The reverse proxies in front, whose X-Forwarded-For and X-Forwarded-Proto are believed: their addresses and"
        " networks (`127.0.0.1`, `10.1.0.0/24`), or how many there are, whoever they are.",
        0,
    )
    mail_requests_a_minute: int = setting(
        "Mails that one network may ask for in a minute, and codes that it may try; 0 for no limit.", 10
    )
    metrics_token: str = field(
        default="",
        repr=False,
        metadata={
            "what": "What Prometheus sends as `Authorization: Bearer` to read `/metrics`, 16 characters or more; there"
            " is no such page where not set."
        },
    )
    metrics_token_file: Path | None = setting("A file that holds it, instead.", None)
    lookups_a_minute: int = setting("Look-ups a minute from one network on the public page; 0 for no limit.", 120)

    @property
    def index_key_path(self) -> Path:
        return self.index_key_file or self.data / "index.key"

    @property
    def app_key_path(self) -> Path:
        return self.app_key_file or self.data / "app.key"

    @property
    def receipt_key_path(self) -> Path:
        return self.receipt_key_file or self.data / "receipt.key"

    @property
    def mail_key_path(self) -> Path:
        return self.mail_key_file or self.data / "mail.key"

    @property
    def seal_key_path(self) -> Path:
        return self.seal_key_file or self.data / "seal.key"

    @property
    def outbox_path(self) -> Path:
        """Where mails are written as files, if they are."""
        return self.data / "outbox"

    @property
    def site_url(self) -> str:
        """What links in mails start with; it does not end with a slash."""
        return (self.public_url or ON_THIS_MACHINE).rstrip("/")

    @property
    def smtp_port_used(self) -> int:
        return self.smtp_port or USUAL_PORTS[self.smtp_security]

    @property
    def index_path(self) -> Path:
        return self.data / "index.db"

    @property
    def catalogue_path(self) -> Path:
        return self.data / "catalogue.db"

    @property
    def spill_path(self) -> Path:
        """Where what does not fit in memory goes: digests, and the engine's encrypted pages."""
        return self.data / "spill"


def folder_of(data: Path | None, environment: Mapping[str, str] = os.environ) -> Path:
    """The data folder that is meant: *data*, or BREACHCHECK_DATA, or ``./data``."""
    return data or Path(environment.get(f"{PREFIX}DATA") or DEFAULT_DATA)


def read(data: Path | None = None, environment: Mapping[str, str] = os.environ) -> Config:
    """The settings of the data folder *data*, or of BREACHCHECK_DATA, or of ``./data``. Raises ConfigError."""
    folder = folder_of(data, environment)
    values = _from_file(folder / SETTINGS_FILE) | _from_environment(environment)
    config = Config(data=folder, **{name: kinds.typed(name, _kind_of(name), value) for name, value in values.items()})
    require_sense(config)
    return config


def write_new(config: Config) -> None:
    """Begin settings.toml, durably, with what an operator decides first; one that is there stays as it is."""
    path = config.data / SETTINGS_FILE
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(f'# See docs/settings.md.\ndisclosure = "{config.disclosure}"\nmail = "{config.mail}"\n')
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        return
    except OSError as error:
        raise ConfigError(f"{path} cannot be written ({error.strerror}); see to its folder.") from None


def names() -> list[str]:
    """The key of every setting in settings.toml."""
    return [one.name for one in fields(Config) if one.name != "data"]


def variable_of(name: str) -> str:
    """The environment variable of the setting *name*."""
    return PREFIX + name.upper()


def allowed(name: str) -> tuple[str, ...]:
    """The values that the setting *name* may have; empty where they are not so few."""
    return kinds.choices_of(_kind_of(name))


def _kind_of(name: str) -> Any:
    return get_type_hints(Config)[name]


def _default_of(name: str) -> Any:
    """None where a setting that is empty is not set."""
    return next(one.default for one in fields(Config) if one.name == name)


def _from_file(path: Path) -> dict[str, Any]:
    """A setting that is empty is not set, where it can be so. Paths start from the folder of the file."""
    values = written.in_file(path, names()).items()
    said = {name: value for name, value in values if value != "" or _default_of(name) is not None}
    return {
        name: path.parent / value if kinds.is_path(_kind_of(name), value) else value for name, value in said.items()
    }


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    known = {variable_of(name): name for name in names()}
    return written.in_environment(environment, known, prefix=PREFIX, others=NOT_SETTINGS)


def require_sense(config: Config) -> None:
    """Refuse settings that do not go together or name nothing. Raises ConfigError."""
    for name in names():
        rules.require(name, getattr(config, name))
    if config.metrics_token and config.metrics_token_file:
        raise ConfigError("metrics_token and metrics_token_file are both set; set one of them.")
    require_way_to_owner(config, config.disclosure)
    _require_way_for_mail(config)


def require_way_to_owner(config: Config, disclosure: Disclosure) -> None:
    """Refuse *disclosure*, of the site or of one breach, where it needs mail and mail is off. Raises ConfigError."""
    if disclosure == "owner" and config.mail == "off":
        raise ConfigError("disclosure is `owner`, which sends answers by mail, but mail is off; set mail, or `closed`.")


def _require_way_for_mail(config: Config) -> None:
    if bool(config.smtp_user) != bool(config.smtp_password_file):
        raise ConfigError("smtp_user and smtp_password_file go together; set both, or neither.")
    if config.mail == "smtp":
        _require_smtp(config)


def _require_smtp(config: Config) -> None:
    for name, why in _NEEDED_FOR.items():
        if not getattr(config, name):
            raise ConfigError(f"mail is `smtp`, but {name} is not set: {why}. Set it, or mail to `off`.")
    if config.smtp_user and config.smtp_security == "none":
        raise ConfigError("smtp_security is `none`, which would send the password in clear; use `starttls` or `tls`.")
