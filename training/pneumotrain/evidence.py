"""What the activation map shows in normal films, cell by cell.

A cell's value alone says little: the mediastinum's cells are high and the
lungs' are low in every film, and only their mean is the logit. Against the
mean and the deviation of normal training films a cell says how much more
reason for pneumonia the network sees there than it usually does. The scale is
the same for every film, so a normal film's heat map stays clean.
"""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Sequence

import numpy as np

from . import calibrate
from .films import Film
from .gate import encode

SHRINK = 0.25
"""Share of the map's overall deviation that is mixed into each cell's, so that no quiet cell explodes."""


class Evidence(NamedTuple):
    """Mean and deviation of each cell in normal films."""

    mean: np.ndarray  # [h, w]
    deviation: np.ndarray  # [h, w]

    def of(self, maps: np.ndarray) -> np.ndarray:
        """Deviations [N, h, w] of maps [N, h, w]."""
        return (maps - self.mean) / self.deviation

    def metadata(self) -> Dict[str, Any]:
        """The ``evidence`` object of the model's metadata."""
        height, width = self.mean.shape
        return {"width": width, "height": height, "mean": encode(self.mean), "deviation": encode(self.deviation)}


def fit(maps: np.ndarray, films: Sequence[Film]) -> Evidence:
    """From the maps [N, h, w] of the training films; only the normal ones count, the domains alike."""
    normal = np.array([f.label == 0 for f in films])
    weights = calibrate.domain_weights(np.array([f.domain for f in films])[normal])
    weights = weights / weights.sum()
    chosen = maps[normal].astype(np.float64)
    mean = np.tensordot(weights, chosen, 1)
    variance = np.tensordot(weights, (chosen - mean) ** 2, 1)
    deviation = (1 - SHRINK) * np.sqrt(variance) + SHRINK * np.sqrt(variance.mean())
    return Evidence(mean, deviation)
