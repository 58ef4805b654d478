"""Two faces, one result: the fast forward equals the readable trace, in every model, gradients included.

The fast path fuses attention and leaves padding out; the readable one keeps every weight and
computes padding like the rest. The vectors of padding mean nothing, so tokens are compared.
"""

import pytest
import torch
from cases import CONFIGS, TOLERANCE, attention_masks, of_family, small
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.models.config import Experts
from transformer_core.nn.attention import causal_mask

B, T, TD = 3, 7, 5
DTYPES = [torch.float64, torch.float32]
LEFT_RIGHT_BOTH_HOLES_NOTHING = torch.tensor([
    [0, 0, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0, 0], [0, 1, 1, 1, 1, 0, 0], [1, 0, 1, 1, 0, 0, 1], [0] * 7,
])  # fmt: skip


def ids(batch, length):
    return torch.randint(2, 29, (batch, length))  # 0 and 1 are some models' padding


def agree(fast, readable, dtype):
    """Within the dtype's tolerance, relative where the numbers are large."""
    torch.testing.assert_close(fast, readable, atol=TOLERANCE[dtype], rtol=TOLERANCE[dtype])


def one_text(name, model, mask, dtype):
    """Both results of a model that reads one text, at its tokens."""
    text = ids(*mask.shape)
    fast, trace = model(text, mask), model.trace(text, mask)
    tokens = mask.bool()
    assert (fast[~tokens] == 0).all()
    readable = trace.hidden_states[-1]
    if CONFIGS[name].family == "decoder":
        readable = model.logits(readable)
    return fast[tokens], readable[tokens]


def two_texts(name, model, mask, dtype):
    """Both results of a model that reads one text and writes another."""
    text, written = ids(*mask.shape), ids(len(mask), TD)
    trace = model.trace(text, written, mask)
    return model(text, written, mask), model.logits(trace.decoder.hidden_states[-1])


def image(name, model, mask, dtype):
    pixels = torch.randn(len(mask), 3, 10, 10, dtype=dtype)
    return model(pixels), model.head(model.trace(pixels).hidden_states[-1][:, 0])


BOTH_OF = {"encoder": one_text, "decoder": one_text, "encoder-decoder": two_texts, "vision": image}


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_results_and_gradients_are_equal(name, dtype):
    model = small(name, dtype)
    fast, readable = BOTH_OF[CONFIGS[name].family](name, model, LEFT_RIGHT_BOTH_HOLES_NOTHING, dtype)
    assert readable.isfinite().all() and readable.std() > 0.1
    agree(fast, readable, dtype)
    towards = torch.randn_like(fast)
    parameters = list(model.parameters())
    gradients = [
        torch.autograd.grad((result * towards).sum(), parameters, allow_unused=True)
        for result in (fast, readable)
    ]
    assert [mine is None for mine in gradients[0]] == [theirs is None for theirs in gradients[1]]
    pairs = [(mine, theirs) for mine, theirs in zip(*gradients, strict=True) if mine is not None]
    largest = max(theirs.abs().max().item() for _, theirs in pairs)
    for mine, theirs in pairs:
        assert mine.isfinite().all() and theirs.isfinite().all()
        torch.testing.assert_close(mine, theirs, atol=TOLERANCE[dtype] * max(1, largest), rtol=0)


@pytest.mark.parametrize("name", of_family("encoder", "decoder", "encoder-decoder"))
@examples(12)
@given(mask=st.one_of(attention_masks(B, T), attention_masks(1, 1), attention_masks(2, 11)))
def test_results_are_equal_whatever_is_padding(name, mask):
    model = small(name)
    with torch.no_grad():
        fast, readable = BOTH_OF[CONFIGS[name].family](name, model, mask, torch.float64)
    agree(fast, readable, torch.float64)


@pytest.mark.parametrize(
    "name", [name for name in CONFIGS if not isinstance(CONFIGS[name].feed_forward, Experts)]
)
@torch.no_grad()
def test_in_bfloat16_they_are_equal_within_its_roundings(name):
    # Some twenty roundings to 8 bits in two layers, each off by 2^-8 at most and to either side, add up to
    # sqrt(20) of one: 1.7% of the largest number. Three times that. (A router that hesitates between two
    # experts may choose either: no tolerance is large enough for a model with experts.)
    model = small(name, torch.bfloat16)
    fast, readable = BOTH_OF[CONFIGS[name].family](name, model, LEFT_RIGHT_BOTH_HOLES_NOTHING, torch.bfloat16)
    largest = readable.abs().max().item()
    torch.testing.assert_close(fast, readable, atol=3 * 20**0.5 * 2**-8 * largest, rtol=0)


@pytest.mark.parametrize("name", of_family("encoder", "decoder"))
@torch.no_grad()
def test_a_mask_of_ones_is_no_mask(name):
    model, text = small(name), ids(B, T)
    agree(model(text, torch.ones(B, T)), model(text), torch.float64)
    agree(model.trace(text, torch.ones(B, T)).attentions, model.trace(text).attentions, torch.float64)


def maps_of(name, model, mask):
    """Every attention of a model: (L, B, H, Tq, Tk), whose keys are tokens (B, Tk), and whether it looks ahead."""
    text, written, every = ids(*mask.shape), ids(len(mask), TD), torch.ones(len(mask), TD)
    family = CONFIGS[name].family
    if family == "vision":
        pixels = torch.randn(len(mask), 3, 10, 10, dtype=torch.float64)
        return [(model.trace(pixels).attentions, every, True)]  # 4 patches and the class token
    if family == "encoder-decoder":
        trace = model.trace(text, written, mask)
        return [
            (trace.encoder.attentions, mask, True),
            (trace.decoder.attentions, every, False),
            (trace.decoder.cross_attentions, mask, True),
        ]
    return [(model.trace(text, mask).attentions, mask, family == "encoder")]


@pytest.mark.parametrize("name", CONFIGS)
@torch.no_grad()
def test_every_row_of_every_map_sums_to_1_or_to_0(name):
    for attentions, keys, ahead in maps_of(name, small(name), LEFT_RIGHT_BOTH_HOLES_NOTHING):
        assert (attentions >= 0).all()
        keys = keys.bool()[:, None, None, :]
        looks = (keys if ahead else keys & causal_mask(keys.shape[-1])).expand(attentions.shape[1:])
        assert (attentions[:, ~looks] == 0).all()
        sums = attentions.sum(-1)
        torch.testing.assert_close(sums, (sums > 0).double(), atol=1e-12, rtol=0)
        if getattr(CONFIGS[name], "window", None) is None:  # a window may hold nothing but padding
            assert torch.equal(sums > 0, looks.any(-1).expand_as(sums))


@pytest.mark.parametrize("name", of_family("decoder"))
@torch.no_grad()
def test_a_window_is_what_the_maps_show(name):
    config, model = CONFIGS[name], small(name)
    attentions = model.trace(ids(B, T)).attentions
    behind = torch.arange(T)[:, None] - torch.arange(T)
    inside = (behind >= 0) & (behind < (config.window or T))
    assert ((attentions > 0) == inside).all()


@pytest.mark.parametrize("name", of_family("encoder", "decoder", "encoder-decoder"))
@torch.no_grad()
def test_padding_is_not_even_computed(name):
    # One token's vector has become NaN. Where it is padding, the fast path never reads it.
    model, mask, spoilt = small(name), LEFT_RIGHT_BOTH_HOLES_NOTHING, 2
    text, written = ids(*mask.shape).clamp(min=3), ids(len(mask), TD).clamp(min=3)
    text[mask == 0] = spoilt
    model.token_embedding.weight[spoilt] = torch.nan
    result = model(text, written, mask) if CONFIGS[name].family == "encoder-decoder" else model(text, mask)
    if CONFIGS[name].family != "encoder" and CONFIGS[name].tied:
        result = result[..., [number for number in range(29) if number != spoilt]]  # its own score is NaN
    assert result.isfinite().all()
