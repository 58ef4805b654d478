"""Heads: small networks on top of an encoder that turn its vectors into an answer."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from transformer_core.models.encoder_only import EncoderOnly
from transformer_core.models.parts import make_norm
from transformer_core.nn.layers import ACTIVATIONS

Pool = Callable[[Tensor, Tensor | None], Tensor]  # (B, T, D) and its attention_mask (B, T) -> (B, D)


def first_token(hidden_state: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    """(B, T, D) -> (B, D): the first token's vector; BERT's [CLS] stands there to collect the answer."""
    return hidden_state[:, 0]


def mean_of_tokens(hidden_state: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    """(B, T, D) -> (B, D): the mean over the tokens, padding (mask 0) left out; 0 where there is none."""
    if attention_mask is None:
        return hidden_state.mean(dim=1)
    counts = attention_mask.to(hidden_state.dtype)[..., None]  # (B, T, 1)
    return (hidden_state * counts).sum(dim=1) / counts.sum(dim=1).clamp(min=1)


class Classifier(nn.Module):
    """An encoder, one vector for the whole sequence, and a matrix that gives each class a score.

    With classes read as directions, the same matrix is a projection: CLIP's text tower is one.

    Args:
        encoder: reads the tokens.
        num_classes: how many scores.
        pool: what becomes of the tokens' vectors: first_token, mean_of_tokens or another like them.

    Source: Devlin et al. 2019, "BERT", section 4.1.
    """

    def __init__(self, encoder: EncoderOnly, num_classes: int, *, pool: Pool = first_token):
        super().__init__()
        self.encoder = encoder
        self.pool = pool
        self.dropout = nn.Dropout(encoder.config.dropout)
        self.head = nn.Linear(encoder.config.d_model, num_classes)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor | None = None, *, token_types: Tensor | None = None,
    ) -> Tensor:
        """(B, T) -> (B, num_classes) logits; arguments and errors as EncoderOnly's."""
        hidden_state = self.encoder(input_ids, attention_mask, token_types=token_types)
        return self.head(self.dropout(self.pool(hidden_state, attention_mask)))


class PretrainingHeads(nn.Module):
    r"""BERT's two: which token stood here, and did the second sentence follow the first?

    $$\begin{aligned}
    y &= \operatorname{LayerNorm}(\operatorname{activation}(xW + b)), \quad
    \mathrm{tokens} = y\,E^\top + c \\
    \mathrm{follows} &= \tanh(x_0 W_p + b_p)\,W_f + b_f
    \end{aligned}$$

    E is the encoder's own token table: what a token is read as is what it is written as.

    Args:
        encoder: with a pooler, which makes the second head's vector.

    Raises:
        ValueError: an encoder without pooler.

    Source: Devlin et al. 2019, "BERT", section 3.1.
    """

    def __init__(self, encoder: EncoderOnly):
        super().__init__()
        config = encoder.config
        if encoder.pooler is None:
            raise ValueError("the head that compares two sentences reads the pooler; "
                             "build the encoder with pooler=True")
        self.encoder = encoder
        self.transform = nn.Linear(config.d_model, config.d_model)
        self.activation = ACTIVATIONS[config.activation]
        self.norm = make_norm(config)(config.d_model)
        self.token_bias = nn.Parameter(torch.zeros(config.vocab_size))
        self.follows = nn.Linear(config.d_model, 2)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor | None = None, *, token_types: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Both scores; arguments and errors as EncoderOnly's.

        Returns:
            (B, T, vocab_size) logits of the token that stood at each place, and (B, 2): the second
            sentence follows (0), or comes from elsewhere (1).
        """
        hidden_state = self.encoder(input_ids, attention_mask, token_types=token_types)
        transformed = self.norm(self.activation(self.transform(hidden_state)))  # (B, T, D)
        table = self.encoder.token_embedding.weight                             # (vocab_size, D)
        tokens = functional.linear(transformed, table, self.token_bias)         # (B, T, vocab_size)
        return tokens, self.follows(self.encoder.pool(hidden_state))
