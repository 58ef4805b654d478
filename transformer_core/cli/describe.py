"""`describe`: what a published model is made of, and what it will need; no weights are fetched."""

import argparse
import difflib
import json
from typing import TYPE_CHECKING

from transformer_core.cli.describe_text import render, render_presets

if TYPE_CHECKING:
    from transformer_core.models.config import Config

NAME = "describe"
SUMMARY = "what a published model is made of, and what it will need"
EXAMPLES = (
    "describe llama-2-70b",
    "describe",
    "describe mistral-7b --length 32768",
    "describe gpt2 --json",
)
DESCRIPTION = """\
Without a name: every published shape that this package knows. With one: its
numbers, its parameters by part, and what it takes to run and to train it, all
worked out from its shape. Nothing is downloaded.

how to read it:
  heads        how many attentions run side by side in a layer; where several
               share their keys and values, the cache shrinks by as much
  parameters   numbers that were learned; of experts a token uses only some
  KV cache     keys and values kept for one text of --length tokens, in float16
  FLOPs        additions and multiplications for one token forward, when it
               looks at --length tokens: two for each weight it uses, plus what
               attention does with the other tokens
               (norms and softmax, which are small in comparison, are left out)
  to train     with Adam, in float32; activations come on top

keys of --json:
  with a name  name, family, encoder_layers, decoder_layers, heads, kv_heads,
               d_model, d_k, d_ff, gated, experts, experts_per_token,
               activation, norm, pre_norm, positions, context, window,
               vocab_size, parameters {total, active, by_part}, length,
               kv_cache_bytes, flops {of, total, by_part}, flops_per_token_read,
               weights_bytes {float32, float16},
               training_bytes {weights, gradients, optimiser}
  without      presets: a list of {name, family, encoder_layers, decoder_layers,
               heads, kv_heads, d_model, context, parameters}
  null means that a model does not have it or does not limit it."""
LENGTH = 512  # for a model without a longest text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its arguments to the parser."""
    parser.description = DESCRIPTION
    parser.add_argument(
        "preset", nargs="?", metavar="PRESET", help="a model's name; without one, all are listed")
    parser.add_argument(
        "--length", type=int, metavar="N",
        help=f"tokens in the text (the longest it was made for; {LENGTH} where there is no limit)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")


def run(arguments: argparse.Namespace) -> str:
    """The text to print.

    Raises:
        ValueError: no such preset, or a length that it cannot have.
    """
    if arguments.preset is None:
        if arguments.length is not None:
            raise ValueError("--length needs a model; name one, as in: describe gpt2 --length 100")
        found = {"presets": presets()}
        return json.dumps(found, indent=2) if arguments.json else render_presets(found["presets"], EXAMPLES[0])
    found = facts(arguments.preset, arguments.length)
    return json.dumps(found, indent=2) if arguments.json else render(found)


def presets() -> list[dict]:
    """Every preset's shape in short."""
    from transformer_core.models.presets import PRESETS

    short = ("name", "family", "encoder_layers", "decoder_layers", "heads", "kv_heads", "d_model", "context")
    shapes = [(_shape(name, config), config) for name, config in PRESETS.items()]
    return [{key: shape[key] for key in short} | {"parameters": _total(config)} for shape, config in shapes]


def facts(name: str, length: int | None = None) -> dict:
    """All facts about a preset, as --json gives them; in numbers, bytes and FLOPs.

    Raises:
        ValueError: no such preset, or a length that it cannot have.
    """
    from transformer_core.measurement import costs
    from transformer_core.models.config import EncoderDecoderConfig, VisionConfig
    from transformer_core.models.presets import PRESETS, preset

    try:
        config = preset(name)
    except ValueError as error:
        near = difflib.get_close_matches(name.lower(), PRESETS, n=1)
        raise ValueError(f"{error}" + (f". Did you mean {near[0]}?" if near else "")) from None
    shape, by_part = _shape(name, config), costs.parameters(config)
    total = sum(by_part.values())
    vision, pair = isinstance(config, VisionConfig), isinstance(config, EncoderDecoderConfig)
    if vision and length not in (None, shape["context"]):
        raise ValueError(f"--length {length} does not fit {name}: an image is always "
                         f"{shape['context']} tokens; leave it out")
    length = (shape["context"] or LENGTH) if length is None else length
    flops = costs.flops_per_image(config) if vision else costs.flops_per_token(config, length)
    return shape | {
        "parameters": {"total": total, "active": costs.active_parameters(config), "by_part": by_part},
        "length": length,
        "kv_cache_bytes": costs.kv_cache_bytes(config, length),
        "flops": {"of": "image" if vision else "token", "total": sum(flops.values()), "by_part": flops},
        "flops_per_token_read": sum(costs.flops_per_token_read(config, length).values()) if pair else None,
        "weights_bytes": {"float32": 4 * total, "float16": 2 * total},
        "training_bytes": costs.training_bytes(config),
    }


def _shape(name: str, config: "Config") -> dict:
    from transformer_core.measurement import costs
    from transformer_core.models.config import DecoderConfig, Experts, Plain, VisionConfig

    encoder, decoder = costs.layer_counts(config)
    experts = config.feed_forward if isinstance(config.feed_forward, Experts) else None
    if isinstance(config, VisionConfig):
        positions, context, vocab_size = "learned", costs.image_tokens(config), None
    else:
        positions, context, vocab_size = config.positions.name, config.max_length, config.vocab_size
    return {
        "name": name,
        "family": config.family,
        "encoder_layers": encoder,
        "decoder_layers": decoder,
        "heads": config.num_heads,
        "kv_heads": config.kv_heads,
        "d_model": config.d_model,
        "d_k": config.head_width,
        "d_ff": config.d_ff,
        "gated": not isinstance(config.feed_forward, Plain),
        "experts": experts.count if experts else None,
        "experts_per_token": experts.per_token if experts else None,
        "activation": config.activation,
        "norm": config.norm,
        "pre_norm": config.pre_norm,
        "positions": positions,
        "context": context,
        "window": config.window if isinstance(config, DecoderConfig) else None,
        "vocab_size": vocab_size,
    }


def _total(config: "Config") -> int:
    """How many parameters it has."""
    from transformer_core.measurement.costs import parameters

    return sum(parameters(config).values())
