"""prune.py: what goes worked by hand, zeros that stay, and units that leave nothing behind."""

import copy

import pytest
import torch
from cases import small
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from torch import nn

from transformer_core.efficient.prune import make_permanent, prune_units, prune_weights, share_of_zeros
from transformer_core.efficient.quantise import size_in_bytes
from transformer_core.measurement.parameters import count_parameters
from transformer_core.nn.layers import FeedForward, GatedFeedForward


def two_layers():
    """Weights 1 to 4 and 5 to 8, of changing sign."""
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    model[0].weight.data = torch.tensor([[1.0, -2.0], [3.0, -4.0]])
    model[1].weight.data = torch.tensor([[-5.0, 6.0], [-7.0, 8.0]])
    return model


def test_the_smallest_of_all_or_of_each_layer_by_hand():
    everywhere = prune_weights(two_layers(), 0.5)
    assert everywhere[0].weight.tolist() == [[0, 0], [0, 0]]
    assert everywhere[1].weight.tolist() == [[-5, 6], [-7, 8]]
    each = prune_weights(two_layers(), 0.5, per_layer=True)
    assert each[0].weight.tolist() == [[0, 0], [3, -4]]
    assert each[1].weight.tolist() == [[0, 0], [-7, 8]]


@examples(20)
@given(share=st.floats(0, 0.99), per_layer=st.booleans(), equal=st.booleans())
def test_the_share_is_gone_and_the_rest_is_as_it_was(share, per_layer, equal):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(11, 13), nn.Linear(13, 7))
    if equal:  # not one more goes because it is as small as another
        for layer in model:
            nn.init.ones_(layer.weight)
    pruned = prune_weights(model, share, per_layer=per_layer)
    assert share_of_zeros(pruned) == pytest.approx(share, abs=1 / 91)
    for before, after in zip(model, pruned, strict=True):
        kept = after.weight != 0
        assert torch.equal(after.weight[kept], before.weight[kept])
        if per_layer and kept.any() and not kept.all():
            assert before.weight[kept].abs().min() >= before.weight[~kept].abs().max()


def test_pruned_weights_stay_zero_through_training_and_settle_as_plain_layers():
    model = two_layers()
    pruned = prune_weights(model, 0.5, per_layer=True)
    optimiser = torch.optim.SGD(pruned.parameters(), lr=0.1, momentum=0.9, weight_decay=0.1)
    for _ in range(3):
        optimiser.zero_grad()
        (pruned(torch.randn(5, 2)) - 1).square().sum().backward()
        optimiser.step()
    assert (pruned[0].weight[0] == 0).all() and (pruned[0].weight[1] != torch.tensor([3.0, -4.0])).all()
    plain, x = make_permanent(pruned), torch.randn(3, 2)
    assert type(plain[0]) is nn.Linear and plain.state_dict().keys() == model.state_dict().keys()
    assert torch.equal(plain(x), pruned(x)) and share_of_zeros(plain) == 0.5
    assert model[0].weight.tolist() == [[1, -2], [3, -4]]  # the model itself is as it was


def test_zeros_take_as_many_bytes_as_other_numbers():
    model = two_layers()
    assert size_in_bytes(make_permanent(prune_weights(model, 0.9))) == size_in_bytes(model)


def test_units_worked_by_hand():
    # Lengths in times out: unit 0 has 3 * 1, unit 1 has 1 * 2, unit 2 has 2 * 5.
    layer = FeedForward(1, 3)
    layer.widen.weight.data, layer.widen.bias.data = torch.tensor([[3.0], [-1.0], [2.0]]), torch.arange(3.0)
    layer.narrow.weight.data = torch.tensor([[1.0, 2.0, 5.0]])
    less = prune_units(layer, 0.34)
    assert less.widen.weight.tolist() == [[3], [2]] and less.widen.bias.tolist() == [0, 2]
    assert less.narrow.weight.tolist() == [[1, 5]] and torch.equal(less.narrow.bias, layer.narrow.bias)
    assert (less.widen.out_features, less.narrow.in_features) == (2, 2)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("make", [FeedForward, GatedFeedForward])
def test_the_units_left_do_what_they_did(make, bias, float64):
    layer, x = make(7, 20, bias=bias), torch.randn(3, 7)
    silenced = copy.deepcopy(layer)
    out = silenced.down if make is GatedFeedForward else silenced.narrow
    out.weight.data[:, ::4] *= 1e-6  # a unit whose way out is shut says nothing: those go
    less = prune_units(silenced, 0.25)
    out.weight.data[:, ::4] = 0
    torch.testing.assert_close(less(x), silenced(x), atol=1e-10, rtol=0)
    assert count_parameters(less)["total"] < 0.8 * count_parameters(layer)["total"]


@pytest.mark.parametrize("name", ["encoder, learned", "decoder, rotary", "encoder-decoder, alibi"])
def test_in_a_model_every_feed_forward_shrinks_and_all_still_learns(name):
    model = small(name)
    inputs = [torch.randint(29, (2, 5))] * (2 if name.startswith("encoder-decoder") else 1)
    less = prune_units(model, 0.5)
    widths = {m.widen.out_features for m in less.modules() if isinstance(m, FeedForward)}
    widths |= {m.gate.out_features for m in less.modules() if isinstance(m, GatedFeedForward)}
    assert widths == {13 - 6}  # 6.5 goes to the even 6
    less(*inputs).sum().backward()
    assert (
        all(parameter.grad is not None for parameter in less.encoder.parameters())
        if "encoder," in name
        else True
    )
    assert torch.equal(prune_units(model, 0)(*inputs), model(*inputs))


def test_one_unit_always_stays():
    assert prune_units(FeedForward(3, 5), 0.99).widen.out_features == 1


@pytest.mark.parametrize(
    "made, says",
    [
        (lambda: prune_weights(two_layers(), 1), ["share 1 ", "below 1"]),
        (lambda: prune_units(FeedForward(3, 5), -0.1), ["share -0.1", "from 0"]),
        (lambda: prune_weights(nn.ReLU(), 0.5), ["ReLU has no plain linear layers"]),
        (
            lambda: prune_weights(prune_weights(two_layers(), 0.1), 0.5),
            ["no plain linear layers", "make_permanent(model)"],
        ),
        (lambda: prune_units(two_layers(), 0.5), ["Sequential has no feed-forward"]),
    ],
)
def test_refuses_with_the_value_and_the_cure(made, says):
    with pytest.raises(ValueError) as refused:
        made()
    assert all(part in str(refused.value) for part in says), refused.value
