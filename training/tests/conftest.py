"""A tiny data folder like the real one: synthetic films, the same CSV columns."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

torch.set_num_threads(1)


def synthetic_film(rng: np.random.Generator, ill: bool, height: int, width: int) -> np.ndarray:
    """Two dark lungs on grey; pneumonia is a bright patch in one of them."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    film = np.full((height, width), 0.7)
    for side in (-0.45, 0.45):
        film[((x - side) / 0.3) ** 2 + (y / 0.65) ** 2 < 1] = 0.2
    film += 0.3 * (y > 0.75)
    if ill:
        side = rng.choice((-0.45, 0.45))
        film += 0.5 * np.exp(-(((x - side) / 0.2) ** 2 + ((y - rng.uniform(-0.2, 0.4)) / 0.25) ** 2))
    film += rng.normal(0, 0.03, film.shape)
    return (np.clip(film, 0, 1) * 255).astype(np.uint8)


def write_data(root: Path, count: int = 12) -> Path:
    """Both domains with ``count`` films per label and split."""
    rng = np.random.default_rng(0)
    kermany, nih = [], []
    for split in ("train", "val"):
        for label in ("normal", "pneumonia"):
            for i in range(count):
                ill = label == "pneumonia"
                name = f"224/{split}-{label}-{i}.jpg"
                original = f"original/{split}-{label}-{i}.jpg" if i == 0 and split == "val" else ""
                for file, (h, w) in ((name, (224, 224)), (original, (300, 400))):
                    if file:
                        target = root / "kermany" / file
                        target.parent.mkdir(parents=True, exist_ok=True)
                        Image.fromarray(synthetic_film(rng, ill, h, w)).save(target, quality=95)
                kermany.append([name, label, ("bacterial", "viral")[i % 2] if ill else "normal",
                                f"K-{split}-{label}-{i}", split, original])
                name = f"512/{split}-{label}-{i}.jpg"
                target = root / "nih" / name
                target.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(synthetic_film(rng, ill, 256, 230)).save(target, quality=95)
                rsna = ("Lung Opacity" if ill else ("Normal", "No Lung Opacity / Not Normal")[i % 4 // 2]) if i % 2 else ""
                nih.append([name, label, "Pneumonia|Edema" if ill else "No Finding", rsna,
                            f"{split}-{label}-{i}", str(20 + i * 4), "MF"[i % 2], ("AP", "PA")[i % 2], split])
    for domain, head, rows in (
        ("kermany", ["file", "label", "subtype", "patient", "split", "original"], kermany),
        ("nih", ["file", "label", "nih_findings", "rsna_class", "patient", "age", "sex", "view", "split"], nih),
    ):
        with open(root / domain / "films.csv", "w", newline="", encoding="utf-8") as handle:
            csv.writer(handle).writerows([head] + rows)
    return root


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny data folder."""
    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture()
def surroundings(data: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Environment that points at the tiny data and at a cache of this test; the cache folder."""
    cache = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("PNEUMOLIGHT_DATA", str(data))
    monkeypatch.setenv("PNEUMOLIGHT_CACHE", str(cache))
    return cache
