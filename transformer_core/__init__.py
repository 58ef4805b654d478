"""The Transformer in code that reads like its equations, proven equal to the references.

Every shape comment of the package is written in these letters:

    B   sequences in a batch           D    d_model, the width of a token's vector
    T   tokens in a sequence           H    attention heads
    Tq  tokens that ask (queries)      Hk   heads with keys and values of their own
    Tk  tokens that answer (keys)      Dk   the width of one head, D / H
    Tm  tokens of the encoder's memory L    layers

Heads are always (B, H, T, Dk). A mask is bool, and True means "may look".
Layers, heads and positions count from 0.

The folders, lowest first; each imports only from those above it:

    nn/  weights  tokenisation/         single ideas; verified checkpoints; byte pairs
    models/  inference/                 the model families; a model prepared for inference
    pretrained/  decoding/              published checkpoints; writing text
    measurement/                        sizes, times, memory, costs, quality of text
    training/                           data, objectives, the loop, several processes
    efficient/                          cheaper attentions, smaller models
    benchmarks/  studies/               speed beside other libraries; results of trainings
    cli/                                the command line

These names are the stable interface: `from transformer_core import build, generate`. They keep
their names and meaning; modules and other names may move. `import transformer_core` alone is
quick: a name's module, and torch with it, is imported when the name is first used.

    build preset EncoderConfig DecoderConfig EncoderDecoderConfig VisionConfig
    EncoderOnly DecoderOnly EncoderDecoder VisionTransformer
    fetch load_pretrained load_tokenizer for_inference
    scaled_dot_product_attention fused_attention MultiHeadAttention KVCache
    causal_mask padding_mask sliding_window_mask sinusoidal_positions
    layer_norm LayerNorm RMSNorm FeedForward GatedFeedForward
    Encoder EncoderLayer Decoder DecoderLayer
    BytePairs learn_byte_pairs
    generate stream beam_search Sampler
    count_parameters attention_entropy perplexity bleu latency compare machine peak_memory
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformer_core.decoding.beam_search import beam_search
    from transformer_core.decoding.generation import generate, stream
    from transformer_core.decoding.sampling import Sampler
    from transformer_core.inference.prepare import for_inference
    from transformer_core.measurement.bleu import bleu
    from transformer_core.measurement.entropy import attention_entropy
    from transformer_core.measurement.machine import machine
    from transformer_core.measurement.memory import peak_memory
    from transformer_core.measurement.parameters import count_parameters
    from transformer_core.measurement.perplexity import perplexity
    from transformer_core.measurement.timing import compare, latency
    from transformer_core.models import DecoderOnly, EncoderDecoder, EncoderOnly, VisionTransformer, build
    from transformer_core.models.config import (
        DecoderConfig,
        EncoderConfig,
        EncoderDecoderConfig,
        VisionConfig,
    )
    from transformer_core.models.presets import preset
    from transformer_core.nn.attention import (
        causal_mask,
        fused_attention,
        padding_mask,
        scaled_dot_product_attention,
        sliding_window_mask,
    )
    from transformer_core.nn.decoder import Decoder, DecoderLayer
    from transformer_core.nn.encoder import Encoder, EncoderLayer
    from transformer_core.nn.kv_cache import KVCache
    from transformer_core.nn.layers import FeedForward, GatedFeedForward, LayerNorm, RMSNorm, layer_norm
    from transformer_core.nn.multi_head import MultiHeadAttention
    from transformer_core.nn.positions import sinusoidal_positions
    from transformer_core.pretrained import load_pretrained, load_tokenizer
    from transformer_core.tokenisation.byte_pairs import BytePairs, learn_byte_pairs
    from transformer_core.weights import fetch

__all__ = [
    "build", "preset", "EncoderConfig", "DecoderConfig", "EncoderDecoderConfig", "VisionConfig",
    "EncoderOnly", "DecoderOnly", "EncoderDecoder", "VisionTransformer",
    "fetch", "load_pretrained", "load_tokenizer", "for_inference",
    "scaled_dot_product_attention", "fused_attention", "MultiHeadAttention", "KVCache",
    "causal_mask", "padding_mask", "sliding_window_mask", "sinusoidal_positions",
    "layer_norm", "LayerNorm", "RMSNorm", "FeedForward", "GatedFeedForward",
    "Encoder", "EncoderLayer", "Decoder", "DecoderLayer",
    "BytePairs", "learn_byte_pairs",
    "generate", "stream", "beam_search", "Sampler",
    "count_parameters", "attention_entropy", "perplexity", "bleu", "latency", "compare", "machine", "peak_memory",
]  # fmt: skip

# Where each of these names is defined.
_HOMES = {
    "decoding.beam_search": "beam_search",
    "decoding.generation": "generate stream",
    "decoding.sampling": "Sampler",
    "inference.prepare": "for_inference",
    "measurement.bleu": "bleu",
    "measurement.entropy": "attention_entropy",
    "measurement.machine": "machine",
    "measurement.memory": "peak_memory",
    "measurement.parameters": "count_parameters",
    "measurement.perplexity": "perplexity",
    "measurement.timing": "compare latency",
    "models": "DecoderOnly EncoderDecoder EncoderOnly VisionTransformer build",
    "models.config": "DecoderConfig EncoderConfig EncoderDecoderConfig VisionConfig",
    "models.presets": "preset",
    "nn.attention": "causal_mask fused_attention padding_mask scaled_dot_product_attention sliding_window_mask",
    "nn.decoder": "Decoder DecoderLayer",
    "nn.encoder": "Encoder EncoderLayer",
    "nn.kv_cache": "KVCache",
    "nn.layers": "FeedForward GatedFeedForward LayerNorm RMSNorm layer_norm",
    "nn.multi_head": "MultiHeadAttention",
    "nn.positions": "sinusoidal_positions",
    "pretrained": "load_pretrained load_tokenizer",
    "tokenisation.byte_pairs": "BytePairs learn_byte_pairs",
    "weights": "fetch",
}  # fmt: skip
_HOME_OF = {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names.split()}


if not TYPE_CHECKING:  # else a type checker would accept any name

    def __getattr__(name: str) -> object:
        """Import a public name from its module when it is used (PEP 562).

        Raises:
            AttributeError: the package has no such name; the message suggests a similar one.
        """
        if name in _HOME_OF:
            return getattr(import_module(_HOME_OF[name]), name)
        from difflib import get_close_matches

        near = get_close_matches(name, __all__, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{hint}")


def __dir__() -> list[str]:
    """The public names too, though they are not imported yet."""
    return sorted({*globals(), *__all__})
