"""A model's input: whether the model can read it, and each token's position and mask."""

import torch
from torch import Tensor

from transformer_core.models.config import TextConfig
from transformer_core.nn.attention import causal_mask, padding_mask, sliding_window_mask
from transformer_core.nn.positions import token_positions


def check_tokens(
    config: TextConfig, input_ids: Tensor, attention_mask: Tensor | None, *,
    past: int = 0, name: str = "input_ids",
) -> None:
    """Refuse token ids (B, T) and a mask (B, past + T) that this model cannot read.

    Raises:
        ValueError: too long, outside the vocabulary, or of another shape; the message has
            the numbers and the cure.
    """
    shape = tuple(input_ids.shape)
    if len(shape) != 2 or input_ids.dtype not in (torch.int64, torch.int32):
        raise ValueError(f"{name} {shape} of {input_ids.dtype} are not (B, T) of integers; "
                         "a single sequence is torch.tensor([ids])")
    masked = (shape[0], past + shape[1])
    if attention_mask is not None and tuple(attention_mask.shape) != masked:
        raise ValueError(f"attention_mask {tuple(attention_mask.shape)} and {name} {masked} differ "
                         "in shape; give each token its 1 or 0")
    length = past + shape[1]
    if attention_mask is not None:  # its values are checked before anything is counted by them
        length = max(padding_mask(attention_mask).sum(dim=-1).flatten().tolist(), default=0)
    if config.max_length is not None and length > config.max_length:
        raise ValueError(f"{length} tokens are more than this model's {config.max_length} positions; "
                         f"shorten the text or split it into pieces of at most {config.max_length} tokens")
    outside = input_ids[(input_ids < 0) | (input_ids >= config.vocab_size)]
    if len(outside):
        raise ValueError(f"token id {outside[0].item()} is outside the vocabulary, 0 to "
                         f"{config.vocab_size - 1}; use the tokenizer that belongs to this model")


def position_offset(pad_id: int | None) -> int:
    """The position of the first token: RoBERTa gives the rows up to pad_id to padding."""
    return 0 if pad_id is None else pad_id + 1


def positions_of(
    input_ids: Tensor, attention_mask: Tensor | None, *, past: int = 0, pad_id: int | None = None,
) -> Tensor:
    """The position of each of these tokens, (B, T) or (1, T); padding is not counted.

    Args:
        input_ids: (B, T).
        attention_mask: (B, past + T), 1 for a token and 0 for padding.
        past: how many tokens came before these.
        pad_id: the padding token of a model that tells padding by the tokens themselves (RoBERTa).
    """
    length = input_ids.shape[1]
    if pad_id is not None:
        counts = input_ids != pad_id
        counts = counts if attention_mask is None else counts & attention_mask.bool()
        return token_positions(counts, first=position_offset(pad_id))
    if attention_mask is None:
        return torch.arange(past, past + length, device=input_ids.device)[None]
    return token_positions(attention_mask, first=0)[:, past:]


def look_back(
    x: Tensor, attention_mask: Tensor | None, *, kept: int = 0, window: int | None = None,
) -> Tensor | None:
    """The keys that a decoder's new tokens may look at, (B or 1, 1, T, kept + T); None: all.

    Args:
        x: (B, T, D), the new tokens.
        attention_mask: (B, at least kept + T); its last columns are those of the keys.
        kept: how many earlier keys are in the cache.
        window: how many tokens a token sees, itself included; None: all before it.
    """
    length, mask = x.shape[1], None
    if length > 1:
        mask = causal_mask(length, past=kept)
    if window is not None and kept + length > window:
        near = sliding_window_mask(length, window, past=kept)
        mask = near if mask is None else mask & near
    mask = None if mask is None else mask[None, None].to(x.device)
    if attention_mask is None:
        return mask
    columns = padding_mask(attention_mask)[..., -(kept + length):]
    return columns if mask is None else mask & columns


def has_padding(attention_mask: Tensor | None) -> bool:
    """Whether the mask hides any token."""
    return attention_mask is not None and not bool(padding_mask(attention_mask).all())
