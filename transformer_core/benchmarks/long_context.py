"""How memory grows with the length of a text, attention alone."""

import json
import subprocess
import sys

from transformer_core.benchmarks.case import Case, Result, Row

LENGTHS = (1024, 2048, 4096, 8192, 16384, 32768)
READABLE = 8192  # beyond it the score matrix alone is gigabytes
HEADS, WIDTH = 1, 32
# A process of its own for each figure: the most memory that it ever held is then this attention's.
MEASURE = """
import json, pathlib, resource, sys, torch
from transformer_core.nn.attention import fused_attention, scaled_dot_product_attention
from transformer_core.efficient.tiled import tiled_attention
ways = {"ours, readable": scaled_dot_product_attention, "ours": fused_attention, "ours, tiled": tiled_attention}
way, length, heads, width = sys.argv[1], *map(int, sys.argv[2:5])
torch.set_num_threads(1)  # memory is asked for, not time; each thread has scratch space of its own

def peak():  # bytes; what the system says of a new process may still be its parent's
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        return 1024 * int(status.read_text().split("VmHWM:")[1].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # macOS counts in bytes

q, k, v = (torch.randn(1, heads, length, width) for _ in range(3))
with torch.inference_mode():
    ways[way](*(x[..., :256, :] for x in (q, k, v)))  # what is loaded on first use
    before = peak()
    ways[way](q, k, v)
print(json.dumps(peak() - before))
"""


def measure(with_peers: bool, rounds: int) -> Result:
    """The process's own peak of memory; inputs are there before, the result is counted."""
    rows = []
    for way in ("ours, readable", "ours", "ours, tiled"):
        for length in LENGTHS:
            if way == "ours, readable" and length > READABLE:
                continue
            found = sorted(_megabytes(way, length) for _ in range(min(rounds, 3)))
            middle = found[len(found) // 2]
            rows.append(Row(f"{way}, {length:,} tokens", middle, found[0], found[-1], "MB", len(found)))
    return Result(
        "long-context", f"attention by one head of {WIDTH}, one text, float32: memory beyond the inputs", rows,
        notes=["Readable attention writes down every score, so twice the length takes four times the memory; "
               "the fused and the tiled one do not."],
    )


def _megabytes(way: str, length: int) -> float:
    words = [sys.executable, "-c", MEASURE, way, str(length), str(HEADS), str(WIDTH)]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"measuring {way} at {length} tokens failed: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout) / 1e6


LONG_CONTEXT = Case("long-context", "memory of attention up to 32,768 tokens", measure)
