"""Fit the gate of a trained network, and measure what it refuses.

The view head and the distance see training films, training pictures and films
made of them; the limits come from the validation films. What is measured is
made of validation films and test pictures, lateral films included.
"""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Sequence, Tuple

import numpy as np
import torch

from . import augment, calibrate, gate, lateral, metrics, negatives, preprocess
from .films import Film
from .predict import Model

SPOILT = 300
"""Training films from which the films are made that the gate should refuse."""
LATERALS = 600
"""Lateral films of each family that the gate is fitted on."""
MEASURED_LATERALS = 200
CHANGED_REFUSED = 0.04
"""Share of the changed training films that the distance may refuse: a refused film can be judged anyway, an unnoticed lateral one is."""
BAR = 0.1
FRONTAL_SHARE, TURNED_SHARE, PICTURES_SHARE = 0.7, 0.2, 0.1
"""What counts how much among the films that are not lateral."""


class Learnt(NamedTuple):
    """Features that a gate is fitted on, all of training films and pictures."""

    frontal: np.ndarray  # the films as they are, then each of them changed
    weights: np.ndarray  # of the frontal films, sum 1
    turned: np.ndarray
    pictures: np.ndarray
    lateral: Dict[str, np.ndarray]  # by family


def changed(prepared: np.ndarray, seed: int) -> np.ndarray:
    """A copy of each prepared film: turned, exposed and framed otherwise, with letters and bars, as films come from elsewhere."""
    letters = augment.letter_bank()
    parts = []
    for start in range(0, len(prepared), 64):
        g = augment.generator(seed, 10_000_000 + start)
        x = torch.from_numpy(np.array(prepared[start : start + 64]))[:, None]
        x = augment.greys(augment.geometry(x, g, strength=0.8), g)
        parts.append(augment.restretch(augment.masks(x, letters, g, frames=(0.5, 0.2)))[:, 0].numpy())
    return np.concatenate(parts)


def framed(prepared: np.ndarray) -> np.ndarray:
    """The films with black bars of a tenth of their side on every side."""
    bar = round(preprocess.SIZE * BAR)
    return np.stack([preprocess.prepare(np.pad(film, bar)) for film in prepared])


def learn(
    model: Model, films: Sequence[Film], prepared: np.ndarray, features: np.ndarray, pictures: np.ndarray,
    norm: Tuple[float, float], seed: int,
) -> Learnt:
    """Run the network on all that the gate is fitted on; ``features`` are those of ``prepared``."""
    weights = calibrate.domain_weights(np.array([f.domain for f in films])) / 2
    some = np.array(prepared[np.linspace(0, len(prepared) - 1, min(len(prepared), SPOILT)).astype(int)])
    return Learnt(
        np.concatenate([features, model.run(changed(prepared, seed), norm).features]),
        np.concatenate([weights, weights]),
        np.concatenate([model.run(f, norm).features for f in negatives.turned(some).values()]),
        model.run(pictures, norm).features if len(pictures) else np.empty((0, features.shape[1])),
        {name: model.run(lateral.made(name, some, LATERALS, seed), norm).features for name in lateral.FAMILIES},
    )


def fit(
    view: gate.ViewHead, learnt: Learnt, validation: np.ndarray, domains: np.ndarray, families: Sequence[str]
) -> gate.Gate:
    """Distance, the class of lateral films of these families, and limits from the validation films' features."""
    distance = gate.fit_distance(learnt.frontal, learnt.weights)
    laterals = np.concatenate([learnt.lateral[name] for name in families])
    others = np.concatenate([learnt.frontal, learnt.turned, learnt.pictures])
    shares = np.concatenate([
        FRONTAL_SHARE * learnt.weights,
        *(np.full(len(part), share / max(1, len(part)))
          for part, share in ((learnt.turned, TURNED_SHARE), (learnt.pictures, PICTURES_SHARE))),
    ])
    view = gate.with_class(view, gate.LATERAL, others, laterals, shares, distance)
    minimum, maximum = gate.choose_limits(view, distance, validation, domains, np.concatenate([learnt.turned, laterals]))
    # A film with bars, letters or another exposure is no stranger, and the view already refuses what is turned or lateral.
    half = len(learnt.frontal) // 2
    changed_films = farthest(distance.squared(learnt.frontal[half:]), learnt.weights[half:], CHANGED_REFUSED)
    return gate.Gate(view, minimum, distance, max(maximum, changed_films))


def farthest(squared: np.ndarray, weights: np.ndarray, share: float) -> float:
    """The distance beyond which ``share`` of the films' weight lies."""
    order = np.argsort(squared)
    inside = np.cumsum(weights[order]) / weights.sum() <= 1 - share
    return float(squared[order][min(int(inside.sum()), len(order) - 1)])


def _share(refused: np.ndarray) -> Dict[str, float]:
    return metrics.figure_with_interval(lambda r: float(np.mean(r)), refused)


def _reasons(given: Sequence[str]) -> Dict[str, int]:
    return {r or "not refused": given.count(r) for r in sorted(set(given))}


def measure(
    model: Model, fitted: gate.Gate, view: gate.ViewHead, learnt: Learnt, validation: np.ndarray, domains: np.ndarray,
    prepared: np.ndarray, pictures: Dict[str, np.ndarray], norm: Tuple[float, float], seed: int,
) -> Dict[str, Any]:
    """Refused shares: frontal films by domain, everything that should be refused, and lateral films of a family not fitted.

    validation: features of the validation films ``prepared``; view: the head as it was trained.
    """
    in_squared = fitted.distance.squared(validation)
    frontal = np.array(fitted.refuse(validation)) != ""
    in_bars = np.array(fitted.refuse(model.run(framed(prepared), norm).features)) != ""
    result: Dict[str, Any] = {
        "minimum_frontal": fitted.minimum_frontal,
        "maximum_squared": fitted.maximum_squared,
        "frontal_refused": {d: _share(frontal[domains == d]) for d in np.unique(domains)},
        "framed_refused": {d: _share(in_bars[domains == d]) for d in np.unique(domains)},
        "negatives": {},
        "lateral_of_a_family_not_fitted": {},
    }
    laterals = {
        name: model.run(lateral.made(name, prepared, MEASURED_LATERALS, 10_000 + seed), norm).features for name in lateral.FAMILIES
    }
    features = {n: model.run(films, norm).features for n, films in {**negatives.made_from(prepared), **pictures}.items()}
    for name, found in {**features, **{f"lateral, {n}, made up": f for n, f in laterals.items()}}.items():
        given = fitted.refuse(found)
        squared = fitted.distance.squared(found)
        truth = np.concatenate([np.zeros(len(in_squared), int), np.ones(len(squared), int)])
        result["negatives"][name] = {
            "refused": _share(np.array(given) != ""),
            "reasons": _reasons(given),
            "distance_alone_refused": float(np.mean(squared > fitted.maximum_squared)),
            "distance_auc": metrics.auc(truth, np.concatenate([in_squared, squared])),
        }
    for name, found in laterals.items():
        given = fit(view, learnt, validation, domains, [n for n in lateral.FAMILIES if n != name]).refuse(found)
        result["lateral_of_a_family_not_fitted"][name] = {
            "refused": _share(np.array(given) != ""), "reasons": _reasons(given),
        }
    return result
