from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_Word = TypeVar("_Word", np.uint32, np.uint64)

def in_order(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]: ...
def united(keys: NDArray[np.int64], words: NDArray[_Word]) -> tuple[NDArray[np.int64], NDArray[_Word]]: ...
