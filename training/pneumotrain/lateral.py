"""Lateral chest films, made up: none was at hand.

Two families, so that one can judge what the gate has learnt from the other:

* ``folded``: lung fields of frontal films, each stretched over the whole width
  and laid over another that faces it, with a spine, a heart, two domes of the
  diaphragm and the outline of a chest drawn over them;
* ``phantom``: thicknesses along parallel rays from side to side through a
  chest of ellipsoids (wall, lungs, heart, vertebrae, ribs, raised arms).

A film looks to either side. Both are crude: figures on them are no figures on
real lateral films.
"""

from __future__ import annotations

from typing import Callable, Dict, Tuple

import numpy as np
import torch
from torch.nn import functional as F

from . import preprocess

SIZE = preprocess.SIZE
_ROWS, _COLUMNS = np.mgrid[0 : 1 : SIZE * 1j, 0 : 1 : SIZE * 1j].astype(np.float32)
"""Down, and from the front of the chest to its back, 0 to 1."""


def _step(x: np.ndarray, width: float) -> np.ndarray:
    """0 below zero, 1 above it, smooth over ``width``."""
    return (0.5 * (1 + np.tanh(x / width))).astype(np.float32)


def _warped(film: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """The film with every part moved a little, neighbours alike."""
    coarse = torch.from_numpy(rng.normal(0, strength, (1, 2, 4, 4)).astype(np.float32))
    moved = F.interpolate(coarse, size=(SIZE, SIZE), mode="bicubic", align_corners=True)[0].permute(1, 2, 0)
    straight = F.affine_grid(torch.eye(2, 3)[None], [1, 1, SIZE, SIZE], align_corners=False)
    whole = torch.from_numpy(np.array(film, np.float32))[None, None]
    return F.grid_sample(whole, straight + moved, padding_mode="border", align_corners=False)[0, 0].numpy()


def _blurred(film: np.ndarray, by: float) -> np.ndarray:
    """The film through a smaller copy of itself."""
    return preprocess.resize(preprocess.resize(film, max(16, int(SIZE / by))), SIZE)


def _outline(rng: np.random.Generator) -> Tuple[np.ndarray, np.ndarray]:
    """Columns of the front and of the back of the chest in every row [SIZE, 1]."""
    down = _ROWS[:, :1]
    breast, belly = rng.uniform(0.0, 0.12), rng.uniform(-0.05, 0.1)
    front = rng.uniform(0.04, 0.16) + 0.14 * (1 - down) ** 3 - breast * np.exp(-(((down - 0.55) / 0.2) ** 2)) - belly * down
    back = rng.uniform(0.86, 1.0) - rng.uniform(0.0, 0.1) * (2 * down - 1) ** 2
    return front, back


def _spine(rng: np.random.Generator, back: np.ndarray) -> np.ndarray:
    """A column of vertebrae before the back, fainter towards the diaphragm, where air lies beside it."""
    down = _ROWS[:, :1]
    middle = back - rng.uniform(0.12, 0.2) + rng.uniform(-0.05, 0.08) * np.sin(np.pi * down)
    width = rng.uniform(0.045, 0.075)
    column = _step(width - np.abs(_COLUMNS - middle), 0.012)
    discs = rng.uniform(0.1, 0.4) * (1 - np.tanh(3 * np.cos(2 * np.pi * (down * rng.uniform(9, 14) + rng.uniform()))))
    return column * (1 - 0.5 * discs) * (1 - rng.uniform(0.2, 0.6) * down)


def _domes(rng: np.random.Generator) -> np.ndarray:
    """Two domes of the diaphragm, high in front and deep behind; thickness below them, 0 to 1."""
    found = np.zeros((SIZE, SIZE), np.float32)
    top, middle = rng.uniform(0.66, 0.82), rng.uniform(0.3, 0.5)
    for lower in (0.0, rng.uniform(0.0, 0.08)):
        across = _COLUMNS - middle
        edge = top + lower + np.where(across > 0, rng.uniform(0.5, 1.0), 0.3) * across**2
        found += 0.5 * _step(_ROWS - edge, 0.012)
    return found


def folded(films: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A lateral film [224, 224] from prepared frontal films [N, 224, 224]."""
    film = np.zeros((SIZE, SIZE), np.float32)
    share = rng.uniform(0.3, 0.7)
    for weight, faces_back in ((share, True), (1 - share, False)):
        frontal = films[rng.integers(len(films))]
        frontal = frontal if rng.random() < 0.5 else frontal[:, ::-1]
        top, left, middle = rng.uniform(0, 0.1), rng.uniform(0.02, 0.14), rng.uniform(0.44, 0.56)
        half = frontal[int(top * SIZE) : int(rng.uniform(0.85, 1) * SIZE), int(left * SIZE) : int(middle * SIZE)]
        half = preprocess.resize(half if faces_back else half[:, ::-1])
        film += weight * _warped(half, rng, 0.06)
    front, back = _outline(rng)
    film = 0.75 * film + rng.uniform(0.1, 0.3) * _spine(rng, back)
    across, down = _COLUMNS - rng.uniform(0.28, 0.42), _ROWS - rng.uniform(0.56, 0.7)
    heart = ((across + rng.uniform(-0.2, 0.7) * down) / rng.uniform(0.16, 0.28)) ** 2 + (down / rng.uniform(0.16, 0.26)) ** 2
    film += rng.uniform(0.08, 0.25) * _step(1 - heart, rng.uniform(0.3, 0.8))
    below = _domes(rng) * rng.uniform(0.5, 0.9)
    film = film * (1 - below) + below * rng.uniform(0.7, 1.0)
    arms = _step(rng.uniform(0.05, 0.2) - _ROWS - 0.1 * np.cos(6 * _COLUMNS), 0.05)
    film = film * (1 - 0.6 * arms) + 0.6 * arms * rng.uniform(0.6, 0.9)
    edge = np.minimum(_COLUMNS - front, back - _COLUMNS)
    film += rng.uniform(0.1, 0.35) * np.exp(-np.maximum(edge, 0) / rng.uniform(0.02, 0.06))
    return film * _step(edge, 0.015)


def _chord(row: float, column: float, height: float, depth: float, tilt: float = 0.0) -> np.ndarray:
    """Thickness from side to side of an ellipsoid of unit width, its top leaning back by ``tilt``, 0 outside."""
    across = _COLUMNS - column + tilt * (_ROWS - row)
    return np.sqrt(np.maximum(1 - ((_ROWS - row) / height) ** 2 - (across / depth) ** 2, 0)).astype(np.float32)


def phantom(_films: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A lateral film [224, 224] of a chest of ellipsoids."""
    front, back = _outline(rng)
    middle, depth = (front + back) / 2, (back - front) / 2
    wide = np.sqrt(np.maximum(1 - ((_COLUMNS - middle) / depth) ** 2, 0)) * (0.75 + 0.35 * _ROWS)
    below = _domes(rng)
    air = np.zeros((SIZE, SIZE), np.float32)
    top = rng.uniform(0.42, 0.52)
    for _side in range(2):
        lung = _chord(
            top + rng.uniform(-0.02, 0.02), float(middle.mean()) + rng.uniform(-0.02, 0.04),
            rng.uniform(0.4, 0.5), float(depth.mean()) * rng.uniform(0.8, 0.97),
        )
        air += 0.5 * rng.uniform(0.6, 0.75) * lung * (0.85 + 0.15 * wide)
    tissue = wide - air * (1 - below)
    heart = _chord(
        rng.uniform(0.56, 0.68), rng.uniform(0.28, 0.42), rng.uniform(0.14, 0.24), rng.uniform(0.14, 0.24), rng.uniform(-0.2, 0.7)
    )
    tissue += rng.uniform(0.2, 0.5) * _blurred(heart**1.5, rng.uniform(4, 12)) * (1 - below)
    tissue += rng.uniform(0.2, 0.45) * _spine(rng, back)
    slope, first, apart = rng.uniform(-0.5, -0.25), rng.uniform(0.12, 0.2), rng.uniform(0.055, 0.075)
    for number in range(20):  # ten pairs; the far side's ribs are thrown a little larger
        along = first + (number // 2) * apart + (number % 2) * rng.uniform(0.005, 0.03) - slope * (0.75 - _COLUMNS)
        behind = 0.4 + 0.6 * np.clip((_COLUMNS - 0.2) / 0.6, 0, 1)
        tissue += 0.07 * rng.uniform(0.5, 1) * behind * np.exp(-(((_ROWS - along) / 0.012) ** 2)) * (wide > 0)
    tissue += 0.15 * np.exp(-(((_COLUMNS - front - 0.05) / 0.012) ** 2)) * _step(0.65 - _ROWS, 0.03) * _step(_ROWS - 0.2, 0.03)
    arms = _chord(rng.uniform(-0.1, 0.02), rng.uniform(0.2, 0.6), rng.uniform(0.12, 0.25), rng.uniform(0.2, 0.5))
    tissue += rng.uniform(0.2, 0.7) * arms
    grain = _blurred(rng.normal(0, 1, (SIZE, SIZE)).astype(np.float32), rng.uniform(3, 10))
    vessels = 0.05 * air * grain / (grain.std() + 1e-6)
    return _warped((tissue + vessels).astype(np.float32), rng, 0.03)


FAMILIES: Dict[str, Callable[[np.ndarray, np.random.Generator], np.ndarray]] = {"folded": folded, "phantom": phantom}


def made(family: str, films: np.ndarray, count: int, seed: int) -> np.ndarray:
    """``count`` prepared lateral films [count, 224, 224] of a family, facing either side, variously framed and exposed."""
    rng = np.random.default_rng(seed)
    result = np.empty((count, SIZE, SIZE), np.float32)
    for k in range(count):
        film = FAMILIES[family](films, rng)
        film = film[:, ::-1] if rng.random() < 0.5 else film
        top, bottom, left, right = (int(SIZE * rng.uniform(0, widest)) for widest in (0.1, 0.1, 0.16, 0.16))
        film = preprocess.stretch(preprocess.resize(film[top : SIZE - bottom, left : SIZE - right]))
        film = film ** np.float32(np.exp(rng.uniform(-0.5, 0.3)))
        film = _blurred(film, rng.uniform(0.8, 1.6))
        result[k] = preprocess.stretch(film + rng.normal(0, rng.uniform(0, 0.03), film.shape).astype(np.float32))
    return result
