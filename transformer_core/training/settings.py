"""The settings of a training run, in one frozen object."""

from dataclasses import dataclass

SCHEDULES = ("cosine", "paper", "constant")
PRECISIONS = ("float32", "bfloat16")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The numbers and choices of a run; with the task and the code they decide its result.

    Raises:
        ValueError: an impossible number; the message names it and the fix.
    """

    steps: int = 1000
    batch_size: int = 64  # rows of a step, over all processes and micro-batches together
    micro_batches: int = 1  # gradient accumulation: a step's rows are split into so many parts
    learning_rate: float = 1e-3  # the maximum; with schedule "paper" a factor on the paper's own
    schedule: str = "cosine"  # or "paper" (2017: warm-up, then 1 / sqrt(step)), "constant"
    warmup: int = 100  # steps until the learning rate is reached; 0: at once
    weight_decay: float = 0.01  # on matrices; not on norms and biases
    beta1: float = 0.9
    beta2: float = 0.98
    clip: float | None = 1.0  # the largest gradient norm; None: no clipping
    precision: str = "float32"  # or "bfloat16": for products; weights stay in float32
    recompute: bool = False  # activation checkpointing: layers run again in the backward pass, to save memory
    seed: int = 0

    def __post_init__(self):
        for name in ("steps", "batch_size", "micro_batches"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; give 1 or more")
        if self.batch_size % self.micro_batches:
            raise ValueError(f"batch_size {self.batch_size} does not split into {self.micro_batches} "
                             f"micro_batches; use a divisor of {self.batch_size}")
        if self.learning_rate <= 0:
            raise ValueError(f"learning_rate is {self.learning_rate}; give a number above 0")
        if not 0 <= self.warmup < max(self.steps, 2):
            raise ValueError(f"warmup {self.warmup} does not end within {self.steps} steps; make it shorter")
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; give 0 or more")
        if self.clip is not None and self.clip <= 0:
            raise ValueError(f"clip is {self.clip}; give a length above 0, or None to leave gradients whole")
        for name, known in (("schedule", SCHEDULES), ("precision", PRECISIONS)):
            if getattr(self, name) not in known:
                raise ValueError(f"{name} {getattr(self, name)!r} is none of {', '.join(known)}")
