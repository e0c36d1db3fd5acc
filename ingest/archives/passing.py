"""Members that lie one after the other in a stream that can be read only from its start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from zlib import crc32

from breachcheck.errors import DataFileError
from ingest.archives.compression import CHUNK


class Cursor:
    """A stream of *pieces*, and how far it was read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")
        self.position = 0

    def read(self, count: int, /) -> bytes:
        """At most *count* bytes; none at the end."""
        if not self._rest:
            self._rest = memoryview(next(filter(None, self._pieces), b""))
        piece = bytes(self._rest[:count])
        self._rest = self._rest[count:]
        self.position += len(piece)
        return piece

    def skip_to(self, position: int) -> None:
        """Go on to *position*, or to the end if that comes first."""
        while self.position < position and self.read(min(position - self.position, CHUNK)):
            pass

    def close(self) -> None:
        """Let go of the stream."""
        if close := getattr(self._pieces, "close", None):
            close()


class Idle:
    """The one cursor that nobody reads by, and its stream: whoever goes on from there need not start anew."""

    def __init__(self) -> None:
        self._owner: object = None
        self._cursor: Cursor | None = None

    def take(self, owner: object, position: int) -> Cursor | None:
        """A cursor of *owner* that has not passed *position*, if there is one."""
        cursor = self._cursor
        if cursor is None or self._owner is not owner or cursor.position > position:
            return None
        self._owner = self._cursor = None
        return cursor

    def leave(self, owner: object, cursor: Cursor) -> None:
        """Nobody reads by *cursor* any more; the one that was left before is closed."""
        before, self._owner, self._cursor = self._cursor, owner, cursor
        if before is not None:
            before.close()

    def clear(self) -> None:
        """Close what was left."""
        if self._cursor is not None:
            self._cursor.close()
        self._owner = self._cursor = None


class Heads:
    """Room for how members begin, so that whoever looks at one need not pass all that lies before it again."""

    _EACH = 5 << 20  # a little more than `sources.HEAD`

    def __init__(self, room: int = 32 << 20) -> None:
        self._room = room

    def take(self, size: int) -> int:
        """How many of the first bytes of a member of *size* may be kept; 0 where there is no room for them."""
        wanted = min(size, self._EACH)
        if wanted > self._room:
            return 0
        self._room -= wanted
        return wanted


class Begun:
    """A member of which the *head* was kept: the stream is gone to for the *rest* alone, if there is one."""

    def __init__(self, head: bytes, rest: Callable[[], Window] | None) -> None:
        self._head, self._rest, self._at = head, rest, 0
        self._window: Window | None = None

    def read(self, count: int, /) -> bytes:
        """At most *count* bytes; none at the end."""
        if self._at < len(self._head):
            piece = self._head[self._at : self._at + count]
            self._at += len(piece)
            return piece
        if self._window is None and self._rest is not None:
            self._window = self._rest()
        return self._window.read(count) if self._window else b""

    def close(self) -> None:
        """Leave the stream to the next, if it was gone to."""
        if self._window:
            self._window.close()


class Passing:
    """The stream that *opened* starts anew, and what lies in it."""

    def __init__(self, opened: Callable[[], Iterator[bytes]], idle: Idle, name: str) -> None:
        self._opened, self._idle, self._name = opened, idle, name

    def start(self) -> Cursor:
        """The stream from its start."""
        return Cursor(self._opened())

    def window(self, start: int, size: int, checksum: int | None = None) -> Window:
        """The *size* bytes from *start* on, which have the CRC-32 *checksum*."""
        cursor = self._idle.take(self, start) or self.start()
        cursor.skip_to(start)
        return Window(cursor, size, checksum, self._name, lambda: self._idle.leave(self, cursor))


class Window:
    """One member. Raises DataFileError where the stream ends before it does, or it is not what was packed."""

    def __init__(self, cursor: Cursor, size: int, checksum: int | None, name: str, done: Callable[[], None]) -> None:
        self._cursor, self._left, self._name, self._done = cursor, size, name, done
        self._checksum, self._running, self._is_open = checksum, 0, True

    def read(self, count: int, /) -> bytes:
        """At most *count* bytes; none at the end."""
        if not self._left:
            return b""
        piece = self._cursor.read(min(count, self._left))
        if not piece:
            raise DataFileError(f"{self._name}: the archive is cut short; fetch or copy it again")
        self._left -= len(piece)
        if self._checksum is not None:
            self._running = crc32(piece, self._running)
            if not self._left and self._running != self._checksum:
                raise DataFileError(f"{self._name}: the archive is damaged (checksum); fetch or copy it again")
        return piece

    def close(self) -> None:
        """Leave the stream to the next."""
        if self._is_open:
            self._is_open = False
            self._done()
