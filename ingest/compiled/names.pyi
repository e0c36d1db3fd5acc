from collections.abc import Iterable, Sequence

class Names:
    def __init__(self, places: Iterable[tuple[Sequence[bytes], int]]) -> None: ...
