"""Pace: how many mails may leave in an hour. Those to many begin slowly, so that a mistake can still be stopped."""

from collections.abc import Mapping

RAMP_START = 60
"""What may leave in the first hour; in each later one, twice what left in the busiest of the 24 before."""

SHARE_OF_OTHERS = (3, 4)
"""How much of the cap mails to many may use, so that someone who waits at a screen is not kept waiting by them."""


def may_leave(cap: int, handed_over: Mapping[int, tuple[int, int]]) -> tuple[bool, bool]:
    """Whether an urgent mail may leave now, and whether another may; *cap* is for an hour, 0 for none.

    *handed_over* has, for this hour (0) and those before, how many urgent mails and how many others left.
    """
    if not cap:
        return True, True
    urgent, others = handed_over.get(0, (0, 0))
    is_room = urgent + others < cap
    return is_room, is_room and others < _most_others(cap, handed_over)


def _most_others(cap: int, handed_over: Mapping[int, tuple[int, int]]) -> int:
    part, whole = SHARE_OF_OTHERS
    busiest = max((others for hour, (_, others) in handed_over.items() if hour > 0), default=0)
    return min(max(cap * part // whole, 1), max(RAMP_START, 2 * busiest))
