"""Other libraries' models, with our weights where they can hold them."""

import importlib.util
from typing import Any

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
    layers: list[Any] = list(ours.layers)  # EncoderLayers; a checker knows them as modules only
    widen = layers[0].feed_forward.widen
    theirs = nn.TransformerEncoder(
        nn.TransformerEncoderLayer(
            widen.in_features, layers[0].attention.num_heads, widen.out_features, activation="gelu",
            batch_first=True, layer_norm_eps=layers[0].attention_norm.eps, dropout=0.0,
        ),
        len(layers),
    )
    with torch.no_grad():
        their: Any
        for mine, their in zip(layers, theirs.layers, strict=True):
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


def hugging_face_encoder(folder: str) -> nn.Module:
    """The layers of transformers' BERT with torch's fused attention, from the same folder as ours."""
    from transformers import BertModel, logging

    logging.set_verbosity_error()  # that the pooler stays unread is meant
    model = BertModel.from_pretrained(folder, attn_implementation="sdpa", add_pooling_layer=False)
    return model.eval().get_submodule("encoder")


def x_transformers_encoder(d_model: int, num_layers: int, num_heads: int) -> nn.Module:
    """x-transformers' encoder of the same shape, post-norm, flash attention; weights of its own."""
    from x_transformers import Encoder as Theirs

    return Theirs(
        dim=d_model, depth=num_layers, heads=num_heads, attn_dim_head=d_model // num_heads, ff_mult=4,
        pre_norm=False, attn_flash=True,
    ).eval()
