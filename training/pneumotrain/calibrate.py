"""Probability, operating threshold and abstain band, from validation films only.

Every domain weighs the same, however many films it has.
"""

from __future__ import annotations

from typing import Dict, NamedTuple

import numpy as np

from .metrics import sigmoid

SENSITIVITY = 0.95
"""What the operating threshold reaches, as the mean over the domains."""
MISSED = 0.025
"""At most this share of pneumonia films, domains averaged, may be called normal outright."""
FALSE_ALARMS = 0.05
"""At most this share of normal films, domains averaged, may be called pneumonia outright."""


class Calibration(NamedTuple):
    """probability = sigmoid(logit / temperature + bias)."""

    temperature: float
    bias: float

    def probability(self, logits: np.ndarray) -> np.ndarray:
        """Calibrated probabilities of pneumonia."""
        return sigmoid(np.asarray(logits, dtype=np.float64) / self.temperature + self.bias)


class Thresholds(NamedTuple):
    """Pneumonia from ``high`` up, normal up to ``low``, uncertain strictly between."""

    threshold: float
    low: float
    high: float


def domain_weights(domains: np.ndarray) -> np.ndarray:
    """Weights that sum to 1 and give every domain the same total."""
    names, place, counts = np.unique(domains, return_inverse=True, return_counts=True)
    return 1.0 / (len(names) * counts[place])


def fit(logits: np.ndarray, labels: np.ndarray, domains: np.ndarray) -> Calibration:
    """Temperature and bias by Newton's method on the weighted log-loss (Platt 1999)."""
    x = np.stack([np.asarray(logits, np.float64), np.ones(len(logits))], 1)
    weights = domain_weights(domains)
    slope = np.array([1.0, 0.0])
    for _ in range(100):
        p = sigmoid(x @ slope)
        gradient = x.T @ (weights * (p - labels)) + np.array([1e-6, 0]) * slope
        hessian = (x * (weights * p * (1 - p))[:, None]).T @ x + 1e-6 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        slope = slope - np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-10:
            break
    if slope[0] <= 0.02:
        raise ValueError("the logit does not rise with pneumonia: this network cannot be calibrated")
    return Calibration(float(1 / slope[0]), float(slope[1]))


def _domain_mean(values: Dict[str, np.ndarray], at: float, below: bool) -> float:
    return float(np.mean([np.mean(v < at) if below else np.mean(v >= at) for v in values.values()]))


def choose(probabilities: np.ndarray, labels: np.ndarray, domains: np.ndarray) -> Thresholds:
    """The highest threshold that keeps the sensitivity, and the band around it."""
    groups = {
        label: {d: probabilities[(domains == d) & (labels == label)] for d in np.unique(domains)}
        for label in (0, 1)
    }
    cuts = np.unique(np.concatenate([[0.0], probabilities, [1.0]]))
    middle = (cuts[:-1] + cuts[1:]) / 2
    threshold = max((c for c in middle if _domain_mean(groups[1], c, True) <= 1 - SENSITIVITY), default=0.0)
    low = max((c for c in middle if _domain_mean(groups[1], c, True) <= MISSED), default=0.0)
    high = min((c for c in middle if _domain_mean(groups[0], c, False) <= FALSE_ALARMS), default=1.0)
    return Thresholds(float(threshold), float(min(low, threshold)), float(max(high, threshold)))
