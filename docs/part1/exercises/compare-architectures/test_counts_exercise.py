"""Tests for your counts_exercise.py, the file beside this one. Read the first failure first.

    pytest test_counts_exercise.py

The parts are compared with PyTorch's own modules, the totals with the published models.
"""

import counts_exercise as yours
import pytest
from torch import nn

D, WIDE = 12, 35  # not the same, so that inputs taken for outputs show


def say(message):
    pytest.fail(message, pytrace=False)


def ask(name, *inputs):
    """What your function gives, once it gives a whole number."""
    result, error = None, None
    try:
        result = getattr(yours, name)(*inputs)
    except (NotImplementedError, TypeError, KeyError, NameError, AttributeError) as caught:
        error = caught
    if isinstance(error, NotImplementedError):
        say(f"{name}() is still as you got it: replace its last line.")
    if error:
        frame = error.__traceback__.tb_next  # in your file, if it came so far
        line = f", line {frame.tb_lineno}" if frame else ""
        say(f"{name}(){line}: Python says {type(error).__name__}: {error}.")
    if result is None:
        say(f"{name}() gives back nothing. Does it end with return?")
    if result != int(result):
        say(f"{name}() gives {result}; parameters come in whole numbers.")
    return int(result)


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


def check(name, found, expected, meanings):
    """Fails with what the difference means; `meanings` has differences and what each says."""
    missing = expected - found
    if missing:
        why = next((text for size, text in meanings if size == missing), "")
        more = "too few" if missing > 0 else "too many"
        say(f"{name}() gives {found:,}, and should give {expected:,}, {abs(missing):,} are {more}. {why}".strip())


def test_1_a_linear_layer():
    for biases in (False, True):
        found = ask("linear", D, WIDE, biases)
        check("linear", found, count(nn.Linear(D, WIDE, bias=biases)), [
            (WIDE, "With biases, every output has one bias."),
            (WIDE - D, "There is one bias for each output, not for each input."),
        ])  # fmt: skip


def test_2_attention():
    for biases in (False, True):
        own = nn.MultiheadAttention(D, 3, bias=biases)
        one = count(nn.Linear(D, D, bias=biases))
        check("attention", ask("attention", D, D, biases), count(own), [
            (one, "Beside those of queries, keys and values, a fourth matrix mixes the heads."),
            (2 * one, "queries, keys and values have a matrix each."),
            (4 * D, "With biases, each of the four matrices has some."),
        ])  # fmt: skip
    narrow = 3 * (D * 8) + 8 * D  # heads that are together narrower than the model
    check("attention", ask("attention", D, 8, False), narrow, [])


def test_3_the_feed_forward_network():
    for biases in (False, True):
        own = nn.Sequential(nn.Linear(D, WIDE, bias=biases), nn.Linear(WIDE, D, bias=biases))
        check("feed_forward", ask("feed_forward", D, WIDE, biases), count(own), [
            (count(own[1]), "That widens the vector; it must come back to d_model."),
            (count(own[0]), "That narrows the vector; first it must be widened."),
        ])  # fmt: skip


def test_4_the_norm():
    check("norm", ask("norm", D, True), count(nn.LayerNorm(D)), [(D, "LayerNorm has a scale and a shift.")])
    check("norm", ask("norm", D, False), D, [(-D, "With shift=False this norm has a scale only.")])


def test_5_bert():
    c = yours.BERT_BASE
    d, layers = c["d_model"], c["layers"]
    check("bert", ask("bert", c), 109_482_240, [
        (d * c["positions"], "In BERT, the table of positions is missing."),
        (d * c["segments"], "In BERT, the table of segments is missing."),
        (d * d + d, "On top, the pooler is missing."),
        (2 * d * layers, "Count them: one norm in each layer is missing."),
        (2 * d, "The norm after the tables is missing."),
    ])  # fmt: skip


def test_6_gpt2():
    c = yours.GPT2_SMALL
    d = c["d_model"]
    check("gpt2", ask("gpt2", c), 124_439_808, [
        (-d * c["vocab_size"], "That is a table of tokens too many: the scores use the same table."),
        (2 * d, "On top, the last norm is missing."),
        (d * c["positions"], "GPT-2 has a table of positions too."),
    ])  # fmt: skip


def test_7_t5():
    c = yours.T5_SMALL
    d, wide, layers = c["d_model"], c["d_attention"], c["layers"]
    look = 4 * d * wide
    think = 2 * d * c["d_ff"]
    check("t5", ask("t5", c), 60_506_624, [
        (layers * look, "In each of its layers, the decoder also looks at the encoder's output."),
        (-d * c["vocab_size"], "That is a table of tokens too many: both stacks share one table."),
        (2 * c["distances"] * c["heads"], "In both stacks, the tables of distances are missing."),
        (c["distances"] * c["heads"], "Each stack has a table of distances of its own."),
        (layers * (2 * look + think + 3 * d), "There are two stacks: the decoder's layers are missing."),
        (2 * d, "Each stack has a last norm."),
        (layers * d, "A decoder layer has three parts, and norms before each."),
    ])  # fmt: skip
