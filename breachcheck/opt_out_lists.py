"""Opt-out lists: who opted out, as digests, to be carried into a store that was restored from before they did."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from breachcheck.digests import Digest
from breachcheck.errors import BackupFault
from breachcheck.suppressions import Level, Suppressed

_ONE_MORE_THAN_ANY = 1 << 64

HexDigest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]


class OptOutList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Digests by themselves: with the index key one can test guesses at the addresses behind them.

    *store*: the name of the one store whose digests they are.
    """

    opt_outs: Literal[1]
    store: str
    levels: Mapping[HexDigest, Level]


def listed(store: str, suppressed: Suppressed) -> str:
    """*suppressed* as a text that ``parse`` reads."""
    levels = {f"{digest % _ONE_MORE_THAN_ANY:016x}": level for digest, level in sorted(suppressed.items())}
    return msgspec.json.format(msgspec.json.encode(OptOutList(opt_outs=1, store=store, levels=levels))).decode()


def parse(text: bytes, store: str) -> Suppressed:
    """The opt-outs in *text*. Raises BackupFault where it is no such list, or one of another store than *store*."""
    try:
        read = msgspec.json.decode(text, type=OptOutList)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BackupFault("This is no list that `breachcheck suppressions export` made.") from None
    if read.store != store:
        raise BackupFault("The list is of another store, whose digests say nothing here; nothing was changed.")
    return {_digest(digest): level for digest, level in read.levels.items()}


def _digest(text: str) -> Digest:
    return Digest(int.from_bytes(bytes.fromhex(text), signed=True))
