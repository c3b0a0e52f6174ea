"""Augmentation of whole batches, drawn from one generator so that a step can be repeated.

Against shortcuts: frames of random width and grey hide the borders, corners
are blanked, letters are laid over films of both labels. Against one
scanner's look: gamma, window, low-frequency shading, blur, noise. Against
memorising: rotation, scale, shift, cut-out. Heart left and right matter, so
films are mirrored only now and then.

``not_frontal`` makes what the view head must tell apart from an upright
frontal film: inverted, lying, upside-down, or no chest film at all.
"""

from __future__ import annotations

import math
from typing import Optional, Tuple

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor
from torch.nn import functional as F

from .network import VIEWS

MIRRORED = 0.25
CURVED = 0.3
LETTERS = ("L", "R", "AP", "PA", "SUPINE", "PORTABLE", "ERECT", "RT", "LT", "12:40", "A1", "X")


def generator(seed: int, step: int) -> torch.Generator:
    """The random numbers of one step: a function of seed and step only."""
    return torch.Generator().manual_seed((seed * 1_000_003 + step) & 0x7FFF_FFFF_FFFF)


def letter_bank() -> Tensor:
    """Small masks [K, 16, 56] of the markers that technologists put on films."""
    masks = []
    for text in LETTERS:
        image = Image.new("L", (56, 16), 0)
        ImageDraw.Draw(image).text((2, 2), text, fill=255, font=ImageFont.load_default())
        masks.append(np.asarray(image, dtype=np.float32) / 255.0)
    return torch.from_numpy(np.stack(masks))


def _uniform(count: int, low: float, high: float, g: torch.Generator) -> Tensor:
    return torch.rand(count, generator=g) * (high - low) + low


def _happens(count: int, probability: float, g: torch.Generator) -> Tensor:
    return torch.rand(count, generator=g) < probability


def geometry(films: Tensor, g: torch.Generator, strength: float = 1.0) -> Tensor:
    """Rotation to 12 degrees, each axis scaled and shifted by its own, some shear."""
    n = films.shape[0]
    angle = _uniform(n, -12, 12, g) * strength * math.pi / 180
    scale_x = 1 + _uniform(n, -0.18, 0.18, g) * strength
    scale_y = 1 + _uniform(n, -0.18, 0.18, g) * strength
    shear = _uniform(n, -0.06, 0.06, g) * strength
    shift = torch.rand(n, 2, generator=g) * 0.24 * strength - 0.12 * strength
    mirror = torch.where(_happens(n, MIRRORED, g), -1.0, 1.0)
    cos, sin = torch.cos(angle), torch.sin(angle)
    theta = torch.stack(
        [
            torch.stack([cos * scale_x * mirror, (shear - sin) * scale_y, shift[:, 0]], 1),
            torch.stack([sin * scale_x * mirror, cos * scale_y, shift[:, 1]], 1),
        ],
        1,
    )
    grid = F.affine_grid(theta, list(films.shape), align_corners=False)
    padding = "zeros" if torch.rand(1, generator=g).item() < 0.6 else "border"
    return F.grid_sample(films, grid, mode="bilinear", padding_mode=padding, align_corners=False)


def greys(films: Tensor, g: torch.Generator) -> Tensor:
    """Gamma, a curve, window, shading, blur and noise: another scanner, another exposure."""
    n, _, height, width = films.shape
    gamma = torch.exp(_uniform(n, -0.45, 0.45, g)).view(n, 1, 1, 1)
    films = films.clamp(1e-4, 1).pow(gamma)
    # Film and many detectors' processing answer to dose by an S: straight in the middle, flat at both ends.
    slope, middle = _uniform(n, 2, 8, g).view(n, 1, 1, 1), _uniform(n, 0.3, 0.7, g).view(n, 1, 1, 1)
    ends = torch.sigmoid(-slope * middle), torch.sigmoid(slope * (1 - middle))
    curve = (torch.sigmoid(slope * (films - middle)) - ends[0]) / (ends[1] - ends[0])
    films = torch.where(_happens(n, CURVED, g).view(n, 1, 1, 1), curve, films)
    low = _uniform(n, -0.10, 0.15, g).view(n, 1, 1, 1)
    high = _uniform(n, 0.85, 1.15, g).view(n, 1, 1, 1)
    films = (films - low) / (high - low)
    shade = torch.randn(n, 1, 3, 3, generator=g) * 0.06
    films = films + F.interpolate(shade, size=(height, width), mode="bilinear", align_corners=True)
    kind = torch.rand(n, generator=g)
    sigma = _uniform(n, 0.4, 1.3, g)
    blurred = kind < 0.35
    if bool(blurred.any()):
        chosen = torch.nonzero(blurred)[:, 0]
        offsets = torch.arange(-2, 3, dtype=torch.float32)
        kernel = torch.exp(-offsets[None] ** 2 / (2 * sigma[chosen, None] ** 2))
        kernel = kernel / kernel.sum(1, keepdim=True)
        part = films[chosen].transpose(0, 1)  # one group per film
        part = F.conv2d(F.pad(part, (2, 2, 0, 0), mode="replicate"), kernel.view(-1, 1, 1, 5), groups=len(chosen))
        part = F.conv2d(F.pad(part, (0, 0, 2, 2), mode="replicate"), kernel.view(-1, 1, 5, 1), groups=len(chosen))
        films = films.index_copy(0, chosen, part.transpose(0, 1))
    noise = (torch.rand(n, generator=g) * 0.05 * (kind > 0.55).float()).view(n, 1, 1, 1)
    films = films + noise * torch.randn(films.shape, generator=g)
    return films.clamp(0, 1)


def masks(films: Tensor, letters: Tensor, g: torch.Generator, frames: Tuple[float, float] = (0.5, 0.10)) -> Tensor:
    """Frames, corners, letters and cut-outs, in place on a copy, blind to the label.

    frames: how often a film is framed, and the frame's largest width as a share of the side.
    """
    often, widest = frames
    films = films.clone()
    n, _, height, width = films.shape
    for i in range(n):
        draw = torch.rand(24, generator=g).tolist()
        film = films[i, 0]
        if draw[0] < often:
            grey = draw[1] if draw[2] < 0.4 else 0.0
            top, bottom = int(draw[3] * widest * height), int(draw[4] * widest * height)
            left, right = int(draw[5] * widest * width), int(draw[6] * widest * width)
            film[:top] = grey
            film[height - bottom :] = grey
            film[:, :left] = grey
            film[:, width - right :] = grey
        if draw[7] < 0.4:
            h, w = int((0.06 + 0.12 * draw[8]) * height), int((0.06 + 0.14 * draw[9]) * width)
            y = 0 if draw[10] < 0.7 else height - h
            x = 0 if draw[11] < 0.5 else width - w
            film[y : y + h, x : x + w] = draw[12] * 0.6
        if draw[13] < 0.4:
            mark = letters[int(draw[14] * len(letters))]
            w = max(10, int(width * (0.12 + 0.14 * draw[15])))
            h = max(4, int(w * 16 / 56))
            mark = F.interpolate(mark[None, None], size=(h, w), mode="bilinear", align_corners=False)[0, 0]
            y = int(draw[16] * 0.25 * height) if draw[17] < 0.8 else height - h - int(draw[16] * 0.1 * height)
            x = int(draw[18] * (width - w))
            patch = film[y : y + h, x : x + w]
            film[y : y + h, x : x + w] = patch * (1 - mark) + mark * (0.7 + 0.3 * draw[19])
        if draw[20] < 0.35:
            h, w = int((0.1 + 0.25 * draw[21]) * height), int((0.1 + 0.25 * draw[22]) * width)
            at = torch.rand(3, generator=g).tolist()
            y, x = int(at[0] * (height - h)), int(at[1] * (width - w))
            film[y : y + h, x : x + w] = at[2]
    return films


def _texture(size: int, g: torch.Generator) -> Tensor:
    """Anything that is no film: noise of several grains, ramps, boxes, nearly nothing."""
    kind = int(torch.randint(6, (1,), generator=g))
    if kind == 0:
        return torch.rand(size, size, generator=g)
    if kind == 1:
        grain = int(torch.randint(2, 24, (1,), generator=g))
        coarse = torch.rand(1, 1, grain, grain, generator=g)
        return F.interpolate(coarse, size=(size, size), mode="bilinear", align_corners=True)[0, 0]
    if kind == 2:
        a, b, c = torch.randn(3, generator=g).tolist()
        y, x = torch.meshgrid(torch.linspace(-1, 1, size), torch.linspace(-1, 1, size), indexing="ij")
        ramp = a * y + b * x + c * (x * x + y * y)
        return (ramp - ramp.min()) / (ramp.max() - ramp.min() + 1e-6)
    if kind == 3:
        picture = torch.full((size, size), float(torch.rand(1, generator=g)))
        for _ in range(int(torch.randint(1, 12, (1,), generator=g))):
            y0, x0, h, w, grey = torch.rand(5, generator=g).tolist()
            y, x = int(y0 * size), int(x0 * size)
            picture[y : y + 2 + int(h * size / 2), x : x + 2 + int(w * size / 2)] = grey
        return picture
    if kind == 4:
        y, x = torch.meshgrid(torch.linspace(-1, 1, size), torch.linspace(-1, 1, size), indexing="ij")
        picture = torch.zeros(size, size)
        for _ in range(int(torch.randint(1, 8, (1,), generator=g))):
            cy, cx, ry, rx, grey = torch.rand(5, generator=g).tolist()
            inside = ((y - 2 * cy + 1) / (0.1 + ry)) ** 2 + ((x - 2 * cx + 1) / (0.1 + rx)) ** 2 < 1
            picture[inside] = grey
        return picture
    flat = torch.full((size, size), float(torch.rand(1, generator=g)))
    return flat + 0.02 * torch.randn(size, size, generator=g) * float(torch.rand(1, generator=g))


def _scrambled(film: Tensor, g: torch.Generator) -> Tensor:
    """A film that shows no chest: its tiles in another order, or a small piece enlarged."""
    size = film.shape[-1]
    if torch.rand(1, generator=g).item() < 0.5:
        parts = int(torch.randint(2, 6, (1,), generator=g))
        edge = size // parts
        order = torch.randperm(parts * parts, generator=g).tolist()
        tiles = [film[(k // parts) * edge : (k // parts + 1) * edge, (k % parts) * edge : (k % parts + 1) * edge]
                 for k in order]
        rows = [torch.cat(tiles[r * parts : (r + 1) * parts], 1) for r in range(parts)]
        whole = torch.cat(rows, 0)
        return F.interpolate(whole[None, None], size=(size, size), mode="bilinear", align_corners=False)[0, 0]
    edge = int(size * (0.15 + 0.2 * torch.rand(1, generator=g).item()))
    y, x = (torch.rand(2, generator=g) * (size - edge)).long().tolist()
    piece = film[y : y + edge, x : x + edge]
    return F.interpolate(piece[None, None], size=(size, size), mode="bilinear", align_corners=False)[0, 0]


def not_frontal(film: Tensor, pictures: Optional[Tensor], g: torch.Generator) -> Tuple[Tensor, int]:
    """One film [S, S] made into something that must be refused, and which of VIEWS it is."""
    kind = torch.rand(1, generator=g).item()
    if kind < 0.22:
        return 1 - film, VIEWS.index("inverted")
    if kind < 0.44:
        quarter = 1 if torch.rand(1, generator=g).item() < 0.5 else 3
        return torch.rot90(film, quarter, (0, 1)), VIEWS.index("rotated")
    if kind < 0.64:
        upside = torch.rot90(film, 2, (0, 1))
        return (upside if torch.rand(1, generator=g).item() < 0.6 else film.flip(0)), VIEWS.index("upside-down")
    other = VIEWS.index("other")
    if kind < 0.72:
        return _texture(film.shape[-1], g), other
    if kind < 0.80 or pictures is None or len(pictures) == 0:
        return _scrambled(film, g), other
    picture = pictures[int(torch.randint(len(pictures), (1,), generator=g))]
    picture = torch.rot90(picture, int(torch.randint(4, (1,), generator=g)), (0, 1))
    if torch.rand(1, generator=g).item() < 0.2:
        picture = 1 - picture
    return picture, other


def restretch(films: Tensor) -> Tensor:
    """The preprocessing's percentile stretch again, after the greys were changed."""
    n = films.shape[0]
    flat = films.reshape(n, -1)
    ordered = flat[:, :: max(1, flat.shape[1] // 2048)].sort(1).values
    last = ordered.shape[1] - 1
    low = ordered[:, int(0.01 * last)].view(n, 1, 1, 1)
    high = ordered[:, int(0.99 * last)].view(n, 1, 1, 1)
    return ((films - low) / (high - low).clamp(min=1e-3)).clamp(0, 1)
