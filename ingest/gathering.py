"""What a load gathers before it writes: exposures by digest, direct ones and those of aliases."""

from __future__ import annotations

from pathlib import Path

from ingest.columns import Int64s
from ingest.runs import Runs
from ingest.words import WordArray, Words


class Gathering:
    """Digests with words, united by digest. *folder* takes what does not fit in memory, in files without a name."""

    def __init__(self, folder: Path, words: Words) -> None:
        self.words = words
        self.direct = Runs(folder)
        self.aliases = Runs(folder)

    def close(self) -> None:
        self.direct.close()
        self.aliases.close()

    def add(self, digests: Int64s, words: WordArray) -> None:
        self.direct.add((digests, words))

    def add_aliases(self, digests: Int64s, words: WordArray) -> None:
        """*digests* are of base addresses: whoever has one may be the person of an address with a tag."""
        self.aliases.add((digests, words))
