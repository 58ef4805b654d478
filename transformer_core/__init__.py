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

    nn/                                one idea each: attention, layers, positions, encoder, decoder
    tokenisation/  weights             byte pairs; published weights, fetched and verified
    models/  inference/                the families, from one frozen config; a model made ready to be called
    pretrained/  decoding/             published checkpoints; writing text
    measurement/                       sizes, times, memory, costs, scaling laws, quality of text
    training/                          data, objectives, the loop, several processes
    efficient/                         cheaper attentions, smaller models
    benchmarks/  studies/              beside peers; what training showed
    cli/                               the command line

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
