"""The end of a command's process: nothing that it said or had still to do is lost."""

import subprocess
import sys

import pytest

PROGRAM = """
import atexit, sys, threading, time
from breachcheck.cli import endings
atexit.register(print, "tidied up")
{before}
sys.stdout.write("said")
endings.leave({status})
"""


def ended(before: str = "", status: int = 0) -> "subprocess.CompletedProcess[str]":
    program = [sys.executable, "-c", PROGRAM.format(before=before, status=status)]
    return subprocess.run(program, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("status", [0, 1, 2])
def test_a_process_ends_with_its_status_and_all_it_said(status: int) -> None:
    end = ended(status=status)

    assert (end.returncode, end.stdout, end.stderr) == (status, "saidtidied up\n", "")


def test_it_takes_nothing_apart_that_goes_anyway() -> None:
    end = ended("class Last:\n    def __del__(self): print('taken apart')\nlast = Last()")

    assert end.stdout == "saidtidied up\n"


def test_a_thread_that_is_at_work_is_waited_for() -> None:
    end = ended("threading.Thread(target=lambda: (time.sleep(0.3), print('done'))).start()", status=1)

    assert (end.returncode, end.stdout) == (1, "saiddone\ntidied up\n")


def test_what_could_not_be_written_is_no_success() -> None:
    end = ended("sys.stdout = open('/dev/full', 'w')")

    assert end.returncode == 120


@pytest.mark.parametrize("stdout", ["None", "open('/dev/null', 'w')"])
@pytest.mark.parametrize("status", [0, 2])
def test_without_anywhere_to_say_it_the_status_is_the_same(stdout: str, status: int) -> None:
    """A traceback in its place would end with 1, which of `check` means that somebody was exposed."""
    program = f"import sys; from breachcheck.cli import endings; sys.stdout = {stdout}; endings.leave({status})"
    end = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (end.returncode, end.stderr) == (status, "")
