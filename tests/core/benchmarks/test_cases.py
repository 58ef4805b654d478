"""The cases: every contender really does the same work, on real weights, and each row says what it must."""

from dataclasses import replace

import pytest
import torch

from transformer_core.benchmarks import ceiling as limits
from transformer_core.benchmarks import decode, encoder, gpu, long_context, peers, text
from transformer_core.benchmarks.cases import CASES
from transformer_core.benchmarks.ceiling import ceiling
from transformer_core.benchmarks.encoder import flops, stack
from transformer_core.models import build

TIMED = [name for name, case in CASES.items() if name != "long-context" and not case.gpu]


def shrink(patch):
    """The same work on fewer and shorter texts, with nothing compiled: minutes less, and as equal or not."""
    for module, name, size in [
        (encoder, "BATCH", 3),
        (encoder, "LENGTH", 24),
        (encoder, "SHORTEST", 5),
        (decode, "PROMPT", 11),
        (decode, "NEW", 5),
    ]:
        patch.setattr(module, name, size)
    patch.setattr(encoder, "compiler", lambda: False)
    patch.setattr(limits, "SIZE", 256)
    patch.setattr(limits, "COPIED", 2**22)


@pytest.fixture(scope="module", params=["small", pytest.param("whole", marks=pytest.mark.long)])
def results(request):
    """Each case that is timed, once; a contender that computes something else stops it."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "small":
            shrink(patch)
        yield {name: CASES[name].measure(True, 1) for name in TIMED}


@pytest.mark.parametrize("name", TIMED)
def test_all_do_the_same_work(results, name):
    result = results[name]
    assert result.case == name
    exact = [row for row in result.rows if row.difference is not None and "int8" not in row.name]
    assert len(exact) >= 3 and all(row.difference <= 1e-4 for row in exact)
    assert any(row.peer for row in result.rows) and any(not row.peer for row in result.rows)
    assert result.against_best_peer > 0 and result.best_peer in {row.name for row in result.rows if row.peer}
    for row in result.rows:
        assert row.difference is not None or "weights of its own" in row.note, row.name


def test_decoders_write_the_same_tokens(results):
    for name in ("decode", "decode-llama"):
        rows = {row.name: row for row in results[name].rows}
        assert rows["transformers, sdpa"].difference == rows["ours, for_inference"].difference == 0


def test_int8_says_what_it_costs(results):
    (row,) = [row for row in results["encoder"].rows if "int8" in row.name]
    assert row.name == ("ours, int8, compiled" if encoder.compiler() else "ours, int8")
    assert row.difference > 1e-4 and float(row.note.split("cosine of ")[1].split()[0]) > 0.99


@pytest.mark.long  # efficient/test_compare.py measures the same at shorter lengths
def test_memory_grows_with_the_square_of_the_length_only_where_scores_are_written_down(monkeypatch):
    monkeypatch.setattr(long_context, "LENGTHS", (4096, 8192))
    rows = {row.name: row.value for row in CASES["long-context"].measure(False, 1).rows}
    written = 4 * 4096**2 / 1e6  # one table of scores, in MB
    assert rows["ours, readable, 4,096 tokens"] > written
    assert rows["ours, readable, 8,192 tokens"] > 4 * written
    for way in ("ours", "ours, tiled"):  # the output is 1 MB, a kernel's start some more
        assert rows[f"{way}, 8,192 tokens"] < written / 4


def test_rows_are_real_text_and_whole():
    rows = text.rows(3, 11)
    assert rows.shape == (3, 11) and len({tuple(row) for row in rows.tolist()}) == 3
    assert (rows[:, 0] == 101).all() and (rows[:, -1] == 102).all()  # [CLS], [SEP]
    with pytest.raises(ValueError, match="topics of 9999 tokens, not 3; ask for fewer rows"):
        text.rows(3, 9999)


def test_lengths_of_a_padded_batch():
    assert text.padded(3, 2, 6).tolist() == [[1, 1, 0, 0, 0, 0], [1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1]]


def test_flops_by_hand():
    """Per token and layer: 4 D D for q, k, v, o, 8 D D forward, and 2 T D for scores and mixing; times 2."""
    encoder, x = stack()
    batch, length, d_model = x.shape
    per_token = 6 * (4 * d_model**2 + 8 * d_model**2 + 2 * length * d_model)
    assert flops(encoder, x) == 2 * batch * length * per_token


def test_the_ceiling_is_above_what_a_model_reaches(results):
    limits = ceiling()
    assert limits.gflops > 1 and limits.copy > 0.1
    assert ceiling() is limits  # measured once
    shares = [row.ceiling for row in results["encoder"].rows if "int8" not in row.name]
    assert all(share > 0 for share in shares)


def test_a_missing_peer_is_named_with_its_cure():
    with pytest.raises(
        ValueError,
        match=r"--peers needs no_such_library; install with: pip install transformers x-transformers",
    ):
        peers.require("torch", "no_such_library")


def test_torchs_encoder_has_our_weights():
    encoder, x = stack()
    theirs = peers.torch_encoder(encoder)
    with torch.no_grad():
        torch.testing.assert_close(theirs(x[:2]), encoder(x[:2]), atol=1e-5, rtol=1e-5)


SMALL = replace(gpu.BERT_LARGE, d_model=32, num_layers=2, num_heads=4, d_ff=64, vocab_size=53)


@pytest.mark.long  # the ceiling that each case measures takes minutes on a CPU
def test_the_gpu_cases_do_equal_work_too():
    """On the CPU, small: what is compared is the same; how fast a GPU does it only a GPU can tell."""
    encoder = gpu.encoder(True, 1, device="cpu", config=SMALL, batch=2, length=7)
    assert [row.name for row in encoder.rows] == [
        "ours",
        "ours, for_inference",
        "torch.nn.TransformerEncoder",
    ]
    assert all(row.difference < 0.1 for row in encoder.rows)
    writer = replace(
        gpu.ONE_BILLION, d_model=32, num_layers=2, num_heads=4, num_kv_heads=2, d_ff=48, vocab_size=53
    )
    decode = gpu.decode(False, 1, device="cpu", config=writer, prompt=5, new=4)
    assert [row.difference for row in decode.rows] == [0, 0]


def test_the_one_billion_model_has_as_many_parameters_as_its_comment_says():
    with torch.device("meta"):
        assert sum(p.numel() for p in build(gpu.ONE_BILLION).parameters()) == 1_235_814_400
