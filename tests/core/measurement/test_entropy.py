"""entropy.py: entropies worked by hand."""

import math

import pytest
import torch

from transformer_core.measurement.entropy import attention_entropy


def test_entropy_worked_by_hand():
    # One token gets all: 0. Two halves: 1 bit. Four quarters: 2 bits. (1/2, 1/4, 1/4): 1.5. Nothing seen: 0.
    rows = torch.tensor(
        [[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.25, 0.25, 0.25, 0.25], [0.5, 0.25, 0.25, 0], [0, 0, 0, 0]]
    )
    assert attention_entropy(rows).tolist() == pytest.approx([0, 1, 2, 1.5, 0])


def test_entropy_keeps_a_value_for_each_query_of_each_head():
    weights = torch.randn(2, 3, 5, 7, dtype=torch.float64).softmax(-1)
    expected = torch.distributions.Categorical(probs=weights).entropy() / math.log(2)
    torch.testing.assert_close(attention_entropy(weights), expected)
    assert (attention_entropy(weights) <= math.log2(7)).all()
