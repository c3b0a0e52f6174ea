"""The shipped shape keeps its budget, and its map is exact."""

import torch

from pneumotrain.network import LeanNet, Shape, count_macs, count_parameters, window


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
    assert out.map.shape == (3, 1, 14, 14)
    assert out.features.shape == (3, Shape().features)
    torch.testing.assert_close(out.map.mean((2, 3)), out.logit, atol=1e-5, rtol=0)


def test_nothing_at_a_films_edge_is_a_reason():
    torch.manual_seed(0)
    net = LeanNet().eval()
    torch.nn.init.normal_(net.head_fine.weight)
    torch.nn.init.normal_(net.head_coarse.weight)
    with torch.no_grad():
        for side in (128, 224):
            cells = net(torch.randn(2, 1, side, side)).map[:, 0].abs().mean(0)
            inner = cells[2:-2, 2:-2].mean()
            ring = torch.cat([cells[0], cells[-1], cells[:, 0], cells[:, -1]]).mean()
            assert ring < 0.25 * inner
        assert (cells[0] == 0).all()  # at full size it counts nothing
    for height, width in ((14, 14), (8, 12)):
        torch.testing.assert_close(window(height, width).mean(), torch.tensor(1.0))
