"""What a run trains, in one table per preset."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Dict, Tuple

from .films import DOMAINS
from .network import Shape


@dataclass(frozen=True)
class Preset:
    """A run of the lean network: its shape, its schedule, its data mix."""

    name: str
    shape: Shape
    schedule: Tuple[Tuple[int, int], ...]  # (resolution, steps), in order
    seed: int = 1
    batch: int = 64
    domains: Tuple[str, ...] = DOMAINS  # of the films that it learns from
    nih_share: float = 0.33
    not_frontal_share: float = 0.14
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    warmup: float = 0.05
    ema: float = 0.998
    dropout: float = 0.1
    mixup: float = 0.3
    geometry: float = 1.0  # strength of rotation, scale, shift, shear
    frames: Tuple[float, float] = (0.5, 0.10)  # how often films are framed, and how wide at most
    view_weight: float = 0.3
    findings_weight: float = 0.3
    bfloat16: bool = True
    checkpoint_every: int = 100
    after: str = ""  # preset whose averaged weights this one begins with
    teachers: Tuple[int, ...] = ()  # seeds of the run before that teach this one, all together
    elder: str = ""  # file of an earlier released model that teaches beside them
    blend: float = 1.0  # share of this run's weights in the released ones; the rest is of the run before

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


_LEAN = Preset("lean", Shape(), ((128, 4200), (160, 800), (192, 500), (224, 500)))
_HALF = replace(_LEAN, name="lean-half", schedule=((128, 2000), (160, 400), (192, 300), (224, 200)), frames=(0.6, 0.12), geometry=1.2)
_TINY = Preset(
    "tiny", Shape(16, (16, 32, 32, 48), (16, 16, 16, 16), (1, 1, 1, 1)), ((64, 6), (96, 6)), batch=8, checkpoint_every=3,
)

PRESETS: Dict[str, Preset] = {
    "lean": _LEAN,
    "lean-half": _HALF,
    "kermany-alone": replace(_HALF, name="kermany-alone", domains=("kermany",)),
    "nih-alone": replace(_HALF, name="nih-alone", domains=("nih",)),
    "lean-distilled": Preset(
        "lean-distilled", Shape(), ((160, 300), (192, 300), (224, 300)), seed=2,
        learning_rate=1.2e-3, geometry=1.3, frames=(0.65, 0.13), after="lean-half", teachers=(2, 3),
    ),
    "lean-elder": Preset(
        "lean-elder", Shape(), ((192, 250), (224, 250)), seed=2,
        learning_rate=1e-3, geometry=1.3, frames=(0.65, 0.13), after="lean-distilled", teachers=(2,), elder="pneumolight-0.3.1.onnx",
    ),
    "tiny": _TINY,
    "tiny-nih-alone": replace(_TINY, name="tiny-nih-alone", domains=("nih",)),
    "tiny-refined": replace(
        _TINY, name="tiny-refined", schedule=((64, 2),), checkpoint_every=1, geometry=1.4, after="tiny", teachers=(1, 2), blend=0.5,
    ),
}
