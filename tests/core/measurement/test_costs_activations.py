"""costs.py: what a forward pass keeps for the backward one, counted to the byte."""

from dataclasses import replace

import torch
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.measurement.costs import activation_bytes
from transformer_core.measurement.memory import peak_memory
from transformer_core.models import build
from transformer_core.models.config import EncoderConfig, Gated, Learned, Plain, Sinusoidal
from transformer_core.models.presets import preset

ENCODER = EncoderConfig(
    d_model=30, num_layers=3, num_heads=5, d_ff=29, vocab_size=37, max_length=17, num_types=2,
    embedding_norm=True, dropout=0.0,
)  # fmt: skip


def some_ids(length):
    return torch.randint(ENCODER.vocab_size, (1, length))


def bytes_kept(model, run):
    """Bytes of the numbers that a forward pass keeps for the backward one, beside weights and token ids."""
    weights = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    kept = {}

    def keep(tensor):
        storage = tensor.untyped_storage()
        if tensor.is_floating_point() and storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        result = run()
    assert result.requires_grad  # and everything was alive until here: no address was used twice
    return sum(kept.values())


@examples(25)
@given(
    batch=st.integers(1, 3),
    length=st.integers(1, 17),
    num_layers=st.integers(1, 3),
    heads=st.sampled_from([(1, None), (5, None), (5, 1), (6, 3), (6, 2)]),
    d_k=st.sampled_from([None, 7]),
    activation=st.sampled_from(["relu", "gelu", "gelu_tanh", "silu"]),
    choices=st.fixed_dictionaries({name: st.booleans() for name in ("pre_norm", "embedding_norm")}),
    positions=st.sampled_from([Learned(), Sinusoidal()]),
    feed_forward=st.sampled_from([Plain(), Gated()]),
    dtype=st.sampled_from([torch.float32, torch.float64]),
)
def test_activations_equal_the_bytes_that_are_kept(
    batch, length, num_layers, heads, d_k, activation, choices, positions, feed_forward, dtype
):
    config = replace(
        ENCODER, num_layers=num_layers, num_heads=heads[0], num_kv_heads=heads[1], d_k=d_k, activation=activation,
        positions=positions, feed_forward=feed_forward, **choices,
    )  # fmt: skip
    model, ids = build(config).to(dtype), some_ids(length).repeat(batch, 1)
    sizes = {"batch": batch, "bytes_per_number": dtype.itemsize}
    assert bytes_kept(model, lambda: model(ids)) == activation_bytes(config, length, **sizes)
    kept = bytes_kept(model, lambda: model.trace(ids).hidden_states[-1])
    assert kept == activation_bytes(config, length, readable=True, **sizes)


def test_activations_are_nearly_all_of_the_peak():
    # Beside what is kept, a forward pass holds its result and one operation's output: of 6 layers, less than 5%.
    config = replace(preset("bert-base"), d_model=96, num_heads=3, num_layers=6, d_ff=384, vocab_size=101)
    model, ids = build(replace(config, dropout=0.0)), torch.randint(101, (2, 61))
    predicted = activation_bytes(config, 61, batch=2)
    assert predicted < peak_memory(lambda: model(ids)) < 1.05 * predicted


def test_activations_are_the_published_formula():
    # Korthikanti et al. 2022, equation 2: s b h (34 + 5 a s / h) bytes a layer in float16. Of the 34, 2 are
    # masks of dropout; of the 5, 3 are the attention's dropout. They leave out the norms' means and deviations.
    config, s, b = preset("bert-large"), 512, 3
    h, a = config.d_model, config.num_heads
    layers = [activation_bytes(replace(config, num_layers=n), s, batch=b, bytes_per_number=2, readable=True)
              for n in (1, 2)]  # fmt: skip
    assert layers[1] - layers[0] == s * b * h * (32 + 2 * a * s / h) + s * b * 4 * 2


def test_the_fused_attention_keeps_a_row_where_the_readable_one_keeps_a_square():
    config = preset("bert-base")
    fused, readable = (
        [activation_bytes(config, n, readable=way) for n in (256, 512)] for way in (False, True)
    )
    assert fused[1] == 2 * fused[0]
    weights = [12 * 12 * n * n * 4 for n in (256, 512)]  # layers, heads, rows, columns, bytes
    assert [both - one for both, one in zip(readable, fused, strict=True)] == [
        n - 12 * 12 * length * 4 for n, length in zip(weights, (256, 512), strict=True)
    ]
