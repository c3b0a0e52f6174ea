"""Knows what it does not know: which films the classifier must not read.

Two tests on the pooled features, both cheap enough to be evaluated in Go from
numbers in the model's metadata:

* the view head, trained along with the classifier: softmax over upright
  frontal, inverted, rotated by 90 degrees, upside-down, other; and lateral, a
  class that is fitted afterwards;
* the Mahalanobis distance to the training films, with the covariance of the
  first principal components kept and the rest taken as isotropic.

README.md has the formulae word for word.
"""

from __future__ import annotations

import base64
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

import numpy as np

from . import metrics

COMPONENTS = 64
MINIMUM_RANGE = 0.04
"""Below this range of display grey, between the percentiles, a film is blank."""
REFUSED = 0.01
"""At most this share of the frontal validation films of each domain may be refused."""
RIDGE = 1e-3
"""Penalty on the row of a class that is fitted after training; of 0.001, 0.01 and 0.1 the one with which the class
fitted on one family of lateral films refuses most of the other."""
UNFAMILIAR = "unfamiliar"
LATERAL = "lateral"
BLANK = "blank"


def encode(values: np.ndarray) -> str:
    """Base64 of little-endian float32 in row-major order."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode("ascii")


def decode(text: str, *shape: int) -> np.ndarray:
    """What ``encode`` made, as float64."""
    return np.frombuffer(base64.b64decode(text), dtype="<f4").astype(np.float64).reshape(shape)


class ViewHead(NamedTuple):
    """Linear view head over the features."""

    classes: Sequence[str]
    weight: np.ndarray  # [K, C]
    bias: np.ndarray  # [K]

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Softmax [N, K]."""
        logits = features.astype(np.float64) @ self.weight.T + self.bias
        logits -= logits.max(1, keepdims=True)
        odds = np.exp(logits)
        return odds / odds.sum(1, keepdims=True)


def with_class(
    head: ViewHead, name: str, others: np.ndarray, members: np.ndarray, weights: np.ndarray, distance: "Distance"
) -> ViewHead:
    """``head`` with one class more, its other rows as they were.

    The new row is a ridge logistic regression of ``members`` against ``others``
    (features, weighed by ``weights``; both sides count the same) whose offset
    is what the other classes say together: with it, the softmax over all
    classes fits best. Newton's method, on features as the distance scales them.
    """
    features = np.concatenate([others, members]).astype(np.float64)
    told = features @ head.weight.T + head.bias
    highest = told.max(1)
    offset = -(highest + np.log(np.exp(told - highest[:, None]).sum(1)))
    x = np.concatenate([(features - distance.mean) / distance.scale, np.ones((len(features), 1))], 1)
    truth = np.concatenate([np.zeros(len(others)), np.ones(len(members))])
    weights = np.concatenate([weights / weights.sum(), np.full(len(members), 1 / len(members))]) / 2
    penalty = np.full(x.shape[1], RIDGE)
    penalty[-1] = 1e-6
    slope = np.zeros(x.shape[1])
    slope[-1] = -offset.mean()
    for _ in range(50):
        p = metrics.sigmoid(x @ slope + offset)
        gradient = x.T @ (weights * (p - truth)) + penalty * slope
        hessian = (x * (weights * p * (1 - p))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        slope = slope - step * min(1.0, 5.0 / np.abs(x @ step).max())
        if np.abs(x @ step).max() < 1e-3:
            break
    row = slope[:-1] / distance.scale
    return ViewHead(
        (*head.classes, name), np.concatenate([head.weight, row[None]]),
        np.append(head.bias, slope[-1] - row @ distance.mean),
    )


class Distance(NamedTuple):
    """Squared Mahalanobis distance under a low-rank-plus-isotropic covariance."""

    mean: np.ndarray  # [C]
    scale: np.ndarray  # [C]
    components: np.ndarray  # [k, C], orthonormal rows
    weights: np.ndarray  # [k], inverse variances along the components
    rest: float  # inverse variance of everything else

    def squared(self, features: np.ndarray) -> np.ndarray:
        """Distances [N] of features [N, C]."""
        centred = (features.astype(np.float64) - self.mean) / self.scale
        along = centred @ self.components.T
        outside = np.maximum((centred**2).sum(1) - (along**2).sum(1), 0.0)
        return (along**2) @ self.weights + outside * self.rest


def fit_distance(features: np.ndarray, weights: np.ndarray, components: int = COMPONENTS) -> Distance:
    """Weighted mean, scale and shrunk covariance of the training films' features."""
    weights = weights / weights.sum()
    features = features.astype(np.float64)
    mean = weights @ features
    variance = weights @ (features - mean) ** 2
    scale = np.sqrt(variance) + 0.05 * np.sqrt(variance.mean()) + 1e-6
    centred = (features - mean) / scale
    covariance = (centred * weights[:, None]).T @ centred
    values, vectors = np.linalg.eigh(covariance)
    values, vectors = values[::-1], vectors[:, ::-1]
    components = min(components, len(values) - 1)
    rest = float(values[components:].mean()) + 1e-9
    # Rounded to what the file holds, so that Python and Go evaluate the same numbers.
    return Distance(
        mean.astype("<f4").astype(np.float64), scale.astype("<f4").astype(np.float64),
        vectors[:, :components].T.astype("<f4").astype(np.float64),
        (1 / (values[:components] + rest)), 1 / rest,
    )


class Gate(NamedTuple):
    """Both tests with their limits."""

    view: ViewHead
    minimum_frontal: float
    distance: Distance
    maximum_squared: float

    def refuse(self, features: np.ndarray) -> List[str]:
        """Reason per film; the empty string where the film may be read."""
        views = self.view.probabilities(features)
        far = self.distance.squared(features) > self.maximum_squared
        reasons = []
        for p, too_far in zip(views, far):
            if p[0] < self.minimum_frontal:
                reasons.append(self.view.classes[1 + int(np.argmax(p[1:]))])
            else:
                reasons.append(UNFAMILIAR if too_far else "")
        return reasons

    def metadata(self) -> Dict[str, Any]:
        """The ``gate`` object of the model's metadata."""
        return {
            "blank": {"minimum_range": MINIMUM_RANGE},
            "view": {
                "classes": list(self.view.classes),
                "weight": encode(self.view.weight),
                "bias": [float(b) for b in self.view.bias],
                "minimum_frontal": self.minimum_frontal,
            },
            "distance": {
                "mean": encode(self.distance.mean),
                "scale": encode(self.distance.scale),
                "components": encode(self.distance.components),
                "weights": [float(w) for w in self.distance.weights],
                "rest": self.distance.rest,
                "maximum_squared": self.maximum_squared,
            },
        }


def from_metadata(gate: Dict[str, Any]) -> Gate:
    """The gate that a model file describes."""
    view, distance = gate["view"], gate["distance"]
    classes = view["classes"]
    mean = decode(distance["mean"], -1)
    return Gate(
        ViewHead(classes, decode(view["weight"], len(classes), -1), np.array(view["bias"])),
        view["minimum_frontal"],
        Distance(
            mean, decode(distance["scale"], -1), decode(distance["components"], -1, len(mean)),
            np.array(distance["weights"]), distance["rest"],
        ),
        distance["maximum_squared"],
    )


def choose_limits(
    view: ViewHead, distance: Distance, features: np.ndarray, domains: np.ndarray, negatives: np.ndarray,
    share: float = REFUSED,
) -> Tuple[float, float]:
    """Limits that together refuse at most ``share`` of the frontal validation films of every domain.

    Of the pairs that do, the one that refuses most of ``negatives``, features
    of films that should be refused (made from training films); of equals, the
    one that is strictest on the view.
    """
    frontal, squared = view.probabilities(features)[:, 0], distance.squared(features)
    bad_frontal, bad_squared = view.probabilities(negatives)[:, 0], distance.squared(negatives)

    def refused(minimum: float, maximum: float) -> float:
        gone = (frontal < minimum) | (squared > maximum)
        return max(float(gone[domains == d].mean()) for d in np.unique(domains))

    ordered = np.sort(squared)
    best, best_refused = (0.0, float(ordered[-1])), -1.0
    for minimum in np.unique(np.concatenate([[0.0], frontal[frontal < 0.5], [0.5]])):
        if refused(minimum, np.inf) > share:
            break
        first, last = 0, len(ordered) - 1
        while first < last:  # the smallest limit on the distance that refuses few enough
            middle = (first + last) // 2
            if refused(minimum, ordered[middle]) <= share:
                last = middle
            else:
                first = middle + 1
        maximum = ordered[first]
        found = float(np.mean((bad_frontal < minimum) | (bad_squared > maximum)))
        if found >= best_refused:
            best, best_refused = (float(minimum), float(maximum)), found
    minimum, maximum = best
    # Halfway to the next film, so that none stands on a limit: another JPEG
    # decoder moves a film's features by a little.
    below, above = frontal[frontal < minimum], ordered[ordered > maximum]
    if len(below):
        minimum = float(minimum + below.max()) / 2
    if len(above):
        maximum = float(maximum + above.min()) / 2
    return minimum, maximum
