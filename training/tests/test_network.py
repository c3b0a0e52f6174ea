"""The shipped shape keeps its budget, and its map is exact."""

import torch

from pneumotrain.network import LeanNet, Shape, count_macs, count_parameters


def test_budget_and_blocks_of_sixteen():
    net = LeanNet()
    assert count_parameters(net) <= 1_100_000
    assert count_macs(net) <= 200_000_000
    assert all(c % 16 == 0 for c in (Shape().stem, *Shape().widths, *Shape().mids))


def test_logit_is_the_mean_of_the_map():
    torch.manual_seed(0)
    net = LeanNet().eval()
    torch.nn.init.normal_(net.head_fine.weight)
    torch.nn.init.normal_(net.head_coarse.weight)
    with torch.no_grad():
        out = net(torch.randn(3, 1, 224, 224))
        weights = torch.cat([net.head_fine.weight, net.head_coarse.weight], 1)[:, :, 0, 0]
        from_features = out.features[:, Shape().widths[1] :] @ weights.T + net.head_coarse.bias
    assert out.map.shape == (3, 1, 14, 14)
    assert out.features.shape == (3, Shape().features)
    torch.testing.assert_close(out.map.mean((2, 3)), out.logit, atol=1e-5, rtol=0)
    torch.testing.assert_close(from_features, out.logit, atol=1e-4, rtol=1e-4)
