"""Films that must be refused, made from the validation films and from test pictures."""

from __future__ import annotations

from typing import Dict, List

import numpy as np

from . import preprocess
from .pictures import Pictures


def turned(films: np.ndarray) -> Dict[str, np.ndarray]:
    """Prepared films [N, 224, 224] inverted, lying on either side, upside-down."""
    return {
        "inverted": 1 - films,
        "rotated by 90°": np.rot90(films, 1, (1, 2)).copy(),
        "rotated by 270°": np.rot90(films, 3, (1, 2)).copy(),
        "rotated by 180°": np.rot90(films, 2, (1, 2)).copy(),
    }


def made_from(films: np.ndarray, seed: int = 11) -> Dict[str, np.ndarray]:
    """Prepared films [N, 224, 224] turned, inverted, replaced by noise."""
    rng = np.random.default_rng(seed)
    shape = (60, preprocess.SIZE, preprocess.SIZE)
    fine = rng.random(shape, dtype=np.float32)
    coarse = np.stack([preprocess.resize(rng.random((14, 14), dtype=np.float32)) for _ in range(60)])
    y, x = np.mgrid[-1:1:224j, -1:1:224j]
    ramps = np.stack([np.cos(a) * x + np.sin(a) * y for a in rng.uniform(0, 6.3, 60)]).astype(np.float32)
    return {
        **turned(films),
        "noise": np.stack([preprocess.stretch(f) for f in np.concatenate([fine, coarse])]),
        "ramps": np.stack([preprocess.stretch(f) for f in ramps]),
        "flat": np.stack([np.full(shape[1:], v, np.float32) for v in np.linspace(0, 1, 20)]),
    }


def grouped(pictures: Pictures) -> Dict[str, np.ndarray]:
    """Test pictures by what they are; small kinds of DICOM together."""
    groups: Dict[str, List[int]] = {}
    for i, kind in enumerate(pictures.kinds):
        name = kind if kind in ("photograph", "radiograph of another part", "CT", "MR") else "other DICOM images"
        groups.setdefault(name, []).append(i)
    return {name: pictures.films[chosen] for name, chosen in sorted(groups.items())}
