import numpy as np
from numpy.typing import NDArray

def in_order(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]: ...
