"""The BERT family: token ids in, one vector per token out."""

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu

from transformer_core.attention import padding_mask
from transformer_core.config import EncoderConfig
from transformer_core.encoder import Encoder, EncoderLayer, Trace
from transformer_core.layers import LayerNorm

ACTIVATIONS = {"gelu": gelu, "relu": torch.relu}  # GELU is the exact one, by the error function


class BertEncoder(nn.Module):
    """Token, position and type vectors, summed and normed, then a post-norm encoder.

    Raises:
        ValueError: the activation is unknown, or the heads do not divide the width.

    Source: Devlin et al. 2019, "BERT".
    """

    def __init__(self, config: EncoderConfig):
        super().__init__()
        if config.activation not in ACTIVATIONS:
            known = " or ".join(repr(name) for name in ACTIVATIONS)
            raise ValueError(f"activation {config.activation!r} (hidden_act in config.json) is not "
                             f"implemented; use {known}")
        self.config = config
        self.token_embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.position_embedding = nn.Embedding(config.max_length, config.d_model)
        self.type_embedding = nn.Embedding(config.num_types, config.d_model)
        self.embedding_norm = LayerNorm(config.d_model, eps=config.norm_eps)
        self.dropout = nn.Dropout(config.dropout)
        self.encoder = Encoder(
            EncoderLayer(
                config.d_model, config.num_heads, config.d_ff,
                activation=ACTIVATIONS[config.activation], dropout=config.dropout, eps=config.norm_eps,
            )
            for _ in range(config.num_layers)
        )
        self.pooler = nn.Linear(config.d_model, config.d_model)

    def forward(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        """The last hidden state.

        Args:
            input_ids: (B, T) integers, rows of the vocabulary.
            attention_mask: (B, T), 1 for a token and 0 for padding; without it, no padding.

        Returns:
            (B, T, D), one vector per token that has seen all the others.

        Raises:
            ValueError: too long, outside the vocabulary, or a mask of another shape;
                the message has the numbers and the cure.
        """
        x, mask = self._embed(input_ids, attention_mask)
        return self.encoder(x, mask=mask)

    def trace(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Trace:
        """The same pass with every hidden state, embeddings first, and every attention map."""
        x, mask = self._embed(input_ids, attention_mask)
        return self.encoder.trace(x, mask=mask)

    def pool(self, hidden_state: Tensor) -> Tensor:
        """(B, T, D) -> (B, D): the first token's vector, as BERT's sentence tasks read it."""
        return torch.tanh(self.pooler(hidden_state[:, 0]))

    def _embed(self, input_ids: Tensor, attention_mask: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """(B, T) -> (B, T, D), and the mask (B, 1, 1, T)."""
        self._check(input_ids, attention_mask)
        tokens = self.token_embedding(input_ids)                          # (B, T, D)
        positions = self.position_embedding.weight[: input_ids.shape[1]]  # (T, D)
        types = self.type_embedding.weight[0]                             # (D), all in one segment
        x = self.dropout(self.embedding_norm(tokens + types + positions))  # (B, T, D)
        return x, None if attention_mask is None else padding_mask(attention_mask)

    def _check(self, input_ids: Tensor, attention_mask: Tensor | None) -> None:
        shape, vocab_size, max_length = tuple(input_ids.shape), self.config.vocab_size, self.config.max_length
        if len(shape) != 2 or input_ids.dtype not in (torch.int64, torch.int32):
            raise ValueError(f"input_ids {shape} of {input_ids.dtype} are not (B, T) of integers; "
                             "a single sequence is torch.tensor([ids])")
        if shape[1] > max_length:
            raise ValueError(f"{shape[1]} tokens are more than this model's {max_length} positions; "
                             f"shorten the text or split it into pieces of at most {max_length} tokens")
        outside = input_ids[(input_ids < 0) | (input_ids >= vocab_size)]
        if len(outside):
            raise ValueError(f"token id {outside[0].item()} is outside the vocabulary, 0 to "
                             f"{vocab_size - 1}; use the tokenizer that belongs to this model")
        if attention_mask is not None and tuple(attention_mask.shape) != shape:
            raise ValueError(f"attention_mask {tuple(attention_mask.shape)} and input_ids {shape} differ "
                             "in shape; give each token its 1 or 0")
