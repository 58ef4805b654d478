"""Tests for your maps_exercise.py, the file beside this one. Read the first failure first.

    pytest test_maps_exercise.py

The maps are made up, so that every answer is known. Their sizes are different primes
(2 layers, 3 sentences, 5 heads, 7 tokens), so that an axis taken for another shows.
"""

import maps_exercise as yours
import pytest
import torch

LAYERS, SENTENCES, HEADS, TOKENS = 2, 3, 5, 7


def made(*leading):
    """Maps with rows that sum to 1 and no two weights alike."""
    torch.manual_seed(0)
    return torch.softmax(2 * torch.randn(*leading, TOKENS, TOKENS), dim=-1)


def say(message):
    pytest.fail(message, pytrace=False)


def ask(name, maps, *places):
    """What your function gives for a copy of the maps, once it gives something."""
    result, error = None, None
    try:
        result = getattr(yours, name)(maps.clone(), *places)
    except (NotImplementedError, RuntimeError, IndexError, TypeError, ValueError) as caught:
        error = caught
    if isinstance(error, NotImplementedError):
        say(f"{name}() is still as you got it: replace its last line.")
    if error:
        frame = error.__traceback__.tb_next  # in your file, if it came so far
        line = f", line {frame.tb_lineno}" if frame else ""
        if "divmod" in str(error):
            say(f"{name}(){line}: divmod wants a number, and argmax gives a tensor: argmax().item()")
        say(f"{name}(){line}: Python says {str(error)!r}. Here the maps are {tuple(maps.shape)}.")
    if result is None:
        say(f"{name}() gives back nothing. Does it end with return?")
    return result


def tensor_of(name, maps, *places, wanted, shapes):
    """Your tensor, once it has the shape `wanted`; `shapes` says what other ones mean."""
    result = torch.as_tensor(ask(name, maps, *places))
    if result.shape != wanted:
        why = shapes.get(tuple(result.shape), "Print the shape after each step.")
        say(f"{name}() gives {tuple(result.shape)}, and should give {tuple(wanted)}. {why}")
    return result


def same(found, expected):
    return torch.allclose(found, expected, atol=1e-5)


def test_1_one_sentence_of_the_batch():
    attentions = made(LAYERS, SENTENCES, HEADS)
    t = TOKENS
    maps = tensor_of(
        "maps_of", attentions, 1,
        wanted=(LAYERS, HEADS, t, t),
        shapes={
            (LAYERS, SENTENCES, HEADS, t, t): "All the sentences are still in it.",
            (SENTENCES, HEADS, t, t): "You took a layer: the sentences are the second axis.",
            (LAYERS, SENTENCES, t, t): "You took a head: the sentences are the second axis.",
            (LAYERS, 1, HEADS, t, t): "A slice keeps its axis; an index drops it.",
        },
    )  # fmt: skip
    if same(maps, attentions[:, 0]):
        say("maps_of() gives the first sentence, whichever one is asked for.")
    if same(maps, attentions.mean(1)):
        say("maps_of() averages over the sentences. Take the one that is asked for.")
    if not same(maps, attentions[:, 1]):
        say("maps_of() gives something else than the maps of sentence 1.")


def test_2_where_a_token_looks():
    maps = made(LAYERS, HEADS)
    row = tensor_of(
        "looks", maps, 4,
        wanted=(TOKENS,),
        shapes={
            (LAYERS, TOKENS): "You averaged over the heads; average over the layers too.",
            (HEADS, TOKENS): "You averaged over the layers; average over the heads too.",
            (LAYERS, HEADS, TOKENS): "That is the right row of each head; now average them.",
            (TOKENS, TOKENS): "That is a whole map, on average; take the row of the query.",
            (LAYERS, HEADS): "You averaged over the keys; average over layers and heads.",
            (): "You averaged over everything; average over layers and heads only.",
        },
    )  # fmt: skip
    if same(row, maps[..., 4].mean((0, 1))):
        say("looks() takes a column, who looks at the token. Where it looks is its row.")
    if same(row.sum(), torch.tensor(float(LAYERS * HEADS))):
        say(f"looks() adds up {LAYERS * HEADS} rows. Average them, so that they sum to 1 again.")
    if not same(row, maps[:, :, 4].mean((0, 1))):
        say(f"looks() gives weights that sum to {row.sum():.3f}, and not the mean of the rows.")


def planted():
    """Maps in which layer 1, head 3 gives the most from token 4 to token 2, and much misleads."""
    from_4_to_2 = torch.tensor([[0.6, 0.4, 0.4, 0.0, 0.4], [0.4, 0.0, 0.0, 0.9, 0.0]])
    from_2_to_4 = torch.tensor([[0.1, 0.1, 0.8, 0.1, 0.1], [0.1, 0.1, 0.1, 0.1, 0.1]])
    maps = torch.full((LAYERS, HEADS, TOKENS, TOKENS), 1 / TOKENS)
    maps[0, 4, 0] = torch.eye(TOKENS)[6]
    for query, key, weights in ((4, 2, from_4_to_2), (2, 4, from_2_to_4)):
        maps[:, :, query] = ((1 - weights) / (TOKENS - 1))[..., None]
        maps[:, :, query, key] = weights
    return maps


def test_3_the_strongest_head():
    found = ask("strongest", planted(), 4, 2)
    place = torch.as_tensor(found)
    if place.shape != (2,):
        say(
            f"strongest() gives {found}. argmax counts through layers and heads as if they were "
            "one line: divmod(place, number of heads) takes layer and head apart."
        )
    layer, head = place.tolist()
    meant = {
        (3, 1): "These are head and layer: the layer comes first.",
        (0, 2): "That head is the strongest from key to query. The query comes first: a row.",
        (0, 0): "Layer and head of an average. Do not average before you look for the most: "
        "one head in ten that looks hard is what you are after.",
        (0, 4): "That is the largest weight anywhere. Look at one query and one key only.",
        divmod(8, LAYERS): "Divide the place by the number of heads, not of layers.",
    }
    if (layer, head) != (1, 3):
        why = meant.get((layer, head), "Look for the largest of maps[:, :, query, key].")
        say(f"strongest() gives ({layer}, {head}), and layer 1, head 3 has the most. {why}")


def test_4_a_head_that_only_looks_back_scores_1():
    back = torch.eye(TOKENS).roll(-1, dims=1)
    back[0] = torch.eye(TOKENS)[0]  # the first token looks at itself
    maps = torch.eye(TOKENS).repeat(LAYERS, HEADS, 1, 1)
    maps[1, 2], maps[0, 3] = back, back.T
    t = TOKENS
    shares = tensor_of(
        "one_back", maps,
        wanted=(LAYERS, HEADS),
        shapes={
            (t, t): "diagonal takes the first two axes if you name none: diagonal(-1, -2, -1).",
            (t, t, 1): "diagonal takes the first two axes if you name none: diagonal(-1, -2, -1).",
            (LAYERS, HEADS, t - 1): "That is each token's weight; now average over the tokens.",
            (LAYERS,): "You averaged over the heads too, and heads are what you compare.",
            (HEADS,): "You averaged over the layers too; each head has a number of its own.",
            (): "You averaged over layers and heads too; each head has a number of its own.",
        },
    )  # fmt: skip
    found = shares[1, 2].item()
    if abs(shares[0, 3].item() - found) > 0.5 > found:
        say("one_back() finds the head that looks one token ahead. In row i, the token before is i - 1.")
    if abs(shares[0, 0].item() - found) > 0.5 > found:
        say("one_back() finds heads that look at themselves: that is the main diagonal.")
    if abs(found - (t - 1)) < 1e-4:
        say(f"one_back() gives {found:.0f} where every token looks back. Average, do not add up.")
    if abs(found - (t - 1) / t) < 1e-4:
        say(
            f"one_back() gives {t - 1}/{t} where every token looks back. The first token has "
            f"none before it: divide by {t - 1}, not by {t}."
        )
    expected = torch.zeros(LAYERS, HEADS)
    expected[1, 2] = 1
    if not same(shares, expected):
        say(f"one_back() gives {found:.3f} for a head that only looks one token back, and not 1.")


def test_5_every_head_has_its_share():
    maps = made(LAYERS, HEADS)
    shares = torch.as_tensor(ask("one_back", maps))
    expected = sum(maps[:, :, at, at - 1] for at in range(1, TOKENS)) / (TOKENS - 1)
    if shares.shape != expected.shape or not same(shares, expected):
        say("one_back(): right for heads that do one thing only, wrong for those that do many.")


RECEIVED = {
    (LAYERS, HEADS): "You averaged over the queries; average over the heads too.",
    (LAYERS, TOKENS - 1): "You averaged over the heads; average over the queries too.",
    (LAYERS, TOKENS): "You averaged over the heads; average over the other queries too.",
    (LAYERS, HEADS, TOKENS): "That is the right column; now average, without the token's own row.",
    (LAYERS, HEADS, TOKENS - 1): "Those are the right weights; now average over heads and queries.",
    (): "You averaged over the layers too, and layers are what you compare.",
}


def test_6_what_the_first_token_receives():
    maps = made(LAYERS, HEADS)
    found = tensor_of("received", maps, 0, wanted=(LAYERS,), shapes=RECEIVED)
    column, own = maps[..., 0], maps[:, :, 0, 0]
    expected = (column.sum(-1) - own).mean(1) / (TOKENS - 1)
    rows = (maps[:, :, 0].mean((1, 2)), maps[:, :, 0, 1:].mean((1, 2)))
    if any(same(found, row) for row in rows):
        say(
            f"received() gives {[round(share, 3) for share in found.tolist()]}: that is what the "
            "token gives, its row. What it receives is its column, the last axis."
        )
    if same(found, column.mean((1, 2))):
        say("received() counts what the token gives to itself. Leave out its own row.")
    if same(found, expected * (TOKENS - 1) / TOKENS):
        say(f"received() leaves the own row out, and divides by {TOKENS} still. {TOKENS - 1} are left.")
    if any(same(found, expected * size) for size in (HEADS, TOKENS - 1, HEADS * (TOKENS - 1))):
        say("received() adds up. Average over the heads, and over the queries.")
    if not same(found, expected):
        say(
            f"received() gives {[round(share, 3) for share in found.tolist()]}, and should give "
            f"{[round(share, 3) for share in expected.tolist()]}."
        )


def test_7_what_any_token_receives():
    maps = made(LAYERS, HEADS)
    found = tensor_of("received", maps, 3, wanted=(LAYERS,), shapes=RECEIVED)
    others = [0, 1, 2, 4, 5, 6]
    if same(found, maps[:, :, 1:, 3].mean((1, 2))):
        say("received() leaves out row 0 for every token. Leave out the token's own row.")
    if not same(found, maps[:, :, others, 3].mean((1, 2))):
        say("received() is right for the first token, and not for another one.")


def test_8_the_maps_are_left_alone():
    calls = {"maps_of": (1,), "looks": (3,), "strongest": (3, 2), "one_back": (), "received": (3,)}
    for name, places in calls.items():
        leading = (LAYERS, SENTENCES, HEADS) if name == "maps_of" else (LAYERS, HEADS)
        given = made(*leading)
        ask(name, given, *places)
        getattr(yours, name)(given, *places)
        if not torch.equal(given, made(*leading)):
            say(
                f"{name}() changes the maps that it is given: somewhere it assigns to a part of "
                "them. Choose what you want by its index, or work on maps.clone()."
            )
