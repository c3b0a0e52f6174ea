"""The gate in the metadata is the gate that was fitted."""

import json

import numpy as np

from pneumotrain import fitgate, gate
from pneumotrain.network import VIEWS


def fitted(seed: int = 1) -> tuple:
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(20, 20))
    features = (rng.normal(size=(4000, 20)) @ mixing + 5).astype(np.float32)
    domains = np.array(["a", "b"] * 2000)
    view = gate.ViewHead(VIEWS, rng.normal(0, 0.001, (len(VIEWS), 20)), np.array([5.0, 0, 0, 0, 0]))
    distance = gate.fit_distance(features, np.ones(4000), components=19)
    limits = gate.choose_limits(view, distance, features, domains, features + 30)
    return features, domains, mixing, gate.Gate(view, limits[0], distance, limits[1])


def test_frontal_refusals_stay_below_the_limit():
    features, domains, _, found = fitted()
    refused = np.array(found.refuse(features)) != ""
    for d in ("a", "b"):
        assert refused[domains == d].mean() <= gate.REFUSED


def test_far_films_are_unfamiliar_and_turned_ones_named():
    features, _, _, found = fitted()
    assert set(found.refuse(features[:50] + 100 * np.sign(features[:50]))) <= {gate.UNFAMILIAR, *VIEWS[1:]}
    turned = found._replace(view=found.view._replace(bias=np.array([0.0, 0, 9, 0, 0])))
    assert set(turned.refuse(features[:50])) == {"rotated"}


def test_distance_is_mahalanobis_under_the_stated_covariance():
    features, _, _, found = fitted()
    d = found.distance
    directions = d.components.T
    inverse = directions @ np.diag(d.weights) @ directions.T + d.rest * (np.eye(20) - directions @ directions.T)
    centred = (features[:100] - d.mean) / d.scale
    expected = np.einsum("ni,ij,nj->n", centred, inverse, centred)
    np.testing.assert_allclose(d.squared(features[:100]), expected, rtol=1e-3, atol=1e-3)


def test_metadata_round_trip():
    features, _, _, found = fitted()
    back = gate.from_metadata(json.loads(json.dumps(found.metadata())))
    strange = np.concatenate([features[:200], features[:200] * 3])
    assert back.refuse(strange) == found.refuse(strange)
    np.testing.assert_allclose(back.distance.squared(strange), found.distance.squared(strange), rtol=1e-6)


def test_no_frontal_film_stands_on_a_limit():
    rng = np.random.default_rng(5)
    features = rng.standard_normal((400, 6))
    domains = np.array(["a", "b"] * 200)
    view = gate.ViewHead(("frontal", "other"), np.zeros((2, 6)), np.array([1.0, 0.0]))
    distance = gate.fit_distance(features, np.ones(400), 3)
    _, maximum = gate.choose_limits(view, distance, features, domains, features + 30)
    squared = distance.squared(features)
    assert np.abs(squared - maximum).min() > 1e-6
    assert all((squared[domains == d] > maximum).mean() <= gate.REFUSED for d in ("a", "b"))


def test_framed_films_have_black_bars_all_around():
    film = np.linspace(0.2, 1, 224 * 224, dtype=np.float32).reshape(1, 224, 224)
    found = fitgate.framed(film)[0]
    bar = 14  # a tenth of the side, of the 224 + 2 * 22 that become 224
    assert found[:bar].max() == found[-bar:].max() == found[:, :bar].max() == found[:, -bar:].max() == 0
    assert found[bar + 8 : -bar - 8, bar + 8 : -bar - 8].min() > 0


def test_changed_films_are_other_films_but_the_same_each_time():
    films = np.random.default_rng(1).random((3, 224, 224), dtype=np.float32)
    found = fitgate.changed(films, seed=2)
    np.testing.assert_array_equal(found, fitgate.changed(films, seed=2))
    assert found.shape == films.shape and (np.abs(found - films).mean((1, 2)) > 0.05).all()


def test_a_share_of_the_weight_lies_beyond_the_farthest():
    squared, weights = np.arange(100.0)[::-1], np.ones(100)
    assert fitgate.farthest(squared, weights, 0.01) == 99
    assert fitgate.farthest(squared, weights, 0.10) == 90
    weights[:10] = 0  # the ten farthest count nothing
    assert fitgate.farthest(squared, weights, 0.10) == 81
