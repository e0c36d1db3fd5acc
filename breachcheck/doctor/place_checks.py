"""Place checks: what can be seen of a site without opening its store: settings, folder, keys, disk."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from breachcheck import key_files, key_ring
from breachcheck.config import Config
from breachcheck.db.engines import upkeep_of
from breachcheck.db.upkeep import ServerState
from breachcheck.doctor.findings import Finding, fine, note, problem, warning
from breachcheck.errors import ConfigError, KeyFileError
from breachcheck.health import metrics_token
from breachcheck.settings import look

MOUNTS = Path("/proc/self/mounts")
OVER_THE_NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "ceph", "glusterfs", "fuse.glusterfs")
LEAST_FREE = 64 << 20
MOST_BEHIND = 64 << 20
"""Bytes of log that a standby may lack for a moment, as while much is loaded."""

_OTHERS = 0o077


def of_settings(settings: Config) -> Iterator[Finding]:
    """Settings that are allowed, and that hardly anybody means."""
    found = [*_of_site(settings), *_of_look(settings), *_of_metrics(settings), *_of_proxy(settings)]
    yield from found or [fine("settings", "They go together.")]


def of_folder(settings: Config) -> Iterator[Finding]:
    """Who may see what lies in the data folder, what should not, and whether SQLite can work on its disk."""
    if not settings.data.is_dir():
        yield problem("folder", f"There is no data folder {settings.data}.", "Name it with --data or BREACHCHECK_DATA.")
        return
    found = [*_of_owner(settings.data), *_of_permissions(settings), *_of_mount(settings)]
    yield from _of_written_mails(settings)
    yield from found or [fine("folder", f"{settings.data} is its owner's alone, as far as it matters.")]


def of_keys(settings: Config) -> Iterator[Finding]:
    """Whether each key is there, whole, and its owner's alone. Whether it is the right one only opening tells."""
    found = [finding for name, path in key_ring.paths(settings).items() for finding in _of_key(settings, name, path)]
    yield from found or [fine("keys", "All are there, for their owner alone.")]


def of_disk(settings: Config) -> Iterator[Finding]:
    """Whether there is room to go on, and for the copy that a backup makes."""
    free = shutil.disk_usage(settings.data).free
    needed = sum(path.stat().st_size for path in upkeep_of(settings).files() if path.exists()) + LEAST_FREE
    said = f"{free / 1e9:,.1f} GB are free where {settings.data} lies"
    if free < LEAST_FREE:
        yield problem("disk", f"Hardly any room is left: {said}.", "Free some space before anything is written.")
    elif free < needed:
        yield warning("disk", f"{said}: too little for a backup, and perhaps for a load.", "Free some space.")
    else:
        yield fine("disk", f"{said}.")


def of_servers(settings: Config) -> Iterator[Finding]:
    """How each server fares where settings name several, and whether exactly one is written to."""
    states = upkeep_of(settings).servers()
    for state in states:
        yield _of_server(state)
    written = [state.place for state in states if state.is_written_to]
    if len(written) > 1:
        yield problem(
            "servers", f"{len(written)} of them are written to, each for itself: {', '.join(written)}.",
            "Stop the one that was replaced, at once; what it took since then is in no other.",
        )  # fmt: skip
    elif states and not written:
        yield problem(
            "servers", "None can be written to: look-ups may go on, and nothing else does.",
            "Start the primary again, or promote a standby.",
        )  # fmt: skip


def _of_server(state: ServerState) -> Finding:
    if state.why_away is not None:
        return warning(
            "servers", f"{state.place} does not answer ({state.why_away}).", "Start it, or leave it out of the URL."
        )
    if state.is_written_to:
        return fine("servers", f"{state.place} is the primary.")
    lacks = "" if state.behind is None else f", {state.behind:,} bytes of log behind"
    said = f"{state.place} is a standby{lacks}."
    if state.behind is not None and state.behind > MOST_BEHIND:
        return warning("servers", said, "See why it does not follow: it may not answer look-ups, and may lack data.")
    return fine("servers", said)


def _of_site(settings: Config) -> Iterator[Finding]:
    if settings.disclosure != "closed" and not settings.site_contact:
        yield note("settings", "No page says whom to write to.", "Set site.contact, and site.operator.")
    if settings.mail == "outbox":
        yield note("mail", "Mails become files in outbox/: nobody gets them, and they hold addresses in clear.")
    if settings.mail == "off":
        yield note("mail", "Mail is off: nobody can prove an address or be told of a breach.")


def _of_written_mails(settings: Config) -> Iterator[Finding]:
    written = 0 if settings.mail == "outbox" else len(list(settings.outbox_path.glob("*.eml")))
    if written:
        yield warning(
            "mail", f"Mails of before lie in {settings.outbox_path}, in clear, and nobody got them: {written:,}.",
            "Delete them. `breachcheck breaches tell` tells whom they told of a breach.",
        )  # fmt: skip


def _of_look(settings: Config) -> Iterator[Finding]:
    try:
        look.read(settings.site_folder)
    except ConfigError as error:
        yield problem("look", str(error), "Mend it: `serve` and the worker do not start. Commands work all the same.")


def _of_metrics(settings: Config) -> Iterator[Finding]:
    try:
        metrics_token.read(settings)
    except (ConfigError, KeyFileError) as error:
        yield problem("metrics", str(error), "Mend it: `serve` does not start. Commands work all the same.")


def _of_proxy(settings: Config) -> Iterator[Finding]:
    if settings.public_url is None:
        yield warning("proxy", "public_url is not set, so that no foreign host name is answered.", "Set it.")
    elif settings.public_url.startswith("http:"):
        yield warning("proxy", "public_url is not https: accounts go over the network in clear.", "Let a proxy do TLS.")
    elif not settings.trusted_proxies:
        yield warning(
            "proxy",
            "public_url is https, which a proxy must do, but trusted_proxies is not set: all visitors count as one"
            " network, and cookies are not Secure.",
            "Set trusted_proxies to the addresses of the proxies in front, and let them set X-Forwarded-For and"
            " X-Forwarded-Proto.",
        )
    if isinstance(settings.trusted_proxies, int) and settings.trusted_proxies:
        yield note(
            "proxy", "trusted_proxies is a number: whoever gets past the proxies can say who they are.",
            "Name the addresses of the proxies instead.",
        )  # fmt: skip


def _of_owner(data: Path) -> Iterator[Finding]:
    if os.geteuid() not in (0, data.stat().st_uid):
        yield problem("folder", f"{data} belongs to another user.", "Run commands as its owner.")


def _of_permissions(settings: Config) -> Iterator[Finding]:
    for path in upkeep_of(settings).files():
        if path.exists() and path.stat().st_mode & _OTHERS:
            yield warning("folder", f"Others may use {path}.", f"Run `chmod 600 {path}`.")


def _of_mount(settings: Config) -> Iterator[Finding]:
    kind = kind_of_mount(settings.data.resolve())
    if settings.database is None and kind in OVER_THE_NETWORK:
        yield problem(
            "folder", f"{settings.data} is on a network file system ({kind}), on which SQLite loses data.",
            "Put it on a local disk.",
        )  # fmt: skip


def kind_of_mount(path: Path, mounts: Path = MOUNTS) -> str:
    """The file system that *path* is on; empty where the system does not tell."""
    try:
        lines = [line.split(" ") for line in mounts.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return ""
    around = [line for line in lines if path.is_relative_to(line[1].replace("\\040", " "))]
    return max(around, key=lambda line: len(line[1]))[2] if around else ""


def _of_key(settings: Config, name: str, path: Path) -> Iterator[Finding]:
    if name == "index.key" and settings.index_passphrase_file is not None:
        return
    try:
        key_files.read_key_file(path)
    except KeyFileError as error:
        if name == "receipt.key" and not path.exists():
            yield note("keys", f"There is no {path}; the next opt-out makes one.")
        else:
            yield problem("keys", str(error))
