"""Every variant collapses to what it is a variant of, when its number says "nothing special"."""

from dataclasses import replace

import pytest
import torch
from cases import CONFIGS, of_family, small

from transformer_core.models import build
from transformer_core.models.config import Experts, Relative, Rotary
from transformer_core.nn.rotary import Llama3Scaling

B, T = 3, 7
MASK = torch.tensor([[1] * 7, [0, 0, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0, 0]])


def same_weights(config, model):
    """Another model with these weights, as far as it has the same parts."""
    other = build(config).double().eval()
    other.load_state_dict(model.state_dict())
    return other


def equal(one, other, *, family="decoder"):
    """On both faces, with padding and without."""
    text, written = torch.randint(2, 29, (B, T)), torch.randint(2, 29, (B, 5))
    more = (text, written) if family == "encoder-decoder" else (text,)
    with torch.no_grad():
        for mask in (None, MASK):
            torch.testing.assert_close(one(*more, mask), other(*more, mask), atol=1e-10, rtol=0)
        traces = [model.trace(*more, MASK) for model in (one, other)]
        if family == "encoder-decoder":
            traces = [trace.decoder for trace in traces]
        torch.testing.assert_close(traces[0].attentions, traces[1].attentions, atol=1e-10, rtol=0)


@pytest.mark.parametrize("name", of_family("decoder"))
@pytest.mark.parametrize("window", [T, T + 1, 1000])
def test_a_window_as_wide_as_the_text_is_none(name, window):
    config = replace(CONFIGS[name], window=None)
    model = small(config)
    equal(model, same_weights(replace(config, window=window), model))


@pytest.mark.parametrize("name", of_family("encoder", "decoder", "encoder-decoder"))
def test_a_group_for_each_head_is_plain_multi_head(name):
    config = replace(CONFIGS[name], num_kv_heads=None)
    model = small(config)
    same = same_weights(replace(config, num_kv_heads=config.num_heads), model)
    equal(model, same, family=config.family)


@pytest.mark.parametrize("groups", [1, 2, 3])
def test_grouped_queries_are_plain_multi_head_whose_heads_have_the_same_keys(groups):
    config = replace(CONFIGS["decoder, rotary"], num_kv_heads=groups)
    model = small(config)
    plain = build(replace(config, num_kv_heads=None)).double().eval()
    state = model.state_dict()
    for name, rows in state.items():
        if ".w_k." in name or ".w_v." in name:
            heads = rows.split(4)  # Dk = 24 / 6 rows each
            state[name] = torch.cat([heads[head * groups // 6] for head in range(6)])
    plain.load_state_dict(state)
    equal(model, plain)


def plain_and_experts(num_experts, experts_per_token):
    """A Llama, and a Mixtral all of whose experts are that Llama's feed-forward."""
    config = CONFIGS["decoder, rotary"]
    plain = small(config)
    mixture = build(replace(config, feed_forward=Experts(num_experts, experts_per_token))).double().eval()
    state = mixture.state_dict()
    for name in state:
        before, _, rest = name.partition(".experts.")
        source = f"{before}.{rest.partition('.')[2]}" if rest else name
        if "router" not in name:
            state[name] = plain.state_dict()[source]
    mixture.load_state_dict(state)
    return plain, mixture


def test_a_single_expert_is_the_feed_forward():
    equal(*plain_and_experts(1, 1))


@pytest.mark.parametrize("experts_per_token", [1, 2, 5])
def test_experts_that_agree_are_one(experts_per_token):
    equal(*plain_and_experts(5, experts_per_token))


@pytest.mark.parametrize("name", ["encoder, alibi", "decoder, rotary", "encoder-decoder, relative"])
def test_heads_as_wide_as_they_would_be_anyway(name):
    model = small(name)
    equal(model, same_weights(replace(CONFIGS[name], d_k=4), model), family=CONFIGS[name].family)


@pytest.mark.parametrize("name", of_family("encoder-decoder"))
def test_as_many_decoder_layers_as_there_would_be_anyway(name):
    config = replace(CONFIGS[name], num_decoder_layers=None)
    model = small(config)
    equal(model, same_weights(replace(config, num_decoder_layers=2), model), family=config.family)


def test_a_stretch_by_one_and_a_text_within_the_fast_turns_change_nothing():
    config = CONFIGS["decoder, rotary"]
    model = small(config)
    equal(model, same_weights(replace(config, positions=Rotary(scaling=Llama3Scaling(factor=1.0))), model))
    # Trained on so many positions that every pair turned more than four times: all are fast.
    longest = Llama3Scaling(factor=8.0, original_length=10**9)
    equal(model, same_weights(replace(config, positions=Rotary(scaling=longest)), model))


def test_a_head_of_its_own_that_equals_the_table_is_tied():
    config = replace(CONFIGS["decoder, rotary"], tied=True)
    tied = small(config)
    untied = build(replace(config, tied=False)).double().eval()
    untied.load_state_dict({**tied.state_dict(), "head.weight": tied.token_embedding.weight})
    equal(tied, untied)


@torch.no_grad()
def test_positions_that_say_nothing_are_all_alike():
    # A table of zeros, learned buckets of zeros: the same model, one without positions.
    learned = small("decoder, learned")
    learned.position_embedding.weight.zero_()
    state = {name: tensor for name, tensor in learned.state_dict().items() if "position" not in name}
    relative = build(replace(CONFIGS["decoder, learned"], positions=Relative())).double().eval()
    relative.load_state_dict({**state, "relative_bias.table.weight": torch.zeros(32, 6, dtype=torch.float64)})
    equal(learned, relative)
