"""Texts that are being decoded, with the model's cache: the logits of each text's next token."""

from collections.abc import Collection, Sequence

import torch
from torch import Tensor, nn

from transformer_core.models.decoder_only import DecoderOnly
from transformer_core.models.encoder_decoder import EncoderDecoder


class DecodingState:
    """A batch of texts that a decoder-only model continues, each after its prompt.

    Shorter prompts are padded on the left, so that the next token of every text has the same index.

    Args:
        model: in eval mode.
        prompts: one list of token ids for each text.
        room: how many tokens each text may grow by.
        use_cache: keep the keys and values of earlier tokens; without it, all tokens are read again at each step.
    """

    def __init__(self, model: DecoderOnly, prompts: Sequence[list[int]], *, room: int, use_cache: bool):
        self.model = model
        self.length = max(map(len, prompts))
        self.cache = model.new_cache() if use_cache else None
        self.ids = _table([[0] * (self.length - len(prompt)) + prompt + [0] * room for prompt in prompts], model)
        self.mask = None  # (B, length + room), and None while there is nothing to hide
        if min(map(len, prompts)) < self.length:
            self.mask = _table([[0] * (self.length - len(prompt)) + [1] * (len(prompt) + room)
                                for prompt in prompts], model)

    def next_logits(self) -> Tensor:
        """Logits (B, V) of each text's next token."""
        read = 0 if self.cache is None else self.cache.seen
        hidden_state = self.model.hidden_state(
            self.ids[:, read : self.length], None if self.mask is None else self.mask[:, : self.length],
            cache=self.cache,
        )                                               # (B, T, D)
        return self.model.logits(hidden_state[:, -1])  # the head is large: for the last token alone

    def append(self, tokens: Tensor) -> None:
        """Append one token to each text; tokens is (B)."""
        self.ids[:, self.length] = tokens
        self.length += 1

    def select(self, rows: list[int]) -> None:
        """Replace text b by a copy of text rows[b]; texts that are not in rows leave the batch."""
        index = torch.tensor(rows, device=self.ids.device)
        self.ids = self.ids[index]
        if self.mask is not None:
            self.mask = self.mask[index]
        if self.cache is not None:
            self.cache.reorder(index)


class EncoderDecoderState(DecodingState):
    """A batch of texts that an encoder-decoder writes, each from the prompt that its encoder has read.

    Args:
        model: in eval mode.
        prompts: what the encoder reads.
        room: how many tokens each text may grow by.
        use_cache: keep the keys and values of earlier tokens.
        start_id: the token that every text begins with.
    """

    def __init__(
        self, model: EncoderDecoder, prompts: Sequence[list[int]], *,
        room: int, use_cache: bool, start_id: int,
    ):
        super().__init__(model, [[start_id]] * len(prompts), room=room, use_cache=use_cache)
        longest = max(map(len, prompts))
        if min(map(len, prompts)) < longest:
            self.mask = _table([[1] * len(prompt) + [0] * (longest - len(prompt)) for prompt in prompts], model)
        read = _table([prompt + [0] * (longest - len(prompt)) for prompt in prompts], model)
        self.memory = model.encode(read, self.mask)  # (B, Tm, D); the mask is the memory's, (B, Tm)

    def next_logits(self) -> Tensor:
        """Logits (B, V) of each text's next token."""
        read = 0 if self.cache is None else self.cache.seen
        new = self.ids[:, read : self.length]
        return self.model.decode(new, self.memory, self.mask, cache=self.cache)[:, -1]

    def select(self, rows: list[int]) -> None:
        """Replace text b by a copy of text rows[b], with its part of the encoder's output."""
        super().select(rows)
        self.memory = self.memory[torch.tensor(rows, device=self.memory.device)]


def start_decoding(
    model: nn.Module, prompts: Sequence[list[int]], *, room: int, use_cache: bool, start_id: int | None,
) -> DecodingState:
    """The state before the first new token, for a model of either family; call check_request before it."""
    if isinstance(model, EncoderDecoder):
        return EncoderDecoderState(model, prompts, room=room, use_cache=use_cache, start_id=start_id)
    return DecodingState(model, prompts, room=room, use_cache=use_cache)


def check_request(
    model: nn.Module, prompts: Sequence[list[int]], *,
    max_new_tokens: int, stop_ids: Collection[int], start_id: int | None,
) -> None:
    """Refuse a request that could not be completed, before anything is computed.

    Raises:
        ValueError: the message names the value and the fix.
    """
    writes = isinstance(model, EncoderDecoder)
    if not writes and not isinstance(model, DecoderOnly):
        raise ValueError(f"{type(model).__name__} writes no text; use a DecoderOnly or an EncoderDecoder")
    if model.training:
        raise ValueError("the model is in training mode, where dropout makes its text random; "
                         "call model.eval() first")
    if writes and start_id is None:
        raise ValueError("an encoder-decoder needs start_id, the token that its texts begin with; T5's is 0")
    if not writes and start_id is not None:
        raise ValueError(f"start_id {start_id} is for encoder-decoders; a decoder-only model continues its "
                         "prompt, so put the token there")
    if max_new_tokens < 1:
        raise ValueError(f"max_new_tokens is {max_new_tokens}; ask for at least 1")
    _check_prompts(prompts, model.config.vocab_size)
    if isinstance(stop_ids, int):
        raise ValueError(f"stop_ids is {stop_ids}; give a list of those that end a text, [{stop_ids}]")
    for name, ids in (("stop id", stop_ids), ("start_id", [] if start_id is None else [start_id])):
        for token in ids:
            if not isinstance(token, int) or not 0 <= token < model.config.vocab_size:
                raise ValueError(f"{name} {token} is outside the vocabulary, 0 to "
                                 f"{model.config.vocab_size - 1}; use the tokenizer that belongs to this model")
    _check_room(model.config.max_length, max(map(len, prompts)), max_new_tokens, writes)


def _check_prompts(prompts: Sequence[list[int]], vocab_size: int) -> None:
    if len(prompts) == 0:  # of a tensor too
        raise ValueError("prompts is empty; give one list of token ids for each text")
    for number, prompt in enumerate(prompts):
        if not isinstance(prompt, list) or not all(isinstance(token, int) for token in prompt):
            raise ValueError(f"prompt {number} is {str(prompt)[:40]}, not a list of token ids; a single prompt "
                             "is [ids], and a tensor's is [ids.tolist()]")
        if not prompt:
            raise ValueError(f"prompt {number} is empty; give it a token to go on from, such as the one "
                             "that begins a text")
        outside = [token for token in prompt if not 0 <= token < vocab_size]
        if outside:
            raise ValueError(f"prompt {number}: token id {outside[0]} is outside the vocabulary, 0 to "
                             f"{vocab_size - 1}; use the tokenizer that belongs to this model")


def _check_room(positions: int | None, longest: int, new: int, reads_apart: bool) -> None:
    """An encoder-decoder has all positions for its prompt and again for its start and new tokens."""
    if positions is None:
        return
    if reads_apart and longest > positions:
        raise ValueError(f"{longest:,} tokens of prompt are more than {positions:,} positions; shorten the prompt")
    before, what = (1, "to start with") if reads_apart else (longest, "of prompt")
    if before + new > positions:
        tokens = "token" if before == 1 else "tokens"
        raise ValueError(f"{before:,} {tokens} {what} and {new:,} new ones are more than {positions:,} "
                         "positions; shorten the prompt or ask for fewer")


def _table(rows: list[list[int]], model: nn.Module) -> Tensor:
    """(B, T) integers, where the model is."""
    return torch.tensor(rows, device=model.token_embedding.weight.device)
