"""What the contests of `bench` share: programs run side by side, round after round, and a table of how they did."""

import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
OURS = "breachcheck ingest"
_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class Ran:
    seconds: float
    megabytes: float


def run(command: Sequence[str], folder: Path, text: str = "") -> Ran:
    """Run *command*, fed *text*, and wait; its memory is the most that it and its children held together."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stderr is not None
    with _Watched(process.pid) as watched:
        process.stdin.write(text.encode())
        process.stdin.close()
        said = process.stderr.read()
        process.stderr.close()
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} failed:\n{said.decode()}")
    return Ran(time.perf_counter() - began, watched.megabytes or usage.ru_maxrss / 1024)


class _Watched:
    """Looks now and then at what a process and its children have held; where there is no /proc, it sees nothing."""

    def __init__(self, pid: int) -> None:
        self.megabytes = 0.0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "_Watched":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_EVERY_S):
            self.megabytes = max(self.megabytes, _held_by(self._pid))


def _held_by(pid: int) -> float:
    """The most that the process and each of its children held, in megabytes; 0 for one that is gone."""
    process = Path("/proc", str(pid))
    try:
        status = (process / "status").read_text()
        children = (process / "task" / str(pid) / "children").read_text().split()
    except OSError:
        return 0.0
    most = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")), "0")
    return int(most) / 1024 + sum(_held_by(int(child)) for child in children)


def require_shell() -> None:
    if shutil.which("sqlite3") is None:
        sys.exit("The sqlite3 shell is not here; install the package sqlite3 to compare with it.")


def init(folder: Path) -> None:
    """A new store in *folder*, in place of the one there."""
    shutil.rmtree(folder / "data", ignore_errors=True)
    run(_breachcheck("init"), folder)


def ingest(folder: Path, manifest: str = "breach.yaml") -> Ran:
    return run(_breachcheck("ingest", manifest), folder)


def _breachcheck(*arguments: str) -> tuple[str, ...]:
    os.environ["PYTHONPATH"] = str(ROOT)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has been compiled, too
    return (sys.executable, "-m", "breachcheck.cli", *arguments, "--data", "data")


def contest(
    contenders: Mapping[str, Callable[[Path], Ran]], folder: Path, rounds: int, records: int, title: str
) -> None:
    """Let every one of *contenders* run once a round, and print medians, with x as how much faster we are."""
    ran: dict[str, list[Ran]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            ran[name].append(contender(folder))
    medians = {name: statistics.median(one.seconds for one in all_of) for name, all_of in ran.items()}
    print(f"{title}, medians of {rounds} interleaved rounds")
    for name, seconds in medians.items():
        peak = max(one.megabytes for one in ran[name])
        ratio = seconds / medians[OURS]
        print(
            f"{name:36}{seconds:8.2f} s{records / seconds:12,.0f} records/s{peak:8,.0f} MB   x{ratio:.2f}", flush=True
        )
