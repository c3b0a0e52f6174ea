"""The lean classifier: a thin bottleneck network with an exact activation map.

One-channel 5x5 stem, four stages of bottlenecks whose residual widths are
pruned together with the inner ones, every channel count a multiple of 16
(ONNX Runtime's blocked convolution path wants that). The classifier is a 1x1
convolution on the 14x14 and on the 7x7 stage; the sum of both, the coarse one
repeated 2x2 and the margin weighed down, is the class activation map, and its
mean is the logit exactly: the map holds what is summed, not what it came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, NamedTuple, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

MARGIN = (0.04, 0.14)
"""Distances from the film's edge, as shares of its side, at which a cell begins to count and at which it counts in full."""

VIEWS: Tuple[str, ...] = ("frontal", "inverted", "rotated", "upside-down", "other")
"""What the auxiliary view head tells apart; index 0 is the only film that is read."""


@dataclass(frozen=True)
class Shape:
    """Channel counts and block counts of a lean network."""

    stem: int = 32
    widths: Tuple[int, ...] = (64, 128, 256, 512)
    mids: Tuple[int, ...] = (16, 32, 64, 128)
    blocks: Tuple[int, ...] = (2, 3, 4, 2)

    @property
    def features(self) -> int:
        """Length of the pooled feature vector: the last three stages."""
        return sum(self.widths[1:])


class Output(NamedTuple):
    """What a forward pass returns."""

    logit: Tensor  # [N, 1]
    map: Tensor  # [N, 1, h, w], mean over (h, w) is the logit
    features: Tensor  # [N, C]


def window(height: int, width: int) -> Tensor:
    """Weights [1, 1, height, width] of the map's cells, their mean 1.

    Collimation, letters and the table lie along a film's edges and tell these
    data's hospitals and labels apart: what is seen there is no reason.
    """
    def along(cells: int) -> Tensor:
        centres = (torch.arange(cells) + 0.5) / cells
        from_edge = torch.minimum(centres, 1 - centres)
        return ((from_edge - MARGIN[0]) / (MARGIN[1] - MARGIN[0])).clamp(0, 1)

    weights = along(height)[:, None] * along(width)[None]
    return (weights / weights.mean())[None, None]


class Bottleneck(nn.Module):
    """1x1 reduce, 3x3, 1x1 expand, added to the (projected) input."""

    def __init__(self, inputs: int, mid: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, mid, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(mid)
        self.conv2 = nn.Conv2d(mid, mid, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(mid)
        self.conv3 = nn.Conv2d(mid, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        nn.init.zeros_(self.bn3.weight)
        self.projected = stride != 1 or inputs != outputs
        if self.projected:
            self.convp = nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False)
            self.bnp = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        shortcut = self.bnp(self.convp(x)) if self.projected else x
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        return F.relu(shortcut + self.bn3(self.conv3(y)))


class LeanNet(nn.Module):
    """The shipped shape; see the module's text."""

    def __init__(self, shape: Shape = Shape(), dropout: float = 0.0) -> None:
        super().__init__()
        self.shape = shape
        self.stem = nn.Conv2d(1, shape.stem, 5, stride=2, padding=2, bias=False)
        self.stem_bn = nn.BatchNorm2d(shape.stem)
        stages: List[nn.Module] = []
        inputs = shape.stem
        for i, (width, mid, count) in enumerate(zip(shape.widths, shape.mids, shape.blocks)):
            blocks = []
            for j in range(count):
                blocks.append(Bottleneck(inputs, mid, width, 2 if i > 0 and j == 0 else 1))
                inputs = width
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)
        self.dropout = nn.Dropout2d(dropout)
        self.head_fine = nn.Conv2d(shape.widths[2], 1, 1, bias=False)
        self.head_coarse = nn.Conv2d(shape.widths[3], 1, 1)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        nn.init.normal_(self.head_fine.weight, std=0.01)
        nn.init.normal_(self.head_coarse.weight, std=0.01)

    @property
    def feature_count(self) -> int:
        """Length of the pooled feature vector."""
        return self.shape.features

    def forward(self, x: Tensor) -> Output:
        """x: [N, 1, H, W], H and W multiples of 32."""
        x = F.relu(self.stem_bn(self.stem(x)))
        x = F.max_pool2d(x, 3, stride=2, padding=1)
        x = self.stages[0](x)
        middle = self.stages[1](x)
        fine = self.stages[2](middle)
        coarse = self.stages[3](fine)
        with torch.autocast("cpu", enabled=False):  # a mean of bfloat16 keeps three digits only
            middle, fine, coarse = middle.float(), fine.float(), coarse.float()
            cam = self.head_fine(self.dropout(fine)) + F.interpolate(
                self.head_coarse(self.dropout(coarse)), scale_factor=2.0, mode="nearest"
            )
            cam = cam * window(*cam.shape[2:])
            features = torch.cat([t.mean((2, 3)) for t in (middle, fine, coarse)], 1)
        return Output(cam.mean((2, 3)), cam, features)


class Trainee(nn.Module):
    """The network plus the auxiliary heads that exist during training only.

    The view head (upright frontal film, or what else) goes into the ONNX
    file's metadata as a matrix over the pooled features; the findings head is
    thrown away.
    """

    def __init__(self, net: nn.Module, findings: int) -> None:
        """net: a network with ``feature_count`` that returns ``Output``."""
        super().__init__()
        self.net = net
        self.view = nn.Linear(net.feature_count, len(VIEWS))
        self.findings = nn.Linear(net.feature_count, findings)

    def forward(self, x: Tensor) -> Tuple[Output, Tensor, Tensor]:
        out = self.net(x)
        with torch.autocast("cpu", enabled=False):
            return out, self.view(out.features), self.findings(out.features)


def count_parameters(net: nn.Module) -> int:
    """Number of trained numbers, BatchNorm's statistics not counted."""
    return sum(p.numel() for p in net.parameters())


def count_macs(net: nn.Module, size: int = 224) -> int:
    """Multiply-accumulates of all convolutions and linear layers for one film."""
    total = 0
    hooks = []

    def count(module: nn.Module, _inputs: Tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal total
        per_output = module.weight[0].numel()
        total += per_output * output[0].numel()

    for module in net.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            hooks.append(module.register_forward_hook(count))
    was_training = net.training
    net.eval()
    with torch.no_grad():
        net(torch.zeros(1, next(m for m in net.modules() if isinstance(m, nn.Conv2d)).in_channels, size, size))
    net.train(was_training)
    for hook in hooks:
        hook.remove()
    return total
