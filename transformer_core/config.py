"""What tells one encoder from another, in one place."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EncoderConfig:
    """The numbers of a BERT-family encoder; the defaults are bert-base-uncased's.

    Only model.py reads it: every other class takes plain arguments.
    """

    vocab_size: int = 30522
    max_length: int = 512  # positions that have a vector
    num_types: int = 2  # segments: first sentence, second sentence
    d_model: int = 768
    num_layers: int = 12
    num_heads: int = 12
    d_ff: int = 3072
    activation: str = "gelu"  # a key of model.ACTIVATIONS
    dropout: float = 0.1
    norm_eps: float = 1e-12
