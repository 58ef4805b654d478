"""Run by test_triton_tiled.py in a process of its own: Triton reads TRITON_INTERPRET when it is imported."""

import sys

import torch

from transformer_core.efficient.triton_tiled import triton_attention

if __name__ == "__main__":
    given, back = sys.argv[1:]
    outputs = [triton_attention(*tensors, **options)[0] for tensors, options in torch.load(given)]
    torch.save(outputs, back)
