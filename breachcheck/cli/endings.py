"""Endings: how a process of the command line leaves."""

import atexit
import os
import sys
import threading
from contextlib import suppress
from typing import NoReturn


def leave(status: int) -> NoReturn:
    """End the process with *status*, when what was to be done at its end is done and all it said is written.

    Python would first take apart whatever was imported, for a tenth of a second: the system takes it back as a whole.
    Where another thread is at work, it is waited for as ever.
    """
    if threading.active_count() == 1:
        atexit._run_exitfuncs()
        with suppress(OSError, ValueError):  # which Python tells of in its own way
            for stream in filter(None, (sys.stdout, sys.stderr)):  # None where the process was begun without
                stream.flush()
            os._exit(status)
    sys.exit(status)
