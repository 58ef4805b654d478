"""models/encoder_only.py: two segments in one sequence, against Hugging Face's code."""

from dataclasses import replace

import pytest
import torch
from cases import CONFIGS, shaken
from named_weights import with_weights_of
from transformers import BertConfig, BertModel

from transformer_core.models import build

CONFIG = replace(CONFIGS["encoder, learned"], num_types=3)
IDS = torch.randint(29, (3, 7), generator=torch.Generator().manual_seed(0))
TYPES = torch.tensor([[0, 0, 0, 1, 1, 1, 1], [0, 1, 2, 0, 1, 2, 0], [2, 2, 2, 2, 0, 0, 0]])
MASK = torch.tensor([[1] * 7, [1] * 5 + [0] * 2, [0] * 2 + [1] * 5])


@pytest.fixture
def pair(float64):
    """Hugging Face's BERT with random weights, and ours with the same."""
    config = BertConfig(
        vocab_size=29, hidden_size=24, num_hidden_layers=2, num_attention_heads=6, intermediate_size=13,
        max_position_embeddings=11, type_vocab_size=3, layer_norm_eps=1e-5,
    )  # fmt: skip
    theirs = shaken(BertModel(config))
    return with_weights_of(build(CONFIG), theirs), theirs


@pytest.mark.parametrize("mask", [None, MASK], ids=["no padding", "padding left and right"])
@torch.no_grad()
def test_equals_hugging_faces(pair, mask):
    ours, theirs = pair
    tokens = torch.ones_like(IDS) if mask is None else mask
    positions = (tokens.cumsum(-1) * tokens - 1).clamp(min=0)
    expected = theirs(IDS, attention_mask=mask, token_type_ids=TYPES, position_ids=positions)
    state, trace = ours(IDS, mask, token_types=TYPES), ours.trace(IDS, mask, token_types=TYPES)
    for found in (state, trace.hidden_states[-1]):
        torch.testing.assert_close(
            found[tokens == 1], expected.last_hidden_state[tokens == 1], atol=1e-10, rtol=0
        )
    if mask is None:
        torch.testing.assert_close(ours.pool(state), expected.pooler_output, atol=1e-10, rtol=0)


@torch.no_grad()
def test_without_types_all_are_of_the_first(pair):
    ours, _ = pair
    assert torch.equal(ours(IDS, MASK), ours(IDS, MASK, token_types=torch.zeros_like(IDS)))
    assert not torch.allclose(ours(IDS, MASK), ours(IDS, MASK, token_types=TYPES))


@pytest.mark.parametrize(
    "config, types, says",
    [
        (CONFIG, TYPES + 1, ["token type 3", "none of this model's 3", "from 0 to 2"]),
        (CONFIG, TYPES - 1, ["token type -1"]),
        (CONFIG, TYPES[:, :5], ["token_types (3, 5)", "input_ids (3, 7)", "each token its type"]),
        (replace(CONFIG, num_types=0), TYPES, ["knows no token types", "leave token_types out", "num_types"]),
    ],
)
def test_refuses_with_the_numbers_and_the_cure(config, types, says):
    model = build(config)
    for call in (model, model.trace):
        with pytest.raises(ValueError) as refused:
            call(IDS, token_types=types)
        assert all(part in str(refused.value) for part in says), refused.value
