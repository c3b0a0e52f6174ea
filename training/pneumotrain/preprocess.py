"""From a film's display grey to the network's input: the one definition.

The Go program reproduces these steps; README.md words them. They need only
numpy and Pillow, so that a prediction can be checked without PyTorch.
"""

from __future__ import annotations

from pathlib import Path
from typing import Tuple, Union

import numpy as np
from PIL import Image

SIZE = 224
PERCENTILES: Tuple[float, float] = (1.0, 99.0)
MINIMUM_RANGE = 1e-3


def load_grey(path: Union[str, Path]) -> np.ndarray:
    """Film as float32 [H, W] in [0, 1], 0 black. 8-bit colour becomes luma (ITU-R 601)."""
    with Image.open(path) as image:
        if image.mode.startswith("I"):
            return (np.asarray(image, dtype=np.float64) / 65535.0).astype(np.float32)
        return np.asarray(image.convert("L"), dtype=np.float32) / np.float32(255.0)


def resize(grey: np.ndarray, size: int = SIZE) -> np.ndarray:
    """Square film by a separable triangle filter whose support grows with the reduction.

    Pillow's BILINEAR on float images: antialiased, weights normalised at the
    edges, nothing rounded between the two passes. The aspect is not kept.
    """
    image = Image.fromarray(np.ascontiguousarray(grey, dtype=np.float32))
    return np.asarray(image.resize((size, size), Image.BILINEAR), dtype=np.float32)


def stretch(film: np.ndarray) -> np.ndarray:
    """Stretch so that the 1st percentile becomes 0 and the 99th 1, clipped.

    Percentiles interpolate linearly between order statistics, as
    ``numpy.percentile`` does. A film whose range is below ``MINIMUM_RANGE``
    is divided by that instead, so a blank film stays blank.
    """
    low, high = np.percentile(film, PERCENTILES)
    return np.clip((film - low) / max(high - low, MINIMUM_RANGE), 0.0, 1.0).astype(np.float32)


def prepare(grey: np.ndarray) -> np.ndarray:
    """Stretched 224x224 film in [0, 1]; ``normalise`` makes the network's input of it."""
    return stretch(resize(grey))


def normalise(prepared: np.ndarray, mean: float, std: float) -> np.ndarray:
    """Network input [N, 1, 224, 224] from prepared films [N, 224, 224] or one [224, 224]."""
    films = prepared if prepared.ndim == 3 else prepared[None]
    return ((films - np.float32(mean)) / np.float32(std))[:, None].astype(np.float32)
