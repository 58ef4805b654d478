"""Small models that write: transformers' own with random weights, ours that reads them, and how both are asked."""

import tempfile

import torch
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    T5Config,
    T5ForConditionalGeneration,
)

from transformer_core.pretrained import load_pretrained

VOCAB = 53
_NO_SPECIAL = dict(bos_token_id=None, eos_token_id=None, pad_token_id=None)
_LLAMA = dict(
    vocab_size=VOCAB, hidden_size=24, intermediate_size=37, num_hidden_layers=2, num_attention_heads=6,
    num_key_value_heads=2, max_position_embeddings=61, **_NO_SPECIAL,
)  # fmt: skip
REFERENCES = {
    "GPT-2": (
        GPT2LMHeadModel,
        GPT2Config(vocab_size=VOCAB, n_positions=61, n_embd=24, n_layer=2, n_head=3, **_NO_SPECIAL),
    ),
    "Llama, grouped queries": (LlamaForCausalLM, LlamaConfig(**_LLAMA)),
    "Mistral, window": (MistralForCausalLM, MistralConfig(**_LLAMA, sliding_window=5)),
    "T5": (
        T5ForConditionalGeneration,
        T5Config(
            vocab_size=VOCAB, d_model=24, d_kv=7, d_ff=37, num_layers=2, num_heads=3,
            relative_attention_num_buckets=8, relative_attention_max_distance=11,
            decoder_start_token_id=0, pad_token_id=0, eos_token_id=None,
        ),
    ),
}  # fmt: skip


def _spread(path):
    """Chosen so that texts wander: a token's own vector must not decide alone what follows it."""
    if any(part in path for part in ("wte", "wpe", "embed_tokens", "shared")):
        return 0.2
    return 0.1 if path.endswith("bias") or "EncDecAttention.o" in path else 0.4


def pair(name):
    """Our model and transformers', with the same weights, in doubles: no rounding decides between two tokens."""
    torch.manual_seed(2)  # texts that do not soon repeat themselves
    kind, config = REFERENCES[name]
    theirs = kind(config)
    with torch.no_grad():
        for path, parameter in theirs.named_parameters():
            is_scale = parameter.dim() == 1 and not path.endswith("bias")
            parameter.normal_(mean=float(is_scale), std=_spread(path))
    with tempfile.TemporaryDirectory() as folder:
        theirs.save_pretrained(folder)
        ours = load_pretrained(folder)
    return ours.double(), theirs.double().eval()


def start_of(model):
    """What generate needs to know of a model, as T5's config says it."""
    return {"start_id": 0} if hasattr(model, "encoder") else {}


def their_texts(theirs, prompts, **options):
    """transformers' answer to prompts of different lengths: new tokens (rows, new), and what else it returns.

    Padding is on the left, as its generate needs for decoders and accepts for T5.
    """
    longest = max(map(len, prompts))
    ids = torch.tensor([[0] * (longest - len(prompt)) + prompt for prompt in prompts])
    mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    answer = theirs.generate(
        input_ids=ids, attention_mask=mask, do_sample=False, pad_token_id=0, return_dict_in_generate=True,
        output_scores=True, **options,
    )  # fmt: skip
    before = 1 if theirs.config.is_encoder_decoder else longest
    return answer.sequences[:, before:].tolist(), answer
