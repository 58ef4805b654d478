"""models/heads.py: BERT's two heads against Hugging Face's, and what pools look at."""

import pytest
import torch
from cases import CONFIGS, shaken, small
from named_weights import with_weights_of
from transformers import BertConfig, BertForPreTraining

from transformer_core.models import build
from transformer_core.models.heads import Classifier, PretrainingHeads, first_token, mean_of_tokens

IDS = torch.randint(29, (3, 7), generator=torch.Generator().manual_seed(0))
TYPES = torch.tensor([[0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 0, 1, 0], [0, 1, 1, 1, 1, 0, 0]])
MASK = torch.tensor([[1] * 7, [1] * 6 + [0], [1] * 5 + [0] * 2])


@torch.no_grad()
def test_both_heads_equal_hugging_faces(float64):
    config = BertConfig(
        vocab_size=29, hidden_size=24, num_hidden_layers=2, num_attention_heads=6, intermediate_size=13,
        max_position_embeddings=11, layer_norm_eps=1e-5,
    )  # fmt: skip
    theirs = shaken(BertForPreTraining(config))
    ours = PretrainingHeads(with_weights_of(build(CONFIGS["encoder, learned"]), theirs.bert)).eval()
    weights = theirs.cls.state_dict()
    ours.transform.weight.copy_(weights["predictions.transform.dense.weight"])
    ours.transform.bias.copy_(weights["predictions.transform.dense.bias"])
    ours.norm.weight.copy_(weights["predictions.transform.LayerNorm.weight"])
    ours.norm.bias.copy_(weights["predictions.transform.LayerNorm.bias"])
    ours.token_bias.copy_(weights["predictions.bias"])
    ours.follows.weight.copy_(weights["seq_relationship.weight"])
    ours.follows.bias.copy_(weights["seq_relationship.bias"])

    tokens, follows = ours(IDS, MASK, token_types=TYPES)
    expected = theirs(IDS, attention_mask=MASK, token_type_ids=TYPES)
    real = MASK == 1
    torch.testing.assert_close(tokens[real], expected.prediction_logits[real], atol=1e-10, rtol=0)
    torch.testing.assert_close(follows, expected.seq_relationship_logits, atol=1e-10, rtol=0)


def test_the_token_table_is_the_decoder_and_learns_as_both():
    heads = PretrainingHeads(build(CONFIGS["encoder, learned"]))
    assert sum(p.shape == (29, 24) for p in heads.parameters()) == 1
    tokens, _ = heads(torch.tensor([[3, 5]]))
    tokens[..., 28].sum().backward()  # as a row of the decoder, though no token 28 was read
    assert heads.encoder.token_embedding.weight.grad[28].abs().max() > 0


def test_heads_without_a_pooler_are_refused():
    with pytest.raises(ValueError, match="reads the pooler; build the encoder with pooler=True"):
        PretrainingHeads(build(CONFIGS["encoder, alibi"]))


def test_pools_worked_by_hand():
    state = torch.tensor([[[1.0, 2.0], [3.0, 6.0], [100.0, 100.0]], [[5.0, 5.0], [7.0, 7.0], [9.0, 9.0]]])
    mask = torch.tensor([[1, 1, 0], [0, 1, 1]])
    assert first_token(state, mask).tolist() == [[1, 2], [5, 5]]
    assert mean_of_tokens(state, mask).tolist() == [[2, 4], [8, 8]]
    torch.testing.assert_close(mean_of_tokens(state), state.sum(1) / 3)
    assert mean_of_tokens(state, torch.zeros(2, 3)).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize("pool", [first_token, mean_of_tokens])
@torch.no_grad()
def test_a_classifier_reads_its_encoders_pool(pool, float64):
    encoder = small("encoder, learned")
    model = shaken(Classifier(encoder, 5, pool=pool))
    expected = model.head(pool(encoder(IDS, MASK, token_types=TYPES), MASK))
    torch.testing.assert_close(model(IDS, MASK, token_types=TYPES), expected, atol=0, rtol=0)
    assert expected.shape == (3, 5)


@pytest.mark.parametrize("pool", [first_token, mean_of_tokens])
@torch.no_grad()
def test_padding_never_changes_a_class(pool, float64):
    model = Classifier(small("encoder, learned"), 5, pool=pool).eval()
    wide, mask = (
        torch.cat([IDS, torch.zeros(3, 2, dtype=torch.int64)], 1),
        torch.tensor([[1] * 7 + [0] * 2] * 3),
    )
    torch.testing.assert_close(model(wide, mask), model(IDS), atol=1e-10, rtol=0)
