from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

class Chains:
    def __init__(self, encrypt: Callable[[memoryview, memoryview], object], pads: Sequence[bytes]) -> None: ...
    def digests(
        self, data: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> NDArray[np.int64]: ...
