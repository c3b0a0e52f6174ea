"""Figures of merit and their bootstrap intervals, with numpy alone."""

from __future__ import annotations

from typing import Callable, Dict, Tuple

import numpy as np

REPEATS = 2000
"""Bootstrap resamples behind every interval."""


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)) without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(x, dtype=np.float64)))


def auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """Area under the ROC curve; ties count half. NaN if a class is missing."""
    labels = np.asarray(labels)
    positive = int(labels.sum())
    negative = len(labels) - positive
    if positive == 0 or negative == 0:
        return float("nan")
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2.0)[place]
    return float((ranks[labels == 1].sum() - positive * (positive + 1) / 2) / (positive * negative))


def sensitivity(labels: np.ndarray, called: np.ndarray) -> float:
    """Share of the films with pneumonia that are called so."""
    chosen = np.asarray(labels) == 1
    return float(np.mean(called[chosen])) if chosen.any() else float("nan")


def specificity(labels: np.ndarray, called: np.ndarray) -> float:
    """Share of the films without pneumonia that are not called so."""
    chosen = np.asarray(labels) == 0
    return float(np.mean(~called[chosen])) if chosen.any() else float("nan")


def expected_calibration_error(labels: np.ndarray, probabilities: np.ndarray, bins: int = 10) -> float:
    """ECE over equal-width bins of the probability of pneumonia."""
    place = np.clip((probabilities * bins).astype(int), 0, bins - 1)
    error = 0.0
    for b in range(bins):
        chosen = place == b
        if chosen.any():
            error += chosen.mean() * abs(labels[chosen].mean() - probabilities[chosen].mean())
    return float(error)


def brier(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean squared error of the probability."""
    return float(np.mean((probabilities - labels) ** 2))


def interval(
    figure: Callable[..., float], *arrays: np.ndarray, seed: int = 0
) -> Tuple[float, float]:
    """95 % percentile bootstrap interval over films; resamples without a figure are left out."""
    rng = np.random.default_rng(seed)
    count = len(arrays[0])
    values = []
    for _ in range(REPEATS):
        chosen = rng.integers(0, count, count)
        value = figure(*(a[chosen] for a in arrays))
        if np.isfinite(value):
            values.append(value)
    if not values:
        return float("nan"), float("nan")
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)


def figure_with_interval(figure: Callable[..., float], *arrays: np.ndarray) -> Dict[str, float]:
    """``{"value", "low", "high", "films"}`` for a figure and its bootstrap interval."""
    low, high = interval(figure, *arrays)
    return {"value": float(figure(*arrays)), "low": low, "high": high, "films": int(len(arrays[0]))}


def paired_difference(figure: Callable[..., float], labels: np.ndarray, a: np.ndarray, b: np.ndarray) -> Dict[str, float]:
    """``figure`` of ``a`` less that of ``b`` on the same films, with its paired bootstrap interval."""
    return figure_with_interval(lambda y, p, q: figure(y, p) - figure(y, q), labels, a, b)
