"""encoder_only.py: whole models with every kind of position against the NumPy reference."""

import numpy as np
import pytest
import reference
import torch
from cases import CONFIGS, TOLERANCE, close, numbers, of_family, small

B, T = 3, 7
MASK = np.array([[1] * 7, [0, 0, 1, 1, 1, 1, 0], [1, 0, 1, 1, 0, 0, 0]])


def expected_state(config, p, ids, mask):
    """The reference's last hidden state, (B, T, D): all embeddings summed, then the layers."""
    counts = mask if config.pad_id is None else mask * (ids != config.pad_id)
    first = 0 if config.pad_id is None else config.pad_id + 1  # RoBERTa's first position
    positions = np.maximum(np.cumsum(counts, axis=1) * counts - 1 + first, 0)
    bias, x = None, p["token_embedding.weight"][ids]
    if config.num_types:
        x = x + p["type_embedding.weight"][0]
    if config.positions.name == "learned":
        x = x + p["position_embedding.weight"][positions]
    if config.positions.name == "sinusoidal":
        x = x + reference.sinusoidal(T, config.d_model)[positions]
    if config.positions.name == "alibi":
        bias = reference.alibi(config.num_heads, T)
    if config.positions.name == "relative":
        table = p["relative_bias.table.weight"]
        bias = reference.t5_bias(table, T, max_distance=config.positions.max_distance, both_ways=True)
    if config.embedding_norm:
        x = reference.norm(x, p, "embedding_norm", eps=config.norm_eps)
    for number in range(config.num_layers):
        x, _ = reference.layer(
            x,
            reference.under(p, f"encoder.layers.{number}"),
            activation=config.activation,
            pre_norm=config.pre_norm,
            eps=config.norm_eps,
            mask=mask[:, None, None, :] == 1,
            bias=bias,
            num_heads=config.num_heads,
            num_kv_heads=config.num_kv_heads,
        )
    return reference.norm(x, p, "encoder.norm", eps=config.norm_eps) if config.pre_norm else x


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("name", of_family("encoder"))
@torch.no_grad()
def test_equals_the_reference(name, dtype, float64):
    torch.set_default_dtype(dtype)  # sinusoids are made in it; the fixture sets it back
    model, ids = small(name, dtype), torch.randint(29, (B, T))
    expected = expected_state(CONFIGS[name], numbers(model), ids.numpy(), MASK)
    tokens = MASK == 1
    close(model(ids, torch.tensor(MASK))[torch.tensor(tokens)], expected[tokens], atol=TOLERANCE[dtype])


@torch.no_grad()
def test_the_pooler_reads_the_first_token(float64):
    model, ids = small("encoder, learned"), torch.randint(29, (B, T))
    p, state = numbers(model), model(ids)
    close(model.pool(state), np.tanh(reference.linear(state[:, 0].numpy(), p, "pooler")), atol=1e-10)
    with pytest.raises(ValueError, match=r"no pooler; take hidden_state\[:, 0\] or the mean of its tokens"):
        small("encoder, alibi").pool(state)
