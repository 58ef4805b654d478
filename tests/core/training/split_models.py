"""Two processes that share one model by tensor and by pipeline parallelism, and the same model whole.

Started by torchrun; the first process prints, as JSON, how far their results lie apart.
"""

import json
import sys
from dataclasses import replace

import torch
import torch.distributed as dist
from counting import CONFIG, rows
from torch.distributed.device_mesh import init_device_mesh
from torch.nn import functional

from transformer_core.models import DecoderOnly
from transformer_core.models.config import Gated, Learned
from transformer_core.training.pipeline_parallel import DecoderStage, pipeline
from transformer_core.training.tensor_parallel import tensor_parallel

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def model(**changes):
    torch.manual_seed(0)
    return DecoderOnly(replace(CONFIG, **changes))


def loss(logits, labels):
    return functional.cross_entropy(logits.flatten(0, 1), labels.flatten())


def gradients(of):
    """Whole ones, by name."""
    found = {name: weight.grad for name, weight in of.named_parameters()}
    return {name: x.full_tensor() if hasattr(x, "full_tensor") else x for name, x in found.items()}


def furthest(ours, theirs):
    return max((ours[name] - theirs[name]).abs().max().item() for name in ours)


def by_tensors(batch, **changes):
    whole, shared = model(**changes), model(**changes)
    tensor_parallel(shared, init_device_mesh("cpu", (2,)))
    outputs = []
    for one in (whole, shared):
        outputs.append(one(batch["input_ids"]))
        loss(outputs[-1], batch["labels"]).backward()
    local = shared.decoder.layers[0].attention.w_q.weight.to_local()
    return {
        "logits": (outputs[0] - outputs[1]).abs().max().item(),
        "gradients": furthest(gradients(shared), gradients(whole)),
        "rows_held": len(local),
        "gradient_length": gradients(whole)["decoder.layers.0.attention.w_q.weight"].norm().item(),
    }


def by_layers(batch, rank, **changes):
    changes = {"tied": False, **changes}
    whole, shared = model(**changes), model(**changes)
    expected = loss(whole(batch["input_ids"]), batch["labels"])
    expected.backward()
    stage = DecoderStage(shared, rank, 2)
    schedule = pipeline(stage, rank, 2, portions=4, loss=loss, device=torch.device("cpu"))
    losses = []
    if rank == 0:
        schedule.step(batch["input_ids"])
    else:
        schedule.step(target=batch["labels"], losses=losses)
    own = {name: x for name, x in gradients(shared).items() if x is not None}
    found = torch.tensor([furthest(own, gradients(whole)), float(len(own)), 0.0])
    if rank == 1:
        found[2] = (torch.stack(losses).mean() - expected).abs()
    both = [torch.zeros(3) for _ in range(2)]
    dist.all_gather(both, found)
    return {
        "gradients": max(one[0].item() for one in both),
        "weights": [int(one[1]) for one in both],
        "all_weights": len(list(whole.parameters())),
        "loss": both[1][2].item(),
    }


def main():
    dist.init_process_group("gloo")
    rank = dist.get_rank()
    batch = rows(torch.Generator().manual_seed(0), 8)
    batch["labels"] = (batch["input_ids"] + 1) % CONFIG.vocab_size  # a mean of portions needs equal counts
    found = {
        "tensors": by_tensors(batch),
        "tensors_gated": by_tensors(
            batch, feed_forward=Gated(), activation="silu", num_heads=4, num_kv_heads=2
        ),
        "layers": by_layers(batch, rank),
        "layers_learned": by_layers(batch, rank, positions=Learned(), max_length=8, num_layers=3),
    }
    if rank == 0:
        print(json.dumps(found))
    dist.barrier()  # no process leaves while another still needs it
    dist.destroy_process_group()


if __name__ == "__main__":
    sys.exit(main())
