"""generation.py and drafts.py: equal to transformers and to the definition, alone or together, cached or not."""

import copy
from dataclasses import replace
from itertools import islice

import pytest
import torch
from cases import CONFIGS, of_family, small
from hypothesis import given, settings
from hypothesis import strategies as st
from writers import REFERENCES, pair, start_of, their_texts

from transformer_core.config import Config
from transformer_core.drafts import begin
from transformer_core.generation import generate, stream
from transformer_core.models import build
from transformer_core.sampling import Sampler, greedy

WRITERS = of_family("decoder", "encoder-decoder")
CHOICES = {
    "greedy": greedy,
    "sampled": Sampler(seed=7),
    "hot": Sampler(temperature=1.7, seed=1),
    "top-k": Sampler(top_k=3),
    "top-p": Sampler(top_p=0.7),
    "all": Sampler(temperature=0.8, top_k=11, top_p=0.9, seed=3),
}
PROMPTS = [[3, 1, 4, 1, 5], [9], [2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2], [3, 8, 4]]


@pytest.fixture(scope="module", params=REFERENCES)
def both(request):
    return pair(request.param)


def writer(name, length=61):
    """A small model in double precision with room for a text."""
    return small(replace(CONFIGS[name], max_length=length))


def plain_greedy(model, prompt, new):
    """The definition: read everything, take the likeliest, begin again."""
    text = []
    for _ in range(new):
        if start_of(model):
            logits = model(torch.tensor([prompt]), torch.tensor([[0, *text]]))
        else:
            logits = model(torch.tensor([prompt + text]))
        text.append(logits[0, -1].argmax().item())
    return text


# Equal to the reference and to the definition


@pytest.mark.parametrize("use_cache", [True, False])
def test_greedy_equals_transformers(both, use_cache):
    ours, theirs = both
    texts = generate(ours, PROMPTS, max_new_tokens=29, use_cache=use_cache, **start_of(ours))
    assert texts == their_texts(theirs, PROMPTS, max_new_tokens=29)[0]
    assert len({token for text in texts for token in text}) > 10  # it was not one token all the time


def test_stop_tokens_equal_transformers(both):
    # Any token that the texts do meet may be what stops them: here those that come fifth and ninth.
    ours, theirs = both
    texts = generate(ours, PROMPTS, max_new_tokens=29, **start_of(ours))
    stops = sorted({texts[0][4], texts[2][8]})
    stopped = generate(ours, PROMPTS, max_new_tokens=29, stop_ids=stops, **start_of(ours))
    expected, _ = their_texts(theirs, PROMPTS, max_new_tokens=29, eos_token_id=stops)
    assert [text + [0] * (len(expected[0]) - len(text)) for text in stopped] == expected
    for text, whole in zip(stopped, texts, strict=True):
        assert text == whole[: len(text)]
        assert text[-1] in stops or len(text) == 29
        assert not set(text[:-1]) & set(stops)
    assert min(map(len, stopped)) < 29


@pytest.mark.parametrize("name", WRITERS)
def test_greedy_equals_its_definition(name):
    model = writer(name)
    expected = [plain_greedy(model, prompt, 13) for prompt in PROMPTS]
    for use_cache in (True, False):
        assert generate(model, PROMPTS, max_new_tokens=13, use_cache=use_cache, **start_of(model)) == expected


# Together as alone, with a cache as without


@pytest.mark.parametrize("choice", ["greedy", "hot", "all"])
@pytest.mark.parametrize("name", WRITERS)
def test_together_as_alone_and_cached_as_not(name, choice):
    model, options = writer(name), dict(max_new_tokens=11, choose=CHOICES[choice], stop_ids=[7, 11])
    options |= start_of(model)
    texts = generate(model, PROMPTS, **options)
    assert texts == generate(model, PROMPTS, use_cache=False, **options)
    assert texts == [generate(model, [prompt], **options)[0] for prompt in PROMPTS]
    assert texts[::-1] == generate(model, PROMPTS[::-1], **options)


@settings(max_examples=40, deadline=None)
@given(
    name=st.sampled_from(WRITERS),
    prompts=st.lists(st.lists(st.integers(0, 28), min_size=1, max_size=13), min_size=1, max_size=5, unique_by=tuple),
    new=st.integers(1, 11),
    choice=st.sampled_from(list(CHOICES)),
    stop_ids=st.sets(st.integers(0, 28), max_size=5),
    data=st.data(),
)  # fmt: skip
def test_any_prompts_together_as_alone(name, prompts, new, choice, stop_ids, data):
    model = writer(name)
    options = dict(max_new_tokens=new, choose=CHOICES[choice], stop_ids=stop_ids, **start_of(model))
    texts = generate(model, prompts, use_cache=data.draw(st.booleans()), **options)
    assert texts == [generate(model, [prompt], **options)[0] for prompt in prompts]
    for text in texts:
        assert 1 <= len(text) <= new and not stop_ids & set(text[:-1])
        assert len(text) == new or text[-1] in stop_ids
        assert all(type(token) is int for token in text)


@pytest.mark.parametrize("dtype, allowed", [(torch.float64, 1e-10), (torch.float32, 1e-5)])
@pytest.mark.parametrize("use_cache", [True, False])
@pytest.mark.parametrize("name", WRITERS)
def test_scores_are_those_of_each_text_alone(name, use_cache, dtype, allowed):
    model, start = writer(name).to(dtype), start_of(writer(name)).get("start_id")
    options = dict(room=7, use_cache=use_cache, start_id=start)
    new = torch.randint(29, (6, len(PROMPTS)))
    with torch.inference_mode():
        together = begin(model, PROMPTS, **options)
        alone = [begin(model, [prompt], **options) for prompt in PROMPTS]
        for tokens in new:
            scores, each = together.scores(), torch.cat([one.scores() for one in alone])
            largest = each.abs().max()
            torch.testing.assert_close(scores / largest, each / largest, atol=allowed, rtol=0)
            together.extend(tokens)
            for one, token in zip(alone, tokens, strict=True):
                one.extend(token)


@pytest.mark.parametrize("use_cache", [True, False])
@pytest.mark.parametrize("name", WRITERS)
def test_drafts_go_on_as_copies_of_others(name, use_cache):
    model = writer(name)
    with torch.inference_mode():
        drafts = begin(model, PROMPTS, room=5, use_cache=use_cache, start_id=start_of(model).get("start_id"))
        scores = drafts.scores()
        drafts.extend(torch.tensor([1, 2, 3, 4]))
        scores = drafts.scores()
        drafts.keep([2, 0, 2])
        drafts.extend(torch.tensor([5, 6, 5]))
        copies = drafts.scores()
        drafts.keep([0, 1])
        drafts.extend(torch.tensor([7, 7]))
        assert drafts.scores().shape == (2, 29)
    torch.testing.assert_close(copies[0], copies[2], atol=1e-10, rtol=0)
    assert (copies[0] - copies[1]).abs().max() > 1e-3 and scores.shape == (4, 29)


# The tokens as they come


@pytest.mark.parametrize("name", ["decoder, learned", "encoder-decoder, relative"])
def test_streamed_tokens_are_the_texts(name):
    model = writer(name)
    options = dict(max_new_tokens=17, choose=Sampler(), stop_ids=[7, 11, 20], **start_of(model))
    texts, steps = generate(model, PROMPTS, **options), list(stream(model, PROMPTS, **options))
    assert len(steps) == max(map(len, texts)) > min(map(len, texts))
    for number, text in enumerate(texts):
        assert [new[number] for new in steps if number in new] == text
        assert [number in new for new in steps] == [True] * len(text) + [False] * (len(steps) - len(text))


def test_a_stream_computes_no_further_than_it_is_read():
    model, calls = writer("decoder, learned"), []
    model.token_embedding.register_forward_hook(lambda *call: calls.append(1))
    text = generate(model, [[3, 1]], max_new_tokens=13)[0]
    calls.clear()
    assert [new[0] for new in islice(stream(model, [[3, 1]], max_new_tokens=13), 4)] == text[:4]
    assert len(calls) == 4


def test_between_two_tokens_the_reader_may_train():
    # Inference mode must not leak to whoever reads the stream.
    model, weight = writer("decoder, learned"), torch.ones(3, requires_grad=True)
    for _ in stream(model, [[3, 1]], max_new_tokens=3):
        assert not torch.is_inference_mode_enabled()
        weight.sum().backward()
    assert weight.grad.tolist() == [3, 3, 3]


# Chance


def test_the_same_prompt_again_draws_anew():
    model = writer("decoder, learned")
    texts = generate(model, [[3, 1]] * 5, max_new_tokens=17, choose=Sampler(temperature=3))
    assert len(set(map(tuple, texts))) == 5
    assert texts == generate(model, [[3, 1]] * 5, max_new_tokens=17, choose=Sampler(temperature=3))
    assert texts[:1] == generate(model, [[3, 1]], max_new_tokens=17, choose=Sampler(temperature=3))
    assert texts[0] != generate(model, [[3, 1]], max_new_tokens=17, choose=Sampler(temperature=3, seed=1))[0]


def test_first_tokens_are_drawn_as_often_as_the_model_says():
    # 28 degrees of freedom: above 56.9 once in a thousand times.
    model, n = writer("decoder, learned"), 5000
    with torch.inference_mode():
        p = Sampler(temperature=3).probabilities(model(torch.tensor([[3, 1]]))[0, -1])
    texts = generate(model, [[3, 1]] * n, max_new_tokens=1, choose=Sampler(temperature=3))
    counts = torch.tensor(texts)[:, 0].bincount(minlength=29)
    assert n * p.min() > 5  # so that the bound holds
    assert ((counts - n * p) ** 2 / (n * p)).sum() < 56.9


def test_a_choice_may_be_any_function():
    model = writer("decoder, learned")

    def least_likely(logits, draws):
        assert len(draws) == len(set(draws)) == len(logits)
        return logits.argmin(dim=-1)

    text = generate(model, [[3, 1], [3, 1]], max_new_tokens=3, choose=least_likely)[0]
    for length in range(3):
        assert text[length] == model(torch.tensor([[3, 1] + text[:length]]))[0, -1].argmin().item()


# What it costs


def sizes_read(model, prompts, **options):
    """(B, T) of every call of the model."""
    shapes, model = [], copy.deepcopy(model)
    model.token_embedding.register_forward_pre_hook(lambda _, given: shapes.append(tuple(given[0].shape)))
    generate(model, prompts, **options)
    return shapes


def test_with_a_cache_each_token_is_read_once():
    model = writer("decoder, rotary")
    assert sizes_read(model, [[3, 1, 4]], max_new_tokens=5) == [(1, 3)] + [(1, 1)] * 4
    assert sizes_read(model, [[3, 1, 4]], max_new_tokens=3, use_cache=False) == [(1, 3), (1, 4), (1, 5)]


def test_with_a_cache_an_encoder_reads_once():
    model = writer("encoder-decoder, relative")
    assert sizes_read(model, [[3, 1, 4]], max_new_tokens=4, start_id=0) == [(1, 3)] + [(1, 1)] * 4
    uncached = sizes_read(model, [[3, 1, 4]], max_new_tokens=3, start_id=0, use_cache=False)
    assert uncached == [(1, 3), (1, 1), (1, 2), (1, 3)]


@pytest.mark.parametrize("name", WRITERS)
def test_texts_that_have_stopped_cost_nothing_more(name):
    model = writer(name)
    options = dict(max_new_tokens=17, choose=Sampler(), **start_of(model))
    texts = generate(model, PROMPTS, **options)
    stops = [texts[0][4], texts[1][2]]
    stopped = generate(model, PROMPTS, stop_ids=stops, **options)
    going = [sum(len(text) > step for text in stopped) for step in range(max(map(len, stopped)))]
    shapes = sizes_read(model, PROMPTS, stop_ids=stops, **options)
    assert [rows for rows, _ in shapes][-len(going) :] == going
    assert going[0] > going[-1]


def test_the_head_is_read_for_the_last_token_alone(monkeypatch):
    model, shapes = writer("decoder, rotary"), []
    logits = model.logits
    monkeypatch.setattr(model, "logits", lambda x: shapes.append(tuple(x.shape)) or logits(x))
    generate(model, PROMPTS, max_new_tokens=3)
    assert shapes == [(4, 24)] * 3


def test_nothing_is_left_behind():
    model, prompts = writer("decoder, learned"), copy.deepcopy(PROMPTS)
    before = copy.deepcopy(model.state_dict())
    generate(model, prompts, max_new_tokens=5)
    assert prompts == PROMPTS and not model.training and not torch.is_inference_mode_enabled()
    assert all(tensor.equal(before[name]) for name, tensor in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_half_precision_writes_too():
    model = writer("decoder, rotary").bfloat16()
    for choose in (greedy, Sampler(top_k=5, top_p=0.9)):
        texts = generate(model, PROMPTS, max_new_tokens=5, choose=choose)
        assert [len(text) for text in texts] == [5] * 4


# What is refused


def bare(max_length=1024, positions="learned"):
    """A decoder with as many positions as GPT-2."""
    return build(
        Config(
            family="decoder", d_model=4, num_layers=1, num_heads=1, d_ff=4, vocab_size=29,
            max_length=max_length, positions=positions,
        )
    ).eval()  # fmt: skip


def test_a_text_that_just_fits_is_written():
    assert len(generate(bare(), [[1] * 1020, [2]], max_new_tokens=4)[0]) == 4
    assert len(generate(bare(None, "alibi"), [[1] * 1020], max_new_tokens=10)[0]) == 10
    model = writer("encoder-decoder, learned", 7)
    assert len(generate(model, [[1] * 7, [2]], max_new_tokens=6, start_id=0)[0]) == 6


@pytest.mark.parametrize("ask", [generate, stream])
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
