"""Writing a text token by token, with the keys and values of earlier tokens kept."""

import tempfile
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from transformer_core.benchmarks import peers
from transformer_core.benchmarks.case import Case, Contender, Result
from transformer_core.benchmarks.ceiling import ceiling
from transformer_core.benchmarks.timing import timed
from transformer_core.decoding.generation import generate
from transformer_core.inference.prepare import for_inference
from transformer_core.models import build
from transformer_core.models.config import DecoderConfig, Gated, Rotary
from transformer_core.pretrained import load_pretrained

PROMPT, NEW = 128, 64
D_MODEL, LAYERS, HEADS, D_FF = 384, 6, 12, 1536


@dataclass(frozen=True)
class Kind:
    """A model shape, in our config and in transformers'."""

    name: str
    config: DecoderConfig
    theirs: str  # the name of transformers' class
    sizes: dict  # for its config

    @property
    def title(self) -> str:
        """The work, with its sizes."""
        return (f"{self.theirs}'s shape: {LAYERS} layers, {D_MODEL} wide, vocabulary {self.config.vocab_size:,}; "
                f"greedy, {NEW} tokens after {PROMPT}, one text, float32")


GPT2 = Kind(
    "decode",
    DecoderConfig(
        d_model=D_MODEL, num_layers=LAYERS, num_heads=HEADS, d_ff=D_FF, vocab_size=50257,
        max_length=1024, norm_eps=1e-5, pre_norm=True, activation="gelu_tanh",
    ),
    "GPT2LMHeadModel",
    {"n_embd": D_MODEL, "n_layer": LAYERS, "n_head": HEADS, "n_positions": 1024, "vocab_size": 50257},
)
LLAMA = Kind(
    "decode-llama",
    DecoderConfig(
        d_model=D_MODEL, num_layers=LAYERS, num_heads=HEADS, num_kv_heads=4, d_ff=1024,
        vocab_size=32000, max_length=1024, positions=Rotary(), norm="rms", norm_eps=1e-6, pre_norm=True,
        activation="silu", feed_forward=Gated(bias=False), attention_bias=False, tied=False, dropout=0.0,
    ),
    "LlamaForCausalLM",
    {"hidden_size": D_MODEL, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "num_key_value_heads": 4,
     "intermediate_size": 1024, "vocab_size": 32000, "max_position_embeddings": 1024},
)


def measure(kind: Kind, with_peers: bool, rounds: int) -> Result:
    """Greedy decoding: every contender must write the same tokens."""
    torch.manual_seed(0)
    theirs, model = _pair(kind) if with_peers else (None, build(kind.config).eval())
    prompt = torch.randint(kind.config.vocab_size, (1, PROMPT))
    contenders = [
        Contender(name, run, run)
        for name, run in (
            ("ours", _ours(model, prompt)), ("ours, for_inference", _ours(for_inference(model), prompt)))
    ]
    if theirs is not None:
        run = _theirs(theirs, prompt)
        contenders += [Contender("transformers, sdpa", run, run, peer=True), _x_transformers(kind, prompt)]
    bytes_read = 4 * NEW * sum(p.numel() for p in _read_each_time(model))
    return timed(
        kind.name, kind.title, contenders, rounds=rounds, work=bytes_read, most=ceiling().copy * 1e9,
        notes=["The share is of the machine's copying: each new token reads all weights once."],
    )


def _pair(kind: Kind) -> tuple[nn.Module, nn.Module]:
    """transformers' model with random weights, and ours that has read them."""
    peers.require("transformers", "x_transformers")
    import transformers

    made = getattr(transformers, kind.theirs)
    config = made.config_class(**kind.sizes, bos_token_id=None, eos_token_id=None, pad_token_id=None)
    config._attn_implementation = "sdpa"
    theirs = made(config).eval()
    with torch.no_grad():
        for parameter in theirs.parameters():
            if parameter.dim() > 1:
                parameter.mul_(4)  # a text that wanders: at their usual size the same token comes again and again
    with tempfile.TemporaryDirectory() as folder:
        theirs.save_pretrained(folder)
        return theirs, load_pretrained(folder)


def _ours(model: nn.Module, prompt: Tensor):
    return lambda: torch.tensor(generate(model, prompt.tolist(), max_new_tokens=NEW))


def _theirs(model: nn.Module, prompt: Tensor):
    @torch.inference_mode()
    def run() -> Tensor:
        written = model.generate(
            prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=NEW, do_sample=False, use_cache=True)
        return written[:, PROMPT:]
    return run


def _x_transformers(kind: Kind, prompt: Tensor) -> Contender:
    from x_transformers import AutoregressiveWrapper, Decoder, TransformerWrapper

    heads = {"attn_kv_heads": kind.config.num_kv_heads} if kind.config.num_kv_heads else {}
    model = AutoregressiveWrapper(TransformerWrapper(
        num_tokens=kind.config.vocab_size, max_seq_len=1024, tie_embedding=kind.config.tied,
        attn_layers=Decoder(
            dim=D_MODEL, depth=LAYERS, heads=HEADS, attn_dim_head=D_MODEL // HEADS, attn_flash=True,
            rotary_pos_emb=isinstance(kind.config.positions, Rotary), **heads,
        ),
    )).eval()

    @torch.inference_mode()
    def run() -> Tensor:
        return model.generate(prompt, NEW, temperature=0.0, cache_kv=True)
    return Contender("x-transformers", run, peer=True, note="weights of its own")


def _read_each_time(model: nn.Module) -> list[Tensor]:
    """The weights that each new token needs whole: not the tables of which it takes one row."""
    tables = {"position_embedding.weight"} | (set() if model.head is None else {"token_embedding.weight"})
    return [parameter for name, parameter in model.named_parameters() if name not in tables]


DECODE = Case("decode", "writing a text with a cache, GPT-2's parts", lambda p, n: measure(GPT2, p, n))
DECODE_LLAMA = Case("decode-llama", "the same with Llama's parts", lambda p, n: measure(LLAMA, p, n))
