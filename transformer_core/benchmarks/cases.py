"""All cases by name."""

from transformer_core.benchmarks.build_model import BUILD
from transformer_core.benchmarks.case import Case
from transformer_core.benchmarks.decode import DECODE, DECODE_LLAMA
from transformer_core.benchmarks.encoder import ENCODER, PADDED
from transformer_core.benchmarks.gpu import GPU_ATTENTION, GPU_DECODE, GPU_ENCODER
from transformer_core.benchmarks.long_context import LONG_CONTEXT
from transformer_core.benchmarks.train_step import TRAIN_PADDED, TRAIN_STEP

CASES: dict[str, Case] = {
    case.name: case for case in (
        ENCODER, PADDED, TRAIN_STEP, TRAIN_PADDED, DECODE, DECODE_LLAMA, LONG_CONTEXT, BUILD,
        GPU_ENCODER, GPU_DECODE, GPU_ATTENTION,
    )
}
