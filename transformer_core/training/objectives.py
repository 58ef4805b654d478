"""Objectives: what each kind of training asks of a model, as (sum of losses, how many).

Each takes (model, batch) and calls the model once. Sum and count come apart, so that a batch
worked through in portions, or by several processes, is divided by the count of the whole.
Labels of NOTHING are not asked for.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from transformer_core.training.task import Batch

NOTHING = -100  # the label of a place where nothing is asked, as torch has it


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
    """The token that comes next, at each place.

    Args:
        model: input_ids -> (B, T, V), such as a DecoderOnly.
        batch: input_ids (B, T + 1): the first T are read, the last T are to be foretold.
    """
    input_ids = batch["input_ids"]
    return total_loss(model(input_ids[:, :-1]), input_ids[:, 1:])


def masked_lm(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
    """BERT's two at once: the tokens that were taken out, and whether the second part follows the first.

    Each row's loss is the mean over its own tokens plus that of its question. Where all rows
    have as many tokens taken out, as corruption.mask_tokens gives them, the mean over the rows
    is BERT's loss: the mean over all those tokens plus the mean over all questions.

    Args:
        model: (input_ids, attention_mask, token_types) -> (B, T, V) and (B, 2), such as PretrainingHeads.
        batch: input_ids and token_types (B, T), attention_mask (B, T) where there is padding, labels
            (B, T), NOTHING where no token was taken out, and from_elsewhere (B), 1 where the second
            part does not follow.

    Source: Devlin et al. 2019, "BERT", section 3.1 and appendix A.2.
    """
    tokens, follows = model(batch["input_ids"], batch.get("attention_mask"), token_types=batch["token_types"])
    labels = batch["labels"]
    losses = functional.cross_entropy(
        _wide(tokens).flatten(0, 1), labels.flatten(), ignore_index=NOTHING, reduction="none",
    ).view(labels.shape)                                                # (B, T), 0 where nothing is asked
    asked = (labels != NOTHING).sum(dim=1).clamp(min=1)                 # (B)
    question, rows = total_loss(follows, batch["from_elsewhere"])
    return (losses.sum(dim=1) / asked).sum() + question, rows


def sequence_to_sequence(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
    """The target text, each token from the source and the target's tokens before it.

    Span corruption is this too: its source has holes, and its target is what stood in them.

    Args:
        model: (input_ids, decoder_input_ids, attention_mask) -> (B, Td, V), such as an EncoderDecoder.
        batch: input_ids (B, T), attention_mask (B, T) where there is padding, decoder_input_ids (B, Td),
            which is the target moved one to the right, and labels (B, Td), NOTHING where it has ended.
    """
    logits = model(batch["input_ids"], batch["decoder_input_ids"], batch.get("attention_mask"))
    return total_loss(logits, batch["labels"])


def contrastive(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
    r"""Which text belongs to each image, and which image to each text: the rest of the batch is wrong.

    $$\tfrac12\left(\operatorname{CE}(\mathrm{logits}) + \operatorname{CE}(\mathrm{logits}^\top)\right),
    \quad \text{row } i \text{ belongs to } i$$

    Rows judge each other, so a batch of this cannot be split (Task.whole_batch).

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
    """The cross-entropies (..., V) against (...), summed, and how many labels asked something."""
    logits, labels = _wide(logits).flatten(0, -2), labels.flatten()
    loss = functional.cross_entropy(logits, labels, ignore_index=NOTHING, reduction="sum")
    return loss, (labels != NOTHING).sum()


def _wide(logits: Tensor) -> Tensor:
    """In float32 at least: half precision is too coarse for a sum over a vocabulary."""
    return logits.to(torch.promote_types(logits.dtype, torch.float32))
