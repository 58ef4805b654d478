"""multi_head.py against the NumPy reference: grouped queries, masks, biases and dtypes of all kinds."""

import math

import numpy as np
import reference
import torch
from cases import BFLOAT16_ROUNDING, TOLERANCE, array, close, masks, numbers, values
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.nn.attention import fused_attention, scaled_dot_product_attention
from transformer_core.nn.multi_head import MultiHeadAttention

B, TQ, TK, H, DK = 2, 5, 7, 3, 11
D = H * DK


@examples(60)
@given(
    dtype=st.sampled_from([torch.float64, torch.float32]),
    groups=st.sampled_from([(3, 3), (3, 1), (6, 2), (6, 3), (1, 1)]),
    d_k=st.sampled_from([None, 5]),
    attend=st.sampled_from([scaled_dot_product_attention, fused_attention]),
    flags=st.tuples(st.booleans(), st.booleans()),
    seed=st.integers(0, 9999),
    data=st.data(),
)
def test_equals_the_reference(dtype, groups, d_k, attend, flags, seed, data):
    torch.manual_seed(seed)
    (heads, kv_heads), (projections_add, scores_add) = groups, flags
    attention = MultiHeadAttention(42, heads, num_kv_heads=kv_heads, d_k=d_k, bias=projections_add).to(dtype)
    rng = np.random.default_rng(seed)
    query, key, value = (values("normal", (B, t, 42), dtype, rng) for t in (TQ, TK, TK))
    mask = data.draw(masks(B, heads, TQ, TK, three_axes=False))
    bias = values("normal", (1, heads, TQ, TK), dtype, rng) if scores_add else None
    looks = None if mask is None else torch.tensor(mask)
    output, weights = attention(query, key, value, mask=looks, bias=bias, attend=attend)
    expected, expected_weights = reference.multi_head(
        numbers(attention), array(query), array(key), array(value), num_heads=heads, num_kv_heads=kv_heads,
        mask=mask, bias=None if bias is None else array(bias),
    )  # fmt: skip
    close(output, expected, atol=TOLERANCE[dtype])
    if weights is not None:
        close(weights, expected_weights, atol=TOLERANCE[dtype])


@examples(20)
@given(seed=st.integers(0, 9999), data=st.data())
def test_bfloat16_is_as_near_as_its_roundings_allow(seed, data):
    # u = 2^-8 is the relative error of one rounding; sums are kept in float32. What leaves a projection is
    # rounded as a product and again with its bias. A score carries the errors of its query and key and is
    # rounded twice; off by d, it makes a weight wrong by a factor of exp(2d) at most. The weights and the
    # heads are rounded once, and the last projection carries all that on. Products of errors: 10% more.
    torch.manual_seed(seed)
    u, rng = BFLOAT16_ROUNDING, np.random.default_rng(seed)
    attention = MultiHeadAttention(D, H).bfloat16()
    p, x = numbers(attention), values("normal", (B, TQ, D), torch.bfloat16, rng)
    mask = data.draw(masks(B, 1, TQ, TQ, three_axes=False))
    output, _ = attention(x, mask=None if mask is None else torch.tensor(mask))
    expected, weights = reference.multi_head(p, *[array(x)] * 3, num_heads=H, mask=mask)
    heads_off = np.zeros((B, TQ, D))
    for head in range(H):
        own = slice(head * DK, (head + 1) * DK)
        sizes = [abs(reference.linear(array(x), p, name))[..., own] for name in ("w_q", "w_k", "w_v")]
        offs = [
            u * (2 * size + abs(p[f"{n}.bias"][own]))
            for size, n in zip(sizes, ("w_q", "w_k", "w_v"), strict=True)
        ]
        (q, k, v), (q_off, k_off, v_off) = sizes, offs
        d = (q_off @ k.swapaxes(1, 2) + q @ k_off.swapaxes(1, 2) + 2 * u * q @ k.swapaxes(1, 2)) / math.sqrt(
            DK
        )
        wrong = np.expm1(2 * d.max(-1, keepdims=True)) + 2 * u
        heads_off[..., own] = wrong * (weights[:, head] @ v) + weights[:, head] @ v_off
    off = heads_off @ abs(p["w_o.weight"].T) + u * (2 * abs(expected) + abs(p["w_o.bias"]))
    close(output, expected, atol=1.1 * off)
