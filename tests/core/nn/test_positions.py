"""positions.py: worked by hand, and the four properties that the paper chose it for."""

import math

import pytest
import reference
import torch
from cases import TOLERANCE, close
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.nn.positions import SinusoidalPositions, sinusoidal_positions, token_positions


def test_numbers_worked_by_hand():
    # d_model 4 has two clocks: 10000^(0/4) = 1 and 10000^(2/4) = 100.
    # Position 0: angles 0 and 0. Position 3: angles 3 and 0.03.
    table = sinusoidal_positions(4, 4)
    assert table[0].tolist() == [0, 1, 0, 1]
    assert table[3].tolist() == pytest.approx([math.sin(3), math.cos(3), math.sin(0.03), math.cos(0.03)])


def test_the_exponent_is_not_doubled():
    # Doubled, the second clock of d_model 8 would turn by 10000^(-4/8) = 0.01 a step, not 10000^(-2/8) = 0.1.
    assert sinusoidal_positions(2, 8)[1, 2].item() == pytest.approx(math.sin(0.1))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("length, d_model", [(29, 14), (1, 2), (5003, 6)])
def test_equals_the_reference_however_far_out(dtype, length, d_model, float64):
    torch.set_default_dtype(dtype)  # the fixture sets it back
    table = sinusoidal_positions(length, d_model)
    assert table.dtype == dtype
    close(table, reference.sinusoidal(length, d_model), atol=TOLERANCE[dtype])


def test_bounded_deterministic_and_of_one_length():
    table = sinusoidal_positions(5003, 64)
    assert table.abs().max() <= 1
    assert torch.equal(table, sinusoidal_positions(5003, 64))
    assert torch.equal(table[:101], sinusoidal_positions(101, 64))  # a position does not depend on the length
    # sin^2 + cos^2 = 1 for each of the 32 pairs.
    torch.testing.assert_close(table.square().sum(-1), torch.full((5003,), 32.0))


def test_every_position_is_unique():
    table = sinusoidal_positions(2003, 16)
    apart = torch.cdist(table, table) + 10 * torch.eye(2003)
    assert apart.min() > 0.1


@pytest.mark.usefixtures("float64")
@examples(40)
@given(p=st.integers(0, 500), k=st.integers(0, 500), half=st.integers(1, 16))
def test_k_steps_further_is_one_rotation_for_every_position(p, k, half):
    # [sin(p+k), cos(p+k)] = [[cos k, sin k], [-sin k, cos k]] [sin p, cos p], clock by clock:
    # the matrix depends on k alone.
    table = sinusoidal_positions(p + k + 1, 2 * half)
    turn = torch.zeros(2 * half, 2 * half)
    for i in range(half):
        angle = k / 10000 ** (i / half)
        turn[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = torch.tensor(
            [[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]
        )
    torch.testing.assert_close(table[p + k], turn @ table[p], atol=1e-10, rtol=0)


def test_similarity_depends_on_the_distance_alone():
    table = sinusoidal_positions(101, 32)
    similar = table @ table.T
    torch.testing.assert_close(similar[3, 8], similar[90, 95], atol=1e-3, rtol=0)
    torch.testing.assert_close(similar[3, 8], similar[8, 3])


def test_an_odd_width_is_refused():
    with pytest.raises(ValueError, match="d_model 7 is odd.*pairs of sine and cosine; use 6 or 8"):
        sinusoidal_positions(5, 7)
    with pytest.raises(ValueError, match="d_model 7 is odd"):
        SinusoidalPositions(7)


def test_a_table_looks_up_any_positions():
    positions = torch.tensor([[3, 0, 17], [0, 0, 1]])
    assert torch.equal(SinusoidalPositions(6)(positions), sinusoidal_positions(18, 6)[positions])


@pytest.mark.parametrize("dtype", [torch.int64, torch.bool, torch.float32, torch.uint8])
def test_only_tokens_are_counted(dtype):
    mask = torch.tensor([[1, 1, 1, 1], [0, 0, 1, 1], [1, 0, 0, 1], [1, 1, 0, 0], [0, 0, 0, 0]], dtype=dtype)
    positions = token_positions(mask)
    assert positions.dtype == torch.int64
    assert positions.tolist() == [[0, 1, 2, 3], [0, 0, 0, 1], [0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 0, 0]]
    # RoBERTa's tokens stand from row 2 on, and its padding in row 1.
    assert token_positions(mask, first=2)[1:3].tolist() == [[1, 1, 2, 3], [2, 1, 1, 3]]


@examples(40)
@given(row=st.lists(st.integers(0, 1), min_size=1, max_size=11), first=st.integers(0, 3))
def test_tokens_stand_where_they_would_stand_alone(row, first):
    positions = token_positions(torch.tensor([row]), first=first)
    tokens = torch.tensor([row]).bool()
    assert positions[tokens].tolist() == list(range(first, first + sum(row)))
    assert (positions[~tokens] == max(first - 1, 0)).all()
