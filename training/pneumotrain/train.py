"""Fit the lean network: one run of one preset, resumable at any moment.

Everything random in a step comes from the seed and the step's number, so a
run that was killed and resumed ends with the same weights as one that was
not. ``python -m pneumotrain.train lean``
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import replace
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from . import augment, checkpoint, films as film_list, metrics, preprocess
from .films import Film
from .network import LeanNet, Output, Trainee
from .pictures import load_pictures
from .predict import Model
from .presets import PRESETS, Preset

ELDERS = Path(__file__).resolve().parents[1] / "elders"
"""Earlier released models that teach later ones."""


class Material(NamedTuple):
    """What a run learns from and is watched on."""

    films: List[Film]
    prepared: np.ndarray  # [N, 224, 224]
    pictures: np.ndarray  # [M, 224, 224], not chest films
    watch_films: List[Film]
    watch_prepared: np.ndarray


class Batch(NamedTuple):
    """One step's input and targets."""

    films: Tensor  # [B, 1, S, S], normalised
    target: Tensor  # [B], NaN where the film is no frontal film
    views: Tensor  # [B], index into VIEWS
    findings: Tensor  # [B, K], NaN where unknown


def load_material() -> Material:
    """Films of both splits from the data folder, through the cache."""
    root = film_list.data_root()
    cache = film_list.cache_root()
    train = film_list.load_films(root, "train")
    watch = film_list.load_films(root, "val")
    return Material(
        train, film_list.cached_films(root, train, cache),
        load_pictures(root, cache, "train").films,
        watch, film_list.cached_films(root, watch, cache),
    )


def normalisation(material: Material) -> Tuple[float, float]:
    """Mean and deviation of the prepared training films, both domains weighing the same."""
    means, squares = [], []
    for domain in sorted({f.domain for f in material.films}):
        chosen = [i for i, f in enumerate(material.films) if f.domain == domain]
        part = material.prepared[chosen].astype(np.float64)
        means.append(part.mean())
        squares.append((part**2).mean())
    mean = float(np.mean(means))
    return round(mean, 4), round(math.sqrt(float(np.mean(squares)) - mean**2), 4)


def at_resolution(prepared: np.ndarray, size: int) -> Tensor:
    """Prepared films at another side, by the same filter."""
    if len(prepared) == 0:
        return torch.empty(0, size, size)
    if size == prepared.shape[-1]:
        return torch.from_numpy(np.array(prepared))
    return torch.from_numpy(np.stack([preprocess.resize(film, size) for film in prepared]))


class Sampler:
    """Draws a step's films: domains at a fixed share, labels half and half in each."""

    def __init__(self, films: Sequence[Film], preset: Preset) -> None:
        self.preset = preset
        self.groups: Dict[Tuple[str, int], np.ndarray] = {}
        for domain in sorted({f.domain for f in films}):
            for label in (0, 1):
                self.groups[domain, label] = np.array(
                    [i for i, f in enumerate(films) if f.domain == domain and f.label == label]
                )

    def draw(self, step: int) -> np.ndarray:
        """Indices of one batch, those that ``not_frontal`` will spoil last."""
        rng = np.random.default_rng([self.preset.seed, step])
        shares = {"nih": self.preset.nih_share, "kermany": 1 - self.preset.nih_share}
        present = {domain for domain, _ in self.groups}
        total = sum(shares[d] for d in present)
        groups = list(self.groups)
        odds = np.array([shares[d] / total / 2 for d, _ in groups])
        drawn = rng.choice(len(groups), self.preset.batch, p=odds)
        return np.array([rng.choice(self.groups[groups[g]]) for g in drawn])


def make_batch(
    step: int, preset: Preset, sampler: Sampler, films: Sequence[Film], stage: Tensor,
    pictures: Tensor, letters: Tensor, norm: Tuple[float, float],
) -> Batch:
    """The batch of a step: drawn, spoilt in part, augmented, mixed, normalised."""
    g = augment.generator(preset.seed, step)
    chosen = sampler.draw(step)
    x = stage[torch.from_numpy(chosen)][:, None].clone()
    target = torch.tensor([films[i].target for i in chosen])
    findings = torch.tensor([films[i].findings for i in chosen])
    views = torch.zeros(len(chosen), dtype=torch.long)
    spoilt = round(len(chosen) * preset.not_frontal_share)
    for k in range(len(chosen) - spoilt, len(chosen)):
        x[k, 0], views[k] = augment.not_frontal(x[k, 0], pictures, g)
        target[k] = float("nan")
        findings[k] = float("nan")
    x = augment.geometry(x, g, preset.geometry)
    x = augment.greys(x, g)
    x = augment.masks(x, letters, g, preset.frames)
    x = augment.restretch(x)
    if torch.rand(1, generator=g).item() < preset.mixup:
        frontal = len(chosen) - spoilt
        other = torch.randperm(frontal, generator=g)
        keep = (0.5 + 0.5 * torch.rand(frontal, generator=g))
        x[:frontal] = keep.view(-1, 1, 1, 1) * x[:frontal] + (1 - keep).view(-1, 1, 1, 1) * x[:frontal][other]
        target[:frontal] = keep * target[:frontal] + (1 - keep) * target[:frontal][other]
        findings[:frontal] = keep[:, None] * findings[:frontal] + (1 - keep)[:, None] * findings[:frontal][other]
    return Batch((x - norm[0]) / norm[1], target, views, findings)


def loss_of(
    out: Output, view: Tensor, findings: Tensor, batch: Batch, preset: Preset
) -> Tensor:
    """Pneumonia, view and findings; what is unknown of a film is not fitted."""
    known = ~torch.isnan(batch.target)
    loss = F.binary_cross_entropy_with_logits(out.logit.float()[known, 0], batch.target[known])
    loss = loss + preset.view_weight * F.cross_entropy(view, batch.views)
    told = ~torch.isnan(batch.findings)
    if bool(told.any()):
        loss = loss + preset.findings_weight * F.binary_cross_entropy_with_logits(
            findings[told], batch.findings[told]
        )
    return loss


def learning_rate(step: int, preset: Preset) -> float:
    """Linear warm-up, then a cosine to nothing."""
    warm = max(1, int(preset.steps * preset.warmup))
    if step < warm:
        return preset.learning_rate * (step + 1) / warm
    along = (step - warm) / max(1, preset.steps - warm)
    return preset.learning_rate * 0.5 * (1 + math.cos(math.pi * along))


def predict(net: nn.Module, prepared: np.ndarray, norm: Tuple[float, float], bfloat16: bool = False) -> np.ndarray:
    """Logits [N] of prepared films."""
    net.eval()
    logits = []
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
        for start in range(0, len(prepared), 64):
            x = torch.from_numpy(preprocess.normalise(np.array(prepared[start : start + 64]), *norm))
            logits.append(net(x.contiguous(memory_format=torch.channels_last)).logit.float()[:, 0].numpy())
    return np.concatenate(logits)


Teacher = Callable[[Tensor], Tensor]
"""From normalised films [B, 1, S, S] to logits [B]."""


def teaching(net: nn.Module, bfloat16: bool) -> Teacher:
    """A trained network as a teacher."""
    net = net.eval().to(memory_format=torch.channels_last)

    def say(films: Tensor) -> Tensor:
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
            return net(films).logit.float()[:, 0]

    return say


def elder(path: Path, norm: Tuple[float, float]) -> Teacher:
    """An earlier released model as a teacher: it sees the films at its own size, as it would normalise them."""
    model = Model(path)
    own = model.metadata["input"]

    def say(films: Tensor) -> Tensor:
        size = (own["height"], own["width"])
        x = F.interpolate(films, size=size, mode="bilinear", align_corners=False)[:, 0] * norm[1] + norm[0]
        return torch.from_numpy(model.run(x.numpy()).logits)

    return say


def taught(teachers: Sequence[Teacher], films: Tensor) -> Tensor:
    """What the teachers say of a batch: the probability [B] at their logits' mean (Hinton et al. 2015)."""
    return torch.stack([say(films) for say in teachers]).mean(0).sigmoid()


def watch(net: nn.Module, material: Material, norm: Tuple[float, float], bfloat16: bool) -> Dict[str, float]:
    """AUC on the validation films by domain and reference."""
    logits = predict(net, material.watch_prepared, norm, bfloat16)
    labels = np.array([f.label for f in material.watch_films])
    result = {}
    for name, chosen in references(material.watch_films).items():
        result[name] = round(metrics.auc(labels[chosen], logits[chosen]), 4)
    return result


def references(films: Sequence[Film]) -> Dict[str, np.ndarray]:
    """Masks: each domain, and within NIH each reference standard."""
    parts = {d: np.array([f.domain == d for f in films]) for d in film_list.DOMAINS}
    for reference in ("rsna", "nih"):
        parts[f"nih ({reference})"] = np.array([f.domain == "nih" and f.reference == reference for f in films])
    return {name: mask for name, mask in parts.items() if mask.any()}


def parameter_groups(trainee: Trainee, preset: Preset) -> List[Dict[str, object]]:
    """Weights decay, BatchNorm and biases do not."""
    decayed = [p for p in trainee.parameters() if p.dim() > 1]
    free = [p for p in trainee.parameters() if p.dim() <= 1]
    return [
        {"params": decayed, "weight_decay": preset.weight_decay},
        {"params": free, "weight_decay": 0.0},
    ]


def run(
    preset: Preset, material: Material, folder: Path, *,
    build: Optional[Callable[[], nn.Module]] = None,
    start: Optional[Dict[str, Tensor]] = None,
    penalty: Optional[Callable[[nn.Module], Tensor]] = None,
    teachers: Sequence[Teacher] = (),
) -> Dict[str, object]:
    """Train to the end from wherever the checkpoint stands; its last state.

    ``build`` makes the network (by default the preset's lean one), ``start`` holds
    weights of a ``Trainee`` to begin with instead of random ones, ``penalty``
    is added to the loss, ``teachers`` see what the network sees and say half of
    what it should.
    """
    norm = normalisation(material)
    torch.manual_seed(preset.seed)
    make = build or (lambda: LeanNet(preset.shape, preset.dropout))
    trainee = Trainee(make(), len(film_list.FINDINGS))
    if start is not None:
        trainee.load_state_dict(start)
    trainee = trainee.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(parameter_groups(trainee, preset), lr=preset.learning_rate)
    averaged = {k: v.clone() for k, v in trainee.state_dict().items()}
    path = folder / "last.pt"
    state = checkpoint.load(path)
    step, history = 0, []
    if state is not None:
        trainee.load_state_dict(state["trainee"])
        optimiser.load_state_dict(state["optimiser"])
        averaged, step, history = state["averaged"], state["step"], state["history"]
    sampler = Sampler(material.films, preset)
    letters = augment.letter_bank()
    size, stage, pictures = 0, torch.empty(0), torch.empty(0)
    shadow = Trainee(make(), len(film_list.FINDINGS)).to(memory_format=torch.channels_last)
    started, first, running = time.time(), step, 0.0
    while step < preset.steps:
        if preset.resolution(step) != size:
            size = preset.resolution(step)
            stage = at_resolution(material.prepared, size)
            pictures = at_resolution(material.pictures, size)
        batch = make_batch(step, preset, sampler, material.films, stage, pictures, letters, norm)
        torch.manual_seed(preset.seed * 7_919 + step)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, preset)
        trainee.train()
        x = batch.films.contiguous(memory_format=torch.channels_last)
        if teachers:
            batch = batch._replace(target=(batch.target + taught(teachers, x)) / 2)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=preset.bfloat16):
            out, view, findings = trainee(x)
        loss = loss_of(out, view, findings, batch, preset)
        if penalty is not None:
            loss = loss + penalty(trainee.net)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trainee.parameters(), 2.0)
        optimiser.step()
        step += 1
        decay = min(preset.ema, (1 + step) / (10 + step))
        with torch.no_grad():
            for name, value in trainee.state_dict().items():
                if value.is_floating_point():
                    averaged[name].mul_(decay).add_(value, alpha=1 - decay)
                else:
                    averaged[name] = value.clone()
        running = loss.item() if running == 0 else 0.98 * running + 0.02 * loss.item()
        if step % preset.checkpoint_every == 0 or step == preset.steps:
            if step % (6 * preset.checkpoint_every) == 0 or step == preset.steps:
                shadow.load_state_dict(averaged)
                figures = watch(shadow.net, material, norm, preset.bfloat16)
                history.append({"step": step, "loss": round(running, 4), **figures})
                print(json.dumps(history[-1]), flush=True)
            checkpoint.save(
                {
                    "trainee": trainee.state_dict(), "optimiser": optimiser.state_dict(), "averaged": averaged,
                    "step": step, "history": history, "norm": norm, "preset": preset.name, "seed": preset.seed,
                },
                path,
            )
            rate = (step - first) * preset.batch / (time.time() - started)
            print(f"step {step}/{preset.steps} side {size} loss {running:.4f} {rate:.0f} films/s", flush=True)
    final = checkpoint.load(path)
    assert final is not None
    return final


def run_folder(preset: Preset, cache: Path) -> Path:
    """Where a preset's run with its seed keeps its checkpoint."""
    return cache / f"{preset.name}-seed{preset.seed}"


def before(preset: Preset) -> Preset:
    """The run that this one builds on, with the same seed."""
    return replace(PRESETS[preset.after], seed=preset.seed)


def finished_weights(preset: Preset, cache: Path) -> Tuple[Dict[str, Tensor], int]:
    """What is released of a preset's run: its averaged weights, mixed with those of the run before as it says; its step.

    The weights on the straight line between a network and its refinement keep
    what either has learnt (Wortsman et al., Robust fine-tuning, CVPR 2022).
    """
    state = checkpoint.load(run_folder(preset, cache) / "last.pt")
    if state is None:
        raise FileNotFoundError(f"no checkpoint in {run_folder(preset, cache)}: train first")
    weights = state["averaged"]
    if preset.after and preset.blend < 1:
        old, _ = finished_weights(before(preset), cache)
        weights = {
            name: torch.lerp(old[name], value, preset.blend) if value.is_floating_point() else value
            for name, value in weights.items()
        }
    return weights, state["step"]


def trained_network(weights: Dict[str, Tensor], net: nn.Module) -> Tuple[nn.Module, Tuple[np.ndarray, np.ndarray]]:
    """``net`` with a trainee's weights, and the view head's weight and bias."""
    trainee = Trainee(net, len(film_list.FINDINGS))
    trainee.load_state_dict(weights)
    trainee.eval()
    return trainee.net, tuple(t.detach().numpy().astype(np.float64) for t in (trainee.view.weight, trainee.view.bias))


def of_domains(material: Material, domains: Sequence[str]) -> Material:
    """The material with training films of these domains alone; the films to watch stay."""
    chosen = [i for i, f in enumerate(material.films) if f.domain in domains]
    if len(chosen) == len(material.films):
        return material
    return material._replace(films=[material.films[i] for i in chosen], prepared=material.prepared[chosen])


def run_preset(preset: Preset, material: Material, cache: Path) -> Dict[str, object]:
    """A preset's run in its folder of the cache, after the run that it builds on."""
    start = None
    material = of_domains(material, preset.domains)
    if preset.after:
        start = run_preset(before(preset), material, cache)["averaged"]
    teachers = []
    for seed in preset.teachers:
        teacher = replace(before(preset), seed=seed)
        run_preset(teacher, material, cache)
        net, _ = trained_network(finished_weights(teacher, cache)[0], LeanNet(teacher.shape))
        teachers.append(teaching(net, preset.bfloat16))
    if preset.elder:
        teachers.append(elder(ELDERS / preset.elder, normalisation(material)))
    return run(preset, material, run_folder(preset, cache), start=start, teachers=teachers)


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("preset", choices=sorted(PRESETS))
    parser.add_argument("--seed", type=int)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    preset = PRESETS[options.preset]
    if options.seed is not None:
        preset = replace(preset, seed=options.seed)
    run_preset(preset, load_material(), film_list.cache_root())


if __name__ == "__main__":
    main()
