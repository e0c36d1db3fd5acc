"""Breaches of strangers, entered straight through the services: digests of nobody, and a few that are asked for."""

import time
from collections.abc import Sequence
from datetime import date

import numpy as np

from breachcheck.breaches import Facts
from breachcheck.loads import Contents
from breachcheck.services import Services
from breachcheck.tallies import Tally

PIECE = 2_000_000
CLASSES = frozenset({"Email addresses", "Names", "Geographic locations"})


def publish(store: Services, name: str, exposures: int, known: Sequence[int]) -> None:
    facts = Facts(name=name, title=name, breach_date=date(2025, 11, 9), description="Made up.", domain="b.example")
    now = int(time.time())
    load_id = store.loads.start(
        store.breaches.id_of(name), facts, manifest="", sha256="", program="bench", by="bench", at=now
    )
    [field_set] = store.field_sets.add(load_id, [(CLASSES, False)])
    others = np.random.default_rng(load_id).integers(-(2**63), 2**63 - 1, exposures - len(known))
    digests = np.sort(np.concatenate([others, np.array(known, dtype=np.int64)]))
    for piece, start in enumerate(range(0, exposures, PIECE)):
        some = digests[start : start + PIECE]
        store.index.insert(load_id, piece, some, np.full(len(some), field_set))
    tally = Tally(read=exposures, indexed=exposures, people=exposures, coverage=dict.fromkeys(CLASSES, exposures))
    store.loads.complete(load_id, Contents(mapped=tuple(CLASSES)), tally, {field_set: exposures}, now)
    store.publishing.publish(load_id, by="bench")
