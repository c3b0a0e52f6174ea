"""The pruning rates: the one table that says how much of which layer goes.

For each overall rate in percent, for each of the four stages, the share of
channels dropped from the first (1x1) and from the second (3x3) convolution of
its bottlenecks. Residual widths are never pruned, as in the paper.
"""

from __future__ import annotations

import math
from typing import Dict, Tuple

FULL: Tuple[int, ...] = (64, 128, 256, 512)
BLOCKS: Tuple[int, ...] = (3, 4, 6, 3)

Rates = Tuple[Tuple[float, float], ...]

RATES: Dict[int, Rates] = {
    30: ((0.30, 0.30), (0.30, 0.30), (0.30, 0.30), (0.30, 0.30)),
    50: ((0.50, 0.50), (0.50, 0.50), (0.50, 0.50), (0.50, 0.50)),
    70: ((0.70, 0.70), (0.70, 0.70), (0.70, 0.70), (0.70, 0.70)),
    90: ((0.90, 0.90), (0.90, 0.90), (0.90, 0.90), (0.90, 0.90)),
}


def kept(width: int, rate: float) -> int:
    """Channels left of a layer; at least one."""
    return max(1, math.floor(width * (1 - rate) + 1e-9))


def widths(rate: int) -> Tuple[Tuple[int, int], ...]:
    """Inner widths of each stage's bottlenecks at an overall rate; rate 0 is ResNet50."""
    if rate == 0:
        return tuple((full, full) for full in FULL)
    return tuple((kept(full, first), kept(full, second)) for full, (first, second) in zip(FULL, RATES[rate]))
