"""Count what BERT, GPT-2 and T5 are made of: fill in seven functions, then
run

    pytest test_counts_exercise.py

beside this file. Each test that fails says what is likely wrong. You
need torch and pytest. When all pass, `python counts_exercise.py` prints
the three totals.
"""

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
    raise NotImplementedError


def attention(d_model: int, d_attention: int, biases: bool) -> int:
    """Parameters of multi-head attention."""
    raise NotImplementedError


def feed_forward(d_model: int, d_ff: int, biases: bool) -> int:
    """Parameters of a feed-forward network: widen, then narrow."""
    raise NotImplementedError


def norm(d_model: int, shift: bool) -> int:
    """Parameters of a norm: a scale, and where it has one, a shift."""
    raise NotImplementedError


def bert(c: dict) -> int:
    """Parameters of BERT as it gives out vectors.

    Tables for tokens, positions and segments, then a norm. Each layer:
    attention and feed-forward, a norm after each. On top a linear layer
    from [CLS] to a vector of the same width, the pooler. All norms have
    a shift.
    """
    raise NotImplementedError


def gpt2(c: dict) -> int:
    """Parameters of GPT-2.

    Tables for tokens and positions. Each layer: a norm before attention
    and one before the feed-forward network. A last norm on top. The
    scores of the next token use the table of tokens again. All norms
    have a shift.
    """
    raise NotImplementedError


def t5(c: dict) -> int:
    """Parameters of T5 without a head of its own.

    One table of tokens for both stacks, none for positions: instead,
    each stack has a small table with a number for each distance and
    head. Each layer norms before each of its parts, and each stack has a
    last norm. A decoder layer has attention to itself, attention to the
    encoder's output, and a feed-forward network. No norm has a shift.
    """
    raise NotImplementedError


if __name__ == "__main__":
    print(f"BERT base   {bert(BERT_BASE):>12,}")
    print(f"GPT-2 small {gpt2(GPT2_SMALL):>12,}")
    print(f"T5 small    {t5(T5_SMALL):>12,}")
