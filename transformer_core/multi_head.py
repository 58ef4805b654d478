"""Multi-head attention: several attentions side by side, each in a narrow space of its own."""

from torch import Tensor, nn

from transformer_core.attention import scaled_dot_product_attention


class MultiHeadAttention(nn.Module):
    r"""Split the width into heads, let each attend for itself, and mix what they found.

    $$\mathrm{head}_h = \operatorname{Attention}(QW^Q_h, KW^K_h, VW^V_h), \qquad
    \operatorname{Concat}(\mathrm{head}_0, \dots, \mathrm{head}_{H-1})\,W^O$$

    The H small projections of the equation are stored side by side as one of D x D.

    Args:
        d_model: D, the width of the vectors that come in and go out.
        num_heads: H; each head is Dk = D / H wide, so more heads cost nothing more.
        bias: whether the four projections add one (BERT: yes; the paper's equation: no).

    Raises:
        ValueError: the heads do not divide the width.

    Source: Vaswani et al. 2017, section 3.2.2.
    """

    def __init__(self, d_model: int, num_heads: int, *, bias: bool = True):
        super().__init__()
        _check_split(d_model, num_heads)
        self.num_heads = num_heads
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)

    def forward(
        self, query: Tensor, key: Tensor | None = None,
        value: Tensor | None = None, *, mask: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Attend from query to key and value; without them, from query to itself.

        Args:
            query: (B, Tq, D).
            key: (B, Tk, D); the query where none is given (self-attention).
            value: (B, Tk, D); the key where none is given.
            mask: bool, broadcasts to (B, H, Tq, Tk); True means "may look".

        Returns:
            Output (B, Tq, D) and weights (B, H, Tq, Tk).

        Raises:
            ValueError: a shape does not fit; the message names it and the cure.
        """
        key = query if key is None else key
        value = key if value is None else value
        self._check(query, key, value, mask)
        q = self._split(self.w_q(query))               # ① (B, H, Tq, Dk)
        k = self._split(self.w_k(key))                 # ① (B, H, Tk, Dk)
        v = self._split(self.w_v(value))               # ① (B, H, Tk, Dk)
        heads, weights = scaled_dot_product_attention(
            q, k, v, mask=mask)                        # ② (B, H, Tq, Dk)
        together = heads.transpose(1, 2).flatten(-2)   # ③ (B, Tq, D)
        output = self.w_o(together)                    # ④ (B, Tq, D)
        return output, weights

    def _split(self, x: Tensor) -> Tensor:
        """(B, T, D) -> (B, H, T, Dk)."""
        return x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def _check(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> None:
        d_model = self.w_q.in_features
        for name, given in (("query", query), ("key", key), ("value", value)):
            if given.dim() != 3 or given.shape[-1] != d_model:
                raise ValueError(f"{name} {tuple(given.shape)} does not fit an attention of d_model "
                                 f"{d_model}; make it (B, T, {d_model}): one sequence is {name}[None]")
        # Three axes would put the batch where the heads are, silently when B equals H.
        if mask is not None and mask.dim() == 3:
            raise ValueError(f"mask {tuple(mask.shape)} has three axes where (B, H, Tq, Tk) has four; "
                             "for one mask per sequence write mask[:, None]")


def _check_split(d_model: int, num_heads: int) -> None:
    if num_heads < 1 or d_model % num_heads:
        raise ValueError(f"d_model {d_model} does not split into {num_heads} heads; "
                         f"use a multiple of {max(num_heads, 1)}")
