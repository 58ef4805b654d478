"""An encoder of MiniLM's size on a full batch, and on one with padding."""

import os
import shutil

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from transformer_core.benchmarks import peers, text
from transformer_core.benchmarks.case import Case, Contender, Result
from transformer_core.benchmarks.ceiling import ceiling
from transformer_core.benchmarks.timing import in_inference, timed
from transformer_core.efficient.quantise import quantise
from transformer_core.inference.prepare import for_inference
from transformer_core.nn.attention import scaled_dot_product_attention
from transformer_core.nn.encoder import Encoder
from transformer_core.nn.packing import Packing
from transformer_core.pretrained import load_pretrained
from transformer_core.weights import fetch

BATCH, LENGTH, SHORTEST = 16, 128, 16
WORK = "all-MiniLM-L6-v2, real weights: 6 layers, 384 wide, 12 heads"


def full(with_peers: bool, rounds: int) -> Result:
    """Sixteen texts of 128 tokens each, from token vectors to hidden states."""
    encoder, x = stack()
    ready, small = for_inference(encoder), _int8(encoder)
    contenders = [
        Contender("torch.nn.TransformerEncoder", *_twice(peers.torch_encoder(encoder), x), peer=True),
        Contender("ours, readable", *_twice(_readable(encoder), x)),
        Contender("ours", *_twice(encoder, x)),
        Contender("ours, for_inference", *_twice(ready, x)),
        Contender(f"ours, int8{', compiled' if compiler() else ''}", *_twice(small, x), tolerance=float("inf"),
                  note=f"not the same numbers: {_loss(encoder, small, x)}"),
    ]
    if with_peers:
        peers.require("transformers", "x_transformers")
        bert = peers.hugging_face_bert(str(fetch())).encoder
        own = peers.x_transformers_encoder(384, 6, 12)
        contenders += [
            Contender("transformers BERT, sdpa", *_twice(lambda x: bert(x).last_hidden_state, x), peer=True),
            Contender("x-transformers", in_inference(lambda: own(x)), peer=True, note="weights of its own"),
        ]
    return timed(
        "encoder", f"{WORK}; batch {BATCH} x {LENGTH}, float32", contenders, rounds=rounds,
        work=flops(encoder, x), most=ceiling().gflops * 1e9,
    )


def padded(with_peers: bool, rounds: int) -> Result:
    """The same sixteen texts cut to 16, 23, ... 128 tokens; the rest is padding."""
    encoder, x = stack()
    ready, tokens = for_inference(encoder), text.padded(BATCH, SHORTEST, LENGTH)
    theirs, real = peers.torch_encoder(encoder), tokens[..., None]

    def packed(stack):
        def run():
            packing = Packing(tokens)
            return packing.unpack(stack(packing.pack(x), attend=packing.attend))
        return in_inference(run)

    def tokens_of(run):  # padding has no result
        return lambda: run() * real

    def at_once():
        return theirs(x, src_key_padding_mask=tokens == 0)

    runs = {
        "torch.nn.TransformerEncoder": (in_inference(at_once), True),
        "ours, padding computed": (
            in_inference(lambda: encoder(x, mask=(tokens == 1)[:, None, None])), False),
        "ours": (packed(encoder), False),
        "ours, for_inference": (packed(ready), False),
    }
    contenders = [Contender(name, run, tokens_of(run), peer=peer) for name, (run, peer) in runs.items()]
    if with_peers:
        peers.require("transformers", "x_transformers")
        bert, own = peers.hugging_face_bert(str(fetch())).encoder, peers.x_transformers_encoder(384, 6, 12)
        looks = (tokens == 1)[:, None, None].expand(-1, 1, LENGTH, -1)
        run = in_inference(lambda: bert(x, attention_mask=looks).last_hidden_state)
        contenders += [
            Contender("transformers BERT, sdpa", run, tokens_of(run), peer=True),
            Contender("x-transformers", in_inference(lambda: own(x, mask=tokens == 1)), peer=True,
                      note="weights of its own"),
        ]
    return timed(
        "padded", f"{WORK}; 16 texts of {SHORTEST} to {LENGTH} tokens, {int(tokens.sum())} of "
        f"{tokens.numel()} places real, float32", contenders, rounds=rounds,
    )


def flops(encoder: Encoder, x: Tensor) -> float:
    """Additions and multiplications of the matrix products of one pass."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        encoder(x, attend=scaled_dot_product_attention)
    return float(counter.get_total_flops())


def stack() -> tuple[Encoder, Tensor]:
    """The real encoder's layers, and what enters them for sixteen real texts."""
    model = load_pretrained(fetch())
    with torch.no_grad():
        x = model.trace(text.rows(BATCH, LENGTH)).hidden_states[0]
    return model.encoder, x


def _readable(encoder: Encoder):
    return lambda x: encoder(x, attend=scaled_dot_product_attention)


def compiler() -> bool:
    """Whether torch.compile finds what it needs: a C++ compiler."""
    return any(shutil.which(name) for name in (os.environ.get("CXX", "g++"), "g++", "clang++"))


def _int8(encoder: Encoder):
    small = quantise(encoder, "int8-dynamic")
    return torch.compile(small, options={"freezing": True}) if compiler() else small


def _twice(stack, x: Tensor):
    """What is timed, and what is compared: the same call."""
    run = in_inference(lambda: stack(x))
    return run, run


def _loss(encoder, small, x: Tensor) -> str:
    """How far the texts' vectors are from those in full precision."""
    with torch.inference_mode():
        exact, rough = encoder(x).mean(dim=1), small(x).mean(dim=1)
    cosine = torch.nn.functional.cosine_similarity(exact, rough).min().item()
    return f"a text's vector has a cosine of {cosine:.4f} or more with the exact one"


ENCODER = Case("encoder", "an encoder's pass over a full batch", full)
PADDED = Case("padded", "the same where half of the batch is padding", padded)
