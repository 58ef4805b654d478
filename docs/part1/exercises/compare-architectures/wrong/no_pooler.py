"""The pooler is forgotten
the pooler is missing
Only test 5 fails."""


# From the published configurations. d_attention is the width of all
# heads together. `biases` says whether linear layers have any.
BERT_BASE = {
    "layers": 12, "d_model": 768, "d_attention": 768, "d_ff": 3072,
    "vocab_size": 30522, "positions": 512, "segments": 2, "biases": True,
}
GPT2_SMALL = {
    "layers": 12, "d_model": 768, "d_attention": 768, "d_ff": 3072,
    "vocab_size": 50257, "positions": 1024, "biases": True,
}
T5_SMALL = {  # layers in each of its two stacks
    "layers": 6, "d_model": 512, "d_attention": 512, "d_ff": 2048,
    "vocab_size": 32128, "heads": 8, "distances": 32, "biases": False,
}


def linear(inputs: int, outputs: int, biases: bool) -> int:
    """Parameters of a linear layer."""
    return inputs * outputs + (outputs if biases else 0)


def attention(d_model: int, d_attention: int, biases: bool) -> int:
    """Parameters of multi-head attention."""
    into = linear(d_model, d_attention, biases)  # queries, keys, values
    return 3 * into + linear(d_attention, d_model, biases)


def feed_forward(d_model: int, d_ff: int, biases: bool) -> int:
    """Parameters of a feed-forward network: widen, then narrow."""
    return linear(d_model, d_ff, biases) + linear(d_ff, d_model, biases)


def norm(d_model: int, shift: bool) -> int:
    """Parameters of a norm: a scale, and where it has one, a shift."""
    return d_model * (2 if shift else 1)


def bert(c: dict) -> int:
    """Parameters of BERT as it gives out vectors.

    Tables for tokens, positions and segments, then a norm. Each layer:
    attention and feed-forward, a norm after each. On top a linear layer
    from [CLS] to a vector of the same width, the pooler. All norms have
    a shift.
    """
    d = c["d_model"]
    tables = d * (c["vocab_size"] + c["positions"] + c["segments"])
    layer = attention(d, c["d_attention"], c["biases"])
    layer += feed_forward(d, c["d_ff"], c["biases"]) + 2 * norm(d, True)
    return tables + norm(d, True) + c["layers"] * layer


def gpt2(c: dict) -> int:
    """Parameters of GPT-2.

    Tables for tokens and positions. Each layer: a norm before attention
    and one before the feed-forward network. A last norm on top. The
    scores of the next token use the table of tokens again. All norms
    have a shift.
    """
    d = c["d_model"]
    tables = d * (c["vocab_size"] + c["positions"])
    layer = attention(d, c["d_attention"], c["biases"])
    layer += feed_forward(d, c["d_ff"], c["biases"]) + 2 * norm(d, True)
    return tables + c["layers"] * layer + norm(d, True)


def t5(c: dict) -> int:
    """Parameters of T5 without a head of its own.

    One table of tokens for both stacks, none for positions: instead,
    each stack has a small table with a number for each distance and
    head. Each layer norms before each of its parts, and each stack has a
    last norm. A decoder layer has attention to itself, attention to the
    encoder's output, and a feed-forward network. No norm has a shift.
    """
    d = c["d_model"]
    look = attention(d, c["d_attention"], c["biases"])
    think = feed_forward(d, c["d_ff"], c["biases"])
    encoder_layer = look + think + 2 * norm(d, False)
    decoder_layer = 2 * look + think + 3 * norm(d, False)
    each_stack = norm(d, False) + c["distances"] * c["heads"]
    layers = c["layers"] * (encoder_layer + decoder_layer)
    return d * c["vocab_size"] + layers + 2 * each_stack
