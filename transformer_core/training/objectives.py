"""Objectives: the loss that each kind of training minimises, as (sum, count).

Each takes (model, batch) and calls the model once. Sum and count are returned separately, so that a
batch split over micro-batches or processes is divided by the count of the whole. Labels of
IGNORE_INDEX are left out.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from transformer_core.training.task import Batch

IGNORE_INDEX = -100  # a label that counts in no loss; torch's own default


def classification(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
    """One class for each text.

    Args:
        model: (input_ids, attention_mask) -> (B, classes), such as a Classifier.
        batch: input_ids (B, T), attention_mask (B, T) where there is padding, labels (B).
    """
    return total_loss(model(batch["input_ids"], batch.get("attention_mask")), batch["labels"])


def image_classification(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
    """One class for each image.

    Args:
        model: pixel_values -> (B, classes), such as a VisionTransformer.
        batch: pixel_values (B, channels, size, size), labels (B).
    """
    return total_loss(model(batch["pixel_values"]), batch["labels"])


def causal_lm(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
    """The next token, at each position.

    Args:
        model: input_ids -> (B, T, V), such as a DecoderOnly.
        batch: input_ids (B, T + 1): the first T are read, the last T are predicted.
    """
    input_ids = batch["input_ids"]
    return total_loss(model(input_ids[:, :-1]), input_ids[:, 1:])


def masked_lm(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
    """BERT's two tasks: predict the masked tokens, and whether the second part follows the first.

    Each row's loss is the mean over its masked tokens plus its next-sentence loss. Where all
    rows have equally many masked tokens, as corruption.mask_tokens gives them, the mean over the rows
    is BERT's loss: the mean over all masked tokens plus the mean over all pairs.

    Args:
        model: (input_ids, attention_mask, token_types) -> (B, T, V) and (B, 2), such as PretrainingHeads.
        batch: input_ids and token_types (B, T), attention_mask (B, T) where there is padding, labels
            (B, T), IGNORE_INDEX where no token was masked, and from_elsewhere (B), 1 where the second
            part does not follow.

    Source: Devlin et al. 2019, "BERT", section 3.1 and appendix A.2.
    """
    tokens, follows = model(batch["input_ids"], batch.get("attention_mask"), token_types=batch["token_types"])
    labels = batch["labels"]
    losses = functional.cross_entropy(
        _wide(tokens).flatten(0, 1), labels.flatten(), ignore_index=IGNORE_INDEX, reduction="none",
    ).view(labels.shape)                                                # (B, T), 0 where no token was masked
    asked = (labels != IGNORE_INDEX).sum(dim=1).clamp(min=1)                 # (B)
    question, rows = total_loss(follows, batch["from_elsewhere"])
    return (losses.sum(dim=1) / asked).sum() + question, rows


def sequence_to_sequence(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
    """Predict each token of the target from the source and the target's earlier tokens.

    Span corruption is this too: its source has gaps, and its target is the text of the gaps.

    Args:
        model: (input_ids, decoder_input_ids, attention_mask) -> (B, Td, V), such as an EncoderDecoder.
        batch: input_ids (B, T), attention_mask (B, T) where there is padding, decoder_input_ids (B, Td),
            the target shifted right by one, and labels (B, Td), IGNORE_INDEX after its end.
    """
    logits = model(batch["input_ids"], batch["decoder_input_ids"], batch.get("attention_mask"))
    return total_loss(logits, batch["labels"])


def contrastive(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
    r"""Match each image with its text, and each text with its image, against the rest of the batch.

    $$\tfrac12\left(\operatorname{CE}(\mathrm{logits}) + \operatorname{CE}(\mathrm{logits}^\top)\right),
    \quad \text{row } i \text{ belongs to } i$$

    Rows are compared with each other, so a batch cannot be split (Task.whole_batch).

    Args:
        model: (pixel_values, input_ids, attention_mask) -> (B, B), such as a CLIP.
        batch: pixel_values (B, channels, size, size), input_ids (B, T), attention_mask (B, T) where there is padding.

    Source: Radford et al. 2021, figure 3.
    """
    logits = model(batch["pixel_values"], batch["input_ids"], batch.get("attention_mask"))  # (B, B)
    own = torch.arange(len(logits), device=logits.device)
    images, count = total_loss(logits, own)
    texts, _ = total_loss(logits.T, own)
    return (images + texts) / 2, count


def total_loss(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """The cross-entropies (..., V) against (...), summed, and how many labels were counted."""
    logits, labels = _wide(logits).flatten(0, -2), labels.flatten()
    loss = functional.cross_entropy(logits, labels, ignore_index=IGNORE_INDEX, reduction="sum")
    return loss, (labels != IGNORE_INDEX).sum()


def _wide(logits: Tensor) -> Tensor:
    """In float32 at least: half precision is too coarse for a sum over a vocabulary."""
    return logits.to(torch.promote_types(logits.dtype, torch.float32))
