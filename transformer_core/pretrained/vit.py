"""The Vision Transformer with its head for classes."""

from transformer_core.models.config import VisionConfig
from transformer_core.pretrained.family import Family
from transformer_core.pretrained.settings import Settings, words
from transformer_core.pretrained.tensor_mapping import Names, TensorMap, TensorSource

PLACES: TensorMap = {
    "patch_embedding": "embeddings.patch_embeddings.projection",
    "class_token": "embeddings.cls_token",
    "position_embedding.weight": TensorSource("embeddings.position_embeddings", lambda x: x.squeeze(0)),
    "encoder.norm": "layernorm",
    "head": "classifier",
}
# Within a layer: ours, as published, and as transformers 5 has it in memory.
LAYER = {
    "attention_norm": ("layernorm_before", "layernorm_before"),
    "attention.w_q": ("attention.attention.query", "attention.q_proj"),
    "attention.w_k": ("attention.attention.key", "attention.k_proj"),
    "attention.w_v": ("attention.attention.value", "attention.v_proj"),
    "attention.w_o": ("attention.output.dense", "attention.o_proj"),
    "feed_forward_norm": ("layernorm_after", "layernorm_after"),
    "feed_forward.widen": ("intermediate.dense", "mlp.fc1"),
    "feed_forward.narrow": ("output.dense", "mlp.fc2"),
}
LAYERS: TensorMap = {
    f"encoder.layers.{{}}.{ours}": (f"encoder.layer.{{}}.{published}", f"layers.{{}}.{later}")
    for ours, (published, later) in LAYER.items()
}


def vit(settings: Settings, names: Names) -> tuple[VisionConfig, TensorMap]:
    """ViT's config and tensors, with its head for classes."""
    settings.only("qkv_bias", True)
    config = VisionConfig(
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
    return config, PLACES | LAYERS


def _square(settings: Settings, key: str, default: int) -> int:
    """Pixels both ways, written as one number or as two."""
    found = settings.value(key, default)
    if not isinstance(found, list):
        return settings.whole(key, default)
    if len(found) != 2 or found[0] != found[1]:
        raise settings.refusal(key, found, "only squares are computed; take a checkpoint for square images")
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
