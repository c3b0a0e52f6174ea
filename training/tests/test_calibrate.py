"""Probabilities, thresholds and figures of merit."""

import numpy as np

from pneumotrain import calibrate, metrics


def test_fit_finds_temperature_and_bias():
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 3, 40_000)
    labels = (rng.random(40_000) < metrics.sigmoid(logits / 2.0 - 0.7)).astype(int)
    found = calibrate.fit(logits, labels, np.array(["a"] * 40_000))
    assert abs(found.temperature - 2.0) < 0.1 and abs(found.bias + 0.7) < 0.05
    assert metrics.expected_calibration_error(labels, found.probability(logits)) < 0.01


def test_threshold_keeps_the_sensitivity_of_unequal_domains():
    rng = np.random.default_rng(2)
    domains = np.array(["large"] * 900 + ["small"] * 100)
    labels = rng.integers(0, 2, 1000)
    p = np.clip(0.5 * labels + rng.random(1000) * 0.7 - 0.1 * (domains == "small"), 0, 1)
    t = calibrate.choose(p, labels, domains)
    assert 0 <= t.low <= t.threshold <= t.high <= 1

    def mean(label, hit):
        return np.mean([hit[(domains == d) & (labels == label)].mean() for d in ("large", "small")])

    assert mean(1, p >= t.threshold) >= calibrate.SENSITIVITY
    assert mean(1, p <= t.low) <= calibrate.MISSED + 1e-9
    assert mean(0, p >= t.high) <= calibrate.FALSE_ALARMS + 1e-9


def test_auc_counts_pairs():
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 2, 60)
    scores = rng.integers(0, 8, 60).astype(float)
    pairs = [(a > b) + 0.5 * (a == b) for a in scores[labels == 1] for b in scores[labels == 0]]
    assert abs(metrics.auc(labels, scores) - np.mean(pairs)) < 1e-12


def test_interval_holds_the_value():
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 2, 200)
    found = metrics.figure_with_interval(metrics.auc, labels, labels + rng.normal(0, 1, 200))
    assert found["low"] < found["value"] < found["high"]
