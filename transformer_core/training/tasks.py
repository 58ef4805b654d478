"""The tasks: models, data, losses and scores.

TASKS gives each by its name. Making one is free: corpus and images are read when the first
rows are drawn.
"""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import nn

from transformer_core.models import build
from transformer_core.models.clip import CLIP
from transformer_core.models.config import (
    DecoderConfig,
    EncoderConfig,
    EncoderDecoderConfig,
    Relative,
    VisionConfig,
)
from transformer_core.models.encoder_only import EncoderOnly
from transformer_core.models.heads import Classifier, PretrainingHeads, mean_of_tokens
from transformer_core.training import digits, objectives, rewriting, sentiment
from transformer_core.training.corpus import Corpus, standard_library
from transformer_core.training.corruption import SpanCorruption, mask_tokens, sentence_pairs
from transformer_core.training.scores import accuracy, bits_per_byte, exact_match
from transformer_core.training.settings import Settings
from transformer_core.training.task import Batch, Task

VOCAB_SIZE = 1024  # of the corpus's tokenizer, where a text is written
# Where only some tokens of a row are predicted, single bytes let a small model see enough of each
# within a minute.
BYTES = 256


def small_tables(model: nn.Module, *, std: float = 0.02) -> nn.Module:
    """Redraw a model's embedding tables with a small spread, as GPT and BERT do; returns the model.

    torch draws them with a spread of 1. A table that is the head too would then give logits of
    about sqrt(D) at first: overconfident before any training.

    Source: Radford et al. 2018, "GPT", section 4.1, for 0.02.
    """
    for module in model.modules():
        if isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=std)
    return model


def sentiment_task() -> Task:
    """Generated sentences, for or against; scored on pairs of words never seen together."""
    def model() -> nn.Module:
        return small_tables(Classifier(_encoder(len(sentiment.VOCABULARY), sentiment.LONGEST, dropout=0.0), 2))

    @torch.no_grad()
    def score(model: nn.Module) -> dict[str, float]:
        rows = sentiment.to_batch(sentiment.sentences(_fixed(), 2000, held_out=True))
        return {"accuracy": accuracy(model(rows["input_ids"], rows["attention_mask"]), rows["labels"])}

    return Task(
        name="sentiment", summary="is a generated sentence for or against, through negation and distractors?",
        model=model, batch=sentiment.batch, objective=objectives.classification, score=score,
        settings=Settings(steps=500, batch_size=64, learning_rate=3e-3, warmup=50),
    )


def causal_task() -> Task:
    """The standard library's sources, token by token; scored in bits per byte on held-out files."""
    length = 128

    def model() -> nn.Module:
        return small_tables(build(DecoderConfig(
            vocab_size=VOCAB_SIZE, max_length=length, d_model=96, num_layers=3,
            num_heads=4, d_ff=384, pre_norm=True, norm_eps=1e-5, dropout=0.0,
        )))

    def batch(generator: torch.Generator, rows: int) -> Batch:
        return {"input_ids": standard_library(VOCAB_SIZE).training.rows(generator, rows, length + 1)}

    def score(model: nn.Module) -> dict[str, float]:
        rows = _spread(standard_library(VOCAB_SIZE).held_out.in_order(length), 200)
        return {"bits_per_byte": bits_per_byte(model, rows, standard_library(VOCAB_SIZE).tokenizer)}

    return Task(
        name="causal", summary="which token comes next in Python's own library?",
        model=model, batch=batch, objective=objectives.causal_lm, score=score,
        settings=Settings(steps=600, batch_size=16, learning_rate=3e-3, warmup=60),
    )


def masked_task() -> Task:
    """BERT's pretraining on the standard library: masked tokens, and pairs that belong together or not."""
    half = 32
    class_id, end_id, mask_id = BYTES, BYTES + 1, BYTES + 2

    def model() -> nn.Module:
        return small_tables(PretrainingHeads(_encoder(
            BYTES + 3, 2 * half + 3, d_model=96, d_ff=384, num_types=2, pooler=True, dropout=0.0,
            positions=Relative(), pre_norm=True,
        )))

    def draw(corpus: Corpus, generator: torch.Generator, rows: int) -> Batch:
        pairs = sentence_pairs(corpus, generator, rows, half, class_id=class_id, end_id=end_id)
        maskable = pairs.pop("maskable")
        pairs["input_ids"], labels = mask_tokens(
            pairs["input_ids"], maskable, generator, mask_id=mask_id, words=BYTES)
        return {**pairs, "labels": labels}

    @torch.no_grad()
    def score(model: nn.Module) -> dict[str, float]:
        rows = draw(standard_library(BYTES).held_out, _fixed(), 500)
        tokens, follows = model(rows["input_ids"], token_types=rows["token_types"])
        return {"token_accuracy": accuracy(tokens, rows["labels"]),
                "pair_accuracy": accuracy(follows, rows["from_elsewhere"])}

    return Task(
        name="masked", summary="which tokens were masked, and do two pieces belong together? BERT's pretraining",
        model=model, batch=lambda generator, rows: draw(standard_library(BYTES).training, generator, rows),
        objective=objectives.masked_lm, score=score,
        settings=Settings(steps=1000, batch_size=32, learning_rate=3e-3, warmup=100),
    )


def spans_task() -> Task:
    """T5's pretraining on the standard library: predict the missing spans."""
    start_id, spans = BYTES, SpanCorruption(length=64, first_sentinel=BYTES + 1, sentinels=8)

    def model() -> nn.Module:
        return small_tables(build(EncoderDecoderConfig(
            vocab_size=BYTES + 9, d_model=96, num_layers=2, num_heads=4, d_ff=384,
            positions=Relative(), norm="rms", norm_eps=1e-6, pre_norm=True, dropout=0.0,
        )))

    def draw(corpus: Corpus, generator: torch.Generator, rows: int) -> Batch:
        sources, targets = spans.batch(corpus.rows(generator, rows, spans.length), generator)
        begun = torch.cat([torch.full((rows, 1), start_id), targets[:, :-1]], dim=1)
        return {"input_ids": sources, "decoder_input_ids": begun, "labels": targets}

    @torch.no_grad()
    def score(model: nn.Module) -> dict[str, float]:
        rows = draw(standard_library(BYTES).held_out, _fixed(), 500)
        rows["labels"][rows["labels"] > BYTES] = objectives.IGNORE_INDEX  # sentinels are easy to predict
        return {"token_accuracy": accuracy(model(rows["input_ids"], rows["decoder_input_ids"]), rows["labels"])}

    return Task(
        name="spans", summary="what stood in the holes of a text? T5's pretraining",
        model=model, batch=lambda generator, rows: draw(standard_library(BYTES).training, generator, rows),
        objective=objectives.sequence_to_sequence, score=score,
        settings=Settings(steps=1000, batch_size=32, learning_rate=3e-3, warmup=100),
    )


def _rewriting_task(kind: rewriting.Rewriting, name: str, summary: str, settings: Settings) -> Task:
    def model() -> nn.Module:
        return small_tables(build(EncoderDecoderConfig(
            vocab_size=len(kind.vocabulary), d_model=64, num_layers=2, num_heads=4,
            d_ff=256, positions=Relative(), norm="rms", norm_eps=1e-6, pre_norm=True, dropout=0.0,
        )))

    def score(model: nn.Module) -> dict[str, float]:
        return {"exact_match": exact_match(model, kind, kind.examples(_fixed(), 1000, held_out=True))}

    return Task(name=name, summary=summary, model=model, batch=kind.batch,
                objective=objectives.sequence_to_sequence, score=score, settings=settings)


def numbers_task() -> Task:
    """Generated number words to digits; scored on numbers of digit sums never seen."""
    return _rewriting_task(
        rewriting.NUMBERS, "numbers", "number words to digits: three hundred and six is 306",
        Settings(steps=1000, batch_size=64, learning_rate=3e-3, warmup=100))


def dates_task() -> Task:
    """Generated dates to ISO 8601; scored on days of months never seen together."""
    return _rewriting_task(
        rewriting.DATES, "dates", "dates to ISO 8601: the 3rd of may 1997 is 1997-05-03",
        Settings(steps=800, batch_size=64, learning_rate=3e-3, warmup=80))


def digits_task() -> Task:
    """A Vision Transformer reads handwritten digits."""
    @torch.no_grad()
    def score(model: nn.Module) -> dict[str, float]:
        held_out = digits.handwritten_digits(held_out=True)
        return {"accuracy": accuracy(model(held_out.pixel_values), held_out.labels)}

    return Task(
        name="digits", summary="which digit is it? A Vision Transformer on 8 by 8 pixels",
        model=lambda: _image_tower(num_layers=3, num_classes=10), batch=digits.batch,
        objective=objectives.image_classification, score=score,
        settings=Settings(steps=400, batch_size=64, learning_rate=2e-3, warmup=40),
    )


def captions_task() -> Task:
    """CLIP on handwritten digits and generated captions; scored by finding the caption among all forty."""
    def model() -> nn.Module:
        texts = _encoder(len(digits.VOCABULARY), 16, d_model=16, num_layers=1, d_ff=32, dropout=0.0)
        text_tower = small_tables(Classifier(texts, 32, pool=mean_of_tokens))
        return CLIP(_image_tower(num_layers=2, num_classes=32), text_tower)

    return Task(
        name="captions", summary="which caption belongs to which image? CLIP on handwritten digits",
        model=model, batch=digits.caption_batch, objective=objectives.contrastive, score=_retrieval,
        settings=Settings(steps=700, batch_size=32, learning_rate=1e-3, warmup=60, weight_decay=0.1), whole_batch=True,
    )


@torch.no_grad()
def _retrieval(model: CLIP) -> dict[str, float]:
    """Each held-out image in each look: the share whose best caption is its own; also on held-out pairs."""
    images = digits.handwritten_digits(held_out=True)
    texts = [digits.caption(digit, look, digits.CAPTIONS[0]) for digit, look in digits.PAIRS]
    found, own = [], []
    for look, shown in enumerate(digits.LOOKS):
        found.append(model(shown.show(images.pixel_values), **digits.encode_captions(texts)).argmax(dim=1))
        own.append(images.labels * len(digits.LOOKS) + look)
    found, own = torch.cat(found), torch.cat(own)
    unseen = torch.tensor([digits.is_held_out(*pair) for pair in digits.PAIRS])[own]
    right = (found == own).double()
    return {"retrieval": right.mean().item(), "retrieval_unseen": right[unseen].mean().item()}


TASKS: dict[str, Callable[[], Task]] = {
    "sentiment": sentiment_task,
    "causal": causal_task,
    "masked": masked_task,
    "spans": spans_task,
    "numbers": numbers_task,
    "dates": dates_task,
    "digits": digits_task,
    "captions": captions_task,
}


def _encoder(vocab_size: int, max_length: int, **choices) -> EncoderOnly:
    config = EncoderConfig(
        vocab_size=vocab_size, max_length=max_length, d_model=64, num_layers=2, num_heads=4, d_ff=256,
        embedding_norm=True, norm_eps=1e-5,
    )
    return build(replace(config, **choices))


def _image_tower(*, num_layers: int, num_classes: int) -> nn.Module:
    # Patches of four pixels are small numbers, so positions must not be too small beside the others: 0.2.
    return small_tables(build(VisionConfig(
        image_size=digits.SIZE, patch_size=2, num_channels=1, num_classes=num_classes, d_model=64,
        num_layers=num_layers, num_heads=4, d_ff=128, pre_norm=True, norm_eps=1e-5, dropout=0.0,
    )), std=0.2)


def _fixed() -> torch.Generator:
    """A generator for the rows of a score, always the same ones."""
    return torch.Generator().manual_seed(1)


def _spread(rows: torch.Tensor, count: int) -> torch.Tensor:
    """At most `count` of the rows, evenly spread."""
    return rows[torch.linspace(0, len(rows) - 1, min(count, len(rows))).long()]
