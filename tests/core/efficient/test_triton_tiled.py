"""triton_tiled.py: on the interpreter equal to torch's attention, and compiled for GPUs that are not here."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from transformer_core.efficient import triton_tiled
from transformer_core.efficient.triton_tiled import triton_attention
from transformer_core.nn.attention import causal_mask, fused_attention

# (B, H), Tq, Tk, Dk: lengths that fill tiles of 16 and those that do not, more keys than queries, fewer, one.
SHAPES = [
    ((2, 3), 37, 37, 11),
    ((1, 2), 16, 53, 32),
    ((1, 1), 53, 17, 5),
    ((2,), 32, 32, 16),
    ((), 1, 41, 8),
    ((1, 1), 19, 19, 67),
]
CASES = [
    pytest.param(shape, causal, dtype, id=f"{shape[1]}x{shape[2]}x{shape[3]}-{causal}-{dtype}")
    for shape in SHAPES
    for causal in (False, True)
    for dtype in (torch.float32, torch.float16, torch.bfloat16)
]
ROUNDING = {torch.float32: 1e-5, torch.float16: 2e-3, torch.bfloat16: 2e-2}


def heads(shape, dtype, scale=1.0):
    leading, tq, tk, d_k = shape
    return [scale * torch.randn(*leading, length, d_k).to(dtype) for length in (tq, tk, tk)]


def interpreted(folder, cases):
    """The outputs of (tensors, options), each as triton_attention gives it on the interpreter."""
    torch.save(cases, folder / "given.pt")
    subprocess.run(
        [sys.executable, Path(__file__).with_name("on_interpreter.py"), folder / "given.pt", folder / "back.pt"],
        env={**os.environ, "TRITON_INTERPRET": "1", "OMP_NUM_THREADS": "1"}, check=True,
    )  # fmt: skip
    return torch.load(folder / "back.pt")


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Every case's tensors and output, all from one process: it takes seconds to start."""
    torch.manual_seed(0)
    wanted = [case.values for case in CASES]
    cases = [(heads(shape, dtype), {"causal": causal, "tile": 16}) for shape, causal, dtype in wanted]
    outputs = interpreted(tmp_path_factory.mktemp("triton"), cases)
    return {key: (case[0], output) for key, case, output in zip(wanted, cases, outputs, strict=True)}


@pytest.mark.parametrize("shape, causal, dtype", CASES)
def test_equals_torchs_attention(shape, causal, dtype, ran):
    tensors, output = ran[shape, causal, dtype]
    _, tq, tk, _ = shape
    mask = causal_mask(tq, past=tk - tq) if causal else None
    exact, _ = fused_attention(*(tensor.double() for tensor in tensors), mask=mask)
    assert output.dtype == dtype
    torch.testing.assert_close(output.double(), exact, atol=ROUNDING[dtype], rtol=0)


def test_the_tile_huge_scores_and_the_future(tmp_path):
    torch.manual_seed(0)
    plain, huge = heads(((2,), 37, 37, 11), torch.float32), heads(((2,), 37, 37, 11), torch.float32, 1e4)
    later = [tensor.clone() for tensor in plain]
    for tensor in later:
        tensor[:, 20:] = 1e6
    causal = {"causal": True, "tile": 16}
    cases = [(plain, causal), (plain, causal | {"tile": 64}), (later, causal), (huge, {"tile": 32})]
    one, wide, changed, loud = interpreted(tmp_path, cases)
    torch.testing.assert_close(wide, one, atol=1e-5, rtol=0)
    assert torch.equal(changed[:, :20], one[:, :20]) and not torch.equal(changed[:, 20:], one[:, 20:])
    assert loud.isfinite().all()
    torch.testing.assert_close(loud, fused_attention(*huge)[0], atol=1e-5 * 1e4, rtol=0)


COMPILE = """
import json, triton, triton.language as tl
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource
from transformer_core.efficient.triton_tiled import _kernel

pointers = dict.fromkeys(("query", "key", "value", "output"), "*bf16")
numbers = {"tq": "i32", "tk": "i32", "d_k": "i32", "scale": "fp32"}
constants = {"causal": True, "tile": 64, "width": 64, "product": tl.bfloat16}
source = ASTSource(triton.jit(_kernel), {**pointers, **numbers, **dict.fromkeys(constants, "constexpr")}, constants)
compiled = triton.compile(source, target=GPUTarget("cuda", 80, 32))
print(json.dumps({"shared": compiled.metadata.shared, "matrix units": "mma.sync" in compiled.asm["ptx"]}))
"""


def test_it_compiles_for_a_gpu_and_uses_its_matrix_units(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "TRITON_INTERPRET"}
    environment |= {"TRITON_CACHE_DIR": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "-c", COMPILE], capture_output=True, text=True, check=True, env=environment
    ).stdout
    found = json.loads(said)
    assert found["matrix units"]
    assert 0 < found["shared"] < 48 * 1024  # bytes of fast memory that any such GPU gives a program


def some(**changed):
    tensors = dict(zip(("query", "key", "value"), heads(((2,), 5, 7, 11), torch.float32), strict=True))
    return tensors | changed


@pytest.mark.parametrize(
    "given, says",
    [
        (some(mask=torch.ones(5, 7, dtype=torch.bool)), ["mask (5, 7)", "causal=True", "tiled_attention"]),
        (some(bias=torch.ones(5, 7)), ["bias (5, 7)", "tiled_attention"]),
        (some(tile=48), ["a tile of 48", "power of two from 16"]),
        (some(tile=8), ["a tile of 8 "]),
        (some(key=torch.ones(1, 7, 11)), ["key (1, 7, 11)", "equal leading axes"]),
        (some(value=torch.ones(2, 7, 3)), ["value (2, 7, 3)", "one width"]),
        (some(query=torch.ones(2, 5, 11).double()), ["torch.float32, torch.float64", "all three float32"]),
        (some(query=torch.ones(2, 5, 3)), ["(2, 5, 3)", "differ in their last axis"]),
        (some(), ["on the CPU", "TRITON_INTERPRET=1"]),
    ],
)
def test_refuses_with_the_value_and_the_cure(given, says, monkeypatch):
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    with pytest.raises(ValueError) as refused:
        triton_attention(**given)
    assert all(part in str(refused.value) for part in says), refused.value


def test_without_triton_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(triton_tiled, "triton", None)
    with pytest.raises(ModuleNotFoundError, match="pip install triton; tiled_attention does the same"):
        triton_attention(**some())


def test_nothing_else_of_the_package_imports_triton():
    package = Path(triton_tiled.__file__).parents[1]
    imports = re.compile(r"^\s*(import|from) triton\b", re.MULTILINE)
    found = [path.name for path in package.rglob("*.py") if imports.search(path.read_text(encoding="utf-8"))]
    assert found == ["triton_tiled.py"]
