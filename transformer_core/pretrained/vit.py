"""The Vision Transformer with its head for classes."""

from transformer_core.config import Config
from transformer_core.pretrained.family import Family
from transformer_core.pretrained.matching import Names, Place, Places
from transformer_core.pretrained.settings import Settings, words

# As published, or as transformers 5 names them.
PLACES: Places = {
    "patch_embedding": "embeddings.patch_embeddings.projection",
    "class_token": "embeddings.cls_token",
    "position_embedding.weight": Place("embeddings.position_embeddings", lambda x: x.squeeze(0)),
    "encoder.layers.{}.attention_norm": ("encoder.layer.{}.layernorm_before", "layers.{}.layernorm_before"),
    "encoder.layers.{}.attention.w_q": ("encoder.layer.{}.attention.attention.query", "layers.{}.attention.q_proj"),
    "encoder.layers.{}.attention.w_k": ("encoder.layer.{}.attention.attention.key", "layers.{}.attention.k_proj"),
    "encoder.layers.{}.attention.w_v": ("encoder.layer.{}.attention.attention.value", "layers.{}.attention.v_proj"),
    "encoder.layers.{}.attention.w_o": ("encoder.layer.{}.attention.output.dense", "layers.{}.attention.o_proj"),
    "encoder.layers.{}.feed_forward_norm": ("encoder.layer.{}.layernorm_after", "layers.{}.layernorm_after"),
    "encoder.layers.{}.feed_forward.widen": ("encoder.layer.{}.intermediate.dense", "layers.{}.mlp.fc1"),
    "encoder.layers.{}.feed_forward.narrow": ("encoder.layer.{}.output.dense", "layers.{}.mlp.fc2"),
    "encoder.norm": "layernorm",
    "head": "classifier",
}


def vit(settings: Settings, names: Names) -> tuple[Config, Places]:
    settings.only("qkv_bias", True)
    config = Config(
        family="vision",
        image_size=_square(settings, "image_size", 224),
        patch_size=_square(settings, "patch_size", 16),
        num_channels=settings.whole("num_channels", 3),
        num_classes=_num_classes(settings),
        d_model=settings.whole("hidden_size"),
        num_layers=settings.whole("num_hidden_layers"),
        num_heads=settings.whole("num_attention_heads"),
        d_ff=settings.whole("intermediate_size"),
        activation=settings.activation("hidden_act", "gelu"),
        dropout=settings.number("hidden_dropout_prob", 0.0),
        norm_eps=settings.number("layer_norm_eps", 1e-12),
        pre_norm=True,
    )
    return config, PLACES


def _square(settings: Settings, key: str, default: int) -> int:
    """Pixels both ways, written as one number or as two."""
    found = settings.value(key, default)
    if not isinstance(found, list):
        return settings.whole(key, default)
    if len(found) != 2 or found[0] != found[1]:
        raise settings.refusal(key, found, "only squares are computed here; take a checkpoint for square images")
    return Settings(settings.source, {key: found[0]}).whole(key)


def _num_classes(settings: Settings) -> int:
    """As many as there are labels; two where the config names none, as the reference has it."""
    labels = settings.value("id2label", None)
    if labels is None:
        return settings.whole("num_labels", 2)
    if not isinstance(labels, dict) or not labels:
        raise settings.refusal("id2label", labels, "it must be an object with a label for each class")
    settings.only("num_labels", len(labels))
    return len(labels)


VIT = Family(
    vit, "ViTForImageClassification", prefix="vit.",
    irrelevant=words("attention_probs_dropout_prob encoder_stride pooler_act pooler_output_size"),
    unused=words("pooler.dense.weight pooler.dense.bias"),
)
