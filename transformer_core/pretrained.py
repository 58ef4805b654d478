"""Published checkpoints: Hugging Face folders read into our own model.

Only safetensors is read: it holds numbers. A pickle (pytorch_model.bin) holds a
program that runs when it is opened.
"""

import json
from pathlib import Path

import safetensors
import torch
from safetensors.torch import load
from tokenizers import Tokenizer
from torch import Tensor

from transformer_core.config import EncoderConfig
from transformer_core.model import BertEncoder

# config.json's key for each of ours.
CONFIG_KEYS = {
    "vocab_size": "vocab_size",
    "max_length": "max_position_embeddings",
    "num_types": "type_vocab_size",
    "d_model": "hidden_size",
    "num_layers": "num_hidden_layers",
    "num_heads": "num_attention_heads",
    "d_ff": "intermediate_size",
    "activation": "hidden_act",
    "dropout": "hidden_dropout_prob",
    "norm_eps": "layer_norm_eps",
}
# What else a config may say about the mathematics, and the only value we compute.
MEANINGS = {
    "model_type": "bert",
    "position_embedding_type": "absolute",
    "is_decoder": False,
    "add_cross_attention": False,
}
# The checkpoint's name for each of our parts; {} is the layer.
NAMES = {
    "token_embedding": "embeddings.word_embeddings",
    "position_embedding": "embeddings.position_embeddings",
    "type_embedding": "embeddings.token_type_embeddings",
    "embedding_norm": "embeddings.LayerNorm",
    "encoder.layers.{}.attention.w_q": "encoder.layer.{}.attention.self.query",
    "encoder.layers.{}.attention.w_k": "encoder.layer.{}.attention.self.key",
    "encoder.layers.{}.attention.w_v": "encoder.layer.{}.attention.self.value",
    "encoder.layers.{}.attention.w_o": "encoder.layer.{}.attention.output.dense",
    "encoder.layers.{}.attention_norm": "encoder.layer.{}.attention.output.LayerNorm",
    "encoder.layers.{}.feed_forward.widen": "encoder.layer.{}.intermediate.dense",
    "encoder.layers.{}.feed_forward.narrow": "encoder.layer.{}.output.dense",
    "encoder.layers.{}.feed_forward_norm": "encoder.layer.{}.output.LayerNorm",
    "pooler": "pooler.dense",
}
NOT_LEARNED = {"embeddings.position_ids"}  # 0, 1, 2, ...: older exports carry the count along


def load_pretrained(folder: str | Path) -> BertEncoder:
    """A BERT-family checkpoint as a model in eval mode, in float32.

    Args:
        folder: holds config.json and model.safetensors, as weights.fetch() returns it.

    Raises:
        ValueError: the config says something we do not compute, the weights are not
            safetensors, or a tensor is missing, unknown or of another shape; the
            message names the key.
        FileNotFoundError: config.json or model.safetensors is not there.
    """
    folder = Path(folder)
    config = _read_config(folder / "config.json")
    with torch.device("meta"):  # shapes only: the numbers come from the file
        model = BertEncoder(config)
    tensors = _read_tensors(folder / "model.safetensors")
    model.load_state_dict(_match(model, tensors), assign=True)
    return model.eval()


def load_tokenizer(folder: str | Path) -> Tokenizer:
    """The folder's tokenizer, without the cutting and padding that its file may ask for.

    A silently cut text gives an answer to a question nobody asked: an over-long one
    is left whole, so that the model refuses it with the numbers.
    """
    tokenizer = Tokenizer.from_str((Path(folder) / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _read_config(path: Path) -> EncoderConfig:
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON: {error}; fetch it again") from None
    for key, computed in MEANINGS.items():
        found = written.get(key, None if key == "model_type" else computed)
        if found != computed:
            raise ValueError(f"{path}: {key} is {found!r}; only {computed!r} is implemented")
    missing = [key for key in CONFIG_KEYS.values() if key not in written]
    if missing:
        raise ValueError(f"{path} lacks {', '.join(missing)}; use the config.json of these weights")
    return EncoderConfig(**{ours: written[theirs] for ours, theirs in CONFIG_KEYS.items()})


def _read_tensors(path: Path) -> dict[str, Tensor]:
    if not path.exists():
        pickles = sorted(found.name for found in path.parent.glob("*.bin"))
        if pickles:
            raise ValueError(f"{path.parent} holds {pickles[0]}, a pickle, which can run code when it is "
                             "opened; save the model as safetensors")
        raise FileNotFoundError(f"{path.parent} holds no {path.name}; save the model as safetensors there")
    try:
        return load(path.read_bytes())
    except safetensors.SafetensorError as error:
        raise ValueError(f"{path} is not safetensors: {error}; save the model as safetensors") from None


def _match(model: BertEncoder, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The checkpoint's tensors under our names: each one used, none left over."""
    matched = {}
    for name, parameter in model.state_dict().items():
        theirs = _their_name(name)
        if theirs not in tensors:
            raise ValueError(f"the checkpoint lacks the tensor {theirs}, which config.json asks for; "
                             "take both from one checkpoint")
        found, expected = tuple(tensors[theirs].shape), tuple(parameter.shape)
        if found != expected:
            raise ValueError(f"the tensor {theirs} has shape {found}, and config.json asks for {expected}; "
                             "take both from one checkpoint")
        matched[name] = tensors.pop(theirs).float()
    unknown = sorted(set(tensors) - NOT_LEARNED)
    if unknown:
        raise ValueError(f"the checkpoint holds a tensor that this model has no place for: {unknown[0]} "
                         f"({len(unknown)} in all); take both files from one plain BERT encoder")
    return matched


def _their_name(name: str) -> str:
    """encoder.layers.3.attention.w_q.weight -> encoder.layer.3.attention.self.query.weight"""
    part, kind = name.rsplit(".", 1)
    number = next((piece for piece in part.split(".") if piece.isdigit()), "")
    pattern = part.replace(f".{number}.", ".{}.") if number else part
    return f"{NAMES[pattern].format(number)}.{kind}"
