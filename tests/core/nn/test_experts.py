"""experts.py: routing worked by hand, equal to transformers' Mixtral, each token on its own."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_map
from transformers import MixtralConfig
from transformers.models.mixtral.modeling_mixtral import MixtralSparseMoeBlock, load_balancing_loss_func

from transformer_core.nn.experts import MixtureOfExperts, load_balancing_loss
from transformer_core.nn.layers import GatedFeedForward

B, T, D, D_FF, E, K = 2, 5, 11, 13, 7, 3


class KeepDoubles(TorchFunctionMode):
    """Lets code that asks for single precision on its way work in double."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function is torch.Tensor.float:
            return args[0].double()
        widened = tree_map(lambda x: torch.float64 if x is torch.float32 else x, (args, kwargs or {}))
        return function(*widened[0], **widened[1])


def mixtral(layer, d_ff=D_FF):
    """transformers' own block with the same weights: it stacks the experts, gate above up."""
    config = MixtralConfig(
        hidden_size=layer.router.in_features,
        intermediate_size=d_ff,
        num_local_experts=len(layer.experts),
        num_experts_per_tok=layer.experts_per_token,
        experts_implementation="eager",
    )
    block = MixtralSparseMoeBlock(config).to(layer.router.weight.dtype)
    with torch.no_grad():
        block.gate.weight.copy_(layer.router.weight)
        for e, expert in enumerate(layer.experts):
            block.experts.gate_up_proj[e].copy_(torch.cat([expert.gate.weight, expert.up.weight]))
            block.experts.down_proj[e].copy_(expert.down.weight)
    return block


def test_routing_worked_by_hand():
    # Logits ln 1, ln 4, ln 3: of 8 parts 1, 4 and 3. The best two, experts 1 and 2, share as 4/7 and 3/7.
    layer = MixtureOfExperts(1, 2, 3, 2)
    logs = torch.tensor([1.0, 4.0, 3.0]).log()
    with torch.no_grad():
        layer.router.weight.copy_(logs[:, None])
    weights, chosen, logits = layer.route(torch.tensor([[1.0]]))
    assert chosen.tolist() == [[1, 2]]
    torch.testing.assert_close(weights, torch.tensor([[4 / 7, 3 / 7]]))
    torch.testing.assert_close(logits, logs[None])


def test_the_sum_worked_by_hand():
    # Experts that multiply by 1, 10 and 100 (activation: the constant 1; down 1): 4/7 * 10 x + 3/7 * 100 x.
    layer = MixtureOfExperts(1, 1, 3, 2, activation=torch.ones_like)
    with torch.no_grad():
        layer.router.weight.copy_(torch.tensor([1.0, 4.0, 3.0]).log()[:, None])
        for expert, factor in zip(layer.experts, [1, 10, 100], strict=True):
            expert.up.weight.fill_(factor)
            expert.down.weight.fill_(1)
    assert layer(torch.tensor([[1.0]])).item() == pytest.approx(340 / 7)


@pytest.mark.usefixtures("float64")
@examples(25)
@given(experts=st.integers(1, 7), share=st.floats(0, 1), tokens=st.integers(1, 11), seed=st.integers(0, 999))
def test_equals_transformers_and_its_gradients_too(experts, share, tokens, seed):
    torch.manual_seed(seed)
    layer = MixtureOfExperts(D, D_FF, experts, 1 + round(share * (experts - 1)))
    ours = torch.randn(B, tokens, D, requires_grad=True)
    theirs = ours.detach().clone().requires_grad_()
    block = mixtral(layer)
    output = layer(ours)
    with KeepDoubles():
        reference = block(theirs)
    torch.testing.assert_close(output, reference, atol=1e-10, rtol=0)
    output.pow(3).sum().backward()
    reference.pow(3).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad, atol=1e-10, rtol=0)
    torch.testing.assert_close(layer.router.weight.grad, block.gate.weight.grad, atol=1e-10, rtol=0)
    for e, expert in enumerate(layer.experts):
        down = block.experts.down_proj.grad
        theirs_down = torch.zeros_like(expert.down.weight) if down is None else down[e]
        torch.testing.assert_close(expert.down.weight.grad, theirs_down, atol=1e-10, rtol=0)


@pytest.mark.parametrize("dtype, atol", [(torch.float32, 1e-6), (torch.bfloat16, 0)])
def test_equals_transformers_in_the_precision_of_published_weights(dtype, atol):
    layer = MixtureOfExperts(D, D_FF, E, K).to(dtype)
    x = torch.randn(B, T, D, dtype=dtype)
    output = layer(x)
    assert output.dtype == dtype
    torch.testing.assert_close(output, mixtral(layer)(x), atol=atol, rtol=0)


@pytest.mark.usefixtures("float64")
def test_one_expert_is_the_feed_forward_itself():
    layer, feed, x = MixtureOfExperts(D, D_FF, 1, 1), GatedFeedForward(D, D_FF), torch.randn(B, T, D)
    layer.experts[0].load_state_dict(feed.state_dict())
    torch.testing.assert_close(layer(x), feed(x), atol=1e-10, rtol=0)


@pytest.mark.usefixtures("float64")
def test_all_experts_alike_are_one():
    layer, x = MixtureOfExperts(D, D_FF, E, K, activation=nn.functional.gelu), torch.randn(B, T, D)
    for expert in layer.experts:
        expert.load_state_dict(layer.experts[0].state_dict())
    torch.testing.assert_close(layer(x), layer.experts[0](x), atol=1e-10, rtol=0)


@pytest.mark.usefixtures("float64")
def test_a_token_does_not_depend_on_its_neighbours():
    layer, x = MixtureOfExperts(D, D_FF, E, K), torch.randn(B, T, D)
    alone = torch.stack([layer(token) for token in x.flatten(0, 1)]).view(x.shape)
    torch.testing.assert_close(layer(x), alone, atol=1e-10, rtol=0)


def test_weights_sum_to_one_and_the_chosen_are_the_fittest():
    layer, x = MixtureOfExperts(D, D_FF, E, K), torch.randn(B, T, D)
    weights, chosen, logits = layer.route(x)
    torch.testing.assert_close(weights.sum(-1), torch.ones(B, T))
    others = logits.scatter(-1, chosen, -torch.inf)
    assert (logits.gather(-1, chosen).amin(-1) >= others.amax(-1)).all()
    torch.testing.assert_close(weights, logits.gather(-1, chosen).softmax(-1))  # the same, said otherwise


def test_each_expert_runs_once_on_its_own_tokens():
    layer, x, seen = MixtureOfExperts(D, D_FF, E, K), torch.randn(B, T, D), []
    for expert in layer.experts:
        expert.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0]))
    layer(x)
    _, chosen, _ = layer.route(x)
    assert len(seen) == E and sum(map(len, seen)) == B * T * K
    for number, tokens in enumerate(seen):
        assert torch.equal(tokens, x[(chosen == number).any(-1)])


def test_gradient_reaches_the_router_and_the_chosen_experts_alone():
    layer, x = MixtureOfExperts(D, D_FF, E, 2), torch.randn(1, 1, D)
    layer(x).square().sum().backward()
    assert (layer.router.weight.grad != 0).any()
    _, chosen, _ = layer.route(x)
    learned = [number for number, expert in enumerate(layer.experts) if (expert.up.weight.grad != 0).any()]
    assert learned == sorted(chosen.flatten().tolist())


def test_loss_worked_by_hand():
    # Two experts, k = 1, three tokens: probabilities of expert 0 are 3/4, 3/4 and 1/4.
    # It gets the first two: f = (2/3, 1/3); P = (7/12, 5/12); 2 (14/36 + 5/36) = 19/18.
    logits = torch.tensor([[3.0, 1.0], [3.0, 1.0], [1.0, 3.0]]).log()
    loss = load_balancing_loss(logits, torch.tensor([[0], [0], [1]]))
    assert loss.item() == pytest.approx(19 / 18)
    # Without the third: f = (1, 0), P = (3/4, 1/4): 2 * 3/4.
    loss = load_balancing_loss(logits, logits.topk(1).indices, attention_mask=torch.tensor([1, 1, 0]))
    assert loss.item() == pytest.approx(1.5)


def test_loss_is_k_in_balance_and_the_number_of_experts_at_worst():
    even = torch.zeros(E, E)
    each = (torch.arange(E)[:, None] + torch.arange(K)) % E  # token e uses experts e, e + 1, e + 2
    assert load_balancing_loss(even, each).item() == pytest.approx(K)
    sure = torch.zeros(T, E)
    sure[:, 2] = 100
    assert load_balancing_loss(sure, sure.topk(1).indices).item() == pytest.approx(E)


def test_loss_pushes_the_busy_expert_down():
    logits = torch.zeros(T, E).index_fill(1, torch.tensor([2]), 1.0).requires_grad_()
    load_balancing_loss(logits, logits.topk(1).indices).backward()
    assert (logits.grad[:, 2] > 0).all() and (logits.grad[:, [0, 1, 3, 4, 5, 6]] < 0).all()


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("padded", [False, True])
def test_loss_equals_transformers(layers, padded):
    logits = torch.randn(layers, B, T, E, requires_grad=True)
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0]]) if padded else None
    loss = load_balancing_loss(logits, logits.softmax(-1).topk(K).indices, attention_mask=mask)
    with KeepDoubles():
        flat = tuple(layer.flatten(0, 1) for layer in logits)
        reference = load_balancing_loss_func(flat, E, top_k=K, attention_mask=mask)
    torch.testing.assert_close(loss, reference, atol=1e-10, rtol=0)
    ours, theirs = (torch.autograd.grad(value, logits)[0] for value in (loss, reference))
    torch.testing.assert_close(ours, theirs, atol=1e-10, rtol=0)


@pytest.mark.parametrize("k", [0, 8])
def test_an_impossible_choice_is_refused(k):
    with pytest.raises(ValueError, match=f"cannot use {k} of 7 experts; set experts_per_token from 1 to 7"):
        MixtureOfExperts(D, D_FF, 7, k)


def test_a_loss_of_other_tokens_is_refused():
    with pytest.raises(ValueError, match=r"logits \(5, 7\) and chosen \(3, 2\) are not of the same"):
        load_balancing_loss(torch.zeros(5, 7), torch.zeros(3, 2, dtype=torch.int64))
