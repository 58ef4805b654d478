"""transformers' own models with random weights: saved as folders, changed, and asked for their answers."""

import json

import pytest
import torch
import transformers as hf
from safetensors.torch import load_file, save_file
from torch.overrides import TorchFunctionMode
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

from transformer_core.pretrained import load_pretrained

hf.utils.logging.disable_progress_bar()

VOCAB, T = 29, 11
MASK = torch.tensor([[1] * 11, [0] * 4 + [1] * 7, [1] * 5 + [0] * 6])  # padding: none, left, right

LLAMA = dict(
    vocab_size=VOCAB, hidden_size=24, num_attention_heads=6, num_key_value_heads=2, num_hidden_layers=2,
    intermediate_size=17, max_position_embeddings=23,
)  # fmt: skip
BERT = dict(
    vocab_size=VOCAB, hidden_size=21, num_attention_heads=3, num_hidden_layers=2, intermediate_size=17,
    max_position_embeddings=13,
)  # fmt: skip
T5 = dict(vocab_size=VOCAB, d_model=21, d_kv=5, d_ff=17, num_layers=2, num_decoder_layers=1, num_heads=3)
# T5 1.1, of which Flan-T5 was made.
T5_1_1 = dict(feed_forward_proj="gated-gelu", tie_word_embeddings=False, **T5)
# A small model of each family, of the class whose folders are published.
SMALL = {
    "bert": (hf.BertForPreTraining, hf.BertConfig(**BERT)),
    "roberta": (hf.RobertaForMaskedLM, hf.RobertaConfig(**BERT)),
    "distilbert": (
        hf.DistilBertForMaskedLM,
        hf.DistilBertConfig(
            vocab_size=VOCAB, dim=21, n_heads=3, n_layers=2, hidden_dim=17, max_position_embeddings=13
        ),
    ),
    "gpt2": (
        hf.GPT2LMHeadModel,
        hf.GPT2Config(vocab_size=VOCAB, n_embd=21, n_head=3, n_layer=2, n_positions=13),
    ),
    "llama": (hf.LlamaForCausalLM, hf.LlamaConfig(**LLAMA)),
    "mistral": (hf.MistralForCausalLM, hf.MistralConfig(sliding_window=4, **LLAMA)),
    "mixtral": (hf.MixtralForCausalLM, hf.MixtralConfig(num_local_experts=3, **LLAMA)),
    "t5": (hf.T5ForConditionalGeneration, hf.T5Config(**T5)),
    "vit": (
        hf.ViTForImageClassification,
        hf.ViTConfig(
            hidden_size=21,
            num_attention_heads=3,
            num_hidden_layers=2,
            intermediate_size=17,
            image_size=6,
            patch_size=3,
            num_channels=2,
            num_labels=5,
        ),
    ),
}


def save(kind, config, folder, **options):
    """A model of that class with every number random: fresh norms and biases are 1 and 0 and hide a swap."""
    model = kind(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.normal_(mean=1, std=0.3)
            else:  # answers of order 1, and little that float32 rounds is blown up on the way
                parameter.normal_(std=0.6 * parameter.shape[-1] ** -0.5)
    model.save_pretrained(folder, **options)
    return folder


def edit_config(folder, **changes):
    """Write these keys into config.json; one that is ... goes out of it."""
    path = folder / "config.json"
    config = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({key: value for key, value in config.items() if value is not ...}))


def edit_tensors(folder, edit):
    path = folder / "model.safetensors"
    tensors = load_file(path)
    edit(tensors)
    save_file(tensors, path)


def reference(folder):
    """The folder as transformers reads it, with its readable attention."""
    model_type = json.loads((folder / "config.json").read_text())["model_type"]
    kind = {
        **dict.fromkeys(["gpt2", "llama", "mistral", "mixtral"], hf.AutoModelForCausalLM),
        "t5": hf.T5ForConditionalGeneration,
        "vit": hf.ViTForImageClassification,
    }.get(model_type, hf.AutoModel)
    return kind.from_pretrained(folder, attn_implementation="eager", experts_implementation="eager").eval()


def inputs(folder, precision=torch.float32, mask=MASK):
    """How ours is called for this folder, how transformers' is, and where the answers count."""
    config = json.loads((folder / "config.json").read_text())
    if config["model_type"] == "vit":
        size = config["image_size"]
        pixels = torch.randn(2, config["num_channels"], size, size, dtype=precision)
        return (pixels,), {"pixel_values": pixels}, slice(None)
    pad = config.get("pad_token_id") or 0
    ids = torch.randint(pad + 1, VOCAB, mask.shape).where(mask.bool(), pad)
    theirs = {"input_ids": ids, "attention_mask": mask}
    if config["model_type"] == "t5":
        written = torch.randint(VOCAB, (len(mask), 7))
        return (ids, written, mask), {**theirs, "decoder_input_ids": written}, slice(None)
    if config["model_type"] in ("bert", "distilbert", "gpt2"):  # the others count the tokens by themselves
        theirs["position_ids"] = (mask.cumsum(-1) - 1).clamp(min=0)
    return (ids, mask), theirs, mask.bool()


class InDoubles(TorchFunctionMode):
    """Keeps double numbers double where transformers asks for float32 in a double model.

    Its RMSNorm, softmax, rotary angles and router do, so that its answers in float64 are no
    closer to the equations than 1e-7. Whole numbers become float32 as it asks: at the edge of
    one of T5's buckets, rounding decides.

    Args:
        everything: whatever is asked for in float32 becomes float64, whole numbers too.
    """

    def __init__(self, *, everything=False):
        super().__init__()
        self.everything = everything

    def __torch_function__(self, function, types, arguments=(), keywords=None):
        keywords = dict(keywords or {})
        is_double = (
            arguments and isinstance(arguments[0], torch.Tensor) and arguments[0].dtype == torch.float64
        )
        if is_double or self.everything:
            if function is torch.Tensor.float:
                return arguments[0].double()
            arguments = tuple(torch.float64 if one is torch.float32 else one for one in arguments)
            if keywords.get("dtype") is torch.float32:
                keywords["dtype"] = torch.float64
        return function(*arguments, **keywords)


def doubled(model):
    """The reference in double precision, its rotary frequencies computed again."""
    model = model.double()
    for module in model.modules():
        if hasattr(module, "inv_freq"):
            start = ROPE_INIT_FUNCTIONS.get(module.rope_type, module.compute_default_rope_parameters)
            with InDoubles(everything=True):
                module.inv_freq, _ = start(module.config)
    return model


@torch.no_grad()
def differences(folder, mask=MASK):
    """How far the answers are apart at the tokens, in float32 and in float64."""
    ours, theirs, tokens = inputs(folder, mask=mask)
    model = reference(folder)
    single = (load_pretrained(folder)(*ours) - model(**theirs)[0])[tokens].abs().max()
    ours, theirs, tokens = inputs(folder, torch.float64, mask=mask)
    with InDoubles():
        expected = doubled(model)(**theirs)[0][tokens]
    assert expected.dtype == torch.float64
    assert 0.05 < expected.square().mean().sqrt() < 5, "these answers are not of order 1: 1e-5 means little"
    double = (load_pretrained(folder).double()(*ours)[tokens] - expected).abs().max()
    return single.item(), double.item()


def assert_equals_transformers(folder, mask=MASK):
    single, double = differences(folder, mask)
    assert single < 1e-5, f"float32 differs by {single}"
    assert double < 1e-10, f"float64 differs by {double}"


def refused(folder, *says, error=ValueError):
    """That the folder is not read, and that the message says all this."""
    with pytest.raises(error) as raised:
        load_pretrained(folder)
    assert all(part in str(raised.value) for part in says), raised.value
