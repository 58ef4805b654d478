"""vision.py: patches cut by hand, whole models against the NumPy reference, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
import reference
import torch
from cases import CONFIGS, TOLERANCE, array, close, numbers, of_family, small

from transformer_core.models import build

NAMES = of_family("vision")
IMAGE = (3, 10, 10)


def expected_logits(config, p, pixels):
    """The reference's, (B, classes); each patch is flattened and projected by hand."""
    size, weight = config.patch_size, p["patch_embedding.weight"]
    sequences = []
    for image in pixels:
        tokens = [p["class_token"][0, 0]]
        for top in range(0, config.image_size, size):  # row by row
            for left in range(0, config.image_size, size):
                patch = image[:, top : top + size, left : left + size]
                tokens.append(weight.reshape(len(weight), -1) @ patch.flatten() + p["patch_embedding.bias"])
        sequences.append(np.stack(tokens) + p["position_embedding.weight"])
    x = np.stack(sequences)
    for number in range(config.num_layers):
        x, _ = reference.layer(
            x,
            reference.under(p, f"encoder.layers.{number}"),
            activation=config.activation,
            pre_norm=config.pre_norm,
            eps=config.norm_eps,
            num_heads=config.num_heads,
            num_kv_heads=config.num_kv_heads,
        )
    x = reference.norm(x, p, "encoder.norm", eps=config.norm_eps)
    return reference.linear(x[:, 0], p, "head")


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("name", NAMES)
@torch.no_grad()
def test_equals_the_reference(name, dtype):
    model, pixels = small(name, dtype), torch.randn(2, *IMAGE, dtype=dtype)
    expected = expected_logits(CONFIGS[name], numbers(model), array(pixels))
    close(model(pixels), expected, atol=TOLERANCE[dtype] * max(1, abs(expected).max()))


@torch.no_grad()
def test_a_patch_is_seen_where_it_is():
    # Layers that add nothing leave the patches' own vectors: a dot in the lower left is patch 2's alone.
    model = small("vision")
    image = torch.zeros(1, *IMAGE, dtype=torch.float64)
    before = model.trace(image).hidden_states[0]
    image[0, 1, 7, 2] = 1  # channel 1, row 7, column 2
    changed = (model.trace(image).hidden_states[0] - before)[0]
    assert (changed[[0, 1, 2, 4]] == 0).all()
    torch.testing.assert_close(changed[3], model.patch_embedding.weight[:, 1, 2, 2])


@pytest.mark.parametrize("name", NAMES)
@torch.no_grad()
def test_the_head_reads_the_class_token(name):
    model, pixels = small(name), torch.randn(2, *IMAGE, dtype=torch.float64)
    state = model.hidden_state(pixels)
    assert state.shape == (2, 5, 24)
    torch.testing.assert_close(model(pixels), model.head(state[:, 0]), atol=0, rtol=0)
    trace = model.trace(pixels)
    assert trace.attentions.shape == (2, 2, 6, 5, 5)
    torch.testing.assert_close(trace.hidden_states[-1], state, atol=1e-10, rtol=0)


@pytest.mark.parametrize(
    "shape, says",
    [
        ((2, 3, 10, 11), ["pixel_values (2, 3, 10, 11)", "(B, 3, 10, 10)", "resize the image"]),
        ((2, 1, 10, 10), ["(2, 1, 10, 10)", "(B, 3, 10, 10)"]),
        ((3, 10, 10), ["(3, 10, 10)", "one image is image[None]"]),
    ],
)
def test_an_image_of_another_size_is_refused(shape, says):
    model = small("vision")
    for call in (model, model.hidden_state, model.trace):
        with pytest.raises(ValueError) as refused:
            call(torch.zeros(shape, dtype=torch.float64))
        assert all(part in str(refused.value) for part in says), refused.value


def test_patches_that_do_not_tile_the_image_are_refused():
    says = "patches of 4 pixels do not tile an image of 10; use a patch_size that divides 10"
    with pytest.raises(ValueError, match=says):
        build(replace(CONFIGS["vision"], patch_size=4))
