"""Multi-head attention: several attentions side by side, each in a narrow space of its own."""

from torch import Tensor, nn

from transformer_core.nn.attention import Attend, scaled_dot_product_attention
from transformer_core.nn.kv_cache import LayerCache
from transformer_core.nn.rotary import Rotate


class MultiHeadAttention(nn.Module):
    r"""Split the width into heads, let each attend for itself, and mix what they found.

    $$\mathrm{head}_h = \operatorname{Attention}(QW^Q_h, KW^K_h, VW^V_h), \qquad
    \operatorname{Concat}(\mathrm{head}_0, \dots, \mathrm{head}_{H-1})\,W^O$$

    The H small projections of the equation are stored side by side as one of D x D.

    Args:
        d_model: D, the width of the vectors that come in and go out.
        num_heads: H; each head is Dk = D / H wide, so more heads cost nothing more.
        num_kv_heads: Hk, how many heads have keys and values of their own; H / Hk queries
            share each (grouped queries; with 1: multi-query). H where none is given.
        d_k: Dk, where a head is not D / H wide.
        bias: whether the four projections add one (BERT: yes; the paper's equation: no).
        scaled: whether scores are divided by the root of Dk (T5: no).

    Raises:
        ValueError: the heads do not divide the width, or the groups the heads.

    Source: Vaswani et al. 2017, section 3.2.2; Ainslie et al. 2023, "GQA".
    """

    def __init__(
        self, d_model: int, num_heads: int, *,
        num_kv_heads: int | None = None, d_k: int | None = None,
        bias: bool = True, scaled: bool = True,
    ):
        super().__init__()
        num_kv_heads = num_heads if num_kv_heads is None else num_kv_heads
        _check_split(d_model, num_heads, num_kv_heads, d_k)
        self.num_heads, self.num_kv_heads = num_heads, num_kv_heads
        self.d_k = d_k or d_model // num_heads
        self.scaled = scaled
        self.w_q = nn.Linear(d_model, num_heads * self.d_k, bias=bias)
        self.w_k = nn.Linear(d_model, num_kv_heads * self.d_k, bias=bias)
        self.w_v = nn.Linear(d_model, num_kv_heads * self.d_k, bias=bias)
        self.w_o = nn.Linear(num_heads * self.d_k, d_model, bias=bias)

    def forward(
        self, query: Tensor, key: Tensor | None = None,
        value: Tensor | None = None, *,
        mask: Tensor | None = None, bias: Tensor | None = None,
        rotate: Rotate | None = None, cache: LayerCache | None = None,
        attend: Attend = scaled_dot_product_attention,
    ) -> tuple[Tensor, Tensor | None]:
        """Attend from query to key and value; without them, from query to itself.

        Args:
            query: (B, Tq, D).
            key: (B, Tk, D); the query where none is given (self-attention).
            value: (B, Tk, D); the key where none is given.
            mask: bool, broadcasts to (B, H, Tq, Tk); True means "may look".
            bias: added to the scores, broadcast like the mask.
            rotate: turns queries and keys, (B, H, T, Dk) -> the same (rotary positions).
            cache: holds the keys and values of earlier calls; Tk counts them too.
            attend: how: the readable attention, which gives the weights, or another
                that takes the same, such as fused_attention.

        Returns:
            Output (B, Tq, D) and weights (B, H, Tq, Tk), or None where `attend` gives none.

        Raises:
            ValueError: a shape does not fit; the message names it and the cure.
        """
        key = query if key is None else key
        value = key if value is None else value
        self._check(query, key, value, mask)
        q, k, v = self._project(query, key, value)
        if not self.scaled:
            q = q * self.d_k ** 0.5                    # ② will divide by it
        if rotate is not None:
            q, k = rotate(q), rotate(k)
        if cache is not None:
            k, v = cache.append(k, v)                  # earlier ones first
        k, v = self._share(k), self._share(v)          # (B, H, Tk, Dk)
        heads, weights = attend(
            q, k, v, mask=mask, bias=bias)             # ② (B, H, Tq, Dk)
        together = heads.transpose(1, 2).flatten(-2)   # ③ (B, Tq, H Dk)
        output = self.w_o(together)                    # ④ (B, Tq, D)
        return output, weights

    def _project(
        self, query: Tensor, key: Tensor, value: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Each head's own view of the three."""
        q = self._split(self.w_q(query))               # ① (B, H, Tq, Dk)
        k = self._split(self.w_k(key))                 # ① (B, Hk, Tk, Dk)
        v = self._split(self.w_v(value))               # ① (B, Hk, Tk, Dk)
        return q, k, v

    def _split(self, x: Tensor) -> Tensor:
        """(B, T, H Dk) -> (B, H, T, Dk)."""
        return x.unflatten(-1, (-1, self.d_k)).transpose(1, 2)

    def _share(self, x: Tensor) -> Tensor:
        """(B, Hk, T, Dk) -> (B, H, T, Dk): each for the H / Hk queries of its group."""
        group = self.num_heads // self.num_kv_heads
        return x if group == 1 else x.repeat_interleave(group, dim=1)

    def _check(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> None:
        d_model = self.w_o.out_features
        for name, given in (("query", query), ("key", key), ("value", value)):
            if given.dim() != 3 or given.shape[-1] != d_model:
                raise ValueError(f"{name} {tuple(given.shape)} does not fit an attention of d_model "
                                 f"{d_model}; make it (B, T, {d_model}): one sequence is {name}[None]")
        # Three axes would put the batch where the heads are, silently when B equals H.
        if mask is not None and mask.dim() == 3:
            raise ValueError(f"mask {tuple(mask.shape)} has three axes where (B, H, Tq, Tk) has four; "
                             "for one mask per sequence write mask[:, None]")


def _check_split(d_model: int, num_heads: int, num_kv_heads: int, d_k: int | None) -> None:
    if num_heads < 1 or (d_k is None and d_model % num_heads):
        raise ValueError(f"d_model {d_model} does not split into {num_heads} heads; "
                         f"use a multiple of {max(num_heads, 1)}")
    if num_kv_heads < 1 or num_heads % num_kv_heads:
        raise ValueError(f"{num_heads} heads do not share {num_kv_heads} keys evenly; make num_kv_heads "
                         f"a divisor of {num_heads}")
