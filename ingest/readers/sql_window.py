"""The part of a long text that is looked at: it grows at its end and is dropped at its beginning."""

from collections.abc import Iterator

import regex as re

ROOM = 1 << 20
_OVERLAP = 256  # more than the blanks between two rows


class Window:
    """*text* from *at* on is still to be read; positions in it hold until `more` or `ensure` is called."""

    def __init__(self, pieces: Iterator[str], offset: int = 0, room: int = ROOM, line: int = 1) -> None:
        self._pieces, self._room = pieces, room
        self._dropped = offset
        self._line, self._counted = line, 0
        self.text = ""
        self.at = 0

    @property
    def offset(self) -> int:
        """Where *at* is in the whole text."""
        return self._dropped + self.at

    @property
    def line(self) -> int:
        """The line in the whole text that *at* is on."""
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    @property
    def left(self) -> int:
        """Characters from *at* to the end of *text*."""
        return len(self.text) - self.at

    def more(self) -> bool:
        """Look at more of the text, and drop what was read; False, and nothing is changed, where there is no more."""
        if not (piece := next(self._pieces, "")):
            return False
        self._dropped += self.at
        self._line, self._counted = self.line, 0
        self.text, self.at = self.text[self.at :] + piece, 0
        return True

    def ensure(self) -> bool:
        """Look at *room* characters from *at* on, or at all there are; whether there are any."""
        while self.left < self._room and self.more():
            continue
        return self.left > 0

    def seek(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Go behind the next match of *pattern*, which is short; None, and the end of the text, where there is none."""
        while not (found := pattern.search(self.text, self.at)):
            self.at = max(self.at, len(self.text) - _OVERLAP)
            if not self.more():
                self.at = len(self.text)
                return None
        self.at = found.end()
        return found
