"""models/encoder_only.py: the checkpoint against Hugging Face's code, what it refuses, what two heads do."""

from copy import deepcopy
from dataclasses import FrozenInstanceError, replace

import pytest
import torch
from transformers import BertModel

from transformer_core.models import build
from transformer_core.models.config import EncoderConfig
from transformer_core.models.encoder_only import EncoderOnly

CAT = "The cat sat on the mat because it was tired."
SMALL = EncoderConfig(
    vocab_size=29, max_length=11, d_model=14, num_layers=3, num_heads=2, d_ff=17,
    num_types=2, embedding_norm=True,
)  # fmt: skip
TEXTS = [CAT, "Hi", "", "Zürich, 東京 and 🙂 in one unbelievably-hyphenated line.", "word " * 600]


@pytest.fixture(scope="module")
def reference(checkpoint):
    return BertModel.from_pretrained(checkpoint, attn_implementation="eager").eval()


def padded(tokenizer, texts):
    """ids (B, T) and their attention mask, at most 512 tokens each."""
    rows = [tokenizer.encode(text).ids[:512] for text in texts]
    longest = max(map(len, rows))
    ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
    return ids, torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])


def asked(reference, ids, mask):
    """All that Hugging Face's code has to show. Padding gets position 0 from us, so it must there too."""
    positions = (mask.cumsum(-1) * mask - 1).clamp(min=0)
    keep = {"output_hidden_states": True, "output_attentions": True}
    return reference(ids, attention_mask=mask, position_ids=positions, **keep)


@pytest.mark.parametrize(
    "texts", [[CAT], TEXTS[:4], TEXTS[4:]], ids=["one sentence", "padded batch", "512 tokens"]
)
@torch.no_grad()
def test_every_hidden_state_and_map_equals_hugging_faces(model, reference, tokenizer, texts):
    ids, mask = padded(tokenizer, texts)
    ours = model.trace(ids, mask)
    theirs = asked(reference, ids, mask)
    assert len(ours.hidden_states) == len(theirs.hidden_states) == 7
    # The vectors of padding mean nothing, and in float32 differ by more than 1e-5: there Hugging Face's
    # numbers are 8e-5 away from its own in float64. The next test compares those positions too.
    token = mask.bool()
    for number, (mine, expected) in enumerate(zip(ours.hidden_states, theirs.hidden_states, strict=True)):
        difference = (mine - expected)[token].abs().max()
        assert difference < 1e-5, f"hidden state {number} differs by {difference}"
    maps = torch.stack(theirs.attentions)
    assert ours.attentions.shape == maps.shape == (6, len(texts), 12, ids.shape[1], ids.shape[1])
    assert (ours.attentions - maps).abs().max() < 1e-5
    assert (model(ids, mask) - theirs.last_hidden_state)[token].abs().max() < 1e-5
    assert (model.pool(ours.hidden_states[-1]) - theirs.pooler_output).abs().max() < 1e-5


@torch.no_grad()
def test_in_float64_every_position_equals_hugging_faces(model, reference, tokenizer):
    ids, mask = padded(tokenizer, TEXTS[:4])
    ours = deepcopy(model).double().trace(ids, mask)
    theirs = asked(deepcopy(reference).double(), ids, mask)
    hidden_states, maps = torch.stack(theirs.hidden_states), torch.stack(theirs.attentions)
    torch.testing.assert_close(torch.stack(ours.hidden_states), hidden_states, atol=1e-10, rtol=0)
    torch.testing.assert_close(ours.attentions, maps, atol=1e-10, rtol=0)


@torch.no_grad()
def test_padding_never_changes_the_rest(model, tokenizer):
    ids, mask = padded(tokenizer, [CAT, "Hi"])
    length = int(mask[1].sum())
    alone = model.trace(ids[1:, :length])
    together = model.trace(ids, mask)
    torch.testing.assert_close(
        together.hidden_states[-1][1:, :length], alone.hidden_states[-1], atol=1e-5, rtol=0
    )
    torch.testing.assert_close(
        together.attentions[:, 1:, :, :length, :length], alone.attentions, atol=1e-5, rtol=0
    )
    assert (together.attentions[:, 1, :, :, length:] == 0).all()


@torch.no_grad()
def test_forward_is_the_last_hidden_state_of_the_trace(model, tokenizer):
    """The fast path: the same at the tokens, and 0 for padding, which it does not compute."""
    ids, mask = padded(tokenizer, TEXTS[:2])
    fast, readable = model(ids, mask), model.trace(ids, mask).hidden_states[-1]
    torch.testing.assert_close(fast[mask == 1], readable[mask == 1], atol=1e-5, rtol=0)
    assert (mask == 0).any() and (fast[mask == 0] == 0).all()


@torch.no_grad()
def test_a_head_that_finds_what_it_stands_for(model, tokenizer):
    encoded = tokenizer.encode(CAT)
    weights = model.trace(torch.tensor([encoded.ids])).attentions[5, 0, 11]
    it, cat = encoded.tokens.index("it"), encoded.tokens.index("cat")
    assert weights[it, cat].item() == pytest.approx(0.71, abs=0.005)
    assert weights[it].argmax() == cat


@torch.no_grad()
def test_a_head_that_looks_at_the_token_before(model, tokenizer):
    weights = model.trace(torch.tensor([tokenizer.encode(CAT).ids])).attentions[0, 0, 2]
    assert weights.diagonal(-1).mean() > 0.99


@torch.no_grad()
def test_without_positions_permuting_the_tokens_permutes_the_output():
    model = EncoderOnly(SMALL).double().eval()
    torch.nn.init.zeros_(model.position_embedding.weight)
    ids, order = torch.randint(29, (1, 7)), torch.randperm(7)
    torch.testing.assert_close(model(ids[:, order]), model(ids)[:, order], atol=1e-10, rtol=0)


@torch.no_grad()
def test_with_positions_order_matters():
    model = EncoderOnly(SMALL).eval()
    ids = torch.tensor([[3, 5, 7]])
    assert (model(ids.flip(1)).flip(1) - model(ids)).abs().max() > 1e-3


@pytest.mark.parametrize(
    "ids, mask, says",
    [
        (torch.zeros(1, 13, dtype=torch.int64), None, ["13 tokens", "11 positions", "pieces of at most 11"]),
        (torch.tensor([[3, 29]]), None, ["token id 29", "0 to 28", "tokenizer"]),
        (torch.tensor([[3, -1]]), None, ["token id -1", "0 to 28"]),
        (torch.tensor([3, 5]), None, ["input_ids (2,)", "(B, T)", "torch.tensor([ids])"]),
        (torch.tensor([[3.0, 5.0]]), None, ["torch.float32", "integers"]),
        (torch.tensor([[3, 5]]), torch.ones(1, 3), ["attention_mask (1, 3)", "input_ids (1, 2)", "1 or 0"]),
        (torch.tensor([[3, 5]]), torch.ones(2), ["attention_mask (2,)", "input_ids (1, 2)"]),
        (
            torch.tensor([[3, 5]]),
            torch.tensor([[0.0, -10000.0]]),
            ["holds -10000.0", "1 for a token and 0 for padding"],
        ),
    ],
)
def test_refuses_with_the_numbers_and_the_cure(ids, mask, says):
    model = EncoderOnly(SMALL)
    for call in (model, model.trace):
        with pytest.raises(ValueError) as refused:
            call(ids, mask)
        assert all(part in str(refused.value) for part in says), refused.value


def test_exactly_as_many_tokens_as_positions_are_fine():
    assert EncoderOnly(SMALL)(torch.zeros(1, 11, dtype=torch.int64)).shape == (1, 11, 14)


def test_bert_base_to_the_last_parameter():
    with torch.device("meta"):
        model = build("bert-base")
    assert sum(parameter.numel() for parameter in model.parameters()) == 109_482_240


def test_a_config_is_frozen():
    with pytest.raises(FrozenInstanceError):
        SMALL.d_model = 21
    assert replace(SMALL, d_model=28).d_model == 28
