"""attention.py's masks: worked by hand, and what they refuse."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.nn.attention import causal_mask, padding_mask, sliding_window_mask


def test_causal_mask_by_hand():
    assert causal_mask(3).tolist() == [[True, False, False], [True, True, False], [True, True, True]]


def test_padding_mask_by_hand():
    mask = padding_mask(torch.tensor([[1, 1, 1], [1, 0, 0]]))
    assert mask.shape == (2, 1, 1, 3)
    assert mask[:, 0, 0].tolist() == [[True, True, True], [True, False, False]]
    assert torch.equal(mask, padding_mask(torch.tensor([[1.0, 1, 1], [1, 0, 0]])))
    assert torch.equal(mask, padding_mask(mask[:, 0, 0]))


@pytest.mark.parametrize(
    "wrong, says",
    [
        (torch.ones(3), ["(3,)", "1 axes", "attention_mask[None]"]),
        (torch.tensor([[1, 2, 0]]), ["holds 2", "1 for a token and 0 for padding"]),
        (torch.tensor([[1, float("nan")]]), ["holds nan", "1 for a token and 0 for padding"]),
    ],
)
def test_padding_mask_refuses(wrong, says):
    with pytest.raises(ValueError) as refused:
        padding_mask(wrong)
    assert all(part in str(refused.value) for part in says), refused.value


def test_causal_mask_after_a_cache_by_hand():
    # Two keys are in the cache: the new tokens have positions 2 and 3.
    assert causal_mask(2, past=2).tolist() == [[True, True, True, False], [True, True, True, True]]


def test_a_window_by_hand():
    # Fewer than 2 steps away, on both sides; with the causal mask itself and one before.
    near = [[True, True, False, False], [True, True, True, False], [False, True, True, True]]
    assert sliding_window_mask(4, 2)[:3].tolist() == near
    back = [[True, False, False], [True, True, False], [False, True, True]]
    assert (sliding_window_mask(3, 2) & causal_mask(3)).tolist() == back
    assert torch.equal(sliding_window_mask(5, 1), torch.eye(5, dtype=torch.bool))
    assert sliding_window_mask(2, 2, past=2).tolist() == [
        [False, True, True, True],  # position 2 sees 1, itself and 3
        [False, False, True, True],
    ]


@examples(40)
@given(length=st.integers(0, 7), past=st.integers(0, 7), window=st.integers(1, 17))
def test_each_entry_is_what_the_words_say(length, past, window):
    near, before = sliding_window_mask(length, window, past=past), causal_mask(length, past=past)
    assert near.shape == before.shape == (length, past + length)
    for i in range(length):
        for j in range(past + length):
            assert before[i, j] == (j <= past + i)
            assert near[i, j] == (abs(past + i - j) < window)


@examples(20)
@given(length=st.integers(1, 7), past=st.integers(0, 7), more=st.integers(0, 3))
def test_a_window_as_wide_as_the_text_hides_nothing(length, past, more):
    assert sliding_window_mask(length, past + length + more, past=past).all()


@examples(20)
@given(length=st.integers(1, 7), past=st.integers(0, 7), window=st.integers(1, 9))
def test_rows_after_a_cache_are_the_last_rows_of_the_whole(length, past, window):
    whole = past + length
    assert torch.equal(causal_mask(length, past=past), causal_mask(whole)[past:])
    assert torch.equal(
        sliding_window_mask(length, window, past=past), sliding_window_mask(whole, window)[past:]
    )


@pytest.mark.parametrize("window", [0, -3])
def test_a_window_without_room_is_refused(window):
    with pytest.raises(ValueError, match=f"window {window} leaves a position nothing.*use 1 or more"):
        sliding_window_mask(5, window)
