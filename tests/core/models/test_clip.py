"""models/clip.py: cosines times a temperature, with the ceiling that was published."""

import math

import pytest
import torch
from cases import CONFIGS, shaken, small
from torch import nn
from torch.nn import functional
from transformers.models.clip.modeling_clip import CLIPConfig

from transformer_core.models.clip import CLIP
from transformer_core.models.heads import Classifier, mean_of_tokens

PIXELS = torch.randn(3, 3, 10, 10, generator=torch.Generator().manual_seed(0))
IDS = torch.randint(29, (4, 7), generator=torch.Generator().manual_seed(1))
MASK = torch.tensor([[1] * 7, [1] * 5 + [0] * 2, [1] * 3 + [0] * 4, [1] * 6 + [0]])


class Given(nn.Module):
    """A tower that returns its input."""

    def __init__(self, vectors):
        super().__init__()
        self.vectors = torch.tensor(vectors)

    def forward(self, *_):
        return self.vectors


def test_logits_worked_by_hand():
    model = CLIP(Given([[3.0, 4.0], [0.0, 2.0]]), Given([[5.0, 0.0], [0.0, 1.0], [-6.0, -8.0]]))
    model.log_temperature.data.fill_(math.log(10))
    expected = 10 * torch.tensor([[0.6, 0.8, -1.0], [0.0, 1.0, -0.8]])
    torch.testing.assert_close(model(None, None), expected)


@torch.no_grad()
def test_two_towers_meet_in_one_space():
    model = CLIP(
        small("vision", torch.float32),
        Classifier(small("encoder, learned", torch.float32), 7, pool=mean_of_tokens),
    )
    shaken(model)
    logits = model(PIXELS, IDS, MASK)
    images, texts = model.encode_images(PIXELS), model.encode_texts(IDS, MASK)
    torch.testing.assert_close(images.norm(dim=1), torch.ones(3))
    torch.testing.assert_close(texts.norm(dim=1), torch.ones(4))
    for i in range(3):
        for t in range(4):
            cosine = functional.cosine_similarity(
                model.image_tower(PIXELS)[i], model.text_tower(IDS, MASK)[t], dim=0
            )
            torch.testing.assert_close(logits[i, t], model.scale() * cosine, atol=1e-5, rtol=1e-5)


def test_the_temperature_begins_and_ends_as_published():
    model = CLIP(Given([[1.0]]), Given([[1.0]]))
    assert model(None, None).item() == pytest.approx(1 / 0.07)
    # The published code starts at 2.6592, which is the logarithm of 1 / 0.07.
    assert model.log_temperature.item() == pytest.approx(CLIPConfig().logit_scale_init_value, abs=1e-4)
    model.log_temperature.data.fill_(5.0)
    assert model(None, None).item() == pytest.approx(100)


def test_towers_of_different_widths_are_refused():
    with pytest.raises(
        ValueError, match="ends in 2 numbers and the text tower in 3; give both as many classes"
    ):
        CLIP(Given([[1.0, 2.0]]), Given([[1.0, 2.0, 3.0]]))(None, None)


def test_everything_in_it_learns():
    """No part of a tower is idle: a process that waits for its gradient would wait for ever."""
    text = Classifier(small("encoder, sinusoidal", torch.float32), 7)
    model = CLIP(small("vision", torch.float32), text)
    model(PIXELS, IDS[:3]).diagonal().sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())
    assert CONFIGS["vision"].num_classes == 7
