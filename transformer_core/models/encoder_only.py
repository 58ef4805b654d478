"""Encoder-only models, the BERT family: token ids in, one vector per token out."""

import torch
from torch import Tensor, nn

from transformer_core.models.config import EncoderConfig
from transformer_core.models.inputs import check_tokens, has_padding, position_offset, positions_of
from transformer_core.models.parts import (
    make_alibi,
    make_encoder,
    make_norm,
    make_position_embedding,
    make_relative_bias,
)
from transformer_core.nn.attention import padding_mask
from transformer_core.nn.encoder import Trace
from transformer_core.nn.packing import Packing


class EncoderOnly(nn.Module):
    """Token, position and type vectors, summed, then layers in which all tokens see all.

    Raises:
        ValueError: the config names a part that there is not, or its numbers do not fit.

    Source: Devlin et al. 2019, "BERT".
    """

    def __init__(self, config: EncoderConfig):
        super().__init__()
        self.config = config
        self.token_embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.position_embedding = make_position_embedding(config, offset=position_offset(config.pad_id))
        self.type_embedding = nn.Embedding(config.num_types, config.d_model) if config.num_types else None
        self.embedding_norm = make_norm(config)(config.d_model) if config.embedding_norm else nn.Identity()
        self.relative_bias = make_relative_bias(config, both_ways=True)
        self.dropout = nn.Dropout(config.dropout)
        self.encoder = make_encoder(config)
        self.pooler = nn.Linear(config.d_model, config.d_model) if config.pooler else None

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor | None = None, *, token_types: Tensor | None = None,
    ) -> Tensor:
        """The last hidden state.

        Args:
            input_ids: (B, T) integers, rows of the vocabulary.
            attention_mask: (B, T), 1 for a token and 0 for padding; without it, no padding.
            token_types: (B, T) integers below num_types: 0 in the first segment, 1 in the second;
                without it, all 0.

        Returns:
            (B, T, D), one vector per token that has seen all the others; 0 for padding,
            which is not computed.

        Raises:
            ValueError: too long, outside the vocabulary, a mask or types of another shape, or a
                type that there is not; the message has the numbers and the cure.
        """
        x = self._embed(input_ids, attention_mask, token_types)
        if not has_padding(attention_mask):
            return self.encoder(x, bias=self._bias(x))
        packing = Packing(attention_mask)
        return packing.unpack(self.encoder(packing.pack(x), bias=self._bias(x), attend=packing.attend))

    def trace(
        self, input_ids: Tensor, attention_mask: Tensor | None = None, *, token_types: Tensor | None = None,
    ) -> Trace:
        """The same pass with every hidden state, embeddings first, and every attention map.

        Padding is computed like the rest here; its values mean nothing.
        """
        x = self._embed(input_ids, attention_mask, token_types)
        mask = None if attention_mask is None else padding_mask(attention_mask)
        return self.encoder.trace(x, mask=mask, bias=self._bias(x))

    def pool(self, hidden_state: Tensor) -> Tensor:
        """(B, T, D) -> (B, D): the first token's vector, as BERT's sentence tasks read it.

        Raises:
            ValueError: this model has no pooler.
        """
        if self.pooler is None:
            raise ValueError("this model has no pooler; take hidden_state[:, 0] or the mean of its tokens")
        return torch.tanh(self.pooler(hidden_state[:, 0]))

    def _embed(self, input_ids: Tensor, attention_mask: Tensor | None, token_types: Tensor | None) -> Tensor:
        """(B, T) -> (B, T, D)."""
        check_tokens(self.config, input_ids, attention_mask)
        x = self.token_embedding(input_ids)                # (B, T, D)
        if token_types is not None:
            _check_types(token_types, input_ids, self.config.num_types)
            x = x + self.type_embedding(token_types)
        elif self.type_embedding is not None:
            x = x + self.type_embedding.weight[0]          # all in one segment
        if self.position_embedding is not None:
            positions = positions_of(input_ids, attention_mask, pad_id=self.config.pad_id)
            x = x + self.position_embedding(positions).to(x.dtype)  # (B, T, D)
        return self.dropout(self.embedding_norm(x))

    def _bias(self, x: Tensor) -> Tensor | None:
        """(1, H, T, T) for positions that enter the scores."""
        if self.relative_bias is not None:
            return self.relative_bias(x.shape[1])
        return make_alibi(self.config, x)


def _check_types(token_types: Tensor, input_ids: Tensor, num_types: int) -> None:
    if num_types == 0:
        raise ValueError("this model knows no token types; leave token_types out, or build it with num_types")
    if token_types.shape != input_ids.shape:
        raise ValueError(f"token_types {tuple(token_types.shape)} and input_ids {tuple(input_ids.shape)} differ "
                         "in shape; give each token its type")
    outside = token_types[(token_types < 0) | (token_types >= num_types)]
    if len(outside):
        raise ValueError(f"token type {outside[0].item()} is none of this model's {num_types}; they count "
                         f"from 0 to {num_types - 1}")
