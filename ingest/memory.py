"""Memory: how much of it files may take, however they are made."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np

from breachcheck.errors import LoadError

MEMORY = 3 << 30
"""Address space beyond what the process has when it begins. Honest loads were seen to take up to 1 GiB."""

LEAST = 1 << 30
"""Address space without which nothing is begun: native code that lacks it at its start ends the process, unheard."""

_KEPT = 31 << 20  # bytes: the C library of GNU takes what is longer from the system each time, whatever was freed
_NO_THREAD = "start new thread"  # what Python says where there is no memory for the stack of one


@contextmanager
def limited_memory(task: str = "The load", then: str = "nothing of it is visible") -> Iterator[None]:
    """In the block the process may map `MEMORY` more than it has: no file, however it is made, takes the machine's.

    Raises LoadError where more is needed, or where a limit of whoever started the process leaves less than `LEAST`;
    *task* and *then* say of what, and what became of that.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    mapped = _mapped()
    limit = min(one for one in (soft, hard, mapped + MEMORY) if one != resource.RLIM_INFINITY)
    given = max(limit - mapped, 0)
    if given < LEAST:
        raise LoadError(
            f"{task} needs at least {LEAST >> 20:,} MiB of address space, and {given >> 20:,} MiB are left by the limit"
            f" that this program runs under (`ulimit -v`); raise that. {then[0].upper()}{then[1:]}."
        )
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    except (MemoryError, RuntimeError, duckdb.OutOfMemoryException) as error:
        if isinstance(error, RuntimeError) and _NO_THREAD not in str(error):
            raise
        raise LoadError(
            f"{task} needed more than the {given >> 20:,} MiB of memory that one is given and was stopped; {then}."
            " A data file may hold far more than its size says: look at it, split it, or convert it to CSV."
        ) from None
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def keep_freed() -> None:
    """From now on memory that arrays leave is used for the next ones, and not given back to the system between them.

    The C library of GNU goes by the longest piece that it has seen freed (`M_MMAP_THRESHOLD` and `M_TRIM_THRESHOLD` in
    mallopt(3)), so this frees one. Elsewhere it changes nothing.
    """
    np.empty(_KEPT, np.uint8)


def _mapped() -> int:
    """Bytes of address space that the process has; a guess where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return 1 << 30
    return pages * resource.getpagesize()
