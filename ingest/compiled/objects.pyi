from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.compiled.addresses import Addresses
from ingest.compiled.known import Nothings
from ingest.compiled.names import Names

class Objects:
    def __init__(
        self,
        names: Names,
        width: int,
        address: int,
        keys: Sequence[int],
        references: Sequence[int],
        nothings: Nothings,
        addresses: Addresses,
    ) -> None: ...
    def take(self, block: bytes) -> None: ...
    def records(self) -> NDArray[np.int64]: ...
    def ids(self, key: int) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]: ...
    def waiting(self, reference: int) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]: ...
    def says(self, column: int) -> NDArray[np.bool_]: ...
    def waiting_say(self, column: int) -> NDArray[np.bool_]: ...
    def rest(self) -> bytes: ...
