"""Tests for your attention_exercise.py, the file beside this one. Read the first failure first.

    pytest test_attention_exercise.py

Sizes are different primes (3 queries, 5 keys, width 7, values of width 2), so that an
axis taken for another shows.
"""

import math

import pytest
import torch
from attention_exercise import attention

TQ, TK, DK, DV = 3, 5, 7, 2


def inputs(*leading):
    torch.manual_seed(0)
    return torch.randn(*leading, TQ, DK), torch.randn(*leading, TK, DK), torch.randn(*leading, TK, DV)


def say(message):
    pytest.fail(message, pytrace=False)


def attend(query, key, value, mask=None):
    """Your output and weights for copies, once they are two tensors of the right shapes."""
    error = None
    try:
        result = attention(query.clone(), key.clone(), value.clone(), mask)
    except (NotImplementedError, RuntimeError, IndexError) as caught:
        error = caught
    if isinstance(error, NotImplementedError):
        say("attention_exercise.py is still as you got it. Start with step 1.")
    if error and mask is not None:
        attend(query, key, value)  # has its own say where the mask is not to blame
        say(
            f"Step 3: with a mask {tuple(mask.shape)} torch says {str(error)!r}. "
            "scores.masked_fill(~mask, ...) widens the mask by itself."
        )
    if error:
        say(
            f"Step 1 or 5: shapes do not fit, torch says {str(error)!r}. Here query is "
            f"{tuple(query.shape)}, key {tuple(key.shape)}, value {tuple(value.shape)}. The "
            "scores are query times key with the key's last two axes swapped, and only "
            "those: query @ key.transpose(-2, -1). The output is weights @ value."
        )
    if result is None:
        say("The function returned nothing. End it with: return output, weights")
    if isinstance(result, torch.Tensor):
        say(
            "The function returned one tensor. Return two, the output and the weights: "
            "return output, weights"
        )
    output, weights = result
    wanted, wanted_weights = (*query.shape[:-1], value.shape[-1]), (*query.shape[:-1], key.shape[-2])
    if (weights.shape, output.shape) == (wanted, wanted_weights):
        say(
            "Output and weights came in the wrong order. Return them as: return output, "
            "weights"
        )
    if weights.shape == (*key.shape[:-1], query.shape[-2]):
        say(
            "Step 1: the weights have a row for each key and a column for each query, the "
            "wrong way round. It is query @ key^T, not key @ query^T."
        )
    if weights.shape != wanted_weights:
        say(
            f"Step 1: the weights are {tuple(weights.shape)}; a row for each query and a "
            f"column for each key makes {wanted_weights}."
        )
    if output.shape != wanted:
        say(
            f"Step 5: the output is {tuple(output.shape)}; one mix of values for each query "
            f"makes {wanted}: weights @ value."
        )
    return output, weights


def same(found, expected):
    return torch.allclose(found, expected, atol=1e-5)


def test_1_it_returns_output_and_weights():
    attend(*inputs())


def test_2_every_row_sums_to_1():
    _, weights = attend(*inputs())
    if same(weights.sum(-2), torch.ones(TK)):
        say(
            "Step 4: the weights sum to 1 down each column, and should along each row. "
            "Softmax over the last axis: dim=-1."
        )
    if not same(weights.sum(-1), torch.ones(TQ)):
        say(
            "Step 4: the rows sum to "
            f"{[round(total, 3) for total in weights.sum(-1).tolist()]}, not to 1. Softmax is "
            "the last thing that happens to them: scale before it, and divide by the sum "
            "over the last axis."
        )


def test_3_the_weights_are_scaled():
    query, key, value = inputs()
    _, weights = attend(query, key, value)
    scores = query @ key.T
    if same(weights, torch.softmax(scores, -1)):
        say("Step 2: the scale is missing. Divide the scores by math.sqrt(Dk) before softmax.")
    if same(weights, torch.softmax(scores / DK, -1)):
        say(f"Step 2: you divide by Dk = {DK}. Divide by its square root.")
    if same(weights, torch.softmax(scores * math.sqrt(DK), -1)):
        say("Step 2: you multiply by the square root of Dk. Divide by it.")
    if any(same(weights, torch.softmax(scores / math.sqrt(size), -1)) for size in (TQ, TK, DV)):
        say(
            "Step 2: you divide by the square root of the wrong axis. Dk is the width of a "
            "query, query.shape[-1], not how many there are."
        )
    # Two keys, Dk = 4: products 2 ln 3 and 0, divided by 2 are ln 3 and 0, softmax gives 3/4 and 1/4.
    query, key = torch.tensor([[2 * math.log(3), 0, 0, 0]]), torch.eye(4)[:2]
    _, weights = attend(query, key, torch.zeros(2, 3))
    if not same(weights, torch.tensor([[0.75, 0.25]])):
        say(
            "Steps 1, 2 and 4: with scores of ln 3 and 0 after the scale, the weights are "
            "0.75 and 0.25, and yours are "
            f"{[round(weight, 3) for weight in weights[0].tolist()]}. Print the scores after "
            "each step."
        )


def test_4_the_output_mixes_the_values():
    query, key, value = inputs()
    output, weights = attend(query, key, value)
    if not same(output, weights @ value):
        say(
            "Step 5: the output is not your weights times the values. Multiply the weights, "
            "after softmax, with value."
        )


def test_5_it_works_for_batches_and_heads():
    query, key, value = inputs(2, 4)
    output, weights = attend(query, key, value)
    alone, _ = attend(query[1, 3], key[1, 3], value[1, 3])
    if not same(weights.sum(-1), torch.ones(2, 4, TQ)) or not same(output[1, 3], alone):
        say(
            "With batch and heads in front, a head's result differs from the same head's "
            "alone. Count axes from the end (-1, -2), never from the start, in every step."
        )


def test_6_the_mask_hides_keys():
    query, key, value = inputs()
    mask = torch.tensor([[1, 0, 1, 1, 0], [0, 1, 1, 0, 1], [1, 1, 1, 1, 0]]) == 1
    _, free = attend(query, key, value)
    _, weights = attend(query, key, value, mask)
    if weights.isnan().any():
        say(
            "Step 3: NaN with a mask, though every row may look at something. Hide with "
            "masked_fill(~mask, -math.inf); adding or multiplying makes 0 * inf."
        )
    if same(weights, free):
        say(
            "Step 3: the mask changes nothing. masked_fill returns a new tensor: scores = "
            "scores.masked_fill(...)"
        )
    if (weights[mask] == 0).all():
        say(
            "Step 3: the mask is inverted. True means \"may look\", so fill where it is "
            "False: ~mask."
        )
    if (weights[~mask] > 1e-6).any():
        say(
            f"Step 3: a hidden key still gets {weights[~mask].max():.3f}. A score of 0 is not "
            "nothing, for exp(0) = 1: set hidden scores to -math.inf."
        )
    if not same(weights.sum(-1), torch.ones(TQ)):
        say(
            "Step 3: under a mask the rows sum to "
            f"{[round(total, 3) for total in weights.sum(-1).tolist()]}. You mask after "
            "softmax; mask the scores before it, so that the others share what the hidden "
            "ones would have had."
        )


def test_7_a_mask_shared_by_all_heads_broadcasts():
    query, key, value = inputs(2, 4)
    mask = torch.tensor([True, True, False, True, False])[None, None, None]  # (1, 1, 1, Tk)
    _, weights = attend(query, key, value, mask)
    if (weights[..., [2, 4]] > 1e-6).any():
        say(
            "Step 3: a mask (1, 1, 1, Tk) should hide the same keys from every query of "
            "every head. Let masked_fill widen it; do not index with it."
        )


def test_8_big_scores_do_not_overflow():
    query, key = torch.tensor([[1000.0]]), torch.tensor([[1000.0], [999.0]])
    output, weights = attend(query, key, torch.tensor([[1.0], [2.0]]))
    if not weights.isfinite().all():
        say(
            "Step 4: scores of a million overflow, exp(1000000) is inf and inf/inf is NaN. "
            "Use torch.softmax, or subtract each row's largest score before exp: it changes "
            "nothing else."
        )
    if not same(weights, torch.tensor([[1.0, 0.0]])):
        say(
            "Step 4: the larger of two huge scores takes everything, and yours gets "
            f"{weights[0, 0]:.3f}."
        )


def test_9_a_row_that_may_look_at_nothing_is_zero():
    query, key, value = inputs()
    mask = torch.ones(TQ, TK, dtype=torch.bool)
    mask[1] = False
    output, weights = attend(query, key, value, mask)
    if weights[1].isnan().any() or output[1].isnan().any():
        say(
            "Step 4: a row that may look at nothing is NaN: all its scores are -inf, and "
            "softmax makes 0/0 of them. Fill the weights with 0 where the mask is False, "
            "after softmax too."
        )
    if (weights[1] != 0).any() or (output[1] != 0).any():
        say(
            "Step 4: a row that may look at nothing still has weights that sum to "
            f"{weights[1].sum():.3f}. Equal low scores share equally: fill the weights with 0 "
            "where the mask is False, after softmax too."
        )


def test_10_the_inputs_are_left_alone():
    given, mask = inputs(), torch.ones(TQ, TK, dtype=torch.bool).tril()
    attend(*given, mask)
    attention(*given, mask)
    if not all(torch.equal(now, before) for now, before in zip(given, inputs(), strict=True)):
        say(
            "Your function changes its inputs: somewhere a line works in place (/=, +=, or a "
            "name that ends in _). Write scores = scores / ... instead."
        )
