"""Decoder-only models, the GPT and Llama families: token ids in, scores for the next token out."""

from torch import Tensor, nn
from torch.nn import functional

from transformer_core.models.config import DecoderConfig
from transformer_core.models.inputs import check_tokens, has_padding, look_back, positions_of
from transformer_core.models.parts import (
    make_alibi,
    make_decoder,
    make_norm,
    make_position_embedding,
    make_relative_bias,
    make_rotation,
)
from transformer_core.nn.decoder import DecoderTrace
from transformer_core.nn.kv_cache import KVCache
from transformer_core.nn.packing import Packing


class DecoderOnly(nn.Module):
    """Token vectors, layers in which each token sees itself and those before it, and a head.

    Raises:
        ValueError: the config names a part that there is not, or its numbers do not fit.

    Source: Radford et al. 2019, "GPT-2"; Touvron et al. 2023, "Llama 2".
    """

    def __init__(self, config: DecoderConfig):
        super().__init__()
        self.config = config
        self.token_embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.position_embedding = make_position_embedding(config)
        self.embedding_norm = make_norm(config)(config.d_model) if config.embedding_norm else nn.Identity()
        self.relative_bias = make_relative_bias(config, both_ways=False)
        self.dropout = nn.Dropout(config.dropout)
        self.decoder = make_decoder(config)
        self.head = None if config.tied else nn.Linear(config.d_model, config.vocab_size, bias=False)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor | None = None, *, cache: KVCache | None = None,
    ) -> Tensor:
        """Scores for the token that follows each position.

        Args:
            input_ids: (B, T) integers; with a cache, only the tokens that are new.
            attention_mask: (B, T), 1 for a token and 0 for padding, left or right; with a
                cache, (B, cache.seen + T), the earlier tokens' columns first.
            cache: what new_cache() gives; it grows by these tokens.

        Returns:
            (B, T, vocab_size) logits. Those of padding mean nothing; without a cache they are 0.

        Raises:
            ValueError: too long, outside the vocabulary, or a mask of another shape;
                the message has the numbers and the cure.
        """
        return self.logits(self.hidden_state(input_ids, attention_mask, cache=cache))

    def hidden_state(
        self, input_ids: Tensor, attention_mask: Tensor | None = None, *, cache: KVCache | None = None,
    ) -> Tensor:
        """(B, T, D), what the head reads; arguments as forward's."""
        past, kept = (0, 0) if cache is None else (cache.seen, len(cache))
        x, positions = self._embed(input_ids, attention_mask, past)
        if cache is None and has_padding(attention_mask):
            packing = Packing(attention_mask)
            looks = look_back(x, None, window=self.config.window)
            return packing.unpack(self.decoder(
                packing.pack(x), mask=None if looks is None else looks[0, 0], bias=self._bias(x),
                rotate=make_rotation(self.config, packing.pack(positions)), attend=packing.attend,
            ))
        return self.decoder(
            x, mask=look_back(x, attention_mask, kept=kept, window=self.config.window), bias=self._bias(x, kept),
            rotate=make_rotation(self.config, positions), cache=cache,
        )

    def logits(self, hidden_state: Tensor) -> Tensor:
        """(..., D) -> (..., vocab_size): how well each token of the vocabulary would follow."""
        if self.head is None:
            return functional.linear(hidden_state, self.token_embedding.weight)
        return self.head(hidden_state)

    def trace(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> DecoderTrace:
        """The same pass with every hidden state, embeddings first, and every attention map."""
        x, positions = self._embed(input_ids, attention_mask, 0)
        return self.decoder.trace(
            x, mask=look_back(x, attention_mask, window=self.config.window), bias=self._bias(x),
            rotate=make_rotation(self.config, positions),
        )

    def new_cache(self) -> KVCache:
        """An empty cache for a text that is about to be read."""
        return KVCache(len(self.decoder.layers), window=self.config.window)

    def _embed(
        self, input_ids: Tensor, attention_mask: Tensor | None, past: int,
    ) -> tuple[Tensor, Tensor]:
        """(B, T) -> vectors (B, T, D) and positions (B, T)."""
        check_tokens(self.config, input_ids, attention_mask, past=past)
        positions = positions_of(input_ids, attention_mask, past=past)
        x = self.token_embedding(input_ids)
        if self.position_embedding is not None:
            x = x + self.position_embedding(positions).to(x.dtype)
        return self.dropout(self.embedding_norm(x)), positions.expand(x.shape[:2])

    def _bias(self, x: Tensor, kept: int = 0) -> Tensor | None:
        """(1, H, T, kept + T) for positions that enter the scores."""
        if self.relative_bias is not None:
            return self.relative_bias(x.shape[1], past=kept)
        return make_alibi(self.config, x, past=kept)
