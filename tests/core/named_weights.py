"""Hugging Face's weights under our names, for tests that compare a BERT with heads."""

import torch
from torch import nn

from transformer_core.pretrained.bert import BERT_LAYER, EMBEDDINGS


def with_weights_of(ours: nn.Module, theirs: nn.Module) -> nn.Module:
    """Our encoder, with the weights of a BertModel of the same shape."""
    weights = theirs.state_dict()
    layers = range(len(ours.encoder.layers))
    places = EMBEDDINGS | {
        mine.format(n): name.format(n) for mine, name in BERT_LAYER.items() for n in layers
    }
    with torch.no_grad():
        for name, parameter in ours.named_parameters():
            module, _, kind = name.rpartition(".")
            parameter.copy_(weights[f"{places[module]}.{kind}"])
    return ours.eval()
