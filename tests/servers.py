"""A PostgreSQL server to throw away: in a folder of its own, reached by a socket in it alone."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests import parts

STRANGER = "nobody"
"""Whom the server runs as where the tests run as root, which it refuses."""
PREFIX = "bc-pg-"
PR_SET_PDEATHSIG = 1
QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off", "shared_buffers=32MB")


class Server:
    """One server, and its processes. With *settings* besides those that all have; a standby of *primary* if named."""

    def __init__(self, folder: Path, *settings: str, primary: "Server | None" = None) -> None:
        self._programs = Path(parts.require("postgres")).resolve().parent
        self.folder = folder
        self.settings = ("listen_addresses=", f"unix_socket_directories={folder}", "max_connections=60", *settings)
        self._user = STRANGER if os.geteuid() == 0 else None
        if self._user:
            stranger = pwd.getpwnam(self._user)
            os.chown(folder, stranger.pw_uid, stranger.pw_gid)
        self._make() if primary is None else self._copy(primary)

    def url(self, database: str) -> str:
        return f"postgresql://tests@/{database}?host={self.folder}"

    def start(self) -> None:
        """As soon as this returns it answers."""
        options = [word for setting in self.settings for word in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self.folder / "data", *options],
                user=self._user, stdout=log, stderr=log, cwd=self.folder, start_new_session=True,
                preexec_fn=_end_with_us if sys.platform == "linux" else None,
            )  # fmt: skip
        until = time.monotonic() + 60
        while not self._answers():
            if time.monotonic() > until or self._process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.02)

    def stop(self) -> None:
        """At once; nobody needs what it holds."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()

    def kill(self) -> None:
        """As if the power went; returns when no process of it is left."""
        processes = self.processes()
        self.signal(signal.SIGKILL)
        self._process.wait()
        while any(Path(f"/proc/{process}/exe").exists() for process in processes):
            time.sleep(0.01)

    def signal(self, number: signal.Signals) -> None:
        """To every process of it. The first is held meanwhile, and the last: it begins no others, and buries none."""
        os.kill(self._process.pid, signal.SIGSTOP)
        for process in reversed(self.processes()):
            os.kill(process, number)

    def processes(self) -> list[int]:
        """The numbers of its processes, the first of them the one that begins the others."""
        first = self._process.pid
        return [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())]

    def promote(self) -> None:
        """Of a standby: it is written to as soon as this returns."""
        self._run("pg_ctl", "promote", "-w", "-s", "-D", str(self.folder / "data"))

    def make(self, database: str, template: str = "template1") -> str:
        """A database like *template*; its URL."""
        self._as_admin(f"CREATE DATABASE {database} TEMPLATE {template}")
        return self.url(database)

    def drop(self, database: str) -> None:
        self._as_admin(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def _as_admin(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _make(self) -> None:
        command = ["--auth=trust", "--no-locale", "--encoding=UTF8", "--username=tests", "--no-sync"]
        self._run("initdb", "-D", str(self.folder / "data"), *command)

    def _copy(self, primary: "Server") -> None:
        command = ["--write-recovery-conf", "--checkpoint=fast", "--wal-method=stream", "--no-sync"]
        self._run("pg_basebackup", "-d", primary.url("postgres"), "-D", str(self.folder / "data"), *command)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, *arguments],
            check=True, user=self._user, stdout=subprocess.DEVNULL, cwd=self.folder,
        )  # fmt: skip

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True


def _sweep() -> None:
    """Remove the folders of tests that were killed; their servers ended with them."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        number = left.name.removeprefix(PREFIX).partition("-")[0]
        if Path("/proc/self").exists() and not Path("/proc", number).exists():
            shutil.rmtree(left, ignore_errors=True)


def _end_with_us() -> None:
    """Whoever is killed cannot stop the server: Linux does."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


@contextmanager
def running(*settings: str, primary: Server | None = None) -> Iterator[Server]:
    """A server for the length of a block. Its folder has a short name: a socket's may have 107 characters."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    try:
        server = Server(folder, *settings, primary=primary)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
