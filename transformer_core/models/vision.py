"""The Vision Transformer: an image cut into patches, each read like a word."""

import torch
from torch import Tensor, nn

from transformer_core.models.config import VisionConfig
from transformer_core.models.parts import make_encoder
from transformer_core.nn.encoder import Trace


class VisionTransformer(nn.Module):
    """Patches as tokens, one more token in front to collect the answer, and a head that reads it.

    Raises:
        ValueError: the patches do not tile the image, or the config's numbers do not fit.

    Source: Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words".
    """

    def __init__(self, config: VisionConfig):
        super().__init__()
        size, patch, d_model = config.image_size, config.patch_size, config.d_model
        if size % patch:
            raise ValueError(f"patches of {patch} pixels do not tile an image of {size}; "
                             f"use a patch_size that divides {size}")
        self.config = config
        # Cut, flatten and project in one: a convolution whose steps are as wide as its window.
        self.patch_embedding = nn.Conv2d(config.num_channels, d_model, kernel_size=patch, stride=patch)
        self.class_token = nn.Parameter(torch.zeros(1, 1, d_model))
        self.position_embedding = nn.Embedding((size // patch) ** 2 + 1, d_model)
        self.dropout = nn.Dropout(config.dropout)
        self.encoder = make_encoder(config)
        self.head = nn.Linear(d_model, config.num_classes)

    def forward(self, pixel_values: Tensor) -> Tensor:
        """Scores for each class.

        Args:
            pixel_values: (B, num_channels, image_size, image_size), scaled as in training.

        Returns:
            (B, num_classes) logits.

        Raises:
            ValueError: an image of another size or with other channels.
        """
        return self.head(self.hidden_state(pixel_values)[:, 0])

    def hidden_state(self, pixel_values: Tensor) -> Tensor:
        """(B, 1 + patches, D): the class token's vector, then each patch's, row by row."""
        return self.encoder(self._embed(pixel_values))

    def trace(self, pixel_values: Tensor) -> Trace:
        """The same pass with every hidden state and every attention map."""
        return self.encoder.trace(self._embed(pixel_values))

    def _embed(self, pixel_values: Tensor) -> Tensor:
        """(B, channels, size, size) -> (B, 1 + patches, D)."""
        config, shape = self.config, tuple(pixel_values.shape)
        wanted = (config.num_channels, config.image_size, config.image_size)
        if len(shape) != 4 or shape[1:] != wanted:
            raise ValueError(f"pixel_values {shape} do not fit this model; make them (B, {wanted[0]}, "
                             f"{wanted[1]}, {wanted[2]}): resize the image, and one image is image[None]")
        patches = self.patch_embedding(pixel_values).flatten(2).transpose(1, 2)  # (B, patches, D)
        token = self.class_token.expand(len(patches), -1, -1)                    # (B, 1, D)
        x = torch.cat([token, patches], dim=1) + self.position_embedding.weight  # (B, 1 + patches, D)
        return self.dropout(x)
