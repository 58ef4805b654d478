"""Mixture of experts: many feed-forwards, of which each token uses a few.

Parameters grow with the number of experts, the work per token only with how many it uses.
Which ones, a router decides for each token alone.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from transformer_core.nn.layers import Activation, GatedFeedForward


class MixtureOfExperts(nn.Module):
    r"""A weighted sum of the few experts that the router chooses for a token.

    $$\sum_{e \in \operatorname{top}_k(p)} \frac{p_e}{\sum_{e' \in \operatorname{top}_k(p)} p_{e'}}
    \operatorname{Expert}_e(x), \qquad p = \operatorname{softmax}(xW_{router})$$

    Takes a feed-forward's place in a layer. With one expert it is that feed-forward.

    Args:
        d_model: D, the width in and out.
        d_ff: the width within each expert, a gated feed-forward.
        num_experts: E.
        experts_per_token: k, how many of them each token uses.
        activation: the gate's activation.

    Raises:
        ValueError: a token cannot use that many experts.

    Source: Jiang et al. 2024, "Mixtral of Experts", section 2.1.
    """

    def __init__(
        self, d_model: int, d_ff: int, num_experts: int, experts_per_token: int, *,
        activation: Activation = functional.silu,
    ):
        super().__init__()
        if not 1 <= experts_per_token <= num_experts:
            raise ValueError(f"a token cannot use {experts_per_token} of {num_experts} experts; "
                             f"set experts_per_token from 1 to {num_experts}")
        self.router = nn.Linear(d_model, num_experts, bias=False)
        self.experts = nn.ModuleList(
            GatedFeedForward(d_model, d_ff, activation=activation, bias=False) for _ in range(num_experts))
        self.experts_per_token = experts_per_token

    def route(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Which experts each token uses, and how much of each.

        Args:
            x: (..., D).

        Returns:
            Weights (..., k), which sum to 1, the largest first; the experts' numbers (..., k);
            and the router's logits (..., E), which load_balancing_loss takes.
        """
        logits = self.router(x)                                          # (..., E)
        wide = torch.promote_types(x.dtype, torch.float32)               # in bfloat16 close ones would tie
        probabilities = torch.softmax(logits, dim=-1, dtype=wide)        # ① (..., E)
        weights, chosen = probabilities.topk(self.experts_per_token)     # ② (..., k)
        weights = weights / weights.sum(dim=-1, keepdim=True)            # ③ sum to 1 again
        return weights, chosen, logits

    def forward(self, x: Tensor) -> Tensor:
        """(..., D) -> (..., D)."""
        tokens = x.reshape(-1, x.shape[-1])                              # (N, D)
        weights, chosen, _ = self.route(tokens)                          # (N, k)
        output = torch.zeros_like(tokens)
        for number, expert in enumerate(self.experts):                   # each runs once, on its own tokens
            token, place = (chosen == number).nonzero(as_tuple=True)     # (n), (n): the token, and which of its choices
            found = weights[token, place, None] * expert(tokens[token])  # ④ (n, D)
            output = output.index_add(0, token, found.to(x.dtype))       # ⑤
        return output.view(x.shape)


def load_balancing_loss(logits: Tensor, chosen: Tensor, *, attention_mask: Tensor | None = None) -> Tensor:
    r"""How unevenly the experts are used; a small part of it is added to the loss in training.

    $$E \sum_e f_e P_e, \qquad f_e = \frac{\text{tokens that use } e}{\text{tokens}}, \qquad
    P_e = \text{the mean of } p_e$$

    It is k where all experts are used alike, and E where the same k get all tokens for sure.
    A count has no gradient; the probability has one, and the more an expert is used, the more
    its probability is reduced.

    Args:
        logits: (..., T, E), as route gives them; layers may be stacked in front.
        chosen: (..., T, k), likewise.
        attention_mask: broadcasts to (..., T), 1 for a token and 0 for padding, which is not counted.

    Returns:
        One number.

    Raises:
        ValueError: logits and chosen are not of the same tokens.

    Source: Fedus et al. 2021, "Switch Transformers", equations 4 to 6, there for k = 1.
    """
    if logits.shape[:-1] != chosen.shape[:-1]:
        raise ValueError(f"logits {tuple(logits.shape)} and chosen {tuple(chosen.shape)} are not of the same "
                         "tokens; give both as one call of route returned them")
    num_experts = logits.shape[-1]
    counts = torch.ones(chosen.shape[:-1], dtype=torch.bool, device=logits.device)
    if attention_mask is not None:
        counts = (attention_mask == 1).expand(chosen.shape[:-1])
    wide = torch.promote_types(logits.dtype, torch.float32)
    probabilities = torch.softmax(logits, dim=-1, dtype=wide)[counts]        # (N, E)
    used = functional.one_hot(chosen[counts], num_experts).sum(dim=-2)       # (N, E), 1 where chosen
    return num_experts * (used.to(wide).mean(dim=0) * probabilities.mean(dim=0)).sum()
