"""state.py: the scores of each text alone, whatever is beside it, and what is refused at once."""

from dataclasses import replace

import pytest
import torch
from cases import CONFIGS, of_family, small
from writers import start_of

from transformer_core.decoding.beam_search import beam_search
from transformer_core.decoding.generation import generate, stream
from transformer_core.decoding.state import start_decoding
from transformer_core.models import build
from transformer_core.models.config import Alibi, DecoderConfig

WRITERS = of_family("decoder", "encoder-decoder")
PROMPTS = [[3, 1, 4, 1, 5], [9], [2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2], [3, 8, 4]]


def writer(name, length=61):
    """A small model in double precision with room for a text."""
    return small(replace(CONFIGS[name], max_length=length))


@pytest.mark.parametrize("dtype, allowed", [(torch.float64, 1e-10), (torch.float32, 1e-5)])
@pytest.mark.parametrize("use_cache", [True, False])
@pytest.mark.parametrize("name", WRITERS)
def test_scores_are_those_of_each_text_alone(name, use_cache, dtype, allowed):
    model, start = writer(name).to(dtype), start_of(writer(name)).get("start_id")
    options = dict(room=7, use_cache=use_cache, start_id=start)
    new = torch.randint(29, (6, len(PROMPTS)))
    with torch.inference_mode():
        together = start_decoding(model, PROMPTS, **options)
        alone = [start_decoding(model, [prompt], **options) for prompt in PROMPTS]
        for tokens in new:
            scores, each = together.next_logits(), torch.cat([one.next_logits() for one in alone])
            largest = each.abs().max()
            torch.testing.assert_close(scores / largest, each / largest, atol=allowed, rtol=0)
            together.append(tokens)
            for one, token in zip(alone, tokens, strict=True):
                one.append(token)


def by_definition(model, prompt, tokens):
    """The model reads the prompt and these tokens at once."""
    if start_of(model):
        return model(torch.tensor([prompt]), torch.tensor([[0, *tokens]]))[0, -1]
    return model(torch.tensor([prompt + tokens]))[0, -1]


@pytest.mark.parametrize("use_cache", [True, False])
@pytest.mark.parametrize("name", WRITERS)
def test_drafts_go_on_as_copies_of_others(name, use_cache):
    model, (a, _, c, _) = writer(name), PROMPTS
    with torch.inference_mode():
        state = start_decoding(
            model, PROMPTS, room=5, use_cache=use_cache, start_id=start_of(model).get("start_id")
        )
        state.next_logits()
        state.append(torch.tensor([1, 2, 3, 4]))
        state.next_logits()
        steps = [
            ([2, 0, 2], [5, 6, 7], [(c, [3, 5]), (a, [1, 6]), (c, [3, 7])]),
            ([1, 2], [8, 9], [(a, [1, 6, 8]), (c, [3, 7, 9])]),
            ([0, 0, 1], [1, 2, 3], [(a, [1, 6, 8, 1]), (a, [1, 6, 8, 2]), (c, [3, 7, 9, 3])]),
        ]
        for rows, tokens, texts in steps:
            state.select(rows)
            state.append(torch.tensor(tokens))
            expected = torch.stack([by_definition(model, *text) for text in texts])
            torch.testing.assert_close(state.next_logits(), expected, atol=1e-10, rtol=0)


def test_the_head_is_read_for_the_last_token_alone(monkeypatch):
    model, shapes = writer("decoder, rotary"), []
    logits = model.logits
    monkeypatch.setattr(model, "logits", lambda x: shapes.append(tuple(x.shape)) or logits(x))
    generate(model, PROMPTS, max_new_tokens=3)
    assert shapes == [(4, 24)] * 3


# What is refused


def bare(max_length=1024, **positions):
    """A decoder with as many positions as GPT-2."""
    return build(
        DecoderConfig(
            d_model=4, num_layers=1, num_heads=1, d_ff=4, vocab_size=29,
            max_length=max_length, **positions,
        )
    ).eval()  # fmt: skip


def test_a_text_that_just_fits_is_written():
    assert len(generate(bare(), [[1] * 1020, [2]], max_new_tokens=4)[0]) == 4
    assert len(generate(bare(None, positions=Alibi()), [[1] * 1020], max_new_tokens=10)[0]) == 10
    model = writer("encoder-decoder, learned", 7)
    assert len(generate(model, [[1] * 7, [2]], max_new_tokens=6, start_id=0)[0]) == 6


def search(model, prompts, **options):
    return beam_search(model, prompts, num_beams=2, **options)


@pytest.mark.parametrize("ask", [generate, stream, search])
@pytest.mark.parametrize(
    "prompts, changes, says",
    [
        ([[1] * 1020, [2]], {"max_new_tokens": 10}, ["1,020 tokens of prompt and 10 new ones are more than 1,024 positions", "shorten"]),
        ([[1] * 2000], {}, ["2,000 tokens of prompt and 3 new ones are more than 1,024 positions"]),
        ([[1]], {"max_new_tokens": 5000}, ["1 token of prompt and 5,000 new ones are more than 1,024 positions"]),
        ([[1]], {"max_new_tokens": 0}, ["max_new_tokens is 0", "at least 1"]),
        ([[1]], {"max_new_tokens": -2}, ["max_new_tokens is -2"]),
        ([], {}, ["prompts is empty", "one list of token ids"]),
        ([[1], []], {}, ["prompt 1 is empty", "begins a text"]),
        ([1, 2, 3], {}, ["prompt 0 is 1", "a single prompt is [ids]"]),
        (["The cat"], {}, ["prompt 0 is The cat", "token ids"]),
        ([[1.5]], {}, ["prompt 0 is [1.5]"]),
        (torch.tensor([[1, 2]]), {}, ["prompt 0 is tensor([1, 2])", "ids.tolist()"]),
        ([[1], [2, 29]], {}, ["prompt 1", "token id 29", "0 to 28", "tokenizer"]),
        ([[1], [-1]], {}, ["prompt 1", "token id -1", "0 to 28"]),
        ([[1]], {"stop_ids": [3, 50256]}, ["stop id 50256", "0 to 28"]),
        ([[1]], {"stop_ids": [None]}, ["stop id None", "0 to 28"]),
        ([[1]], {"stop_ids": 5}, ["stop_ids is 5", "give a list", "[5]"]),
        ([[1]], {"start_id": 0}, ["start_id 0", "encoder-decoders", "put the token there"]),
    ],
)  # fmt: skip
def test_refuses_at_once_with_the_numbers_and_the_cure(ask, prompts, changes, says):
    model = bare()
    model.token_embedding.register_forward_pre_hook(lambda *_: pytest.fail("the model was run"))
    with pytest.raises(ValueError) as refused:  # a stream too: when it is asked for, not when it is read
        ask(model, prompts, **{"max_new_tokens": 3, **changes})
    assert all(part in str(refused.value) for part in says), refused.value


@pytest.mark.parametrize(
    "prompts, changes, says",
    [
        ([[1]], {"start_id": None}, ["needs start_id", "T5's is 0"]),
        ([[1]], {"start_id": 29}, ["start_id 29", "0 to 28"]),
        ([[1] * 8, [2]], {}, ["8 tokens of prompt are more than 7 positions", "shorten the prompt"]),
        ([[1]], {"max_new_tokens": 7}, ["1 token to start with and 7 new ones are more than 7 positions"]),
    ],
)
def test_an_encoder_decoder_refuses_what_is_its_own(prompts, changes, says):
    with pytest.raises(ValueError) as refused:
        generate(
            writer("encoder-decoder, learned", 7), prompts, **{"max_new_tokens": 3, "start_id": 0, **changes}
        )
    assert all(part in str(refused.value) for part in says), refused.value


def test_a_model_in_training_is_refused_and_left_so():
    model = writer("decoder, learned").train()
    with pytest.raises(
        ValueError, match=r"training mode, where dropout makes its text random; call model.eval\(\)"
    ):
        generate(model, [[1]], max_new_tokens=3)
    assert model.training


@pytest.mark.parametrize("name", ["encoder, learned", "vision"])
def test_a_model_that_writes_no_text_is_refused(name):
    with pytest.raises(
        ValueError, match=r"(EncoderOnly|VisionTransformer) writes no text; use a DecoderOnly"
    ):
        generate(small(name), [[1]], max_new_tokens=3)
