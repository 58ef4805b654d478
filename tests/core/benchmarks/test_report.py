"""report.py: results as JSON, and back again the same."""

import json

from transformer_core.benchmarks.case import Result, Row
from transformer_core.benchmarks.ceiling import Ceiling
from transformer_core.benchmarks.report import as_json, from_json, provenance

RESULT = Result(
    "padded", "an encoder, 16 texts",
    [
        Row("torch", 250.0, 240.0, 260.4, "ms", 15, peer=True, speed=1.0, ceiling=0.5, difference=0.0),
        Row("ours", 99.96, 98.0, 101.0, "ms", 15, speed=2.5, difference=2.3e-6, note="quick"),
        Row("long", 4.25, 4.0, 5.0, "MB", 3),
    ],
    against_best_peer=2.5, best_peer="torch", notes=["Nothing else ran."],
)  # fmt: skip


def test_json_comes_back_the_same():
    kept = json.loads(json.dumps(as_json([RESULT], provenance(), Ceiling(190.0, 20.5))))
    assert from_json(kept) == [RESULT]
    assert kept["ceiling"] == {"gflops": 190.0, "copy": 20.5}
    assert {"cpu", "cores", "threads", "python", "torch", "date", "transformers"} <= set(kept["machine"])
