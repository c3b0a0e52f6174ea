"""The preprocessing is what README.md words, step by step."""

import numpy as np
import pytest
from PIL import Image

from pneumotrain import preprocess


def triangle(values: np.ndarray, size: int) -> np.ndarray:
    """The filter in words of its own, along the last axis."""
    length = values.shape[-1]
    scale = length / size
    support = max(scale, 1.0)
    out = np.empty(values.shape[:-1] + (size,))
    for i in range(size):
        centre = (i + 0.5) * scale
        first, last = max(int(centre - support + 0.5), 0), min(int(centre + support + 0.5), length)
        at = np.arange(first, last)
        weights = np.maximum(1 - np.abs((at + 0.5 - centre) / support), 0)
        out[..., i] = values[..., first:last] @ (weights / weights.sum())
    return out


@pytest.mark.parametrize("height,width", [(300, 417), (224, 224), (150, 180), (1000, 230)])
def test_resize_is_the_antialiased_triangle(height, width):
    grey = np.random.default_rng(1).random((height, width), dtype=np.float32)
    expected = triangle(triangle(grey.astype(np.float64), 224).T, 224).T
    np.testing.assert_allclose(preprocess.resize(grey), expected, atol=2e-6)


def test_stretch_maps_percentiles_to_zero_and_one():
    film = np.linspace(0.3, 0.5, 224 * 224, dtype=np.float32).reshape(224, 224)
    stretched = preprocess.stretch(film)
    assert stretched.min() == 0 and stretched.max() == 1
    np.testing.assert_allclose(np.median(stretched), 0.5, atol=1e-3)
    np.testing.assert_allclose((stretched == 0).mean(), 0.01, atol=1e-3)


def test_blank_film_stays_blank():
    assert preprocess.stretch(np.full((224, 224), 0.4, np.float32)).max() == 0


def test_sixteen_bit_film_equals_eight_bit(tmp_path):
    eight = np.random.default_rng(2).integers(0, 256, (40, 50)).astype(np.uint8)
    Image.fromarray(eight).save(tmp_path / "8.png")
    Image.fromarray(eight.astype(np.uint16) * 257).save(tmp_path / "16.png")
    np.testing.assert_allclose(
        preprocess.load_grey(tmp_path / "8.png"), preprocess.load_grey(tmp_path / "16.png"), atol=1e-6
    )
