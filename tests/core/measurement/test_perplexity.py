"""perplexity.py: worked by hand, equal to torch's cross-entropy and to GPT-2's own loss."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from torch.nn import functional
from transformers import GPT2Config, GPT2LMHeadModel

from transformer_core.measurement.perplexity import next_token_losses, perplexity, token_losses

# Distinct primes: an axis mistaken for another cannot fit.
B, T, V = 2, 5, 7


def ids(*shape, vocab_size=V):
    return torch.randint(vocab_size, shape)


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("vocab_size", [2, 7, 50257])
def test_a_model_that_knows_nothing_chooses_among_all(vocab_size):
    logits, text = torch.full((1, 3, vocab_size), 4.0), ids(1, 3, vocab_size=vocab_size)
    assert perplexity(logits, text) == pytest.approx(vocab_size, rel=1e-12)


def test_a_model_that_is_sure_and_right_has_1():
    text = ids(B, T)
    logits = 1e4 * functional.one_hot(text.roll(-1, dims=1), V).float()  # position t names token t + 1
    assert perplexity(logits, text) == 1


def test_worked_by_hand():
    # Three tokens, so two are predicted: the first got 1/2, the second 1/8.
    # Mean loss (ln 2 + ln 8) / 2 = ln 4: the model chose as if among 4.
    p = torch.tensor([[[0.5, 0.25, 0.25], [0.125, 0.875, 0.0], [0.0, 0.0, 1.0]]])
    text = torch.tensor([[2, 0, 0]])
    assert perplexity(p.log(), text) == pytest.approx(4)
    assert next_token_losses(p.log(), text).tolist() == pytest.approx([math.log(2), math.log(8)])
    assert math.log2(perplexity(p.log(), text)) == pytest.approx(2)  # bits per token: 1 and 3


def test_each_token_is_judged_by_the_logits_before_it():
    # The same sure model, judged at its own position, is wrong nearly everywhere.
    text = torch.tensor([[0, 1, 2, 3, 4]])
    names_the_next = 50.0 * functional.one_hot(text.roll(-1, dims=1), V).float()
    names_itself = 50.0 * functional.one_hot(text, V).float()
    assert perplexity(names_the_next, text) == pytest.approx(1)
    assert perplexity(names_itself, text) > 1e20


def test_a_token_that_was_ruled_out_makes_it_infinite():
    logits = torch.zeros(1, 3, V)
    logits[0, 1, 4] = -math.inf
    assert perplexity(logits, torch.tensor([[1, 2, 4]])) == math.inf
    assert perplexity(logits, torch.tensor([[1, 2, 3]])) == pytest.approx((7 * 6) ** 0.5)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_huge_logits_keep_their_differences(dtype):
    # All the same, however large: V. A sum of exponentials overflows; its logarithm less the
    # logit would be 1e30 - 1e30 = 0, a perplexity of 1.
    text = ids(B, T)
    for size in (1e30, -1e30):
        assert perplexity(torch.full((B, T, V), size, dtype=dtype), text) == pytest.approx(V)


def test_half_precision_is_summed_in_single():
    logits, text = torch.randn(B, T, 5003), ids(B, T, vocab_size=5003)
    half = logits.bfloat16()
    assert perplexity(half, text) == perplexity(half.float(), text)


@pytest.mark.usefixtures("float64")
def test_equals_torchs_cross_entropy():
    logits, text = torch.randn(B, T, V), ids(B, T)
    expected = functional.cross_entropy(logits[:, :-1].flatten(0, 1), text[:, 1:].flatten(), reduction="none")
    losses = next_token_losses(logits, text)
    torch.testing.assert_close(losses, expected, atol=1e-10, rtol=0)
    assert perplexity(logits, text) == pytest.approx(expected.mean().exp().item(), abs=1e-10)
    aligned = functional.cross_entropy(logits.mT, text, reduction="none")
    torch.testing.assert_close(token_losses(logits, text), aligned, atol=1e-10, rtol=0)


@pytest.mark.usefixtures("float64")
def test_gradients_equal_torchs():
    ours, text = torch.randn(B, T, V, requires_grad=True), ids(B, T)
    theirs = ours.detach().clone().requires_grad_()
    next_token_losses(ours, text).mean().backward()
    functional.cross_entropy(theirs[:, :-1].flatten(0, 1), text[:, 1:].flatten()).backward()
    torch.testing.assert_close(ours.grad, theirs.grad, atol=1e-10, rtol=0)


@pytest.mark.parametrize(
    "attention_mask",
    [
        None,
        [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]],  # padding right
        [[0, 0, 1, 1, 1], [1, 1, 1, 1, 1]],  # padding left
    ],
)
def test_equals_the_loss_of_gpt2(attention_mask):
    # Labels of -100 are left out. The first token of a sequence has nothing before it but
    # padding: transformers would judge it too, so its label is taken out as well.
    # It also computes the loss in float32, whatever the model is in.
    config = GPT2Config(
        vocab_size=V, n_positions=T, n_embd=6, n_layer=2, n_head=3, initializer_range=0.7,
        bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    gpt2 = GPT2LMHeadModel(config).eval()
    text = ids(B, T)
    mask = torch.ones_like(text) if attention_mask is None else torch.tensor(attention_mask)
    first = mask.argmax(dim=1)
    labels = text.masked_fill(mask == 0, -100)
    labels[torch.arange(B), first] = -100
    with torch.no_grad():
        answer = gpt2(input_ids=text, attention_mask=mask, labels=labels)
    given_mask = None if attention_mask is None else mask
    expected = answer.loss.exp().item()
    assert perplexity(answer.logits, text, given_mask) == pytest.approx(expected, rel=1e-5)
    assert abs(expected - V) > 1  # far from knowing nothing, which is V for any shift


def plain(logits, text, mask):
    """The definition, token by token, in NumPy."""
    losses = []
    for b, t in np.ndindex(len(text), len(text[0]) - 1):
        if mask[b][t] and mask[b][t + 1]:
            row = logits[b][t] - logits[b][t].max()
            losses.append(np.log(np.exp(row).sum()) - row[text[b][t + 1]])
    return float(np.exp(np.mean(losses)))


@examples(60)
@given(
    batch=st.integers(1, 3),
    length=st.integers(2, 7),
    vocab_size=st.integers(1, 11),
    scale=st.sampled_from([0, 1e-6, 1, 30]),
    seed=st.integers(0, 999),
    data=st.data(),
)
def test_equals_the_definition_and_ignores_padding(batch, length, vocab_size, scale, seed, data):
    torch.manual_seed(seed)
    logits = scale * torch.randn(batch, length, vocab_size, dtype=torch.float64)
    text = ids(batch, length, vocab_size=vocab_size)
    mask = torch.zeros(batch, length, dtype=torch.int64)
    for row in mask:
        start = data.draw(st.integers(0, length - 2))
        row[start : data.draw(st.integers(start + 2, length))] = 1
    value = perplexity(logits, text, mask)
    assert value == pytest.approx(plain(logits.numpy(), text.numpy(), mask.numpy()), rel=1e-10)
    assert value >= 1 - 1e-12
    # What is in padding, ids outside the vocabulary and NaN included, changes nothing,
    # and neither does a number added to a row of logits.
    logits, text = logits + 100 * torch.randn(batch, length, 1, dtype=torch.float64), text.clone()
    logits[mask == 0], text[mask == 0] = math.nan, -100
    assert perplexity(logits, text, mask) == pytest.approx(value, rel=1e-9)
    assert perplexity(logits, text, mask.bool()) == pytest.approx(value, rel=1e-9)


@pytest.mark.usefixtures("float64")
def test_batches_are_pooled_by_their_losses():
    logits, text = 3 * torch.randn(B, T, V), ids(B, T)
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0]])
    parts = [next_token_losses(logits[b : b + 1], text[b : b + 1], mask[b : b + 1]) for b in range(B)]
    assert [len(part) for part in parts] == [4, 1]
    whole = perplexity(logits, text, mask)
    assert torch.cat(parts).mean().exp().item() == pytest.approx(whole, abs=1e-10)
    assert abs(sum(part.mean().exp().item() for part in parts) / B - whole) > 0.1


def test_int32_ids_are_fine():
    logits, text = torch.randn(B, T, V), ids(B, T)
    assert perplexity(logits, text.int()) == perplexity(logits, text)


def zeros(*shape):
    return torch.zeros(shape)


def ints(*shape):
    return torch.zeros(shape, dtype=torch.int64)


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: perplexity(zeros(T, V), ints(T)), ["input_ids (5,)", "(B, T)", "torch.tensor([ids])"]),
        (lambda: perplexity(zeros(B, T, V), zeros(B, T)), ["torch.float32", "integers"]),
        (
            lambda: perplexity(zeros(B, T - 1, V), ints(B, T)),
            ["logits (2, 4, 7)", "input_ids (2, 5)", "the shift to the next token happens here"],
        ),
        (lambda: perplexity(zeros(B, T), ints(B, T)), ["logits (2, 5)", "(B, T, V)"]),
        (
            lambda: perplexity(zeros(B, T, V), ints(B, T), ints(B, T - 1)),
            ["attention_mask (2, 4)", "(2, 5)", "1 or 0"],
        ),
        (
            lambda: perplexity(zeros(B, T, V), ints(B, T), torch.full((B, T), 3)),
            ["attention_mask holds 3", "1 for a token and 0 for padding"],
        ),
        (
            lambda: perplexity(zeros(B, T, V), ints(B, T), torch.full((B, T), math.nan)),
            ["attention_mask holds nan"],
        ),
        (lambda: perplexity(zeros(B, 1, V), ints(B, 1)), ["(2, 1)", "no token with another before it"]),
        (
            lambda: perplexity(zeros(1, 3, V), ints(1, 3), torch.tensor([[0, 0, 1]])),
            ["(1, 3)", "at least one sequence of two tokens"],
        ),
        (
            lambda: perplexity(zeros(1, 2, V), torch.tensor([[3, V]])),
            ["token id 7", "0 to 6", "leave padding out with a mask"],
        ),
        (lambda: perplexity(zeros(1, 2, V), torch.tensor([[3, -100]])), ["token id -100", "0 to 6"]),
        (
            lambda: token_losses(zeros(B, T, V), ints(B)),
            ["logits (2, 5, 7)", "targets (2,)", "(2, 7)"],
        ),
    ],
)
def test_refuses_with_the_values_and_the_cure(call, says):
    with pytest.raises(ValueError) as refused:
        call()
    assert all(part in str(refused.value) for part in says), refused.value
