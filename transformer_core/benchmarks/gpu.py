"""The same work on a GPU, in bfloat16, where there is one."""

from dataclasses import replace

import torch
from torch import Tensor

from transformer_core.benchmarks import peers
from transformer_core.benchmarks.case import Case, Contender, Result
from transformer_core.benchmarks.ceiling import ceiling
from transformer_core.benchmarks.timing import in_inference, timed
from transformer_core.decoding.generation import generate
from transformer_core.efficient.triton_tiled import triton_attention
from transformer_core.inference.prepare import for_inference
from transformer_core.models import build
from transformer_core.models.config import Config, DecoderConfig, Gated, Rotary
from transformer_core.models.presets import PRESETS
from transformer_core.nn.attention import fused_attention

BERT_LARGE = replace(PRESETS["bert-large"], pooler=False, dropout=0.0)
ONE_BILLION = DecoderConfig(  # 1,235,814,400 parameters, the shape of Llama 3.2 1B
    d_model=2048, num_layers=16, num_heads=32, num_kv_heads=8, d_ff=8192, vocab_size=128256,
    max_length=8192, positions=Rotary(base=500000.0), norm="rms", norm_eps=1e-5, pre_norm=True,
    activation="silu", feed_forward=Gated(bias=False), attention_bias=False, dropout=0.0,
)
HALF = torch.bfloat16
CLOSE = 0.25  # bfloat16 keeps 8 bits: numbers of about 4, rounded some hundred times, differ by so much at most


def encoder(
    with_peers: bool, rounds: int, *, device: str = "cuda", config: Config = BERT_LARGE,
    batch: int = 64, length: int = 512,
) -> Result:
    """A full batch through bert-large's layers; the share is of the measured matrix product."""
    torch.manual_seed(0)
    model = _model(config, device)
    x = torch.randn(batch, length, config.d_model, device=device, dtype=HALF)
    stacks = {"ours": (model.encoder, False), "ours, for_inference": (for_inference(model).encoder, False)}
    if with_peers:
        stacks["torch.nn.TransformerEncoder"] = peers.torch_encoder(model.encoder).to(device, HALF), True
    contenders = []
    for name, (stack, peer) in stacks.items():
        run = in_inference(lambda stack=stack: stack(x))
        contenders.append(Contender(name, run, lambda run=run: run().float(), peer=peer, tolerance=CLOSE))
    # Per token and layer: 4 D D around attention, 2 D F in the feed-forward, 2 T D within attention.
    d_model, d_ff = config.d_model, config.d_ff
    products = config.num_layers * (4 * d_model**2 + 2 * d_model * d_ff + 2 * length * d_model)
    return timed(
        "gpu-encoder", f"{config.num_layers} layers, {d_model} wide, batch {batch} x {length}, bfloat16", contenders,
        rounds=rounds, work=2.0 * batch * length * products, most=ceiling(device, HALF).gflops * 1e9,
    )


def decode(
    with_peers: bool, rounds: int, *, device: str = "cuda", config: DecoderConfig = ONE_BILLION,
    prompt: int = 128, new: int = 64,
) -> Result:
    """Greedy decoding; the share is of copying, for each new token reads every weight once."""
    torch.manual_seed(0)
    model = _model(config, device)
    ids = torch.randint(config.vocab_size, (1, prompt)).tolist()
    contenders = []
    for name, writer in {"ours": model, "ours, for_inference": for_inference(model)}.items():
        def run(writer=writer) -> Tensor:
            return torch.tensor(generate(writer, ids, max_new_tokens=new))
        contenders.append(Contender(name, run, run))
    read = sum(parameter.nbytes for parameter in model.parameters())
    return timed(
        "gpu-decode", f"{sum(p.numel() for p in model.parameters()):,} parameters, {new} tokens after {prompt}, bfloat16",
        contenders, rounds=rounds, work=float(new * read), most=ceiling(device, HALF).copy * 1e9,
        notes=["The share is of the machine's copying: each new token reads all weights once."],
    )


def attention(
    with_peers: bool, rounds: int, *, device: str = "cuda", batch: int = 4, heads: int = 16, length: int = 4096,
    d_k: int = 64, dtype: torch.dtype = HALF,
) -> Result:
    """Our Triton kernel compared with torch's fused one."""
    torch.manual_seed(0)
    q, k, v = (torch.randn(batch, heads, length, d_k, device=device, dtype=dtype) for _ in range(3))
    ways = {"torch's fused attention": (fused_attention, True), "ours, in Triton": (triton_attention, False)}
    contenders = []
    for name, (way, peer) in ways.items():
        run = in_inference(lambda way=way: way(q, k, v)[0])
        contenders.append(Contender(name, run, lambda run=run: run().float(), peer=peer, tolerance=0.05))
    return timed(
        "gpu-attention", f"batch {batch}, {heads} heads of {d_k}, {length} tokens, {str(dtype).removeprefix('torch.')}",
        contenders, rounds=rounds, work=4.0 * batch * heads * length**2 * d_k, most=ceiling(device, dtype).gflops * 1e9,
    )


def _model(config: Config, device: str):
    with torch.device(device):
        return build(config).to(HALF).eval()


GPU_ENCODER = Case("gpu-encoder", "bert-large's layers on a GPU, bfloat16", encoder, gpu=True)
GPU_DECODE = Case("gpu-decode", "a model of a billion parameters writes, on a GPU", decode, gpu=True)
GPU_ATTENTION = Case("gpu-attention", "our Triton kernel beside torch's fused attention", attention, gpu=True)
