"""loop.py: a step worked by hand, and what must not change when the way to it does."""

import math
import sys
from dataclasses import replace

import pytest
import torch
from counting import CONFIG, SETTINGS, counting, objective, rows
from torch import nn

from transformer_core.measurement.memory import peak_memory
from transformer_core.models import DecoderOnly
from transformer_core.training.failure import TrainingStopped
from transformer_core.training.loop import Step, adamw, gradient_norm, portions, train
from transformer_core.training.recompute import layers_of, recomputed
from transformer_core.training.schedule import learning_rate
from transformer_core.training.seeds import batch_generator, derive_seed

DROPPING = counting(model=lambda: DecoderOnly(replace(CONFIG, dropout=0.3)))


def on_cpu(task=None, settings=SETTINGS, **others):
    return train(task or counting(), settings, device="cpu", **others)


def weights(run):
    return run.model.state_dict()


def same_bits(one, other):
    one, other = weights(one), weights(other)
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def furthest(one, other):
    return max(
        (x - y).abs().max().item()
        for x, y in zip(weights(one).values(), weights(other).values(), strict=True)
    )


# By hand


class Line(nn.Module):
    """y = w x, from w = 3."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([[3.0]]))

    def forward(self, x):
        return x @ self.weight


def line(**others):
    """Rows x = 1, 2 and targets 0: the loss is (w^2 + 4 w^2) / 2, its gradient 5 w = 15."""
    return counting(
        model=Line,
        batch=lambda generator, count: {"x": torch.tensor([[1.0], [2.0]])},
        objective=lambda model, batch: ((model(batch["x"]) ** 2).sum(), torch.tensor(len(batch["x"]))),
        score=lambda model: {"weight": model.weight.item()},
        **others,
    )


HAND = replace(
    SETTINGS, steps=1, batch_size=2, warmup=0, schedule="constant", learning_rate=0.1, weight_decay=0.5
)


def test_one_step_by_hand():
    # Adam's first step is the learning rate, whatever the gradient; weight decay takes 0.1 * 0.5 of w before.
    run = on_cpu(line(), HAND)
    assert run.losses == pytest.approx([22.5])
    assert run.gradient_norms == pytest.approx([15.0])
    assert run.scores["weight"] == pytest.approx(3 * (1 - 0.05) - 0.1)


def test_clipping_cuts_the_gradient_and_its_length_is_told_as_it_was(monkeypatch):
    seen = []
    monkeypatch.setattr(
        torch.optim.AdamW, "step", lambda self: seen.append(self.param_groups[0]["params"][0].grad.item())
    )
    for clip, expected in ((1.0, 1.0), (20.0, 15.0), (None, 15.0)):
        run = on_cpu(line(), replace(HAND, clip=clip))
        assert run.gradient_norms == pytest.approx([15.0])
        assert seen.pop() == pytest.approx(expected)


def test_only_matrices_decay():
    model = DecoderOnly(CONFIG)
    decays = {
        id(weight): group["weight_decay"]
        for group in adamw(model, SETTINGS).param_groups
        for weight in group["params"]
    }
    assert len(decays) == len(list(model.parameters()))
    for name, weight in model.named_parameters():
        assert decays[id(weight)] == (SETTINGS.weight_decay if weight.dim() == 2 else 0.0), name


def test_the_loop_is_adamw_on_the_mean_loss(float64):
    # The same by torch's plain means: the mean loss, its own clipping, its own unfused AdamW.
    run = on_cpu()
    torch.manual_seed(SETTINGS.seed)
    model = DecoderOnly(CONFIG)
    matrices = [weight for weight in model.parameters() if weight.dim() > 1]
    others = [weight for weight in model.parameters() if weight.dim() < 2]
    groups = [
        {"params": matrices, "weight_decay": SETTINGS.weight_decay},
        {"params": others, "weight_decay": 0},
    ]
    optimiser = torch.optim.AdamW(groups, betas=(SETTINGS.beta1, SETTINGS.beta2), foreach=False)
    for step in range(SETTINGS.steps):
        total, count = objective(model, rows(batch_generator(SETTINGS.seed, step), SETTINGS.batch_size))
        optimiser.zero_grad()
        (total / count).backward()
        length = torch.cat([weight.grad.flatten() for weight in model.parameters()]).norm()
        for weight in model.parameters():
            weight.grad *= min(1.0, SETTINGS.clip / length)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, SETTINGS)
        optimiser.step()
        assert run.losses[step] == pytest.approx((total / count).item(), abs=1e-10)
        assert run.gradient_norms[step] == pytest.approx(length.item(), abs=1e-10)
    assert (
        max((x - y).abs().max() for x, y in zip(model.parameters(), run.model.parameters(), strict=True))
        < 1e-10
    )


def test_it_learns():
    run = on_cpu(settings=replace(SETTINGS, steps=120))
    assert run.losses[0] > 5 > 0.1 > run.losses[-1]
    assert run.scores == {"accuracy": 1.0}
    assert not run.model.training and len(run.losses) == len(run.gradient_norms) == 120 and run.seconds > 0


def test_the_papers_schedule_knows_the_models_width():
    run = on_cpu(settings=replace(SETTINGS, schedule="paper", learning_rate=1.0))
    assert run.losses[-1] < run.losses[0]
    with pytest.raises(ValueError, match="schedule 'paper' depends on d_model"):
        on_cpu(line(), replace(HAND, schedule="paper"))


# The same, another way


@pytest.mark.parametrize("micro_batches", [2, 4, 8])
def test_portions_give_the_gradient_of_the_whole_batch(micro_batches, float64):
    # Rows count for differently many tokens, so that a mean of the portions' means would be another number.
    whole, split = on_cpu(), on_cpu(settings=replace(SETTINGS, micro_batches=micro_batches))
    assert split.losses == pytest.approx(whole.losses, abs=1e-10)
    assert split.gradient_norms == pytest.approx(whole.gradient_norms, abs=1e-10)
    assert furthest(whole, split) < 1e-10


def test_portions_are_the_rows_in_their_order():
    batch = {"a": torch.arange(6), "b": torch.arange(12).view(6, 2)}
    parts = portions(batch, 3)
    assert [part["a"].tolist() for part in parts] == [[0, 1], [2, 3], [4, 5]]
    assert torch.equal(torch.cat([part["b"] for part in parts]), batch["b"])


@pytest.mark.parametrize("task", [counting(), DROPPING], ids=["plain", "dropout"])
def test_running_layers_again_changes_no_gradient(task, float64):
    once, again = on_cpu(task), on_cpu(task, replace(SETTINGS, recompute=True))
    assert once.losses == pytest.approx(again.losses, abs=1e-10)
    assert furthest(once, again) < 1e-10


def test_running_layers_again_saves_memory():
    model = DecoderOnly(replace(CONFIG, num_layers=8))
    batch = rows(torch.Generator().manual_seed(0), 16)

    def step():
        objective(model, batch)[0].backward()

    step()  # gradients exist from here on
    kept = peak_memory(step)
    with recomputed(model):
        again = peak_memory(step)
    assert again < kept / 2
    assert peak_memory(step) == kept  # and the model is as it was
    assert all("forward" not in vars(layer) for layer in layers_of(model))


def test_a_model_without_layers_has_nothing_to_run_again():
    with pytest.raises(ValueError, match="Line has no list of layers to run again; set recompute to False"):
        on_cpu(line(), replace(HAND, recompute=True))


def test_half_precision_learns_and_keeps_whole_weights():
    run = on_cpu(settings=replace(SETTINGS, steps=120, precision="bfloat16"))
    assert run.losses[-1] < 0.1 and run.scores["accuracy"] == 1.0
    assert {weight.dtype for weight in run.model.parameters()} == {torch.float32}
    assert run.losses != on_cpu(settings=replace(SETTINGS, steps=120)).losses  # it was in use


# Seeds


def test_one_seed_gives_one_result_to_the_bit():
    assert same_bits(on_cpu(DROPPING), on_cpu(DROPPING))
    assert not same_bits(on_cpu(DROPPING), on_cpu(DROPPING, replace(SETTINGS, seed=1)))


def test_what_was_drawn_before_does_not_matter_and_nothing_is_taken():
    first = on_cpu(DROPPING)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    second = on_cpu(DROPPING)
    assert same_bits(first, second)
    assert torch.equal(torch.get_rng_state(), before)


def test_every_step_has_a_batch_and_a_dropout_of_its_own():
    seen = []

    def batch(generator, count):
        seen.append(rows(generator, count)["input_ids"])
        return rows(generator, count)

    on_cpu(counting(batch=batch))
    drawn = seen[1:]  # before them, one to look at
    assert len(drawn) == SETTINGS.steps
    assert not any(torch.equal(a, b) for i, a in enumerate(drawn) for b in drawn[:i])


def test_seeds_that_are_near_have_nothing_in_common():
    found = {derive_seed(seed, kind, step) for seed in range(20) for kind in range(2) for step in range(50)}
    assert len(found) == 2000 and max(found) < 2**32
    assert derive_seed(1, 2) == derive_seed(1, 2) != derive_seed(2, 1)


# Parts that take no part


def test_a_weight_that_takes_no_part_has_gradient_zero():
    def model():
        made = DecoderOnly(CONFIG)
        made.unused = nn.Parameter(torch.ones(3))
        return made

    run = on_cpu(counting(model=model))
    assert torch.equal(run.model.unused, torch.ones(3))
    assert run.losses == pytest.approx(on_cpu().losses, rel=1e-5)  # one more norm: a sum in another order


def test_frozen_weights_stay():
    def model():
        made = DecoderOnly(CONFIG)
        made.token_embedding.weight.requires_grad_(False)
        return made

    run = on_cpu(counting(model=model))
    torch.manual_seed(SETTINGS.seed)
    assert torch.equal(run.model.token_embedding.weight, DecoderOnly(CONFIG).token_embedding.weight)
    assert run.losses[-1] < run.losses[0]


def test_the_length_of_all_gradients_is_that_of_one_vector():
    assert gradient_norm([torch.tensor([[3.0]]), torch.tensor([0.0, 4.0])]) == 5
    step = Step(Line(), lambda model, batch: (model(batch["x"]).sum(), 1))
    assert step({"x": torch.ones(1, 1)})[0].item() == 3


# What does not fit


@pytest.mark.parametrize(
    "task, settings, others, says",
    [
        (
            counting(whole_batch=True), replace(SETTINGS, micro_batches=2), {},
            "in task 'counting' each row's loss depends on the whole batch, .* into 2 parts; use one process",
        ),
        (counting(), SETTINGS, {"resume": True}, "resume needs the folder"),
        (counting(), SETTINGS, {"save_every": 0}, "save_every is 0; save every 1 or more steps"),
        (counting(), SETTINGS, {"parallel": "ddp"}, "parallel 'ddp' needs processes that torchrun has started"),
        (counting(), SETTINGS, {"parallel": "dpp"}, "parallel 'dpp' is none of ddp, fsdp"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(task, settings, others, says):
    with pytest.raises(ValueError, match=says):
        on_cpu(task, settings, **others)


def test_several_processes_must_be_told_how_to_work_together(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(
        ValueError, match="torchrun started 2 processes, .* add --parallel ddp or --parallel fsdp"
    ):
        on_cpu()


def test_a_whole_batch_in_one_portion_is_fine():
    assert on_cpu(counting(whole_batch=True)).losses == on_cpu().losses


# A run that goes wrong


def bad_from(step, spoil):
    """The task, whose batches are spoilt from a step on."""
    drawn = []

    def batch(generator, count):
        drawn.append(count)
        good = rows(generator, count) | {"weight": torch.ones(count)}
        return spoil(good) if len(drawn) > step + 1 else good  # one is drawn to look at

    def loss(model, batch):
        total, count = objective(model, batch)
        return total * batch["weight"].mean(), count

    return counting(batch=batch, objective=loss)


def stops(task, settings=SETTINGS, **others):
    with pytest.raises(TrainingStopped) as raised:
        on_cpu(task, settings, **others)
    return raised.value


def test_a_loss_that_is_no_number_stops_the_run_and_keeps_the_last_good_checkpoint(tmp_path):
    nan = lambda batch: batch | {"weight": torch.full_like(batch["weight"], math.nan)}  # noqa: E731
    error = stops(bad_from(7, nan), folder=tmp_path, save_every=3)
    assert error.step == 7 and error.checkpoint == tmp_path / "step-00000006.pt"
    said = str(error)
    assert said.startswith("step 7: the loss is nan; the weights were left as they were.")
    assert (
        "1. bad data: weight of this step's batch holds a number that is not finite" in said
        and "2." not in said
    )
    assert said.endswith(f"Last good checkpoint: {error.checkpoint}, and nothing was written over it.")
    # From there it goes on, with good data, to where an undisturbed run ends.
    whole = on_cpu(bad_from(99, nan))
    assert same_bits(on_cpu(bad_from(99, nan), folder=tmp_path, resume=True), whole)


def test_a_learning_rate_that_is_too_high_is_named_first():
    settings = replace(SETTINGS, learning_rate=1e20, warmup=0, clip=None, schedule="constant")
    error = stops(counting(), settings)
    said = str(error)
    assert error.step > 0 and error.checkpoint is None
    places = [
        said.index(cause)
        for cause in ("1. the learning rate, 1e+20", "2. no warm-up", "3. no clipping", "4. bad data")
    ]
    assert places == sorted(places)
    assert "the run kept none: give it a folder" in said


def test_at_the_first_step_the_learning_rate_is_not_to_blame():
    nan = counting(objective=lambda model, batch: (objective(model, batch)[0] * math.nan, torch.tensor(1)))
    said = str(stops(nan, replace(SETTINGS, precision="bfloat16")))
    assert "learning rate" not in said and "warm-up" not in said
    assert "1. precision: bfloat16" in said and "2. bad data, or a model or an objective" in said


def test_a_gradient_can_be_infinite_where_the_loss_is_not():
    def loss(model, batch):
        return torch.sqrt((model(batch["x"]) * 0).sum()), torch.tensor(1)

    said = str(stops(replace(line(), objective=loss), HAND))
    assert said.startswith("step 0: the gradient norm is nan")


def test_a_batch_with_nothing_to_learn_from_stops_the_run():
    nothing = counting(
        batch=lambda generator, count: rows(generator, count) | {"labels": torch.full((count, 7), -100)}
    )
    assert str(stops(nothing)).startswith("step 0: the loss is nan")


def test_what_the_gradients_did_is_told():
    drawn = []

    def late(model, batch):
        drawn.append(1)
        total, count = objective(model, batch)
        return total * (math.inf if len(drawn) > 9 else 1), count

    said = str(stops(counting(objective=late)))
    assert (
        said.startswith("step 9: the loss is inf")
        and "the last 9 steps the gradient norm stayed between" in said
    )


def test_training_says_nothing_unless_it_is_told_to(capsys):
    on_cpu()
    assert capsys.readouterr() == ("", "")
    on_cpu(progress=sys.stderr)  # too quick for a line in a log
    assert capsys.readouterr() == ("", "")
