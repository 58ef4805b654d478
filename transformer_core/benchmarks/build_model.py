"""From a config to a model with random weights."""

from collections.abc import Callable

from torch import nn

from transformer_core.benchmarks import peers
from transformer_core.benchmarks.case import Case, Contender, Result
from transformer_core.benchmarks.timing import timed
from transformer_core.models import build


def measure(with_peers: bool, rounds: int) -> Result:
    """bert-base, 109,482,240 numbers to draw; equal means equally many."""
    import torch

    def on_meta():
        with torch.device("meta"):
            return build("bert-base")

    def count(make):
        return lambda: torch.tensor(sum(parameter.numel() for parameter in make().parameters()))

    makes: dict[str, tuple[Callable[[], nn.Module], bool]] = {
        "ours": (lambda: build("bert-base"), False), "ours, on the meta device": (on_meta, False)}
    if with_peers:
        peers.require("transformers")
        from transformers import BertConfig, BertModel

        makes["transformers BertModel"] = (lambda: BertModel(BertConfig()), True)
    contenders = [
        Contender(name, make, count(make), peer=peer, tolerance=0 if "meta" not in name else float("inf"),
                  note="no numbers are drawn" if "meta" in name else "")
        for name, (make, peer) in makes.items()
    ]
    return timed("build", "bert-base from its config, weights drawn at random", contenders, rounds=rounds)


BUILD = Case("build", "a model from its config", measure)
