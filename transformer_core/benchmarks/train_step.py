"""One step of training: forward, backward, AdamW."""

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional

from transformer_core.benchmarks import encoder as encoder_case
from transformer_core.benchmarks import peers
from transformer_core.benchmarks.case import Case, Contender, Result
from transformer_core.benchmarks.ceiling import ceiling
from transformer_core.benchmarks.timing import timed
from transformer_core.training.fast_linear import for_training
from transformer_core.weights import fetch

LEARNING_RATE = 1e-8  # so small that every round does the same work on the same weights


def measure(with_peers: bool, rounds: int) -> Result:
    """The same stack and batch as in the encoder case, towards random targets; no dropout anywhere."""
    stack, x = encoder_case.stack()
    torch.manual_seed(0)
    target = torch.randn_like(x)
    models: dict[str, tuple[nn.Module, bool]] = {
        "torch.nn.TransformerEncoder": (peers.torch_encoder(stack), True),
        "ours": (copy.deepcopy(stack), False),
        "ours, for_training": (for_training(copy.deepcopy(stack)), False),
    }
    if with_peers:
        peers.require("transformers", "x_transformers")
        models["transformers BERT, sdpa"] = peers.hugging_face_bert(str(fetch())).encoder, True
        models["x-transformers"] = peers.x_transformers_encoder(384, 6, 12), True
    contenders = []
    for name, (model, peer) in models.items():
        step = Step(model, x, target)
        own = name == "x-transformers"
        contenders.append(Contender(
            name, step, None if own else step.gradient, peer=peer, note="weights of its own" if own else ""))
    return timed(
        "train-step", f"{encoder_case.WORK}; batch 16 x 128, float32: forward, backward, fused AdamW",
        contenders, rounds=rounds, work=3 * encoder_case.flops(stack, x), most=ceiling().gflops * 1e9,
    )


class Step:
    """A model's step of training, to be called again and again."""

    def __init__(self, model: nn.Module, x: Tensor, target: Tensor):
        self.model, self.x, self.target = _without_dropout(model.train()), x, target
        self.parameters = list(self.model.requires_grad_(True).parameters())
        self.optimiser = torch.optim.AdamW(self.parameters, lr=LEARNING_RATE, fused=True)

    def __call__(self) -> float:
        self.optimiser.zero_grad()
        loss = self._backward()
        self.optimiser.step()
        return loss

    def gradient(self) -> Tensor:
        """The loss, and the length of the whole gradient: what a step is made of."""
        self.optimiser.zero_grad()
        loss = self._backward()
        length = torch.stack([p.grad.norm() for p in self.parameters if p.grad is not None]).norm()
        return torch.stack([torch.tensor(loss), length.detach()])

    def _backward(self) -> float:
        found = self.model(self.x)
        loss = functional.mse_loss(getattr(found, "last_hidden_state", found), self.target)
        loss.backward()
        return loss.item()


def _without_dropout(model: nn.Module) -> nn.Module:
    for part in model.modules():
        if isinstance(part, nn.Dropout):
            part.p = 0.0
        elif isinstance(getattr(part, "dropout", None), float):
            part.dropout = 0.0
    return model


TRAIN_STEP = Case("train-step", "one step of training on a full batch", measure)
