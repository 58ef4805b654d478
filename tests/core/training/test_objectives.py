"""training/objectives.py: torch's losses and Hugging Face's, as a sum and a count that can be split."""

import math

import pytest
import torch
from cases import CONFIGS, shaken, small
from named_weights import with_weights_of
from torch import nn
from torch.nn import functional
from transformers import BertConfig, BertForPreTraining
from transformers.models.clip.modeling_clip import image_text_contrastive_loss

from transformer_core.models import build
from transformer_core.models.heads import Classifier, PretrainingHeads
from transformer_core.training.loop import portions
from transformer_core.training.objectives import (
    IGNORE_INDEX,
    causal_lm,
    classification,
    contrastive,
    image_classification,
    masked_lm,
    sequence_to_sequence,
    total_loss,
)

IDS = torch.randint(29, (4, 7), generator=torch.Generator().manual_seed(0))
MASK = torch.tensor([[1] * 7, [1] * 6 + [0], [1] * 5 + [0] * 2, [1] * 7])
TYPES = torch.tensor([[0, 0, 0, 1, 1, 1, 1]] * 4)
LABELS = torch.full((4, 7), IGNORE_INDEX)
LABELS[[0, 0, 1, 1, 2, 2, 3, 3], [1, 4, 2, 3, 1, 2, 5, 6]] = torch.tensor([3, 28, 0, 7, 7, 9, 1, 2])
PRETRAINING = {"input_ids": IDS, "attention_mask": MASK, "token_types": TYPES, "labels": LABELS,
               "from_elsewhere": torch.tensor([0, 1, 1, 0])}  # fmt: skip


class Answers(nn.Module):
    """A model that has its answer ready, and notes what it was asked."""

    def __init__(self, *answer):
        super().__init__()
        self.answer = answer if len(answer) > 1 else answer[0]

    def forward(self, *asked, **named):
        self.asked = [*asked, *named.values()]
        return self.answer


def mean(pair):
    return pair[0] / pair[1]


def test_a_sum_and_a_count_worked_by_hand():
    # Probabilities 1/2, 1/4 and one that is not asked for.
    logits = torch.tensor([[[0.0, 0.0, -1e9], [math.log(2), 0.0, 0.0], [5.0, 5.0, 5.0]]])
    loss, count = total_loss(logits, torch.tensor([[1, 2, IGNORE_INDEX]]))
    assert loss.item() == pytest.approx(math.log(2) + math.log(4)) and count.item() == 2
    assert loss.dim() == count.dim() == 0


def test_half_precision_is_summed_in_float32():
    logits = torch.randn(3, 29).bfloat16()
    loss, _ = total_loss(logits, torch.tensor([1, 2, 3]))
    torch.testing.assert_close(
        loss, functional.cross_entropy(logits.float(), torch.tensor([1, 2, 3]), reduction="sum")
    )
    assert loss.dtype == torch.float32


def test_classification_equals_torchs(float64):
    model, labels = Classifier(small("encoder, learned"), 5).eval(), torch.tensor([4, 0, 2, 2])
    found = mean(classification(model, {"input_ids": IDS, "attention_mask": MASK, "labels": labels}))
    torch.testing.assert_close(found, functional.cross_entropy(model(IDS, MASK), labels), atol=1e-10, rtol=0)
    unpadded = classification(model, {"input_ids": IDS, "labels": labels})
    torch.testing.assert_close(
        mean(unpadded), functional.cross_entropy(model(IDS), labels), atol=1e-10, rtol=0
    )


def test_image_classification_equals_torchs(float64):
    model, pixels, labels = small("vision"), torch.randn(4, 3, 10, 10), torch.tensor([4, 0, 6, 2])
    found = mean(image_classification(model, {"pixel_values": pixels, "labels": labels}))
    torch.testing.assert_close(found, functional.cross_entropy(model(pixels), labels), atol=1e-10, rtol=0)


def test_causal_lm_asks_for_the_next_token(float64):
    model = small("decoder, learned")
    loss, count = causal_lm(model, {"input_ids": IDS})
    expected = sum(
        -model(IDS[:, : t + 1])[:, -1].log_softmax(-1)[torch.arange(4), IDS[:, t + 1]] for t in range(6)
    )
    torch.testing.assert_close(loss, expected.sum(), atol=1e-10, rtol=0)
    assert count == 24


def test_masked_lm_equals_hugging_faces(float64):
    config = BertConfig(
        vocab_size=29, hidden_size=24, num_hidden_layers=2, num_attention_heads=6, intermediate_size=13,
        max_position_embeddings=11, layer_norm_eps=1e-5,
    )  # fmt: skip
    theirs = shaken(BertForPreTraining(config))
    ours = PretrainingHeads(with_weights_of(build(CONFIGS["encoder, learned"]), theirs.bert)).eval()
    heads = theirs.cls.state_dict()
    names = {"transform.weight": "predictions.transform.dense.weight", "transform.bias": "predictions.transform.dense.bias",
             "norm.weight": "predictions.transform.LayerNorm.weight", "norm.bias": "predictions.transform.LayerNorm.bias",
             "token_bias": "predictions.bias", "follows.weight": "seq_relationship.weight",
             "follows.bias": "seq_relationship.bias"}  # fmt: skip
    ours.load_state_dict({name: heads[other] for name, other in names.items()}, strict=False)
    expected = theirs(IDS, attention_mask=MASK, token_type_ids=TYPES, labels=LABELS,
                      next_sentence_label=PRETRAINING["from_elsewhere"]).loss  # fmt: skip
    torch.testing.assert_close(mean(masked_lm(ours, PRETRAINING)), expected, atol=1e-10, rtol=0)


def test_masked_lm_weighs_rows_alike_and_minds_none_without_words():
    tokens, follows = torch.zeros(2, 3, 4), torch.zeros(2, 2)
    tokens[0, 0, 1] = math.log(3)  # 3 of 6: ln 2; all others one of four: ln 4
    labels = torch.tensor([[1, 1, IGNORE_INDEX], [IGNORE_INDEX] * 3])
    batch = {"input_ids": IDS[:2, :3], "token_types": TYPES[:2, :3], "labels": labels,
             "from_elsewhere": torch.tensor([0, 1])}  # fmt: skip
    loss, count = masked_lm(Answers(tokens, follows), batch)
    assert loss.item() == pytest.approx((math.log(2) + math.log(4)) / 2 + 2 * math.log(2)) and count == 2


def test_sequence_to_sequence_equals_torchs(float64):
    model = small("encoder-decoder, learned")
    target, labels = IDS.flip(1)[:, :5], IDS[:, :5].clone()
    labels[1, 3:] = IGNORE_INDEX
    batch = {"input_ids": IDS, "attention_mask": MASK, "decoder_input_ids": target, "labels": labels}
    logits = model(IDS, target, MASK)
    expected = functional.cross_entropy(logits.transpose(1, 2), labels)
    torch.testing.assert_close(mean(sequence_to_sequence(model, batch)), expected, atol=1e-10, rtol=0)
    assert sequence_to_sequence(model, batch)[1] == 18


def test_contrastive_equals_hugging_faces():
    logits = torch.randn(5, 5, dtype=torch.float64)
    model = Answers(logits)
    found = contrastive(model, {"pixel_values": logits, "input_ids": IDS, "attention_mask": MASK})
    torch.testing.assert_close(mean(found), image_text_contrastive_loss(logits.T), atol=1e-10, rtol=0)
    assert [asked is given for asked, given in zip(model.asked, (logits, IDS, MASK), strict=True)] == [
        True
    ] * 3


def test_contrastive_worked_by_hand():
    # Each image knows its text with 9 of 10; text 0 finds image 0 with 9 of 10, text 1 too.
    logits = math.log(9) * torch.eye(2)
    assert mean(
        contrastive(Answers(logits), {"pixel_values": None, "input_ids": None})
    ).item() == pytest.approx(-math.log(0.9))


@pytest.mark.parametrize("parts", [2, 4])
def test_portions_add_up_to_the_whole(parts, float64):
    model = shaken(PretrainingHeads(build(CONFIGS["encoder, learned"])))
    whole = masked_lm(model, PRETRAINING)
    split = [masked_lm(model, portion) for portion in portions(PRETRAINING, parts)]
    torch.testing.assert_close(sum(loss for loss, _ in split), whole[0], atol=1e-10, rtol=0)
    assert sum(count for _, count in split) == whole[1] == 4
