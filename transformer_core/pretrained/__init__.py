"""Published checkpoints: Hugging Face folders read into our own models.

    folder        its files, opened and not yet read
    settings      its config.json, of which no key is ignored silently
    tensor_mapping    its tensors: each one used, none left over
    bert ... vit  the meaning of each family's keys, and its tensors' names
"""

from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn

from transformer_core.models import build
from transformer_core.models.config import Config, EncoderDecoderConfig
from transformer_core.pretrained.bert import BERT, DISTILBERT, ROBERTA
from transformer_core.pretrained.family import Family
from transformer_core.pretrained.folder import Tensors
from transformer_core.pretrained.gpt2 import GPT2
from transformer_core.pretrained.llama import LLAMA, MISTRAL, MIXTRAL
from transformer_core.pretrained.settings import EVERYWHERE, IRRELEVANT, Settings
from transformer_core.pretrained.t5 import T5
from transformer_core.pretrained.tensor_mapping import Names, fill
from transformer_core.pretrained.vit import VIT

FAMILIES: dict[str, Family] = {
    "bert": BERT, "roberta": ROBERTA, "distilbert": DISTILBERT, "gpt2": GPT2, "llama": LLAMA,
    "mistral": MISTRAL, "mixtral": MIXTRAL, "t5": T5, "vit": VIT,
}


def load_pretrained(folder: str | Path, *, dtype: torch.dtype = torch.float32) -> nn.Module:
    """A published model, whole and in eval mode, or an error that names what does not fit.

    Call an encoder as model(input_ids, attention_mask) for its last hidden state, a decoder
    likewise for its logits, T5 as model(input_ids, decoder_input_ids, attention_mask) for its
    logits, and ViT as model(pixel_values) for its classes' scores.

    Args:
        folder: holds config.json and model.safetensors, or model.safetensors.index.json and
            its parts: BERT, RoBERTa, DistilBERT, GPT-2, Llama, Mistral, Mixtral, T5 or ViT.
        dtype: what the numbers become, whatever they are stored as.

    Raises:
        ValueError: the config says something we do not compute, the weights are not
            safetensors, or a tensor is missing, unknown or of another shape; the
            message names the key.
        FileNotFoundError: config.json or the weights are not there.
    """
    folder = Path(folder)
    settings = Settings.of(folder / "config.json")
    family = _family(settings)
    names = Names(Tensors(folder), prefix=family.prefix, older=family.older)
    config, places = family.read(settings, names)
    _check_the_rest(settings, config, family)
    try:
        with torch.device("meta"):  # shapes only: the numbers come from the files
            model = build(config)
    except ValueError as error:
        raise ValueError(f"{settings.source}: {error}") from None
    fill(model, names, places, unused=family.unused, saved_from=family.saved_from, dtype=dtype)
    return model.eval()


def load_tokenizer(folder: str | Path) -> Tokenizer:
    """The folder's tokenizer, without the truncation and padding that its file may set.

    A silently truncated text would give a wrong answer: a text that is too long stays whole, so
    that the model refuses it with the numbers.
    """
    tokenizer = Tokenizer.from_str((Path(folder) / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _family(settings: Settings) -> Family:
    model_type = settings.value("model_type", None)
    if not isinstance(model_type, str) or model_type not in FAMILIES:
        raise settings.refusal("model_type", model_type, f"the families read here are {', '.join(FAMILIES)}")
    return FAMILIES[model_type]


def _check_the_rest(settings: Settings, config: Config, family: Family) -> None:
    """Refuse keys that have another meaning than ours, and keys without a known one."""
    settings.only("is_encoder_decoder", isinstance(config, EncoderDecoderConfig))
    for key, computed in EVERYWHERE.items():
        settings.only(key, *computed)
    settings.finish(IRRELEVANT | family.irrelevant)
