"""Attention from scratch: fill in the five steps, then run

    pytest test_attention_exercise.py

beside this file. Each test that fails says what is likely wrong and in
which step. You need torch and pytest, nothing else.
"""

import math

import torch
from torch import Tensor


def attention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Average the values, weighted by how well their keys fit the query.

    Args:
        query: (..., Tq, Dk), what each position asks. The dots stand for
            any further axes, such as batch and heads: count from the end.
        key: (..., Tk, Dk), what each position answers to.
        value: (..., Tk, Dv), what each position gives.
        mask: bool, broadcasts to (..., Tq, Tk). True means "may look",
            False hides a key.

    Returns:
        The output (..., Tq, Dv) and the weights (..., Tq, Tk). Each row
        of weights sums to 1. A row that may look at nothing is all 0,
        and so is its output.
    """
    # Step 1. Scores: the dot product of every query with every key,
    #         (..., Tq, Tk).

    # Step 2. Scale: divide them by the square root of Dk.

    # Step 3. Mask: a hidden key gets a score so low that softmax gives
    #         it nothing.

    # Step 4. Weights: softmax turns each row of scores into shares of 1.
    #         What does it make of a row in which every key is hidden?

    # Step 5. Output: each query's mix of the values.  (..., Tq, Dv)

    raise NotImplementedError("write: return output, weights")
