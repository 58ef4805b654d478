"""The keys that published config.json files have, those that mean nothing to a model included.

Their sizes stand here as published; `small` puts others in their place.
"""

import transformers as hf

TRAINED = {"initializer_range": 0.02, "transformers_version": "4.31.0"}
BERT = {
    "architectures": ["BertForMaskedLM"], "attention_probs_dropout_prob": 0.1, "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1, "hidden_size": 768, "intermediate_size": 3072, "layer_norm_eps": 1e-12,
    "max_position_embeddings": 512, "model_type": "bert", "num_attention_heads": 12, "num_hidden_layers": 12,
    "pad_token_id": 0, "type_vocab_size": 2, "vocab_size": 30522, **TRAINED,
}  # fmt: skip
DISTILBERT = {
    "activation": "gelu", "architectures": ["DistilBertForMaskedLM"], "attention_dropout": 0.1, "dim": 768,
    "dropout": 0.1, "hidden_dim": 3072, "max_position_embeddings": 512, "model_type": "distilbert",
    "n_heads": 12, "n_layers": 6, "pad_token_id": 0, "qa_dropout": 0.1, "seq_classif_dropout": 0.2,
    "sinusoidal_pos_embds": False, "tie_weights_": True, "vocab_size": 30522, **TRAINED,
}  # fmt: skip
GPT2 = {
    "activation_function": "gelu_new", "architectures": ["GPT2LMHeadModel"], "attn_pdrop": 0.1,
    "bos_token_id": 50256, "embd_pdrop": 0.1, "eos_token_id": 50256, "initializer_range": 0.02,
    "layer_norm_epsilon": 1e-05, "model_type": "gpt2", "n_ctx": 1024, "n_embd": 768, "n_head": 12,
    "n_layer": 12, "n_positions": 1024, "resid_pdrop": 0.1, "summary_activation": None,
    "summary_first_dropout": 0.1, "summary_proj_to_labels": True, "summary_type": "cls_index",
    "summary_use_proj": True, "vocab_size": 50257,
    "task_specific_params": {"text-generation": {"do_sample": True, "max_length": 50}},
}  # fmt: skip
LLAMA = {
    "architectures": ["LlamaForCausalLM"], "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu",
    "hidden_size": 4096, "intermediate_size": 11008, "max_position_embeddings": 4096, "model_type": "llama",
    "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 32, "pretraining_tp": 1,
    "rms_norm_eps": 1e-05, "rope_scaling": None, "tie_word_embeddings": False, "torch_dtype": "float32",
    "use_cache": True, "vocab_size": 32000, **TRAINED,
}  # fmt: skip
MISTRAL = {
    "architectures": ["MistralForCausalLM"], "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu",
    "hidden_size": 4096, "intermediate_size": 14336, "max_position_embeddings": 32768,
    "model_type": "mistral", "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
    "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "sliding_window": 4096, "tie_word_embeddings": False,
    "torch_dtype": "float32", "use_cache": True, "vocab_size": 32000, **TRAINED,
}  # fmt: skip
T5 = {
    "architectures": ["T5ForConditionalGeneration"], "d_ff": 2048, "d_kv": 64, "d_model": 512,
    "decoder_start_token_id": 0, "dropout_rate": 0.1, "eos_token_id": 1, "initializer_factor": 1.0,
    "is_encoder_decoder": True, "layer_norm_epsilon": 1e-06, "model_type": "t5", "n_positions": 512,
    "num_heads": 8, "num_layers": 6, "output_past": True, "pad_token_id": 0,
    "relative_attention_num_buckets": 32,
    "task_specific_params": {"summarization": {"length_penalty": 2.0, "num_beams": 4, "prefix": "summarize: "}},
    "use_cache": True, "vocab_size": 32128,
}  # fmt: skip
VIT = {
    "_name_or_path": "google/vit-base-patch16-224-in21k", "architectures": ["ViTForImageClassification"],
    "attention_probs_dropout_prob": 0.0, "hidden_act": "gelu", "hidden_dropout_prob": 0.0, "hidden_size": 768,
    "id2label": {"0": "tench", "1": "goldfish", "2": "shark"},
    "label2id": {"tench": 0, "goldfish": 1, "shark": 2}, "image_size": 224, "intermediate_size": 3072,
    "layer_norm_eps": 1e-12, "model_type": "vit", "num_attention_heads": 12, "num_channels": 3,
    "num_hidden_layers": 12, "patch_size": 16, "qkv_bias": True, **TRAINED,
}  # fmt: skip
ROBERTA = {
    **BERT, "architectures": ["RobertaForMaskedLM"], "bos_token_id": 0, "eos_token_id": 2,
    "layer_norm_eps": 1e-05, "max_position_embeddings": 514, "model_type": "roberta", "pad_token_id": 1,
    "type_vocab_size": 1, "vocab_size": 50265,
}  # fmt: skip

CONFIGS = {
    "bert-base-uncased": {**BERT, "gradient_checkpointing": False, "position_embedding_type": "absolute"},
    "bert-base-chinese": {
        **BERT, "directionality": "bidi", "pooler_fc_size": 768, "pooler_num_attention_heads": 12,
        "pooler_num_fc_layers": 3, "pooler_size_per_head": 128, "pooler_type": "first_token_transform",
    },
    "roberta-base": ROBERTA,
    "distilbert-base-uncased": DISTILBERT,
    "gpt2": GPT2,
    "gpt2-medium": {**GPT2, "n_special": 0, "predict_special_tokens": True},
    "distilgpt2": {**GPT2, "_num_labels": 1, "id2label": {"0": "LABEL_0"}, "label2id": {"LABEL_0": 0}},
    "llama-2-7b": {**LLAMA, "_name_or_path": "meta-llama/Llama-2-7b-hf"},
    "llama-3.1-8b": {
        **LLAMA, "attention_bias": False, "attention_dropout": 0.0, "eos_token_id": [128001, 128008],
        "mlp_bias": False, "rope_scaling": {"factor": 8.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0,
                         "original_max_position_embeddings": 8192, "rope_type": "llama3"},
        "rope_theta": 500000.0,
    },
    "smollm": {**LLAMA, "is_llama_config": True, "rope_interleaved": False, "tie_word_embeddings": True},
    "mistral-7b-v0.1": MISTRAL,
    "mistral-7b-v0.3": {**MISTRAL, "attention_dropout": 0.0, "rope_theta": 1000000.0, "sliding_window": None},
    "mixtral-8x7b": {
        **MISTRAL, "architectures": ["MixtralForCausalLM"], "attention_dropout": 0.0, "model_type": "mixtral",
        "num_experts_per_tok": 2, "num_local_experts": 8, "output_router_logits": False,
        "rope_theta": 1000000.0, "router_aux_loss_coef": 0.02, "sliding_window": None,
    },
    "t5-small": T5,
    "t5-v1_1": {**T5, "dense_act_fn": "gelu_new", "feed_forward_proj": "gated-gelu", "is_gated_act": True,
                "num_decoder_layers": 6, "relative_attention_max_distance": 128, "classifier_dropout": 0.0},
    "vit-base-patch16-224": VIT,
}  # fmt: skip

CLASSES = {
    "bert": hf.BertForMaskedLM, "roberta": hf.RobertaForMaskedLM, "distilbert": hf.DistilBertForMaskedLM,
    "gpt2": hf.GPT2LMHeadModel, "llama": hf.LlamaForCausalLM, "mistral": hf.MistralForCausalLM,
    "mixtral": hf.MixtralForCausalLM, "t5": hf.T5ForConditionalGeneration,
    "vit": hf.ViTForImageClassification,
}  # fmt: skip
SIZES = {
    "vocab_size": 29, "max_position_embeddings": 19, "n_positions": 19, "n_ctx": 19, "hidden_size": 48,
    "dim": 48, "n_embd": 48, "d_model": 48, "d_kv": 8, "intermediate_size": 17, "hidden_dim": 17, "d_ff": 17,
    "num_hidden_layers": 2, "n_layers": 2, "n_layer": 2, "num_layers": 2, "num_decoder_layers": 2,
    "num_attention_heads": 4, "n_heads": 4, "n_head": 4, "num_heads": 4, "num_key_value_heads": 2,
    "num_local_experts": 3, "num_experts_per_tok": 2, "image_size": 12, "patch_size": 4, "sliding_window": 5,
}  # fmt: skip


def small(name):
    """The class that was published under this name, and its config with small sizes."""
    config = CONFIGS[name]
    fitting = {key: SIZES[key] for key in SIZES if config.get(key) is not None}
    return CLASSES[config["model_type"]], {**config, **fitting}
