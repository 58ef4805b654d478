"""generation.py: equal to transformers and to the definition, alone or together, cached or not."""

import copy
from dataclasses import replace
from itertools import islice

import pytest
import torch
from cases import CONFIGS, of_family, small
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from writers import REFERENCES, pair, start_of, their_texts

from transformer_core.decoding.generation import generate, stream
from transformer_core.decoding.sampling import Sampler, greedy

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


@examples(40)
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


def test_the_same_prompt_again_is_sampled_again():
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
    model, names = writer("decoder, learned"), []

    def least_likely(logits, draws):
        assert torch.is_inference_mode_enabled() and len(draws) == len(logits)
        names.extend(draws)
        return logits.argmin(dim=-1)

    text = generate(model, [[3, 1], [3, 1]], max_new_tokens=3, choose=least_likely)[0]
    assert len(set(names)) == len(names) == 6  # no two draws share their luck
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
