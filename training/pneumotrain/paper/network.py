"""ResNet50 whose inner widths can be pruned and whose units can be ghosts."""

from __future__ import annotations

import math
from typing import Dict, Sequence, Tuple, Union

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..network import Output
from .rates import BLOCKS, FULL

GHOST_RATIO = 4
GHOST_KERNEL = 3
EXPANSION = 4


class Unit(nn.Module):
    """Convolution, BatchNorm, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(outputs)

    @property
    def outputs(self) -> int:
        """Number of channels that come out."""
        return self.conv.out_channels

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(x)))


class GhostUnit(nn.Module):
    """A quarter of the channels by convolution, the others by a cheap 3x3 on each of these.

    Han et al., GhostNet (CVPR 2020): ratio 4, kernel 3. Channels beyond the
    wanted number are not kept.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.outputs = outputs
        own = math.ceil(outputs / GHOST_RATIO)
        self.conv = nn.Conv2d(inputs, own, kernel, stride=stride, padding=kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(own)
        ghosts = own * (GHOST_RATIO - 1)
        self.cheap = nn.Conv2d(own, ghosts, GHOST_KERNEL, padding=GHOST_KERNEL // 2, groups=own, bias=False)
        self.cheap_bn = nn.BatchNorm2d(ghosts)

    def forward(self, x: Tensor) -> Tensor:
        own = F.relu(self.bn(self.conv(x)))
        ghosts = F.relu(self.cheap_bn(self.cheap(own)))
        return torch.cat([own, ghosts], 1)[:, : self.outputs]


AnyUnit = Union[Unit, GhostUnit]


class Bottleneck(nn.Module):
    """ResNet50's block; the residual width is never pruned."""

    def __init__(self, kind: type, inputs: int, inner: Tuple[int, int], outputs: int, stride: int) -> None:
        super().__init__()
        self.first: AnyUnit = kind(inputs, inner[0], 1)
        self.second: AnyUnit = kind(inner[0], inner[1], 3, stride)
        self.conv3 = nn.Conv2d(inner[1], outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.projected = stride != 1 or inputs != outputs
        if self.projected:
            self.convp = nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False)
            self.bnp = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        shortcut = self.bnp(self.convp(x)) if self.projected else x
        return F.relu(shortcut + self.bn3(self.conv3(self.second(self.first(x)))))


class PaperNet(nn.Module):
    """ResNet50 of two classes, pruned to ``widths`` inside, plain or with ghosts.

    The film is repeated over the three input channels. The last layer is the
    same linear map at every place of the 7x7 stage, so the difference of both
    classes, each cell repeated 2x2, is an activation map with the logit as mean.
    """

    def __init__(self, widths: Sequence[Tuple[int, int]], ghost: bool = False, scale: int = 1) -> None:
        super().__init__()
        self.widths, self.ghost, self.scale = tuple(tuple(w) for w in widths), ghost, scale
        kind = GhostUnit if ghost else Unit
        inputs = 64 // scale
        self.stem: AnyUnit = kind(3, inputs, 7, 2)
        stages = []
        for i, (full, inner, count) in enumerate(zip(FULL, self.widths, BLOCKS)):
            outputs, blocks = full * EXPANSION // scale, []
            for j in range(count):
                blocks.append(Bottleneck(kind, inputs, inner, outputs, 2 if i > 0 and j == 0 else 1))
                inputs = outputs
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)
        self.head = nn.Linear(inputs, 2)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    @property
    def feature_count(self) -> int:
        """Length of the pooled feature vector."""
        return self.head.in_features

    def forward(self, x: Tensor) -> Output:
        x = F.max_pool2d(self.stem(x.expand(-1, 3, -1, -1)), 3, stride=2, padding=1)
        for stage in self.stages:
            x = stage(x)
        with torch.autocast("cpu", enabled=False):
            x = x.float()
            classes = F.conv2d(x, self.head.weight[:, :, None, None], self.head.bias)
            cam = F.interpolate(classes[:, 1:] - classes[:, :1], scale_factor=2.0, mode="nearest")
            return Output(cam.mean((2, 3)), cam, x.mean((2, 3)))


def count(net: nn.Module, size: int = 224) -> Dict[str, int]:
    """Parameters, convolution MACs, and the paper's FLOPs: with BatchNorm's two operations a value."""
    macs = normalised = 0

    def convolution(module: nn.Module, _inputs: object, output: Tensor) -> None:
        nonlocal macs
        macs += module.weight[0].numel() * output[0].numel()

    def normalisation(_module: nn.Module, _inputs: object, output: Tensor) -> None:
        nonlocal normalised
        normalised += 2 * output[0].numel()

    hooks = []
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            hooks.append(module.register_forward_hook(convolution))
        elif isinstance(module, nn.BatchNorm2d):
            hooks.append(module.register_forward_hook(normalisation))
    was_training = net.training
    net.eval()
    with torch.no_grad():
        net(torch.zeros(1, 1, size, size))
    net.train(was_training)
    for hook in hooks:
        hook.remove()
    head = net.head.weight.numel()
    return {
        "parameters": sum(p.numel() for p in net.parameters()),
        "macs": macs + head,
        "flops": macs + head + normalised,
    }
