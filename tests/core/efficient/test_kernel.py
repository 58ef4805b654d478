"""kernel.py: the estimate true on average, the error falling as it should, the sums equal to the table's."""

import math

import pytest
import torch
from beside_exact import DK, DV, TK, TQ, B, H, growth, inputs, outcome
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.efficient.kernel import log_features, orthogonal_features, performer_attention
from transformer_core.nn.attention import causal_mask, padding_mask, scaled_dot_product_attention
from transformer_core.nn.multi_head import MultiHeadAttention

M = 23  # features


def by_the_table(query, key, value, *, features, mask=None):
    """The same estimate with the whole table of weights, and no care for large numbers."""
    scale = DK**-0.25
    of_query, of_key = (log_features(x * scale, features).exp() for x in (query, key))
    weights = of_query @ of_key.transpose(-2, -1)
    if mask is not None:
        weights = weights * mask
    return weights / weights.sum(-1, keepdim=True) @ value, None


def features(m=M, d_k=DK, seed=0):
    return orthogonal_features(m, d_k, seed=seed).double()


def test_features_worked_by_hand():
    # x = (1, 2), |x|^2 / 2 = 2.5; directions (1, 0) and (0, -1): 1 - 2.5 and -2 - 2.5.
    logs = log_features(torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0, 0.0], [0.0, -1.0]]))
    assert logs.tolist() == [[-1.5, -4.5]]


def test_their_products_are_the_exponential_of_the_dot_product_on_average():
    x, y = torch.tensor([[0.3, -0.5, 0.4]]), torch.tensor([[0.2, 0.6, 0.7]])
    estimates = torch.stack(
        [
            (log_features(x, w) + log_features(y, w)).exp().mean()
            for w in (orthogonal_features(3, 3, seed=seed) for seed in range(4000))
        ]
    )
    standard_error = estimates.std() / math.sqrt(len(estimates))
    assert standard_error < 0.02
    assert abs(estimates.mean() - (x * y).sum().exp()) < 4 * standard_error


def test_directions_are_at_right_angles_and_each_is_normal():
    d_k, seeds = 5, 2000
    drawn = torch.stack([orthogonal_features(d_k, d_k, seed=seed) for seed in range(seeds)])
    products = drawn @ drawn.transpose(-2, -1)
    assert (products - torch.diag_embed(products.diagonal(dim1=1, dim2=2))).abs().max() < 1e-4
    rows = drawn.flatten(0, 1)
    # Mean 0, covariance the identity, squared length Dk on average with variance 2 Dk.
    assert rows.mean(0).abs().max() < 5 / math.sqrt(len(rows))
    assert drawn.mean(0).abs().max() < 5 / math.sqrt(seeds)  # row by row: no sign is preferred
    assert (torch.cov(rows.T) - torch.eye(d_k)).abs().max() < 0.1
    squared = rows.square().sum(-1)
    assert squared.mean() == pytest.approx(d_k, rel=0.05)
    assert squared.var() == pytest.approx(2 * d_k, rel=0.15)


def test_right_angles_make_the_estimate_vary_less():
    # 200,000 estimates of e^(x . x) by 4 directions each. By theorem 2 of the paper, the variance of
    # 0.71 falls by 0.06 at least.
    x, count = torch.tensor([0.25, -0.25, 0.25, 0.25]), 4 * 200_000
    together, alone = orthogonal_features(count, 4), torch.randn(count, 4)
    estimates = [(2 * log_features(x[None], w)).exp().view(-1, 4).mean(-1) for w in (together, alone)]
    assert estimates[0].var() < estimates[1].var() - 0.03


def test_a_seed_gives_the_same_again_and_more_features_begin_alike():
    assert torch.equal(orthogonal_features(M, DK, seed=3), orthogonal_features(M, DK, seed=3))
    assert not torch.equal(orthogonal_features(M, DK, seed=3), orthogonal_features(M, DK, seed=4))
    assert orthogonal_features(M, DK).shape == (M, DK)


def test_the_error_falls_like_one_over_the_root_of_the_features():
    query, key, value = inputs(tq=31, tk=61)
    query, key = query / 4, key / 4  # far below a trained model's: long vectors need many more features
    exact, _ = scaled_dot_product_attention(query, key, value)
    counts, errors = [64, 256, 1024, 4096], []
    for m in counts:
        drawn = [
            performer_attention(query, key, value, features=features(m, seed=seed))[0] for seed in range(16)
        ]
        errors.append(math.sqrt(sum((x - exact).square().mean().item() for x in drawn) / 16))
    slope = math.log(errors[-1] / errors[0]) / math.log(counts[-1] / counts[0])
    assert errors == sorted(errors, reverse=True)
    assert slope == pytest.approx(-0.5, abs=0.07)
    assert errors[-1] < 0.01 * exact.square().mean().sqrt()


@examples(40)
@given(
    causal=st.booleans(),
    padded=st.booleans(),
    tile=st.integers(1, 19),
    m=st.integers(1, 29),
    seed=st.integers(0, 999),
)
def test_the_sums_equal_the_tables_and_their_gradients_too(causal, padded, tile, m, seed):
    torch.manual_seed(seed)
    tensors, w = inputs(tq=TK if causal else TQ), features(m, seed=seed)
    mask = torch.rand(B, 1, 1, TK) < 0.6
    mask[..., 0] = True  # by the table, an empty row would be 0 / 0
    mask = mask if padded else None
    both = mask
    if causal:
        both = causal_mask(TK) if mask is None else causal_mask(TK) & mask
    table = outcome(by_the_table, *tensors, features=w, mask=both)
    mine = outcome(performer_attention, *tensors, features=w, mask=mask, causal=causal, tile=tile)
    for ours, theirs in zip(mine, table, strict=True):  # a denominator near 0 makes gradients large
        torch.testing.assert_close(ours, theirs, atol=1e-10 * max(1, theirs.abs().max().item()), rtol=0)


def test_equal_values_come_out_as_they_are():
    # Whatever the features say, the weights of a row sum to 1.
    query, key, _ = inputs(tq=TK)
    for causal in (False, True):
        output, _ = performer_attention(
            query, key, torch.full((B, H, TK, DV), 3.0).double(), features=features(), causal=causal
        )
        torch.testing.assert_close(output, torch.full_like(output, 3), atol=1e-10, rtol=0)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("scale", [0, 1e-4, 1, 30, 1e4])
@pytest.mark.parametrize("causal", [False, True])
def test_huge_and_tiny_numbers_stay_finite(dtype, scale, causal):
    query, key, value = inputs(tq=TK)
    tensors = [tensor.to(dtype) for tensor in (scale * query, scale * key, value)]
    output, *grads = outcome(performer_attention, *tensors, features=features(), causal=causal)
    assert output.dtype == dtype and output.isfinite().all()
    assert (output.abs() <= 1.01 * tensors[2].abs().max()).all()  # an average of the values
    assert all(grad.isfinite().all() for grad in grads)


def test_the_future_never_changes_the_past():
    query, key, value = inputs(tq=TK)
    before, _ = performer_attention(query, key, value, features=features(), causal=True, tile=4)
    for tensor in (query, key, value):
        tensor[..., 9:, :] = 1e3 * torch.randn_like(tensor[..., 9:, :])
    after, _ = performer_attention(query, key, value, features=features(), causal=True, tile=4)
    torch.testing.assert_close(before[..., :9, :], after[..., :9, :], atol=1e-10, rtol=0)


def test_padding_never_changes_the_rest():
    query, key, value = inputs()
    mask = padding_mask(torch.tensor([[1] * TK, [1] * 11 + [0] * 6]))
    padded, _ = performer_attention(query, key, value, features=features(), mask=mask)
    alone, _ = performer_attention(query[1], key[1, :, :11], value[1, :, :11], features=features())
    torch.testing.assert_close(padded[1], alone, atol=1e-10, rtol=0)
    key[1, :, 11:] = value[1, :, 11:] = 1e6
    after, _ = performer_attention(query, key, value, features=features(), mask=mask)
    assert torch.equal(padded, after)


def test_a_sequence_of_padding_alone_gives_zeros():
    nothing = torch.zeros(1, 1, 1, TK, dtype=torch.bool)
    output, *grads = outcome(performer_attention, *inputs(), features=features(), mask=nothing)
    assert (output == 0).all() and all(grad.isfinite().all() for grad in grads)


def test_a_layer_can_attend_with_it():
    layer = MultiHeadAttention(H * DK, H).double()
    x = 0.5 * torch.randn(B, TQ, H * DK, dtype=torch.float64)
    expected, _ = layer(x)

    def attend(*tensors, **options):
        return performer_attention(*tensors, features=features(4096), **options)

    output, weights = layer(x, attend=attend)
    assert (output - expected).norm() < 0.02 * expected.norm()
    assert weights is None


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("backward", [False, True])
def test_memory_and_work_grow_with_the_length(causal, backward):
    w = orthogonal_features(16, 32)

    def performer(length, *tensors):
        mask = torch.ones(1, 1, 1, length, dtype=torch.bool)
        return performer_attention(*tensors, features=w, mask=mask, causal=causal, tile=32)

    memory, work = growth(performer, 128, backward=backward)
    assert memory == pytest.approx(2, rel=0.02) and work == pytest.approx(2, rel=0.02)


@pytest.mark.parametrize(
    "call, says",
    [
        (
            lambda: performer_attention(*inputs(tq=TK), features=features(), mask=causal_mask(TK)),
            [f"mask {(TK, TK)}", "other queries", "(B, 1, 1, Tk)", "causal=True"],
        ),
        (
            lambda: performer_attention(*inputs(), features=features(), bias=torch.zeros(TK)),
            [f"bias {(TK,)}", "never makes", "tiled_attention"],
        ),
        (
            lambda: performer_attention(*inputs(), features=features(d_k=7)),
            [f"features {(M, 7)}", f"query {(B, H, TQ, DK)}", f"orthogonal_features(num_features, {DK})"],
        ),
        (
            lambda: performer_attention(*inputs(), features=features(), causal=True),
            [f"query {(B, H, TQ, DK)}", f"key {(B, H, TK, DK)}", "as many queries as keys"],
        ),
        (
            lambda: performer_attention(*inputs(tq=TK), features=features(), causal=True, tile=0),
            ["a tile of 0", "use 1 or more"],
        ),
        (lambda: orthogonal_features(0, 7), ["num_features 0", "use 1 or more"]),
    ],
)
def test_refuses_with_the_value_and_the_cure(call, says):
    with pytest.raises(ValueError) as refused:
        call()
    assert all(part in str(refused.value) for part in says), refused.value
