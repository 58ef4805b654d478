"""The key-value cache: keys and values of earlier tokens are computed once.

A token's keys and values depend only on the tokens before it, so they do not change when text
is appended. Each new token then costs one row of work, not the whole text's.
"""

from torch import Tensor


class LayerCache:
    """The keys and values of one attention layer, oldest first.

    For generation, under torch.inference_mode or no_grad: new rows are written in place.

    Args:
        window: a sliding window's width; older keys are dropped. None keeps all.
    """

    def __init__(self, window: int | None = None):
        self.window = window
        self.start = self.end = 0  # the rows in use
        self.seen = 0  # rows appended so far, including those that a window dropped
        self.key: Tensor | None = None  # (B, Hk, room, Dk)
        self.value: Tensor | None = None

    def append(self, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Add T new rows (B, Hk, T, Dk); returns all, (B, Hk, kept + T, Dk), keys and values."""
        end = self.end + key.shape[-2]
        if self.key is None or end > self.key.shape[-2]:
            self.key, self.value = self._moved(self.key, key), self._moved(self.value, value)
            self.start, self.end = 0, len(self)
            end = self.end + key.shape[-2]
        self.key[..., self.end : end, :] = key
        self.value[..., self.end : end, :] = value
        everything = slice(self.start, end)
        self.end, self.seen = end, self.seen + key.shape[-2]
        if self.window is not None:  # the next query sees itself and the window - 1 tokens before it
            self.start = max(self.start, end - (self.window - 1))
        return self.key[..., everything, :], self.value[..., everything, :]

    def __len__(self) -> int:
        """How many rows are kept for the next query."""
        return self.end - self.start

    def reorder(self, rows: Tensor) -> None:
        """Replace sequence b by a copy of sequence rows[b]; beam search needs it."""
        if self.key is not None:
            self.key, self.value = self.key[rows], self.value[rows]

    def _moved(self, old: Tensor | None, new: Tensor) -> Tensor:
        """A buffer of twice the size needed now, with the kept rows at its start, so that copies are rare."""
        batch, heads, added, width = new.shape
        room = new.new_empty(batch, heads, 2 * (len(self) + added), width)
        if old is not None:
            room[..., : len(self), :] = old[..., self.start : self.end, :]
        return room


class KVCache:
    """Every layer's cache of a decoder.

    Args:
        num_layers: L.
        window: the sliding window's width, if the model has one.
    """

    def __init__(self, num_layers: int, *, window: int | None = None):
        self.layers = [LayerCache(window) for _ in range(num_layers)]
        self.memory = [LayerCache() for _ in range(num_layers)]  # for cross-attention

    def __len__(self) -> int:
        """How many tokens each layer keeps for the next query."""
        return len(self.layers[0])

    @property
    def seen(self) -> int:
        """How many tokens were appended, including those that a window dropped."""
        return self.layers[0].seen

    @property
    def nbytes(self) -> int:
        """Bytes of the kept keys and values, without the spare room."""
        caches = [cache for cache in self.layers + self.memory if cache.key is not None]
        return sum(
            len(cache) * (rows.nbytes // rows.shape[-2])
            for cache in caches for rows in (cache.key, cache.value)
        )

    def reorder(self, rows: Tensor) -> None:
        """Replace sequence b by a copy of sequence rows[b], in all layers."""
        for cache in self.layers + self.memory:
            cache.reorder(rows)
