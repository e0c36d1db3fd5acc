from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.compiled.addresses import Addresses
from ingest.compiled.known import Nothings

class Rows:
    def __init__(
        self,
        delimiter: int,
        width: int,
        address: int,
        others: Sequence[int],
        nothings: Nothings,
        addresses: Addresses,
    ) -> None: ...
    def take(self, block: bytes) -> None: ...
    def says(self, which: int) -> NDArray[np.bool_]: ...
    def rest(self) -> bytes: ...
