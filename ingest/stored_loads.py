"""Stored loads: where the pieces of a load go, and which of them an attempt that was cut off has entered already."""

from collections.abc import Sequence
from hashlib import sha256

from breachcheck.breaches import LoadId
from breachcheck.digests import Digest
from breachcheck.holdings import Holdings
from breachcheck.index import FieldSetId
from breachcheck.sealed_accounts import SealedAccount
from ingest.columns import Int64s
from ingest.patience import Patience
from ingest.runs import LOWEST_KEY, Columns, equal_ranges
from ingest.writing import Combination


class StoredLoad:
    """A load in the store; nothing of it is visible before it is published.

    Where it was cut off, a piece stays that was cut like this one and has the same rows, by its checksum; everything
    else that was entered goes, and is entered anew.
    """

    def __init__(self, holdings: Holdings, load_id: LoadId, patience: Patience) -> None:
        self._field_sets = holdings.field_sets
        self._index = holdings.index
        self._headcounts = holdings.headcounts
        self._sealed_accounts = holdings.sealed_accounts
        self._load_id = load_id
        self._patience = patience
        self._pieces = 0
        self._ids: dict[Combination, FieldSetId] = {}
        self._left: list[FieldSetId] = []
        self._entered: dict[int, str] = {}

    def begin(self, pieces: int) -> None:
        self._pieces = pieces
        self._patience(self._take_stock)

    def add_field_sets(self, combinations: Sequence[Combination]) -> list[FieldSetId]:
        if new := [one for one in combinations if one not in self._ids]:
            self._patience(lambda: self._enter_field_sets(new))
        return [self._ids[one] for one in combinations]

    def insert(self, piece: int, digests: Int64s, field_set_ids: Int64s, /) -> None:
        checksum = self._checksum(digests, field_set_ids)
        before = self._entered.get(piece)
        if before is not None and before != checksum:
            self._patience(lambda: self._clear(piece))
        if before != checksum:
            self._patience(lambda: self._index.insert(self._load_id, piece, digests, field_set_ids, checksum=checksum))
        self._entered.pop(piece, None)

    def insert_sealed(self, boxes: Columns, field_set_ids: Int64s, /) -> None:
        digests, domains, bases, sealed = boxes
        columns = (domains.tolist(), digests.tolist(), field_set_ids.tolist(), bases.tolist(), map(bytes, sealed))
        accounts = [
            SealedAccount(Digest(domain), Digest(digest), FieldSetId(field_set), Digest(base), box)
            for domain, digest, field_set, base, box in zip(*columns, strict=True)
        ]
        self._patience(lambda: self._sealed_accounts.insert(accounts))

    def insert_headcounts(self, digests: Int64s, field_set_ids: Int64s, numbers: Int64s, /) -> None:
        self._patience(lambda: self._headcounts.insert(digests, field_set_ids, numbers))

    def end(self) -> None:
        for piece in self._entered:
            self._patience(lambda piece=piece: self._clear(piece))  # type: ignore[misc]
        used = set(self._ids.values())
        self._patience(lambda: self._field_sets.forget([one for one in self._left if one not in used]))

    def _take_stock(self) -> None:
        """Of what was cut off. Boxes are never the same twice, and headcounts come last: both are entered anew."""
        self._left = list(self._known().values())
        self._entered = self._index.pieces_of(self._load_id)
        if not self._left:
            return
        self._sealed_accounts.delete(self._left)
        self._headcounts.delete(self._left)
        is_cut_alike = all(one.startswith(f"{self._pieces}:") for one in self._entered.values())
        if not (self._entered and is_cut_alike):
            self._index.distrust(self._load_id)
            self._index.delete(self._load_id, self._left)
            self._entered = {}

    def _enter_field_sets(self, wanted: Sequence[Combination]) -> None:
        """Those that are there already keep their ids."""
        known = self._known()
        missing = [one for one in wanted if one not in known]
        known |= zip(missing, self._field_sets.add(self._load_id, missing), strict=True)
        self._ids |= {one: known[one] for one in wanted}

    def _known(self) -> dict[Combination, FieldSetId]:
        return {(one.classes, one.via_alias): one.id for one in self._field_sets.of_load(self._load_id)}

    def _clear(self, piece: int) -> None:
        ends = equal_ranges(self._pieces)
        low = ends[piece - 1] if piece else LOWEST_KEY
        self._index.clear(self._load_id, piece, low, ends[piece] - 1, self._left)

    def _checksum(self, digests: Int64s, field_set_ids: Int64s) -> str:
        """How many pieces the load is cut into, which says where this one begins and ends, and of all its rows."""
        rows = sha256(digests.tobytes())
        rows.update(field_set_ids.tobytes())
        return f"{self._pieces}:{rows.hexdigest()}"
