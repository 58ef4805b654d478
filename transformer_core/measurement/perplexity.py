"""Perplexity: among how many equally likely tokens a language model seems to choose."""

import torch
from torch import Tensor
from torch.nn import functional


def perplexity(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> float:
    r"""The exponential of the mean loss per token, for a model that reads from left to right.

    $$\exp\left(-\frac{1}{N}\sum_{t} \ln p(x_{t+1} \mid x_0, \dots, x_t)\right)$$

    1: every token was certain and right. The size of the vocabulary: the model knows nothing.
    Its base-2 logarithm is the bits per token.

    The logits at position t are judged by the token at t + 1. That shift happens here: give
    the input_ids as the model got them. N counts predicted tokens, one fewer than a sequence
    has, because nothing predicts its first.

    A text in several batches has one perplexity, `torch.cat(losses).mean().exp()` with each
    batch's next_token_losses; the mean of the batches' perplexities is another number.

    Args:
        logits: (B, T, V), the model's answer to input_ids; V is the size of the vocabulary.
        input_ids: (B, T) integers, what the model read.
        attention_mask: (B, T), 1 for a token and 0 for padding, on either side.

    Returns:
        A number from 1 up; infinite where a token came that had been ruled out.

    Raises:
        ValueError: a shape or value does not fit, or there is no token to predict;
            the message has the numbers and the cure.

    Source: Jelinek et al. 1977, "Perplexity: a measure of the difficulty of speech recognition tasks".
    """
    return next_token_losses(logits, input_ids, attention_mask).mean().exp().item()


def next_token_losses(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    """How surprising each token was after those before it.

    Args:
        logits: (B, T, V).
        input_ids: (B, T) integers, not shifted.
        attention_mask: (B, T), 1 for a token and 0 for padding, on either side.

    Returns:
        (N), in nats: the N tokens that have a token just before them, sequence after
        sequence. Their mean is the loss that a language model is trained with.

    Raises:
        ValueError: as perplexity's.
    """
    _check(logits, input_ids, attention_mask)
    real = torch.ones_like(input_ids) if attention_mask is None else attention_mask
    real = real.bool()                   # (B, T)
    judged = real[:, :-1] & real[:, 1:]  # (B, T - 1), both the token that predicts and the predicted
    if not judged.any():
        raise ValueError(f"input_ids {tuple(input_ids.shape)} have no token with another before it; "
                         "give at least one sequence of two tokens")
    return token_losses(logits[:, :-1][judged], input_ids[:, 1:][judged])


def token_losses(logits: Tensor, targets: Tensor) -> Tensor:
    r"""How surprising each target is: $-\ln p(\mathrm{target})$. No shift: target t judges position t.

    So do an encoder-decoder's labels judge its logits.

    Args:
        logits: (..., V).
        targets: (...) integers from 0 to V - 1.

    Returns:
        (...), in nats: 0 where a target was certain, ln V where all tokens were equally likely.

    Raises:
        ValueError: the shapes do not fit, or a target is outside the vocabulary.
    """
    shape, vocab_size = tuple(targets.shape), logits.shape[-1]
    if tuple(logits.shape[:-1]) != shape:
        raise ValueError(f"logits {tuple(logits.shape)} do not fit targets {shape}; "
                         f"give one row of logits for each target, {(*shape, vocab_size)}")
    outside = targets[(targets < 0) | (targets >= vocab_size)]
    if len(outside):
        raise ValueError(f"token id {outside[0].item()} is outside the vocabulary of the logits, 0 to "
                         f"{vocab_size - 1}; leave padding out with a mask")
    # Half precision is too coarse for a sum over a vocabulary. log_softmax takes the row's
    # maximum off first, so that huge logits neither overflow nor drown their differences.
    logits = logits.to(torch.promote_types(logits.dtype, torch.float32))
    log_p = functional.log_softmax(logits, dim=-1)                    # (..., V)
    return -log_p.gather(-1, targets.long().unsqueeze(-1)).squeeze(-1)  # (...)


def _check(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None) -> None:
    shape = tuple(input_ids.shape)
    if len(shape) != 2 or input_ids.dtype not in (torch.int64, torch.int32):
        raise ValueError(f"input_ids {shape} of {input_ids.dtype} are not (B, T) of integers; "
                         "a single sequence is torch.tensor([ids])")
    if logits.dim() != 3 or tuple(logits.shape[:2]) != shape:
        raise ValueError(f"logits {tuple(logits.shape)} are not (B, T, V) for input_ids {shape}; "
                         "give both as the model had them: the shift to the next token happens here")
    if attention_mask is None:
        return
    if tuple(attention_mask.shape) != shape:
        raise ValueError(f"attention_mask {tuple(attention_mask.shape)} and input_ids {shape} differ "
                         "in shape; give each token its 1 or 0")
    other = attention_mask[(attention_mask != 0) & (attention_mask != 1)]
    if len(other):
        raise ValueError(f"attention_mask holds {other[0].item()}; write 1 for a token and 0 for padding")
