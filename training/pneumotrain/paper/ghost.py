"""Ghost convolutions that start as near as they can to the convolutions they replace.

In each unit a quarter of the channels stay convolutions, those with the
largest BatchNorm weights. Every other channel is assigned to the one of these
whose output, through a 3x3 kernel fitted by least squares on a few films,
comes nearest to its own. The channels change their order, and the layers that
read them follow.
"""

from __future__ import annotations

from typing import Dict, List, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .network import GHOST_KERNEL, GHOST_RATIO, GhostUnit, PaperNet, Unit
from .prune import copy_bn, strongest

SAMPLES = 4096
RIDGE = 1e-3


def _observe(net: PaperNet, films: Tensor) -> Dict[Unit, Tuple[Tensor, Tensor]]:
    """For each unit, on the films: its channels after BatchNorm, before and after ReLU."""
    seen: Dict[Unit, Tuple[Tensor, Tensor]] = {}
    hooks = []
    for module in net.modules():
        if isinstance(module, Unit):
            def keep(bn: nn.Module, _inputs: object, output: Tensor, unit: Unit = module) -> None:
                seen[unit] = (output.detach(), F.relu(output.detach()))
            hooks.append(module.bn.register_forward_hook(keep))
    net.eval()
    with torch.no_grad():
        net(films)
    for hook in hooks:
        hook.remove()
    return seen


def _neighbourhoods(channel: Tensor, chosen: Tensor) -> Tensor:
    """[S, 9] neighbourhoods of one channel [N, H, W] at chosen flat positions."""
    patches = F.unfold(channel[:, None], GHOST_KERNEL, padding=GHOST_KERNEL // 2)
    return patches.transpose(1, 2).reshape(-1, GHOST_KERNEL**2)[chosen]


def _fit(neighbours: Tensor, wanted: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    """Ridge regression of [S, M] targets on [S, 9]: kernels [M, 9], intercepts [M], errors [M]."""
    x = torch.cat([neighbours, torch.ones(len(neighbours), 1)], 1).double()
    y = wanted.double()
    gram = x.t() @ x / len(x)
    gram = gram + RIDGE * torch.diag(torch.cat([gram.diagonal()[:-1].mean().expand(9), torch.zeros(1).double()]))
    gram = gram + 1e-8 * torch.eye(10).double()
    solution = torch.linalg.solve(gram, x.t() @ y / len(x))
    errors = ((x @ solution - y) ** 2).mean(0)
    return solution[:9].t().float(), solution[9].float(), errors


def ghost_unit(
    unit: Unit, before: Tensor, after: Tensor, inputs: Tensor, g: torch.Generator
) -> Tuple[GhostUnit, Tensor]:
    """The ghost that replaces a unit, and which old channel each of its outputs stands for."""
    outputs = unit.outputs
    made = GhostUnit(unit.conv.in_channels, outputs, unit.conv.kernel_size[0], unit.conv.stride[0])
    own = strongest(unit.bn, made.conv.out_channels)
    rest = [c for c in range(outputs) if c not in set(own.tolist())]
    positions = before.shape[0] * before.shape[2] * before.shape[3]
    chosen = torch.randperm(positions, generator=g)[: min(SAMPLES, positions)]
    per_own = GHOST_RATIO - 1
    slots = outputs - len(own)
    room = [max(0, min(per_own, slots - i * per_own)) for i in range(len(own))]
    order: List[List[int]] = [[] for _ in own]
    kernels = torch.zeros(len(own) * per_own, 1, GHOST_KERNEL, GHOST_KERNEL)
    intercepts = torch.zeros(len(own) * per_own)
    if rest:
        wanted = before[:, rest].permute(0, 2, 3, 1).reshape(-1, len(rest))[chosen]
        fits = [_fit(_neighbourhoods(after[:, c], chosen), wanted) for c in own.tolist()]
        errors = torch.stack([f[2] for f in fits])  # [own, rest]
        for flat in torch.argsort(errors.flatten(), stable=True).tolist():
            i, j = divmod(flat, len(rest))
            if len(order[i]) < room[i] and not any(rest[j] in line for line in order):
                slot = i * per_own + len(order[i])
                kernels[slot, 0] = fits[i][0][j].view(GHOST_KERNEL, GHOST_KERNEL)
                intercepts[slot] = fits[i][1][j]
                order[i].append(rest[j])
    made.conv.weight.data.copy_(unit.conv.weight.detach()[own][:, inputs])
    copy_bn(made.bn, unit.bn, own)
    made.cheap.weight.data.copy_(kernels)
    with torch.no_grad():
        values = made.cheap(after[:, own])
        mean, variance = values.mean((0, 2, 3)), values.var((0, 2, 3), unbiased=False)
    made.cheap_bn.running_mean.copy_(mean)
    made.cheap_bn.running_var.copy_(variance)
    made.cheap_bn.weight.data.copy_((variance + made.cheap_bn.eps).sqrt())
    made.cheap_bn.bias.data.copy_(mean + intercepts)
    stands_for = torch.tensor(own.tolist() + [c for line in order for c in line])
    return made, stands_for


def ghost(net: PaperNet, films: Tensor, seed: int = 0) -> PaperNet:
    """The ghost network that starts from a pruned one; ``films`` are normalised [N, 1, S, S]."""
    g = torch.Generator().manual_seed(seed)
    seen = _observe(net, films)
    made = PaperNet(net.widths, ghost=True, scale=net.scale)
    everything = torch.arange(net.stem.conv.in_channels)
    made.stem, stem_order = ghost_unit(net.stem, *seen[net.stem], everything, g)
    for i, (old_stage, new_stage) in enumerate(zip(net.stages, made.stages)):
        for j, (old, new) in enumerate(zip(old_stage, new_stage)):
            came = stem_order if i == 0 and j == 0 else torch.arange(old.first.conv.in_channels)
            new.first, first_order = ghost_unit(old.first, *seen[old.first], came, g)
            new.second, second_order = ghost_unit(old.second, *seen[old.second], first_order, g)
            new.conv3.weight.data.copy_(old.conv3.weight.detach()[:, second_order])
            copy_bn(new.bn3, old.bn3)
            if old.projected:
                new.convp.weight.data.copy_(old.convp.weight.detach()[:, came])
                copy_bn(new.bnp, old.bnp)
    made.head.load_state_dict(net.head.state_dict())
    return made
