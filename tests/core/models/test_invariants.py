"""What must hold in every model, whatever its weights: time runs forward, padding is nothing, texts are alone."""

import pytest
import torch
from cases import CONFIGS, of_family, small
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from transformer_core.models import build

T = 11  # as long as the small models read
READERS = of_family("encoder", "decoder", "encoder-decoder")
WINDOWS = [name for name in of_family("decoder") if CONFIGS[name].window]
WRITTEN = torch.tensor([[5, 3, 7, 2, 11]])


def ids(batch, length):
    return torch.randint(2, 29, (batch, length))  # 0 and 1 are some models' padding


def same(ours, expected):
    torch.testing.assert_close(ours, expected, atol=1e-10, rtol=0)


def read(name, model, text, mask=None):
    """What a model makes of a text: a vector for each token, or the logits of a text written beside it."""
    if CONFIGS[name].family == "encoder-decoder":
        return model(text, WRITTEN.expand(len(text), -1), mask)
    return model(text, mask)


def looked(name, model, text, mask=None):
    """The same on the readable path."""
    if CONFIGS[name].family == "encoder-decoder":
        written = WRITTEN.expand(len(text), -1)
        return model.logits(model.trace(text, written, mask).decoder.hidden_states[-1])
    state = model.trace(text, mask).hidden_states[-1]
    return model.logits(state) if CONFIGS[name].family == "decoder" else state


FACES = pytest.mark.parametrize("face", [read, looked])


@FACES
@pytest.mark.parametrize("name", of_family("decoder"))
@examples(8)
@given(now=st.integers(1, T - 1), seed=st.integers(0, 999))
@torch.no_grad()
def test_the_future_never_changes_the_past(face, name, now, seed):
    torch.manual_seed(seed)
    model, text = small(name), ids(2, T)
    other = torch.cat([text[:, :now], ids(2, T - now)], dim=1)
    before = face(name, model, text)[:, :now]
    same(face(name, model, other)[:, :now], before)
    same(face(name, model, text[:, :now]), before)  # nor does its absence


@pytest.mark.parametrize("name", of_family("encoder-decoder"))
@torch.no_grad()
def test_what_is_written_next_never_changes_what_was_written(name):
    model, text, written = small(name), ids(2, T), ids(2, 7)
    for now in (1, 4, 6):
        other = torch.cat([written[:, :now], ids(2, 7 - now)], dim=1)
        before = model(text, written)[:, :now]
        same(model(text, other)[:, :now], before)
        same(model(text, written[:, :now]), before)
    changed = model(ids(2, T), written)
    assert (
        (changed - model(text, written)).abs().amax(-1) > 1e-6
    ).all()  # but what is read changes all of it


@FACES
@pytest.mark.parametrize("name", WINDOWS)
@torch.no_grad()
def test_a_window_reaches_as_far_as_its_layers_pass_it_on(face, name):
    # Each of L layers looks window - 1 tokens back: a token is felt L (window - 1) tokens later, no further.
    model, text = small(name), ids(1, T)
    reach = CONFIGS[name].num_layers * (CONFIGS[name].window - 1)
    assert reach < T - 1
    other = text.clone()
    other[0, 0] = 2 if text[0, 0] != 2 else 3
    felt = (face(name, model, other) - face(name, model, text))[0].abs().amax(-1)
    assert (felt[: reach + 1] > 1e-6).all() and (felt[reach + 1 :] < 1e-10).all()


@FACES
@pytest.mark.parametrize("name", READERS)
@examples(8)
@given(length=st.integers(1, 7), left=st.integers(0, 2), right=st.integers(0, 2), seed=st.integers(0, 999))
@torch.no_grad()
def test_padding_never_changes_the_rest(face, name, length, left, right, seed):
    torch.manual_seed(seed)
    model, text = small(name), ids(1, length)
    alone = face(name, model, text)
    mask = torch.tensor([[0] * left + [1] * length + [0] * right])
    for _ in range(2):  # whatever is in the padding
        padded = torch.cat([ids(1, left), text, ids(1, right)], dim=1)
        result = face(name, model, padded, mask)
        same(result if CONFIGS[name].family == "encoder-decoder" else result[:, mask[0] == 1], alone)


@FACES
@pytest.mark.parametrize(
    "name",
    [
        n
        for n in READERS
        if CONFIGS[n].positions.name in ("learned", "sinusoidal", "rotary")
        and not getattr(CONFIGS[n], "window", None)
    ],
)
@torch.no_grad()
def test_where_positions_count_tokens_a_hole_is_nothing_either(face, name):
    # ALiBi, T5's bias and windows count columns: a hole makes its neighbours further apart.
    model, text = small(name), ids(1, 7)
    mask = torch.tensor([[1, 0, 1, 1, 0, 0, 1]])
    alone = face(name, model, text[:, mask[0] == 1])
    result = face(name, model, text, mask)
    same(result if CONFIGS[name].family == "encoder-decoder" else result[:, mask[0] == 1], alone)


@FACES
@pytest.mark.parametrize("name", READERS)
@torch.no_grad()
def test_the_texts_of_a_batch_do_not_know_each_other(face, name):
    model, texts = small(name), ids(4, 7)
    mask = torch.tensor([[1] * 7, [0, 0] + [1] * 5, [1] * 3 + [0] * 4, [0] * 7])
    together = face(name, model, texts, mask)
    for row in range(4):
        alone = face(name, model, texts[row : row + 1], mask[row : row + 1])[0]
        if CONFIGS[name].family != "encoder-decoder":
            alone, ours = alone[mask[row] == 1], together[row][mask[row] == 1]
        else:
            ours = together[row]
        same(ours, alone)


@pytest.mark.parametrize("name", ["encoder, learned", "encoder, relative"])
@examples(8)
@given(order=st.permutations(range(7)))
@torch.no_grad()
def test_without_positions_permuting_the_tokens_permutes_an_encoders_output(name, order):
    model, text = without_positions(name), ids(2, 7)
    same(model(text[:, order]), model(text)[:, order])
    mask = torch.tensor([[1] * 7, [1, 1, 0, 0, 1, 1, 0]])
    same(model(text[:, order], mask[:, order]), model(text, mask)[:, order])


@pytest.mark.parametrize("name", ["encoder-decoder, learned", "encoder-decoder, relative"])
@torch.no_grad()
def test_without_positions_a_decoder_reads_a_set(name):
    model, text, order = without_positions(name), ids(2, 7), torch.randperm(7)
    written = WRITTEN.expand(2, -1)
    same(model(text[:, order], written), model(text, written))


def without_positions(name):
    model = small(name)
    for part in ("position_embedding", "relative_bias", "encoder_bias", "decoder_bias"):
        if getattr(model, part, None) is not None:
            for parameter in getattr(model, part).parameters():
                parameter.zero_()
    return model


@pytest.mark.parametrize("name", READERS)
@torch.no_grad()
def test_with_positions_order_matters(name):
    # The last token stays: what it makes of the others would be the same in any order.
    model, text = small(name), torch.tensor([[5, 3, 7, 2, 13, 17, 11]])
    other = text[:, [3, 0, 5, 2, 1, 4, 6]]
    assert (read(name, model, text)[:, -1] - read(name, model, other)[:, -1]).abs().max() > 1e-4


@pytest.mark.parametrize("name", of_family("vision"))
@torch.no_grad()
def test_without_positions_a_vision_model_sees_a_set_of_patches(name):
    model, image = small(name), torch.randn(2, 3, 10, 10, dtype=torch.float64)
    swapped = torch.cat([image[..., 5:], image[..., :5]], dim=-1)  # the left patches on the right
    assert (model(swapped) - model(image)).abs().max() > 1e-3
    model.position_embedding.weight.zero_()
    same(model(swapped), model(image))
    order = [0, 2, 1, 4, 3]  # the class token, then the patches row by row
    same(model.hidden_state(swapped), model.hidden_state(image)[:, order])


@pytest.mark.parametrize("name", CONFIGS)
@torch.no_grad()
def test_a_model_in_eval_mode_gives_the_same_twice_and_in_training_does_not(name):
    config = CONFIGS[name]
    model = build(config)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.5
    if config.family == "vision":
        call = lambda: model(torch.ones(1, 3, 10, 10))  # noqa: E731
    else:
        text = ids(1, 7)
        call = lambda: read(name, model, text)  # noqa: E731
    assert model.training and not torch.equal(call(), call())
    model.eval()
    assert torch.equal(call(), call())
