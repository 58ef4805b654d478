"""config.json read key by key, so that no key is ignored silently."""

import reprlib
from pathlib import Path

from transformer_core.pretrained.folder import read_json

REQUIRED = object()


def words(text: str) -> frozenset[str]:
    """The words of a text, for tables that read better without quotes."""
    return frozenset(text.split())


# What a config calls a function, and what layers.ACTIVATIONS calls it.
ACTIVATIONS = {
    "relu": "relu",
    "gelu": "gelu", "gelu_python": "gelu",
    "gelu_new": "gelu_tanh", "gelu_pytorch_tanh": "gelu_tanh", "gelu_python_tanh": "gelu_tanh",
    "silu": "silu", "swish": "silu",
}
# Keys that any family's config may have, and the values that are computed here.
EVERYWHERE = {
    "is_decoder": (False,),
    "add_cross_attention": (False,),
    "cross_attention_hidden_size": (None,),
    "tie_encoder_decoder": (False,),
    "pruned_heads": ({}, None),
    "quantization_config": (None,),
    "auto_map": (None,),  # names code of the checkpoint's own
}
# Keys that published configs have and that do not change what a model computes.
IRRELEVANT = words("""
    architectures transformers_version transformers.js_config _name_or_path name_or_path _commit_hash
    tokenizer_class finetuning_task task_specific_params problem_type id2label label2id num_labels _num_labels
    unsloth_version unsloth_fixed
    dtype torch_dtype use_bfloat16 torchscript tf_legacy_loss gradient_checkpointing chunk_size_feed_forward
    attn_implementation _attn_implementation _attn_implementation_autoset experts_implementation
    use_cache output_past output_attentions output_hidden_states output_scores
    return_dict use_return_dict return_dict_in_generate
    bos_token_id eos_token_id pad_token_id sep_token_id cls_token_id mask_token_id decoder_start_token_id
    initializer_range initializer_factor classifier_dropout
    prefix max_length min_length max_new_tokens do_sample early_stopping num_beams num_beam_groups
    diversity_penalty temperature top_k top_p typical_p repetition_penalty length_penalty
    no_repeat_ngram_size encoder_no_repeat_ngram_size bad_words_ids num_return_sequences
    forced_bos_token_id forced_eos_token_id remove_invalid_values exponential_decay_length_penalty
    suppress_tokens begin_suppress_tokens
""")


class Settings:
    """A config's keys. Each reader below notes its key as asked for; `finish` refuses the others.

    A default is what the reference takes where the file says nothing. Every reader raises
    ValueError where the value is not what it should be; the message names file, key and value.

    Args:
        source: the file's path, as messages name it.
        written: what it holds.
    """

    def __init__(self, source: str, written: dict):
        self.source = source
        self._written = written
        self._asked: set[str] = set()

    @classmethod
    def of(cls, path: Path) -> "Settings":
        """The keys of the config.json at this path."""
        return cls(str(path), read_json(path))

    def value(self, key: str, default=REQUIRED):
        """The value as it is, null as None."""
        self._asked.add(key)
        if key not in self._written and default is REQUIRED:
            raise ValueError(f"{self.source} lacks {key}; use the config.json of these weights")
        return self._written.get(key, default)

    def whole(self, key: str, default=REQUIRED, *, least: int = 1) -> int:
        """A whole number of at least `least`."""
        found = self.value(key, default)
        if not isinstance(found, int) or isinstance(found, bool) or found < least:
            raise self.refusal(key, found, f"it must be a whole number of at least {least}")
        return found

    def whole_or_none(self, key: str, default: int | None = None) -> int | None:
        """A whole number of at least 1, or null."""
        return None if self.value(key, default) is None else self.whole(key, default)

    def number(self, key: str, default=REQUIRED) -> float:
        """A number of at least 0."""
        found = self.value(key, default)
        if not isinstance(found, (int, float)) or isinstance(found, bool) or not found >= 0:
            raise self.refusal(key, found, "it must be a number of at least 0")
        return float(found)

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        found = self.value(key, default)
        if not isinstance(found, bool):
            raise self.refusal(key, found, "it must be true or false")
        return found

    def activation(self, key: str, default: str) -> str:
        """The name of the function in layers.ACTIVATIONS."""
        found = self.value(key, default)
        if not isinstance(found, str) or found not in ACTIVATIONS:
            raise self.refusal(key, found, f"the activations computed here are {', '.join(ACTIVATIONS)}")
        return ACTIVATIONS[found]

    def only(self, key: str, *computed) -> None:
        """Refuse all values but these."""
        found = self.value(key, computed[0])
        if found not in computed:
            raise self.refusal(key, found, f"only {computed[0]!r} is computed; take a checkpoint without it")

    def inner(self, key: str) -> "Settings | None":
        """The keys of an object within; None where there is none, or null."""
        found = self.value(key, None)
        if found is None:
            return None
        if not isinstance(found, dict):
            raise self.refusal(key, found, "it must be an object or null")
        return Settings(f"{self.source}: {key}", found)

    def finish(self, irrelevant: frozenset[str] = frozenset()) -> None:
        """Refuse keys that were not read and that are not known to be irrelevant."""
        unknown = sorted(set(self._written) - self._asked - irrelevant)
        if unknown:
            raise self.refusal(unknown[0], self._written[unknown[0]],
                               "nothing here knows that key, and it may change what the model computes "
                               f"({len(unknown)} such in all); if it does not, take it out of the file")

    def refusal(self, key: str, found, says: str) -> ValueError:
        """The error for a key whose value cannot be used; `says` is the reason and the fix."""
        return ValueError(f"{self.source}: {key} is {reprlib.repr(found)}; {says}")
