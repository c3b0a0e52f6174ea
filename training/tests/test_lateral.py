"""Lateral films are made the same way twice, and a class fitted on them names them."""

import numpy as np
import pytest

from conftest import synthetic_film
from pneumotrain import gate, lateral, preprocess


@pytest.fixture(scope="module")
def frontal() -> np.ndarray:
    rng = np.random.default_rng(4)
    return np.stack([preprocess.stretch(synthetic_film(rng, k % 2 == 1, 224, 224) / np.float32(255)) for k in range(40)])


@pytest.mark.parametrize("family", sorted(lateral.FAMILIES))
def test_lateral_films_are_films_and_repeatable(family, frontal):
    films = lateral.made(family, frontal, 4, seed=1)
    assert films.shape == (4, 224, 224) and films.min() == 0 and films.max() == 1
    assert films.std((1, 2)).min() > 0.1
    np.testing.assert_array_equal(films, lateral.made(family, frontal, 4, seed=1))
    assert np.abs(films[0] - films[1]).mean() > 0.05 and not np.array_equal(films, lateral.made(family, frontal, 4, seed=2))


def seen(films: np.ndarray) -> np.ndarray:
    """Features as a network might have them: a small copy of the film, and of its mirror image's difference."""
    small = np.stack([preprocess.resize(f, 8).ravel() for f in films])
    turned = np.stack([preprocess.resize(f[:, ::-1], 8).ravel() for f in films])
    return np.concatenate([small, np.abs(small - turned)], 1)


def test_the_class_fitted_on_one_family_names_the_other(frontal):
    upright, upside = seen(frontal), seen(frontal[:, ::-1])
    head = gate.ViewHead(("frontal", "upside-down"), np.stack([upright.mean(0), upside.mean(0)]) * 5, np.zeros(2))
    head.bias[:] = -0.5 * (np.array([upright.mean(0), upside.mean(0)]) ** 2).sum(1) * 5
    others = np.concatenate([upright, upside])
    distance = gate.fit_distance(upright, np.ones(len(upright)), 20)
    folded, phantom = (seen(lateral.made(f, frontal, 24, seed=3)) for f in ("folded", "phantom"))
    fitted = gate.with_class(head, gate.LATERAL, others, folded, np.ones(len(others)), distance)
    named = [fitted.classes[k] for k in fitted.probabilities(np.concatenate([phantom, folded])).argmax(1)]
    assert named.count(gate.LATERAL) >= 0.8 * len(named)
    # The films that it was told from keep their names.
    before, after = head.probabilities(others).argmax(1), fitted.probabilities(others).argmax(1)
    np.testing.assert_array_equal(before, after)
    np.testing.assert_array_equal(fitted.weight[:2], head.weight)
