"""Other libraries' models, with our weights where they can hold them."""

import importlib.util

import torch
from torch import nn

from transformer_core.nn.encoder import Encoder

CURE = "pip install transformers x-transformers"


def require(*packages: str) -> None:
    """Refuse a benchmark with peers that are not there.

    Raises:
        ValueError: names those that are missing, and the cure.
    """
    missing = [package for package in packages if importlib.util.find_spec(package) is None]
    if missing:
        raise ValueError(f"--peers needs {' and '.join(missing)}; install with: {CURE}")


def torch_encoder(ours: Encoder) -> nn.TransformerEncoder:
    """torch's own encoder, post-norm with GELU, with our weights; its fast path is on."""
    layer = ours.layers[0]
    d_model, d_ff = layer.feed_forward.widen.in_features, layer.feed_forward.widen.out_features
    theirs = nn.TransformerEncoder(
        nn.TransformerEncoderLayer(
            d_model, layer.attention.num_heads, d_ff, activation="gelu", batch_first=True,
            layer_norm_eps=layer.attention_norm.eps, dropout=0.0,
        ),
        len(ours.layers),
    )
    with torch.no_grad():
        for mine, their in zip(ours.layers, theirs.layers, strict=True):
            attention = mine.attention
            three = (attention.w_q, attention.w_k, attention.w_v)
            their.self_attn.in_proj_weight.copy_(torch.cat([linear.weight for linear in three]))
            their.self_attn.in_proj_bias.copy_(torch.cat([linear.bias for linear in three]))
            for part, same in (
                (their.self_attn.out_proj, attention.w_o),
                (their.linear1, mine.feed_forward.widen), (their.linear2, mine.feed_forward.narrow),
                (their.norm1, mine.attention_norm), (their.norm2, mine.feed_forward_norm),
            ):
                part.load_state_dict(same.state_dict())
    return theirs.eval()


def hugging_face_bert(folder: str) -> nn.Module:
    """transformers' BERT with torch's fused attention, from the same folder as ours."""
    from transformers import BertModel, logging

    logging.set_verbosity_error()  # that the pooler stays unread is meant
    return BertModel.from_pretrained(folder, attn_implementation="sdpa", add_pooling_layer=False).eval()


def x_transformers_encoder(d_model: int, num_layers: int, num_heads: int) -> nn.Module:
    """x-transformers' encoder of the same shape, post-norm, flash attention; weights of its own."""
    from x_transformers import Encoder as Theirs

    return Theirs(
        dim=d_model, depth=num_layers, heads=num_heads, attn_dim_head=d_model // num_heads, ff_mult=4,
        pre_norm=False, attn_flash=True,
    ).eval()
