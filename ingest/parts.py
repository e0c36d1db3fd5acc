"""Parts of data files: what a trial load reads of each, the first records or a share that is spread over it."""

from breachcheck.tallies import Part
from ingest.engine import quoted
from ingest.readers.left_out import NUMBER, LeftOut

_SPREAD = 2_654_435_761  # 2^32 divided by the golden ratio: multiples of it lie evenly between 0 and 2^32
_NUMBERS, _PLACES = 1 << 31, 1 << 32


def chosen(relation: str, part: Part) -> str:
    """SQL of the records of *relation*, which is numbered and in order, that belong to *part*."""
    if part.limit is not None:
        return f"(SELECT * FROM {relation} LIMIT {part.limit})"  # noqa: S608 - a number
    place = f"({quoted(NUMBER)} % {_NUMBERS} * {_SPREAD} % {_PLACES})"
    return f"(SELECT * FROM {relation} WHERE {place} < {_share(part)})"  # noqa: S608 - a number


def left_out_of(part: Part, left_out: LeftOut, given: int, last: int) -> LeftOut:
    """Of the records *left_out* of a scan, those of *part*, of which *given* were read, up to number *last*."""
    kept = LeftOut(is_numbered=True)
    is_cut = part.limit is not None and given >= part.limit
    for reason, numbers in left_out.numbers.items():
        for number in numbers:
            if number <= last or not is_cut if part.limit is not None else _is_chosen(number, part):
                kept.leave(reason, number)
    return kept


def _is_chosen(number: int, part: Part) -> bool:
    return number % _NUMBERS * _SPREAD % _PLACES < _share(part)


def _share(part: Part) -> int:
    return round((part.share or 0) * _PLACES)
