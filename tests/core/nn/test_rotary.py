"""rotary.py: worked by hand, equal to the reference and to transformers', and blind to where a pair stands."""

import math

import numpy as np
import pytest
import reference
import torch
from cases import BFLOAT16_ROUNDING, TOLERANCE, array, close, values
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

from transformer_core.nn.attention import scaled_dot_product_attention
from transformer_core.nn.rotary import Llama3Scaling, rotary_frequencies, rotary_waves, rotate

B, H, T, DK = 2, 3, 5, 14


def turned(x, positions, *, base=10000.0):
    return rotate(x, *rotary_waves(positions, rotary_frequencies(x.shape[-1], base=base)))


def test_numbers_worked_by_hand():
    # Dk = 4, base 100: frequencies 100^0 = 1 and 100^(-2/4) = 0.1; numbers 0 and 2 are a pair, 1 and 3 another.
    # At position 3 the pair (1, 0) turns by 3 radians, the pair (0, 2) by 0.3.
    x = torch.tensor([[[[1.0, 0.0, 0.0, 2.0]]]], dtype=torch.float64)
    expected = [math.cos(3), -2 * math.sin(0.3), math.sin(3), 2 * math.cos(0.3)]
    assert turned(x, torch.tensor([[3]]), base=100.0).flatten().tolist() == pytest.approx(expected, abs=1e-12)


@examples(60)
@given(
    dtype=st.sampled_from([torch.float64, torch.float32]),
    half=st.integers(1, 9),
    base=st.sampled_from([2.0, 10000.0, 500000.0]),
    kind=st.sampled_from(["normal", "zeros", "tiny", "huge", "mixed"]),
    seed=st.integers(0, 9999),
    positions=st.lists(
        st.one_of(st.integers(0, 20), st.integers(0, 200_000)), min_size=B * T, max_size=B * T
    ),
)
def test_equals_the_reference_however_far_out(dtype, half, base, kind, seed, positions):
    x = values(kind, (B, H, T, 2 * half), dtype, np.random.default_rng(seed))
    positions = torch.tensor(positions).view(B, T)
    output = turned(x, positions, base=base)
    assert output.dtype == dtype
    for head in range(H):
        expected = reference.rope(array(x[:, head]), positions.numpy(), base=base)
        close(output[:, head], expected, atol=TOLERANCE[dtype] * abs(array(x)).max())


@examples(20)
@given(seed=st.integers(0, 9999))
def test_bfloat16_is_as_near_as_its_roundings_allow(seed):
    # a cos - b sin: cosine and sine are rounded, then the products, then the sum; each by 2^-8 at most.
    x = values("normal", (B, 1, T, DK), torch.bfloat16, np.random.default_rng(seed))
    positions = torch.arange(T).expand(B, T)
    sizes = abs(array(x[:, 0, :, : DK // 2])) + abs(array(x[:, 0, :, DK // 2 :]))
    expected = reference.rope(array(x[:, 0]), positions.numpy())
    close(
        turned(x, positions)[:, 0], expected, atol=3.1 * BFLOAT16_ROUNDING * np.concatenate([sizes] * 2, -1)
    )


@pytest.mark.usefixtures("float64")
def test_equals_transformers():
    q, k, positions = torch.randn(B, H, T, DK), torch.randn(B, 2, T, DK), torch.randint(0, 999, (B, T))
    angles = positions[..., None] * rotary_frequencies(DK)
    wide = torch.cat([angles, angles], dim=-1)
    expected_q, expected_k = apply_rotary_pos_emb(q, k, wide.cos(), wide.sin())
    torch.testing.assert_close(turned(q, positions), expected_q, atol=1e-10, rtol=0)
    torch.testing.assert_close(turned(k, positions), expected_k, atol=1e-10, rtol=0)


@pytest.mark.usefixtures("float64")
@examples(30)
@given(
    p=st.integers(0, 5000), distance=st.integers(0, 500), further=st.integers(0, 5000), half=st.integers(1, 9)
)
def test_a_score_depends_on_the_distance_alone(p, distance, further, half):
    q, k = torch.randn(2, 1, 1, 1, 2 * half)

    def score(query_at, key_at):
        turned_q, turned_k = turned(q, torch.tensor([[query_at]])), turned(k, torch.tensor([[key_at]]))
        return (turned_q * turned_k).sum().item()

    here, there = score(p + distance, p), score(p + distance + further, p + further)
    assert here == pytest.approx(there, abs=1e-10)


@pytest.mark.usefixtures("float64")
def test_lengths_are_kept_and_position_0_is_where_it_was():
    x, positions = torch.randn(B, H, T, DK), torch.randint(0, 9999, (B, T))
    torch.testing.assert_close(turned(x, positions).norm(dim=-1), x.norm(dim=-1), atol=1e-10, rtol=0)
    assert torch.equal(turned(x, torch.zeros(B, T, dtype=torch.int64)), x)


@pytest.mark.usefixtures("float64")
def test_with_an_endless_base_only_the_first_pair_turns():
    # base^(-2i/Dk) goes to 0 for every pair but pair 0, whose exponent is 0.
    x, positions = torch.randn(B, H, T, DK), torch.arange(T).expand(B, T)
    output = turned(x, positions, base=math.inf)
    first = [0, DK // 2]
    rest = [number for number in range(DK) if number not in first]
    assert torch.equal(output[..., rest], x[..., rest])
    torch.testing.assert_close(output[..., first], turned(x[..., first], positions), atol=1e-12, rtol=0)


@pytest.mark.usefixtures("float64")
def test_without_a_turn_rotary_attention_is_plain_attention():
    q, k, v = torch.randn(3, B, H, T, DK)
    waves = rotary_waves(torch.arange(T).expand(B, T), torch.zeros(DK // 2))
    rotary, _ = scaled_dot_product_attention(rotate(q, *waves), rotate(k, *waves), v)
    torch.testing.assert_close(rotary, scaled_dot_product_attention(q, k, v)[0], atol=1e-12, rtol=0)


def test_frequencies_are_in_float64_and_equal_the_reference():
    frequencies = rotary_frequencies(128, base=500000.0)
    assert frequencies.dtype == torch.float64
    close(frequencies, np.array(reference.rope_frequencies(128, base=500000.0)), atol=0, rtol=1e-12)


def transformers_llama3(d_k, base, scaling):
    config = LlamaConfig(
        hidden_size=2 * d_k,
        num_attention_heads=2,
        max_position_embeddings=131072,
        rope_parameters={
            "rope_type": "llama3",
            "rope_theta": base,
            "factor": scaling.factor,
            "low_freq_factor": scaling.low_freq_factor,
            "high_freq_factor": scaling.high_freq_factor,
            "original_max_position_embeddings": scaling.original_length,
        },
    )
    frequencies, factor = ROPE_INIT_FUNCTIONS["llama3"](config, "cpu")
    assert factor == 1
    return frequencies.double()


@examples(30)
@given(
    half=st.sampled_from([1, 7, 32, 64]),
    base=st.sampled_from([10000.0, 500000.0]),
    factor=st.sampled_from([1.0, 2.0, 8.0, 32.0]),
    low=st.sampled_from([0.5, 1.0, 2.0]),
    high=st.sampled_from([3.0, 4.0, 16.0]),
    length=st.sampled_from([37, 1024, 8192]),
)
def test_llama_3s_frequencies_equal_transformers_and_the_reference(half, base, factor, low, high, length):
    scaling = Llama3Scaling(factor, low, high, length)
    ours = rotary_frequencies(2 * half, base=base, scaling=scaling)
    # Theirs are in float32: 24 bits.
    torch.testing.assert_close(ours, transformers_llama3(2 * half, base, scaling), rtol=1e-5, atol=0)
    expected = reference.rope_frequencies(
        2 * half, base=base, factor=factor, low=low, high=high, original=length
    )
    close(ours, np.array(expected), atol=0, rtol=1e-12)


def test_llama_3s_scaling_worked_by_hand():
    # 8,192 positions. A pair that turns more than 4 times in them stays; less than once, it is 8 times slower;
    # half way, at 2.5 turns, it is half of each: (1 + 1/8) / 2 of its speed.
    for turns, share in [(4.001, 1), (2.5, 9 / 16), (0.999, 1 / 8)]:
        frequency = 2 * math.pi * turns / 8192
        # Dk = 4 has frequencies 1 and base^(-1/2): choose the base for the second.
        scaled = rotary_frequencies(4, base=frequency**-2, scaling=Llama3Scaling())
        assert scaled.tolist() == pytest.approx([1, share * frequency], rel=1e-9)


def test_a_stretch_by_one_is_none():
    plain = rotary_frequencies(64)
    torch.testing.assert_close(rotary_frequencies(64, scaling=Llama3Scaling(factor=1)), plain)


def test_an_odd_width_is_refused():
    with pytest.raises(ValueError, match="d_k 7 is odd, and a rotation turns pairs; use 6 or 8"):
        rotary_frequencies(7)
