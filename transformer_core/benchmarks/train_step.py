"""One step of training: forward, backward, AdamW."""

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn

from transformer_core.benchmarks import encoder as encoder_case
from transformer_core.benchmarks import peers, text
from transformer_core.benchmarks.case import Case, Contender, Result
from transformer_core.benchmarks.ceiling import ceiling
from transformer_core.benchmarks.timing import timed
from transformer_core.nn.packing import Packing
from transformer_core.training.fast_linear import for_training
from transformer_core.weights import fetch

BERT, X_TRANSFORMERS = "transformers BERT, sdpa", "x-transformers"
LEARNING_RATE = 1e-8  # so small that every round does the same work on the same weights


def full(with_peers: bool, rounds: int) -> Result:
    """The same stack and batch as in the encoder case, towards random targets; no dropout anywhere."""
    stack, x = encoder_case.stack()
    calls = {"torch.nn.TransformerEncoder": (peers.torch_encoder(stack), _plain)}
    calls |= {name: (model, _plain) for name, model in _ours(stack).items()}
    if with_peers:
        bert, own = _peers()
        calls |= {BERT: (bert, lambda model, x: model(x).last_hidden_state), X_TRANSFORMERS: (own, _plain)}
    return timed(
        "train-step", f"{encoder_case.WORK}; batch 16 x 128, float32: forward, backward, fused AdamW",
        _contenders(calls, x, torch.ones(x.shape[:2])), rounds=rounds,
        work=3 * encoder_case.flops(stack, x), most=ceiling().gflops * 1e9,
    )


def padded(with_peers: bool, rounds: int) -> Result:
    """The same with the padded case's batch; padding has no target."""
    stack, x = encoder_case.stack()
    tokens = text.padded(encoder_case.BATCH, encoder_case.SHORTEST, encoder_case.LENGTH)
    length = encoder_case.LENGTH

    def packed(model, x):
        packing = Packing(tokens)
        return packing.unpack(model(packing.pack(x), attend=packing.attend))

    calls = {"torch.nn.TransformerEncoder": (
        peers.torch_encoder(stack), lambda model, x: model(x, src_key_padding_mask=tokens == 0))}
    calls |= {name: (model, packed) for name, model in _ours(stack).items()}
    if with_peers:
        bert, own = _peers()
        looks = (tokens == 1)[:, None, None].expand(-1, 1, length, -1)
        calls |= {
            BERT: (bert, lambda model, x: model(x, attention_mask=looks).last_hidden_state),
            X_TRANSFORMERS: (own, lambda model, x: model(x, mask=tokens == 1)),
        }
    return timed(
        "train-padded", f"{encoder_case.WORK}; 16 texts of {encoder_case.SHORTEST} to {length} tokens, float32: "
        "forward, backward, fused AdamW", _contenders(calls, x, tokens.float()), rounds=rounds,
    )


def _ours(stack: nn.Module) -> dict[str, nn.Module]:
    return {"ours": copy.deepcopy(stack), "ours, for_training": for_training(copy.deepcopy(stack))}


def _peers() -> tuple[nn.Module, nn.Module]:
    peers.require("transformers", "x_transformers")
    return peers.hugging_face_bert(str(fetch())).encoder, peers.x_transformers_encoder(384, 6, 12)


def _plain(model: nn.Module, x: Tensor) -> Tensor:
    return model(x)


def _contenders(calls: dict, x: Tensor, real: Tensor) -> list[Contender]:
    torch.manual_seed(0)
    target, contenders = torch.randn_like(x), []
    for name, (model, call) in calls.items():
        step, own = Step(model, call, x, target, real), name == X_TRANSFORMERS
        contenders.append(Contender(
            name, step, None if own else step.gradient, peer="ours" not in name,
            note="weights of its own" if own else ""))
    return contenders


class Step:
    """One training step of a model, called once per round."""

    def __init__(self, model: nn.Module, call: Callable, x: Tensor, target: Tensor, real: Tensor):
        self.model, self.call, self.x = _without_dropout(model.train()), call, x
        self.target, self.real = target, real[..., None]  # (B, T, 1): 1 for a token, 0 for padding
        self.parameters = list(self.model.requires_grad_(True).parameters())
        self.optimiser = torch.optim.AdamW(self.parameters, lr=LEARNING_RATE, fused=True)

    def __call__(self) -> float:
        self.optimiser.zero_grad()
        loss = self._backward()
        self.optimiser.step()
        return loss

    def gradient(self) -> Tensor:
        """The loss, and the length of the whole gradient: which determine the step."""
        self.optimiser.zero_grad()
        loss = self._backward()
        length = torch.stack([p.grad.norm() for p in self.parameters if p.grad is not None]).norm()
        return torch.stack([torch.tensor(loss), length.detach()])

    def _backward(self) -> float:
        wrong = (self.call(self.model, self.x) - self.target) * self.real
        loss = (wrong * wrong).mean()
        loss.backward()
        return loss.item()


def _without_dropout(model: nn.Module) -> nn.Module:
    for part in model.modules():
        if isinstance(part, nn.Dropout):
            part.p = 0.0
        elif isinstance(getattr(part, "dropout", None), float):
            part.dropout = 0.0
    return model


TRAIN_STEP = Case("train-step", "one step of training on a full batch", full)
TRAIN_PADDED = Case("train-padded", "the same where half of the batch is padding", padded)
