"""The Transformer in code that reads like its equations, proven equal to the references.

Every shape comment of the package is written in these letters:

    B   sequences in a batch           D    d_model, the width of a token's vector
    T   tokens in a sequence           H    attention heads
    Tq  tokens that ask (queries)      Hk   heads with keys and values of their own
    Tk  tokens that answer (keys)      Dk   the width of one head, D / H
    Tm  tokens of the encoder's memory L    layers

Heads are always (B, H, T, Dk). A mask is bool, and True means "may look".
Layers, heads and positions count from 0.

The rooms, ground floor first; each imports only from those above it:

    attention  layers  rotary  positions  position_bias  kv_cache  prepacked    one idea each
    measure  memory  perplexity  bleu  weights  byte_pairs  scaling  terminal
    multi_head  experts  packing  config
    encoder  decoder  inference   layers and their stacks; a model made ready to be called
    models/                       the families, from one frozen config
    pretrained/  costs            published checkpoints; what a model will need
    sampling  drafts              the next token, and texts in the making
    generation  beam_search       writing text
    training/                     data, objectives, the loop, several processes
    efficient/                    cheaper attentions, smaller models
    benchmarks/  studies/         beside peers; what training showed
    cli/                          the command line

Two names are here for convenience: load_pretrained(folder) and build(config or preset).
"""

__all__ = ["build", "load_pretrained"]


def __getattr__(name: str):
    # On first use, so that `import transformer_core` alone costs nothing.
    if name == "load_pretrained":
        from transformer_core.pretrained import load_pretrained

        return load_pretrained
    if name == "build":
        from transformer_core.models import build

        return build
    raise AttributeError(f"module 'transformer_core' has no attribute {name!r}")
