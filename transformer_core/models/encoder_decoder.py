"""Encoder-decoder models, the family of the 2017 paper and T5: read one text, write another."""

import math
from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from transformer_core.models.config import EncoderDecoderConfig
from transformer_core.models.inputs import check_tokens, has_padding, look_back, positions_of
from transformer_core.models.parts import (
    make_alibi,
    make_decoder,
    make_encoder,
    make_position_embedding,
    make_relative_bias,
)
from transformer_core.nn.attention import padding_mask
from transformer_core.nn.decoder import DecoderTrace
from transformer_core.nn.encoder import Trace
from transformer_core.nn.kv_cache import KVCache
from transformer_core.nn.packing import Packing


@dataclass(frozen=True)
class EncoderDecoderTrace:
    """What a forward pass went through, on both sides."""

    encoder: Trace
    decoder: DecoderTrace


class EncoderDecoder(nn.Module):
    """An encoder that reads, and a decoder that writes while it looks at what was read.

    Both share one table of token vectors, and the head is that table too where it is tied.

    Raises:
        ValueError: the config names a part that there is not, or its numbers do not fit.

    Source: Vaswani et al. 2017, figure 1; Raffel et al. 2020, "T5".
    """

    def __init__(self, config: EncoderDecoderConfig):
        super().__init__()
        self.config = config
        self.token_embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.position_embedding = make_position_embedding(config)
        self.encoder_bias = make_relative_bias(config, both_ways=True)
        self.decoder_bias = make_relative_bias(config, both_ways=False)
        self.dropout = nn.Dropout(config.dropout)
        self.encoder = make_encoder(config)
        self.decoder = make_decoder(config)
        self.head = None if config.tied else nn.Linear(config.d_model, config.vocab_size, bias=False)

    def forward(
        self, input_ids: Tensor, decoder_input_ids: Tensor, attention_mask: Tensor | None = None,
    ) -> Tensor:
        """Scores for the token that follows each position of the decoder's text.

        Args:
            input_ids: (B, T) integers, the text to read.
            decoder_input_ids: (B, Td) integers, the text written so far.
            attention_mask: (B, T), 1 for a token and 0 for padding in the text to read.

        Returns:
            (B, Td, vocab_size) logits.

        Raises:
            ValueError: too long, outside the vocabulary, or a mask of another shape;
                the message has the numbers and the cure.
        """
        return self.decode(decoder_input_ids, self.encode(input_ids, attention_mask), attention_mask)

    def encode(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        """The memory (B, T, D); 0 for padding, which is not computed."""
        x = self._embed(input_ids, attention_mask)
        bias = self._bias(self.encoder_bias, x)
        if not has_padding(attention_mask):
            return self.encoder(x, bias=bias)
        packing = Packing(attention_mask)
        return packing.unpack(self.encoder(packing.pack(x), bias=bias, attend=packing.attend))

    def decode(
        self, decoder_input_ids: Tensor, memory: Tensor, attention_mask: Tensor | None = None, *,
        cache: KVCache | None = None,
    ) -> Tensor:
        """Logits (B, Td, vocab_size).

        Args:
            decoder_input_ids: (B, Td); with a cache, only the tokens that are new.
            memory: (B, T, D), as encode gives it.
            attention_mask: (B, T), the memory's.
            cache: what new_cache() gives; it grows by these tokens and keeps the memory's keys.
        """
        past = 0 if cache is None else cache.seen
        x = self._embed(decoder_input_ids, None, past=past, name="decoder_input_ids")
        hidden_state = self.decoder(
            x, memory if past == 0 else memory[:, :0],  # later on the cache holds the memory's keys
            mask=look_back(x, None, kept=past), memory_mask=_reads(attention_mask),
            bias=self._bias(self.decoder_bias, x, past), cache=cache,
        )
        return self.logits(hidden_state)

    def logits(self, hidden_state: Tensor) -> Tensor:
        """(..., D) -> (..., vocab_size): how well each token of the vocabulary would follow."""
        if self.config.scaled_output:
            hidden_state = hidden_state / math.sqrt(self.config.d_model)
        if self.head is None:
            return functional.linear(hidden_state, self.token_embedding.weight)
        return self.head(hidden_state)

    def trace(
        self, input_ids: Tensor, decoder_input_ids: Tensor, attention_mask: Tensor | None = None,
    ) -> EncoderDecoderTrace:
        """The same pass with every hidden state and every attention map, the cross ones included."""
        x = self._embed(input_ids, attention_mask)
        read = self.encoder.trace(x, mask=_reads(attention_mask), bias=self._bias(self.encoder_bias, x))
        y = self._embed(decoder_input_ids, None, name="decoder_input_ids")
        written = self.decoder.trace(
            y, read.hidden_states[-1], mask=look_back(y, None),
            memory_mask=_reads(attention_mask), bias=self._bias(self.decoder_bias, y),
        )
        return EncoderDecoderTrace(read, written)

    def new_cache(self) -> KVCache:
        """An empty cache for a text that is about to be written."""
        return KVCache(len(self.decoder.layers))

    def _embed(
        self, ids: Tensor, attention_mask: Tensor | None, *, past: int = 0, name: str = "input_ids",
    ) -> Tensor:
        """(B, T) -> (B, T, D)."""
        check_tokens(self.config, ids, attention_mask, past=past, name=name)
        x = self.token_embedding(ids)
        if self.config.embedding_scale:
            x = x * math.sqrt(self.config.d_model)
        if self.position_embedding is not None:
            x = x + self.position_embedding(positions_of(ids, attention_mask, past=past)).to(x.dtype)
        return self.dropout(x)

    def _bias(self, relative: nn.Module | None, x: Tensor, past: int = 0) -> Tensor | None:
        """(1, H, T, past + T) for positions that enter the scores."""
        if relative is not None:
            return relative(x.shape[1], past=past)
        return make_alibi(self.config, x, past=past)


def _reads(attention_mask: Tensor | None) -> Tensor | None:
    return None if attention_mask is None else padding_mask(attention_mask)
