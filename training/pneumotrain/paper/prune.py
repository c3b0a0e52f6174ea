"""Hierarchical channel pruning by BatchNorm weights.

Inside each bottleneck, layer by layer: sort the layer's BatchNorm weights by
size, drop the smallest at that layer's rate; the next layer loses the inputs
that went. Residual widths stay.
"""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

import torch
from torch import Tensor, nn

from .network import Bottleneck, PaperNet, Unit


def sparsity(net: nn.Module) -> Tensor:
    """Sum of the absolute BatchNorm weights that pruning will look at: inner layers only."""
    total = torch.zeros(())
    for module in net.modules():
        if isinstance(module, Bottleneck):
            total = total + module.first.bn.weight.abs().sum() + module.second.bn.weight.abs().sum()
    return total


def strongest(bn: nn.BatchNorm2d, count: int) -> Tensor:
    """Indices of the ``count`` channels with the largest BatchNorm weight, in their old order."""
    order = torch.argsort(bn.weight.detach().abs(), descending=True, stable=True)
    return order[:count].sort().values


def copy_bn(target: nn.BatchNorm2d, source: nn.BatchNorm2d, keep: Optional[Tensor] = None) -> None:
    for name in ("weight", "bias", "running_mean", "running_var"):
        values = getattr(source, name).detach()
        getattr(target, name).data.copy_(values if keep is None else values[keep])


def _copy_unit(target: Unit, source: Unit, outputs: Tensor, inputs: Optional[Tensor]) -> None:
    weight = source.conv.weight.detach()[outputs]
    target.conv.weight.data.copy_(weight if inputs is None else weight[:, inputs])
    copy_bn(target.bn, source.bn, outputs)


def prune(net: PaperNet, widths: Sequence[Tuple[int, int]]) -> PaperNet:
    """A smaller network of the given inner widths that holds the channels that survive."""
    small = PaperNet(widths, scale=net.scale)
    all_stem = torch.arange(net.stem.outputs)
    _copy_unit(small.stem, net.stem, all_stem, None)
    for old_stage, new_stage, (first, second) in zip(net.stages, small.stages, widths):
        for old, new in zip(old_stage, new_stage):
            keep1 = strongest(old.first.bn, first)
            keep2 = strongest(old.second.bn, second)
            _copy_unit(new.first, old.first, keep1, None)
            _copy_unit(new.second, old.second, keep2, keep1)
            new.conv3.weight.data.copy_(old.conv3.weight.detach()[:, keep2])
            copy_bn(new.bn3, old.bn3)
            if old.projected:
                new.convp.weight.data.copy_(old.convp.weight.detach())
                copy_bn(new.bnp, old.bnp)
    small.head.load_state_dict(net.head.state_dict())
    return small
