"""BERT, RoBERTa and DistilBERT: encoders that differ in names, positions and what is left out."""

from dataclasses import replace

from transformer_core.models.config import EncoderConfig
from transformer_core.pretrained.family import Family
from transformer_core.pretrained.settings import Settings, words
from transformer_core.pretrained.tensor_mapping import Names, TensorMap

EMBEDDINGS: TensorMap = {
    "token_embedding": "embeddings.word_embeddings",
    "position_embedding": "embeddings.position_embeddings",
    "type_embedding": "embeddings.token_type_embeddings",
    "embedding_norm": "embeddings.LayerNorm",
    "pooler": "pooler.dense",
}
BERT_LAYER: TensorMap = {
    "encoder.layers.{}.attention.w_q": "encoder.layer.{}.attention.self.query",
    "encoder.layers.{}.attention.w_k": "encoder.layer.{}.attention.self.key",
    "encoder.layers.{}.attention.w_v": "encoder.layer.{}.attention.self.value",
    "encoder.layers.{}.attention.w_o": "encoder.layer.{}.attention.output.dense",
    "encoder.layers.{}.attention_norm": "encoder.layer.{}.attention.output.LayerNorm",
    "encoder.layers.{}.feed_forward.widen": "encoder.layer.{}.intermediate.dense",
    "encoder.layers.{}.feed_forward.narrow": "encoder.layer.{}.output.dense",
    "encoder.layers.{}.feed_forward_norm": "encoder.layer.{}.output.LayerNorm",
}
DISTILBERT_LAYER: TensorMap = {
    "encoder.layers.{}.attention.w_q": "transformer.layer.{}.attention.q_lin",
    "encoder.layers.{}.attention.w_k": "transformer.layer.{}.attention.k_lin",
    "encoder.layers.{}.attention.w_v": "transformer.layer.{}.attention.v_lin",
    "encoder.layers.{}.attention.w_o": "transformer.layer.{}.attention.out_lin",
    "encoder.layers.{}.attention_norm": "transformer.layer.{}.sa_layer_norm",
    "encoder.layers.{}.feed_forward.widen": "transformer.layer.{}.ffn.lin1",
    "encoder.layers.{}.feed_forward.narrow": "transformer.layer.{}.ffn.lin2",
    "encoder.layers.{}.feed_forward_norm": "transformer.layer.{}.output_layer_norm",
}
COUNTERS = words("embeddings.position_ids embeddings.token_type_ids")  # 0, 1, 2, ... and zeros
# Pretraining heads: they read the last hidden state, which is our output.
BERT_HEADS = words("""
    cls.predictions.bias cls.predictions.decoder.weight cls.predictions.decoder.bias
    cls.predictions.transform.dense.weight cls.predictions.transform.dense.bias
    cls.predictions.transform.LayerNorm.weight cls.predictions.transform.LayerNorm.bias
    cls.seq_relationship.weight cls.seq_relationship.bias
""")
ROBERTA_HEADS = words("""
    lm_head.bias lm_head.decoder.weight lm_head.decoder.bias lm_head.dense.weight lm_head.dense.bias
    lm_head.layer_norm.weight lm_head.layer_norm.bias
""")
DISTILBERT_HEADS = words("""
    vocab_transform.weight vocab_transform.bias vocab_layer_norm.weight vocab_layer_norm.bias
    vocab_projector.weight vocab_projector.bias
""")
# pooler_...: keys of BERT's first release that no code reads.
IRRELEVANT = words("""
    attention_probs_dropout_prob tie_word_embeddings directionality pooler_fc_size
    pooler_num_attention_heads pooler_num_fc_layers pooler_size_per_head pooler_type
""")


def bert(settings: Settings, names: Names) -> tuple[EncoderConfig, TensorMap]:
    """BERT's config and tensors; with a pooler if the checkpoint has one."""
    settings.only("position_embedding_type", "absolute")
    config = EncoderConfig(
        vocab_size=settings.whole("vocab_size"),
        max_length=settings.whole("max_position_embeddings"),
        num_types=settings.whole("type_vocab_size", 2),
        d_model=settings.whole("hidden_size"),
        num_layers=settings.whole("num_hidden_layers"),
        num_heads=settings.whole("num_attention_heads"),
        d_ff=settings.whole("intermediate_size"),
        activation=settings.activation("hidden_act", "gelu"),
        dropout=settings.number("hidden_dropout_prob", 0.1),
        norm_eps=settings.number("layer_norm_eps", 1e-12),
        embedding_norm=True,
        pooler="pooler.dense.weight" in names or "pooler.dense.bias" in names,
    )
    return config, EMBEDDINGS | BERT_LAYER


def roberta(settings: Settings, names: Names) -> tuple[EncoderConfig, TensorMap]:
    """RoBERTa's: BERT whose positions skip padding and start after its id."""
    config, places = bert(settings, names)
    pad_id = settings.whole("pad_token_id", 1, least=0)
    rows = settings.whole("max_position_embeddings")  # those up to pad_id belong to padding
    if rows < pad_id + 2:
        raise settings.refusal("pad_token_id", pad_id, f"{pad_id + 1} rows for padding leave no position "
                               f"to a token; make max_position_embeddings, {rows}, larger")
    return replace(config, pad_id=pad_id, max_length=rows - pad_id - 1), places


def distilbert(settings: Settings, names: Names) -> tuple[EncoderConfig, TensorMap]:
    """DistilBERT's: BERT without types and pooler, under other names."""
    config = EncoderConfig(
        vocab_size=settings.whole("vocab_size"),
        max_length=settings.whole("max_position_embeddings"),
        d_model=settings.whole("dim"),
        num_layers=settings.whole("n_layers"),
        num_heads=settings.whole("n_heads"),
        d_ff=settings.whole("hidden_dim"),
        activation=settings.activation("activation", "gelu"),
        dropout=settings.number("dropout", 0.1),
        norm_eps=1e-12,
        embedding_norm=True,
    )
    return config, EMBEDDINGS | DISTILBERT_LAYER


BERT = Family(
    bert, "BertModel, BertForMaskedLM or BertForPreTraining", prefix="bert.",
    irrelevant=IRRELEVANT, unused=COUNTERS | BERT_HEADS,
    older={"LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias"},
)
ROBERTA = Family(
    roberta, "RobertaModel or RobertaForMaskedLM", prefix="roberta.",
    irrelevant=IRRELEVANT, unused=COUNTERS | ROBERTA_HEADS,
)
# sinusoidal_pos_embds says how the position table was initialised; it is stored like a learned one.
DISTILBERT = Family(
    distilbert, "DistilBertModel or DistilBertForMaskedLM", prefix="distilbert.",
    irrelevant=words("attention_dropout qa_dropout seq_classif_dropout sinusoidal_pos_embds "
                     "tie_weights_ tie_word_embeddings"),
    unused=COUNTERS | DISTILBERT_HEADS,
)
