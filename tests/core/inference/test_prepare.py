"""prepare.py: a model prepared for inference gives the model's own results."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from transformer_core.decoding.generation import generate
from transformer_core.inference.prepacked import PrepackedLinear
from transformer_core.inference.prepare import OneProjection, for_inference
from transformer_core.models import build
from transformer_core.models.config import (
    DecoderConfig,
    EncoderConfig,
    EncoderDecoderConfig,
    Experts,
    Gated,
    Relative,
    Rotary,
    Sinusoidal,
    VisionConfig,
)
from transformer_core.nn.multi_head import MultiHeadAttention

SMALL = {"d_model": 24, "num_layers": 2, "num_heads": 3, "d_ff": 29, "vocab_size": 37}
GPT = DecoderConfig(max_length=31, pre_norm=True, activation="gelu_tanh", **SMALL)
LLAMA = replace(
    GPT, num_heads=6, num_kv_heads=2, d_k=4, positions=Rotary(), norm="rms", activation="silu",
    feed_forward=Gated(bias=False), attention_bias=False, tied=False, max_length=None,
)  # fmt: skip
CONFIGS = {
    "encoder": EncoderConfig(max_length=31, num_types=2, embedding_norm=True, pooler=True, **SMALL),
    "gpt": GPT,
    "llama": LLAMA,
    "window": replace(LLAMA, window=3),
    "experts": replace(LLAMA, feed_forward=Experts(3)),
    "2017": EncoderDecoderConfig(positions=Sinusoidal(), activation="relu", **SMALL),
    "t5": EncoderDecoderConfig(
        positions=Relative(), norm="rms", pre_norm=True, feed_forward=Gated(bias=False),
        attention_bias=False, scaled_scores=False, scaled_output=True, **SMALL,
    ),
    "vision": VisionConfig(
        d_model=24, num_layers=2, num_heads=3, d_ff=29, image_size=8, patch_size=4, num_classes=5,
    ),
}  # fmt: skip


def inputs(config):
    if config.family == "vision":
        return (torch.randn(2, 3, 8, 8),)
    ids, mask = torch.randint(37, (2, 11)), torch.ones(2, 11, dtype=torch.long)
    mask[0, :4] = 0
    if config.family == "encoder-decoder":
        return ids, torch.randint(37, (2, 5)), mask
    return ids, mask


@pytest.mark.parametrize("name", CONFIGS)
def test_the_same_results_as_the_model_itself(name):
    model = build(CONFIGS[name]).eval()
    ready, given = for_inference(model), inputs(CONFIGS[name])
    with torch.inference_mode():
        torch.testing.assert_close(ready(*given), model(*given), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", CONFIGS)
def test_no_plain_linear_layer_is_left(name):
    """All of a model's products are on the fast path; cross-attention keeps three projections."""
    kinds = {type(part) for part in for_inference(build(CONFIGS[name])).modules()}
    assert PrepackedLinear in kinds and OneProjection in kinds
    assert nn.Linear not in kinds


@pytest.mark.parametrize("name", ["gpt", "llama", "window", "experts", "t5"])
def test_it_writes_the_same_texts(name):
    model = build(CONFIGS[name]).eval()
    prompts, start = [[3, 1, 4, 1, 5], [9, 2, 6]], 0 if name == "t5" else None
    texts = [generate(m, prompts, max_new_tokens=9, start_id=start) for m in (model, for_inference(model))]
    assert texts[0] == texts[1]


def test_the_model_itself_stays_as_it_is():
    model = build(GPT)  # in training mode
    before = {name: value.clone() for name, value in model.state_dict().items()}
    ready = for_inference(model)
    assert model.training and not ready.training
    assert all(parameter.requires_grad for parameter in model.parameters())
    assert not any(parameter.requires_grad for parameter in ready.parameters())
    after = model.state_dict()
    assert before.keys() == after.keys() and all(torch.equal(before[name], after[name]) for name in before)
    assert isinstance(model.decoder.layers[0].attention.w_q, nn.Linear) and model.head is None
    given = torch.randint(37, (1, 5))
    expected = ready(given)
    with torch.no_grad():
        model.token_embedding.weight.zero_()
    assert torch.equal(ready(given), expected)


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.bfloat16, 2e-2)])
@pytest.mark.parametrize("name", CONFIGS)
def test_in_other_types_the_layers_stay_torchs_own(name, dtype, tolerance):
    model = build(CONFIGS[name]).eval().to(dtype)
    ready = for_inference(model)
    given = [x.to(dtype) if x.is_floating_point() else x for x in inputs(CONFIGS[name])]
    assert not any(isinstance(part, PrepackedLinear) for part in ready.modules())
    with torch.inference_mode():
        torch.testing.assert_close(ready(*given), model(*given), atol=tolerance, rtol=tolerance)


def test_one_projection_reads_one_sequence_only():
    attention = MultiHeadAttention(12, 3).eval()
    ready, x, other = OneProjection(attention), torch.randn(1, 5, 12), torch.randn(1, 7, 12)
    with torch.no_grad():
        torch.testing.assert_close(ready(x)[0], attention(x)[0])
        torch.testing.assert_close(ready(x)[1], attention(x)[1])
        with pytest.raises(ValueError, match="was prepared for self-attention; leave key and value out"):
            ready(x, other)
        with pytest.raises(ValueError, match=r"query \(5, 12\) does not fit an attention of d_model 12"):
            ready(x[0])
