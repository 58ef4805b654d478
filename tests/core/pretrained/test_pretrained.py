"""pretrained: the checkpoint of the lessons, every layer of it, and its tokenizer."""

import pytest
import torch
import transformers as hf
from saved_models import VOCAB, save

from transformer_core.pretrained import load_pretrained

MASK = torch.tensor([[1] * 7, [1] * 5 + [0] * 2])


@torch.no_grad()
def test_every_hidden_state_and_map_of_eleven_layers(tmp_path):
    """Layer 10's name must not be read as layer 1's."""
    config = hf.BertConfig(
        vocab_size=VOCAB, max_position_embeddings=11, type_vocab_size=3, hidden_size=21, num_hidden_layers=11,
        num_attention_heads=3, intermediate_size=17, hidden_act="relu", layer_norm_eps=1e-3,
    )  # fmt: skip
    save(hf.BertModel, config, tmp_path)
    ours = load_pretrained(tmp_path).double()
    reference = hf.BertModel.from_pretrained(tmp_path, attn_implementation="eager").double().eval()
    ids, positions = torch.randint(VOCAB, (2, 7)), (MASK.cumsum(-1) * MASK - 1).clamp(min=0)
    theirs = reference(
        ids, attention_mask=MASK, position_ids=positions, output_hidden_states=True, output_attentions=True
    )
    trace = ours.trace(ids, MASK)
    torch.testing.assert_close(
        torch.stack(trace.hidden_states), torch.stack(theirs.hidden_states), atol=1e-10, rtol=0
    )
    torch.testing.assert_close(trace.attentions, torch.stack(theirs.attentions), atol=1e-10, rtol=0)


def test_the_model_comes_in_eval_mode_whole_and_trainable(model):
    assert not model.training
    assert sum(parameter.numel() for parameter in model.parameters()) == 22_713_216
    assert all(parameter.device.type == "cpu" and parameter.requires_grad for parameter in model.parameters())
    assert model.config.max_length == 512


def test_the_tokenizer_neither_cuts_nor_pads(tokenizer):
    # Its file asks for both, at 128.
    assert tokenizer.encode("The cat sat").tokens == ["[CLS]", "the", "cat", "sat", "[SEP]"]
    assert len(tokenizer.encode("word " * 600).ids) == 602


def test_an_over_long_text_is_refused_not_cut(model, tokenizer):
    ids = torch.tensor([tokenizer.encode("word " * 600).ids])
    with pytest.raises(
        ValueError, match="602 tokens are more than this model's 512 positions; shorten the text"
    ):
        model(ids)


def test_equals_hugging_faces_tokenizer(checkpoint, tokenizer):
    reference = hf.BertTokenizerFast(tokenizer_file=str(checkpoint / "tokenizer.json"))
    for text in [
        "The cat sat on the mat because it was tired.",
        "",
        "naïve café",
        "unbelievable!!",
        "東京🙂",
        "a\tb\n",
    ]:
        assert tokenizer.encode(text).ids == reference(text, padding=False, truncation=False)["input_ids"]
