"""encoder_decoder.py: whole models against the NumPy reference, cached equal to uncached, and what is refused."""

import math

import numpy as np
import pytest
import reference
import torch
from cases import CONFIGS, TOLERANCE, close, numbers, of_family, small

B, T, TD = 2, 7, 5
NAMES = of_family("encoder-decoder")
MASK = np.array([[1] * 7, [0, 1, 1, 1, 1, 0, 0]])


def expected_logits(config, p, ids, written, mask):
    """The reference's, (B, Td, vocab_size): what the encoder reads, then what the decoder makes of it."""

    def embed(ids, mask):
        positions = np.maximum(np.cumsum(mask, axis=1) - 1, 0)
        x = p["token_embedding.weight"][ids] * (math.sqrt(config.d_model) if config.embedding_scale else 1)
        if config.positions.name == "learned":
            x = x + p["position_embedding.weight"][positions]
        if config.positions.name == "sinusoidal":
            x = x + reference.sinusoidal(T, config.d_model)[positions]
        return x

    def bias_of(side, length):
        if config.positions.name == "alibi":
            return reference.alibi(config.num_heads, length)
        if config.positions.name == "relative":
            table, ways = p[f"{side}_bias.table.weight"], side == "encoder"
            return reference.t5_bias(
                table, length, max_distance=config.positions.max_distance, both_ways=ways
            )
        return None

    def run(side, x, layers, **how):
        for number in range(layers):
            x, _ = reference.layer(
                x,
                reference.under(p, f"{side}.layers.{number}"),
                activation=config.activation,
                pre_norm=config.pre_norm,
                eps=config.norm_eps,
                bias=bias_of(side, x.shape[1]),
                num_heads=config.num_heads,
                num_kv_heads=config.num_kv_heads,
                **how,
            )
        return reference.norm(x, p, f"{side}.norm", eps=config.norm_eps) if config.pre_norm else x

    reads = mask[:, None, None, :] == 1
    memory = run("encoder", embed(ids, mask), config.num_layers, mask=reads)
    looks = np.tril(np.ones((TD, TD), dtype=bool))
    x = embed(written, np.ones_like(written))
    layers = config.num_decoder_layers or config.num_layers
    x = run("decoder", x, layers, mask=looks, memory=memory, memory_mask=reads)
    return x @ p["token_embedding.weight" if config.tied else "head.weight"].T


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("name", NAMES)
@torch.no_grad()
def test_equals_the_reference(name, dtype, float64):
    torch.set_default_dtype(dtype)  # sinusoids are made in it; the fixture sets it back
    model, ids, written = small(name, dtype), torch.randint(29, (B, T)), torch.randint(29, (B, TD))
    expected = expected_logits(CONFIGS[name], numbers(model), ids.numpy(), written.numpy(), MASK)
    close(model(ids, written, torch.tensor(MASK)), expected, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("name", NAMES)
@torch.no_grad()
def test_token_by_token_with_a_cache_equals_all_at_once(name):
    model, ids, written = small(name), torch.randint(29, (B, T)), torch.randint(29, (B, TD))
    mask = torch.tensor(MASK)
    whole, cache = model(ids, written, mask), model.new_cache()
    memory = model.encode(ids, mask)
    pieces = [
        model.decode(written[:, start:end], memory, mask, cache=cache)
        for start, end in [(0, 2), (2, 3), (3, 5)]
    ]
    torch.testing.assert_close(torch.cat(pieces, dim=1), whole, atol=1e-10, rtol=0)
    assert cache.seen == TD and all(len(layer) == T for layer in cache.memory)


@pytest.mark.parametrize("name", NAMES)
@torch.no_grad()
def test_forward_is_encode_then_decode(name):
    model, ids, written = small(name), torch.randint(29, (B, T)), torch.randint(29, (B, TD))
    mask = torch.tensor(MASK)
    memory = model.encode(ids, mask)
    assert (memory[mask == 0] == 0).all()  # padding is not computed
    readable = model.trace(ids, written, mask).encoder.hidden_states[-1]
    torch.testing.assert_close(memory[mask == 1], readable[mask == 1], atol=1e-10, rtol=0)
    assert torch.equal(model.decode(written, memory, mask), model(ids, written, mask))


@pytest.mark.parametrize("name", NAMES)
@torch.no_grad()
def test_a_trace_shows_what_each_side_looks_at(name):
    config, model = CONFIGS[name], small(name)
    trace = model.trace(torch.randint(29, (B, T)), torch.randint(29, (B, TD)), torch.tensor(MASK))
    layers = config.num_decoder_layers or config.num_layers
    assert trace.encoder.attentions.shape == (config.num_layers, B, config.num_heads, T, T)
    assert trace.decoder.attentions.shape == (layers, B, config.num_heads, TD, TD)
    assert trace.decoder.cross_attentions.shape == (layers, B, config.num_heads, TD, T)


@torch.no_grad()
def test_embeddings_are_scaled_by_the_root_of_their_width_where_the_paper_says_so():
    # With the positions taken away, what goes into layer 0 is sqrt(24) times the table's rows.
    model, ids = small("encoder-decoder, sinusoidal"), torch.tensor([[3, 5]])
    model.position_embedding = None
    rows = model.token_embedding.weight[ids]
    torch.testing.assert_close(model.trace(ids, ids).encoder.hidden_states[0], math.sqrt(24) * rows)
    torch.testing.assert_close(model.trace(ids, ids).decoder.hidden_states[0], math.sqrt(24) * rows)


@pytest.mark.parametrize(
    "ids, written, mask, says",
    [
        (torch.zeros(1, 12), torch.zeros(1, 2), None, ["12 tokens", "11 positions"]),
        (torch.zeros(1, 2), torch.zeros(1, 12), None, ["12 tokens", "11 positions"]),
        (torch.tensor([[29]]), torch.zeros(1, 2), None, ["token id 29", "0 to 28"]),
        (torch.zeros(1, 2), torch.tensor([[-1]]), None, ["token id -1", "0 to 28"]),
        (torch.zeros(1, 2), torch.zeros(2), None, ["decoder_input_ids (2,)", "(B, T)"]),
        (
            torch.zeros(1, 2),
            torch.zeros(1, 2),
            torch.ones(1, 3),
            ["attention_mask (1, 3)", "input_ids (1, 2)"],
        ),
        (torch.zeros(1, 2), torch.zeros(1, 2), torch.tensor([[3, 1]]), ["attention_mask holds 3"]),
    ],
)
def test_refuses_with_the_numbers_and_the_cure(ids, written, mask, says):
    model = small("encoder-decoder, learned")
    for call in (model, model.trace):
        with pytest.raises(ValueError) as refused:
            call(ids.long(), written.long(), mask)
        assert all(part in str(refused.value) for part in says), refused.value
