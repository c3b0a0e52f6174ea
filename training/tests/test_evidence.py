"""The heat map's scale: clean on normal films, the same for every film."""

import numpy as np

from pneumotrain import evidence, gate
from pneumotrain.films import Film


def films(labels):
    return [Film("kermany" if i % 2 else "nih", "", "train", "", y, float(y), "") for i, y in enumerate(labels)]


def test_normal_films_set_the_scale_and_sick_ones_stand_out():
    rng = np.random.default_rng(3)
    labels = np.repeat([0, 1], 200)
    anatomy = 6 * rng.standard_normal((14, 14))  # high and low in every film
    maps = anatomy + rng.standard_normal((400, 14, 14))
    maps[200:, 3, 5] += 8.0
    fitted = evidence.fit(maps, films(labels))

    deviations = fitted.of(maps)
    assert np.mean(deviations[:200] > 2) < 0.05
    assert np.median(deviations[200:, 3, 5]) > 5
    np.testing.assert_allclose(fitted.mean, maps[:200].mean(0), atol=1e-9)


def test_metadata_holds_the_numbers_in_row_order():
    fitted = evidence.Evidence(np.arange(6.0).reshape(2, 3), np.full((2, 3), 0.5))
    stored = fitted.metadata()
    assert (stored["width"], stored["height"]) == (3, 2)
    np.testing.assert_array_equal(gate.decode(stored["mean"], 2, 3), fitted.mean)
