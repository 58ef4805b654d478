"""CLIP: an image tower and a text tower that learn to put what belongs together side by side."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


class CLIP(nn.Module):
    r"""Two towers into one space, where every image is compared with every text.

    $$\mathrm{logits}_{ij} = e^{\tau} \cos(\mathrm{image}_i, \mathrm{text}_j), \qquad e^{\tau} \le 100$$

    The temperature is learned as its logarithm. It starts at the logarithm of 1 / 0.07, and logits
    are never scaled by more than 100.

    Args:
        image_tower: (B, channels, size, size) -> (B, E): a VisionTransformer whose classes are the E
            axes of the common space.
        text_tower: input_ids (B, T) and attention_mask -> (B, E): a Classifier, likewise. (The
            published one is a decoder; an encoder reads the same texts.)

    Source: Radford et al. 2021, "Learning Transferable Visual Models From Natural Language
    Supervision", sections 2.3 and 2.5.
    """

    def __init__(self, image_tower: nn.Module, text_tower: nn.Module):
        super().__init__()
        self.image_tower, self.text_tower = image_tower, text_tower
        self.log_temperature = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def forward(
        self, pixel_values: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None,
    ) -> Tensor:
        """How well each image and each text fit.

        Args:
            pixel_values: (Bi, channels, size, size), the images.
            input_ids: (Bt, T), the texts.
            attention_mask: (Bt, T), 1 for a token and 0 for padding.

        Returns:
            (Bi, Bt) logits: row i compares image i with every text.

        Raises:
            ValueError: the towers end in different widths; and what they refuse.
        """
        images, texts = self.encode_images(pixel_values), self.encode_texts(input_ids, attention_mask)
        if images.shape[1] != texts.shape[1]:
            raise ValueError(f"the image tower ends in {images.shape[1]} numbers and the text tower in "
                             f"{texts.shape[1]}; give both as many classes")
        return self.scale() * images @ texts.T

    def encode_images(self, pixel_values: Tensor) -> Tensor:
        """(B, channels, size, size) -> (B, E), of length 1."""
        return functional.normalize(self.image_tower(pixel_values), dim=-1)

    def encode_texts(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        """(B, T) -> (B, E), of length 1."""
        return functional.normalize(self.text_tower(input_ids, attention_mask), dim=-1)

    def scale(self) -> Tensor:
        """What cosines are multiplied by, 100 at most; 0-d."""
        return self.log_temperature.clamp(max=math.log(100)).exp()
