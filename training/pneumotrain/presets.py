"""What a run trains, in one table per preset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Tuple

from .network import Shape


@dataclass(frozen=True)
class Preset:
    """A run of the lean network: its shape, its schedule, its data mix."""

    name: str
    shape: Shape
    schedule: Tuple[Tuple[int, int], ...]  # (resolution, steps), in order
    seed: int = 1
    batch: int = 64
    nih_share: float = 0.33
    not_frontal_share: float = 0.14
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    warmup: float = 0.05
    ema: float = 0.998
    dropout: float = 0.1
    mixup: float = 0.3
    view_weight: float = 0.3
    findings_weight: float = 0.3
    bfloat16: bool = True
    checkpoint_every: int = 100

    @property
    def steps(self) -> int:
        """All optimiser steps."""
        return sum(count for _, count in self.schedule)

    def resolution(self, step: int) -> int:
        """Side of the films at a step."""
        for size, count in self.schedule:
            if step < count:
                return size
            step -= count
        return self.schedule[-1][0]


PRESETS: Dict[str, Preset] = {
    "lean": Preset("lean", Shape(), ((128, 4200), (160, 1800), (192, 900), (224, 900))),
    "tiny": Preset(
        "tiny", Shape(16, (16, 32, 32, 48), (16, 16, 16, 16), (1, 1, 1, 1)), ((64, 6), (96, 6)),
        batch=8, checkpoint_every=3,
    ),
}
