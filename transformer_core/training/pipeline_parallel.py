"""Pipeline parallelism: each process holds some of the layers, and passes its output to the next.

A batch is split into micro-batches, so that the first process works on the second one while the
second process works on the first. Processes are idle at the beginning and the end, for (stages - 1)
of (stages - 1 + portions) of the time.

Source: Huang et al. 2019, "GPipe"; by torch.distributed.pipelining.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.distributed.pipelining import PipelineStage, ScheduleGPipe

from transformer_core.models import DecoderOnly
from transformer_core.models.config import Relative
from transformer_core.models.inputs import look_back, positions_of
from transformer_core.models.parts import make_alibi, make_rotation
from transformer_core.nn.decoder import Decoder


class DecoderStage(nn.Module):
    """Some of a decoder-only model's layers; the first stage has the embeddings too, the last one the head.

    Args:
        model: the whole model; it is not changed.
        stage: its number, from 0.
        stages: how many.

    Raises:
        ValueError: more stages than layers, a head that is the first stage's table, or relative positions.
    """

    def __init__(self, model: DecoderOnly, stage: int, stages: int):
        super().__init__()
        layers, config = model.decoder.layers, model.config
        if stages > len(layers):
            raise ValueError(f"{stages} stages need a layer each, and there are {len(layers)}; use fewer")
        if config.tied or isinstance(config.positions, Relative):
            raise ValueError("the first stage and others would share weights: a tied head or relative positions; "
                             "build the model with tied=False and other positions")
        first, last = stage == 0, stage == stages - 1
        own = layers[len(layers) * stage // stages : len(layers) * (stage + 1) // stages]
        self.config = config
        self.token_embedding = model.token_embedding if first else None
        self.position_embedding = model.position_embedding if first else None
        self.embedding_norm = model.embedding_norm if first else None
        self.dropout = model.dropout if first else None
        self.decoder = Decoder(own, norm=model.decoder.norm if last else None)
        self.head = model.head if last else None

    def forward(self, x: Tensor) -> Tensor:
        """Ids (B, T) in the first stage, vectors (B, T, D) between, logits (B, T, vocab_size) out of the last."""
        positions = positions_of(x[..., 0] if x.dim() == 3 else x, None)  # (1, T)
        if self.token_embedding is not None:
            x = self.token_embedding(x)                                               # (B, T, D)
            if self.position_embedding is not None:
                x = x + self.position_embedding(positions)
            x = self.dropout(self.embedding_norm(x))
        x = self.decoder(
            x, mask=look_back(x, None, window=self.config.window), bias=make_alibi(self.config, x),
            rotate=make_rotation(self.config, positions.expand(x.shape[:2])),
        )
        return x if self.head is None else self.head(x)


def pipeline(
    stage: DecoderStage, rank: int, stages: int, *, portions: int, loss: Callable[[Tensor, Tensor], Tensor],
    device: torch.device,
) -> ScheduleGPipe:
    """This process's part of the pipeline, one stage for each process.

    `step(input_ids)` on the first, `step(target=labels, losses=[])` on the last and `step()` between run a
    batch forward and backward; the losses' list is filled, and gradients are those of the portions' mean.

    Args:
        stage: the layers that this process holds, on the device.
        rank: this process's number, which is its stage.
        stages: how many there are.
        portions: micro-batches of a batch; use at least as many as stages.
        loss: (logits, labels) of a micro-batch -> its mean loss.
        device: where this process computes.
    """
    return ScheduleGPipe(PipelineStage(stage, rank, stages, device), portions, loss_fn=loss)
