"""Generation: a text grows by one token at a time, each chosen from the model's scores."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

import torch
from torch import nn

from transformer_core.decoding.sampling import Choose, greedy
from transformer_core.decoding.state import check_request, start_decoding


def generate(
    model: nn.Module, prompts: Sequence[list[int]], *, max_new_tokens: int,
    choose: Choose = greedy, stop_ids: Collection[int] = (), start_id: int | None = None,
    use_cache: bool = True,
) -> list[list[int]]:
    """Write a text for each prompt.

    Each text is the same as if its prompt were alone in the batch.

    Args:
        model: a DecoderOnly, which continues its prompts, or an EncoderDecoder, which reads
            them and writes texts of its own; in eval mode.
        prompts: one list of token ids for each text, of any lengths. The same prompt again
            is sampled independently: [ids] * 5 with a Sampler gives five texts.
        max_new_tokens: the length at which a text ends without a stop token.
        choose: (logits, draws) -> tokens: greedy, a Sampler, or another like them.
        stop_ids: tokens that end a text, each alone.
        start_id: what an encoder-decoder's texts begin with; T5's is 0. None for a decoder-only.
        use_cache: keeps each layer's keys and values, so that a new token costs one token's
            work. Without it all is read again for every token; the text is the same.

    Returns:
        The new tokens of each prompt: without the prompt, and with the stop token that ended it.

    Raises:
        ValueError: at once, before anything is computed: the model cannot write, prompts and
            new tokens do not fit its positions, or a value is not allowed; the message has
            the numbers and the fix.
    """
    texts: list[list[int]] = [[] for _ in prompts]
    for new in stream(
        model, prompts, max_new_tokens=max_new_tokens, choose=choose, stop_ids=stop_ids,
        start_id=start_id, use_cache=use_cache,
    ):
        for number, token in new.items():
            texts[number].append(token)
    return texts


def stream(
    model: nn.Module, prompts: Sequence[list[int]], *, max_new_tokens: int,
    choose: Choose = greedy, stop_ids: Collection[int] = (), start_id: int | None = None,
    use_cache: bool = True,
) -> Iterator[dict[int, int]]:
    """The same texts, token by token.

    Arguments and errors as generate's.

    Yields:
        At each step, the new token of every prompt whose text has not ended: its number
        (from 0) -> token id.
    """
    check_request(model, prompts, max_new_tokens=max_new_tokens, stop_ids=stop_ids, start_id=start_id)
    return _write(model, prompts, max_new_tokens, choose, set(stop_ids), start_id, use_cache)


@torch.inference_mode()
def _write(
    model: nn.Module, prompts: Sequence[list[int]], max_new_tokens: int,
    choose: Choose, stop_ids: set[int], start_id: int | None, use_cache: bool,
) -> Iterator[dict[int, int]]:
    state = start_decoding(model, prompts, room=max_new_tokens, use_cache=use_cache, start_id=start_id)
    names = _names(prompts)
    writing = list(range(len(prompts)))  # the prompt that each row of the batch belongs to
    for step in range(max_new_tokens):
        tokens = choose(state.next_logits(), [f"{step} {names[number]}" for number in writing])  # (B)
        new = dict(zip(writing, tokens.tolist(), strict=True))
        yield new
        state.append(tokens)
        rows = [row for row, token in enumerate(new.values()) if token not in stop_ids]
        if not rows:
            return
        if len(rows) < len(writing):
            state.select(rows)
            writing = [writing[row] for row in rows]


def _names(prompts: Sequence[list[int]]) -> list[str]:
    """The prompt's own tokens and how often it came before: not its place, which neighbours could change."""
    before: Counter[str] = Counter()
    names = []
    for prompt in map(str, prompts):
        names.append(f"{before[prompt]} {prompt}")
        before[prompt] += 1
    return names
