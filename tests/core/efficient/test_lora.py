"""lora.py: nothing changes at first, only A and B learn, and merged it is one plain layer again."""

import copy

import pytest
import torch
from cases import CONFIGS, of_family, small
from torch import nn

from transformer_core.efficient.lora import LoRALinear, adapt, learning, merge


def shake(model):
    """B away from zero, as after some training."""
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, LoRALinear):
                module.b.normal_()
    return model


def test_worked_by_hand():
    # W is the identity; A reads the sum of both inputs, B adds it to the first output, alpha / r is 3.
    plain = nn.Linear(2, 2, bias=False)
    plain.weight.data = torch.eye(2)
    layer = LoRALinear(plain, rank=1, alpha=3)
    layer.a.data, layer.b.data = torch.tensor([[1.0, 1.0]]), torch.tensor([[1.0], [0.0]])
    assert layer(torch.tensor([[5.0, 7.0]])).tolist() == [[5 + 3 * 12, 7]]
    assert layer.merged().weight.tolist() == [[4, 3], [0, 1]]


@pytest.mark.parametrize("name", of_family("encoder", "decoder"))
def test_at_first_nothing_changes_to_the_bit(name):
    model = small(name, torch.float32)
    ids = torch.randint(29, (2, 7))
    with torch.no_grad():  # with gradients, torch may choose another kernel for what learns
        assert torch.equal(adapt(model, rank=2)(ids), model(ids))


def test_merged_it_gives_the_same():
    adapted = shake(adapt(small("decoder, rotary"), rank=3, names=("w_q", "w_v", "gate", "down")))
    ids = torch.randint(29, (2, 7))
    plain = merge(adapted)
    torch.testing.assert_close(plain(ids), adapted(ids), atol=1e-10, rtol=0)
    assert not any(isinstance(module, LoRALinear) for module in plain.modules())
    assert plain.state_dict().keys() == small("decoder, rotary").state_dict().keys()
    assert all(parameter.requires_grad for parameter in plain.parameters())


def test_only_a_and_b_learn_and_training_lowers_the_loss():
    model = small("encoder, learned", torch.float32)
    ids, wanted = torch.randint(29, (4, 7)), torch.randn(4, 7, 24)
    adapted = adapt(model, rank=2)
    learns = {name for name, parameter in adapted.named_parameters() if parameter.requires_grad}
    assert len(learns) == 2 * 2 * 2 and all(name[-2:] in (".a", ".b") for name in learns)
    optimiser = torch.optim.Adam([p for p in adapted.parameters() if p.requires_grad], lr=0.05)
    losses = []
    for _ in range(20):
        optimiser.zero_grad()
        loss = (adapted(ids) - wanted).square().mean()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    before = model.state_dict()
    kept = {name.replace(".linear.", "."): tensor for name, tensor in adapted.state_dict().items()}
    assert all(torch.equal(kept[name], tensor) for name, tensor in before.items())
    assert all(
        parameter.requires_grad for parameter in model.parameters()
    )  # the model itself stays as it was


def test_how_many_learn_worked_by_hand():
    # Two layers, each with two projections of 24 x 24: A is 5 x 24 and B 24 x 5.
    model = small("encoder, sinusoidal", torch.float32)
    assert CONFIGS["encoder, sinusoidal"].num_kv_heads == 2  # so w_v gives 2 * 4 numbers, not 24
    counts = learning(adapt(model, rank=5))
    assert counts["learning"] == 2 * (5 * 24 + 24 * 5 + 5 * 24 + 8 * 5)
    assert counts["total"] == learning(model)["total"] + counts["learning"]


def test_alpha_over_rank_is_the_strength():
    torch.manual_seed(0)
    plain, x = nn.Linear(7, 5), torch.randn(3, 7)
    one, other = (
        LoRALinear(copy.deepcopy(plain), rank=2, alpha=2),
        LoRALinear(copy.deepcopy(plain), rank=2, alpha=8),
    )
    other.load_state_dict(shake(one).state_dict())
    torch.testing.assert_close(other(x) - plain(x), 4 * (one(x) - plain(x)), atol=1e-5, rtol=0)


def test_the_change_has_the_rank_and_no_more():
    adapted = shake(adapt(small("encoder, learned"), rank=3))
    for module in adapted.modules():
        if isinstance(module, LoRALinear):
            assert torch.linalg.matrix_rank(module.merged().weight - module.linear.weight) == 3


def test_a_layer_in_two_places_is_adapted_once():
    pair = nn.ModuleDict({"w_q": nn.Linear(3, 3), "w_k": nn.Identity()})
    pair["w_k"] = pair["w_q"]
    adapted = adapt(pair, names=("w_q",), rank=1)
    assert adapted["w_q"] is adapted["w_k"]


@pytest.mark.parametrize(
    "made, says",
    [
        (lambda model: adapt(model, names=("w_z",)), ["'w_z'", "EncoderOnly has", "w_q", "narrow"]),
        (lambda model: adapt(nn.ReLU()), ["'w_q'", "ReLU has none"]),
        (lambda model: adapt(model, rank=0), ["rank 0", "24 to 24", "use 1 to 24"]),
        (lambda model: adapt(model, rank=25), ["rank 25", "use 1 to 24"]),
        (merge, ["EncoderOnly has no adapted layers", "adapt(model)"]),
    ],
)
def test_refuses_with_the_value_and_the_cure(made, says):
    with pytest.raises(ValueError) as refused:
        made(small("encoder, learned"))
    assert all(part in str(refused.value) for part in says), refused.value
