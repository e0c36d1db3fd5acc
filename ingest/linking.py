"""Links: which ids a batch's people can be found by at junctions, and which of its records have to look there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.chains import ways_on
from ingest.columns import Int64s, TextColumn
from ingest.found import Entries, singly
from ingest.joins import Junction
from ingest.selection import Wanted
from ingest.values import Rows, spelled, there, values_in
from ingest.words import WordArray

Values = tuple[Rows, TextColumn]

_MOST_IDS = 16  # of one column that decide whether a record has found its person; all of them give it what it says


@dataclass(frozen=True, slots=True)
class Onward:
    """Ids, each with the row of the batch that it was found in, by which others find that record at a junction."""

    to: Junction
    rows: Rows
    ids: Int64s


def ids_in(texts: TextColumn) -> Values:
    """The ids in a column, each in one spelling: what one file writes 17 stands in another as 17.0."""
    rows, values = values_in(texts)
    return there(rows, spelled(values))


def link(
    junctions: Mapping[str, Junction],
    links: Mapping[str, Values],
    wanted: Wanted,
    direct: Entries,
    aliases: Entries,
    is_left_out: NDArray[np.bool_],
) -> list[Onward]:
    """Say at the junctions who has which id, and return the ids of those who may be found elsewhere.

    *direct* are people by all that they may be looked up by: what others say of an id is said of all of it.
    """
    onward = []
    for column, name in wanted.keys:
        junction = junctions[name]
        rows, ids = links[column]
        digests = junction.digests(ids)
        junction.add_left_out(digests[is_left_out[rows]])
        if name in ways_on(wanted):
            onward.append(Onward(junction, rows, digests))
        for some in singly(rows, len(is_left_out)):
            id_of = np.zeros(len(is_left_out), np.int64)
            id_of[rows[some]] = digests[some]
            for entries, are_aliases in ((direct, False), (aliases, True)):
                has_id = id_of[entries.rows] != 0
                junction.add_people(id_of[entries.rows[has_id]], entries.digests[has_id], are_aliases=are_aliases)
    return onward


def refer(
    junctions: Mapping[str, Junction],
    links: Mapping[str, Values],
    wanted: Wanted,
    words: WordArray,
    file: int,
    is_open: NDArray[np.bool_],
    is_found: NDArray[np.bool_],
    numbers: Int64s | None,
    onward: Sequence[Onward],
) -> NDArray[np.bool_]:
    """Leave the records of *is_open* that name a person at their junction; which rows wait to be counted there.

    Those of *is_found* are counted already, for somebody is found by them whatever their id leads to. By their ids
    *onward* others find them, and their person.
    """
    if wanted.meets is None or not is_open.any():
        return np.zeros(len(is_open), bool)
    junction = junctions[wanted.meets]
    columns: list[Int64s] = []
    for column in wanted.references:
        rows, values = _of_rows(links[column], is_open)
        digests = junction.digests(values)
        for place, some in enumerate(singly(rows, len(is_open))):
            if place < _MOST_IDS:
                columns.append(np.zeros(len(is_open), np.int64))
                columns[-1][rows[some]] = digests[some]
            if place:
                of_some = None if numbers is None else numbers[rows[some]]
                single = digests[some][:, None]
                junction.add_references(single, file, words[rows[some]], counted=False, numbers=of_some)
                _relay(junction, onward, rows[some], single, len(is_open))
    ids = np.stack(columns, axis=1)
    is_waiting: NDArray[np.bool_] = is_open & ids.any(axis=1)
    for which, counted in ((is_waiting & ~is_found, True), (is_waiting & is_found, False)):
        of_them = None if numbers is None else numbers[which]
        junction.add_references(ids[which], file, words[which], counted=counted, numbers=of_them)
    _relay(junction, onward, np.flatnonzero(is_waiting), ids[is_waiting], len(is_open))
    return is_waiting & ~is_found


def _relay(junction: Junction, onward: Sequence[Onward], rows: Rows, ids: NDArray[np.int64], count: int) -> None:
    """Lead from *junction*, where records stand by *ids* in *rows* of a batch of *count*, to where others find them."""
    place = np.full(count, -1, np.intp)
    place[rows] = np.arange(len(rows))
    for one in onward:
        stands = place[one.rows] >= 0
        junction.add_relays(ids[place[one.rows[stands]]], one.ids[stands], one.to)


def _of_rows(values: Values, which: NDArray[np.bool_]) -> Values:
    """Of *values*, those of the rows of *which*."""
    rows, texts = values
    chosen = which[rows]
    return rows[chosen], texts.take(np.flatnonzero(chosen))
