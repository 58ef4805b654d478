"""The output of `describe` as text of 80 columns."""

from transformer_core.cli.terminal import bar, in_bytes, in_words, table

KINDS = {
    "encoder": "encoder", "decoder": "decoder", "encoder-decoder": "encoder and decoder",
    "vision": "encoder of images",
}
NORMS = {"layer": "LayerNorm", "rms": "RMSNorm"}


def render_presets(found: list[dict], example: str) -> str:
    """One line for each preset, and a command to try next."""
    rows = [("preset", "family", "layers", "heads", "d_model", "context", "parameters")]
    rows += [
        (one["name"], one["family"], _layers(one), _heads(one), f"{one['d_model']:,}",
         f"{one['context']:,}" if one["context"] else "any", f"{one['parameters']:,}")
        for one in found
    ]
    return (f"{table(rows, right=(2, 3, 4, 5, 6), indent=0, gap=1)}\n\n"
            "64/8 heads: 64 for queries, 8 for keys and values.\n"
            "6+6 layers: the encoder's and the decoder's.\n"
            f"One of them in full: python -m transformer_core {example}")


def render(found: dict) -> str:
    """A page of 80 columns."""
    parameters, flops = found["parameters"], found["flops"]
    title = f"{found['name']}: {KINDS[found['family']]}, {in_words(parameters['total'])} parameters"
    return "\n\n".join([
        title,
        table(_shape_rows(found)),
        _shares("parameters", parameters["by_part"]),
        _shares(f"FLOPs, one {_which(found)}", flops["by_part"]),
        table(_cost_rows(found)),
    ])


def _shape_rows(found: dict) -> list[tuple[str, str]]:
    heads, groups = found["heads"], found["kv_heads"]
    shared = f" for queries, {groups} for keys and values; each" if groups < heads else ", each"
    experts = f"; {found['experts']} experts, {found['experts_per_token']} a token" if found["experts"] else ""
    window = f"; each token sees the last {found['window']:,}" if found["window"] else ""
    rows = [
        ("layers", _layers(found)),
        ("heads", f"{heads}{shared} {found['d_k']} wide"),
        ("d_model", f"{found['d_model']:,}"),
        ("d_ff", f"{found['d_ff']:,}, {found['activation']}{', gated' * found['gated']}{experts}"),
        ("norm", f"{NORMS[found['norm']]}, {'before' if found['pre_norm'] else 'after'} each sub-layer"),
        ("positions", found["positions"]),
        ("context", (f"{found['context']:,} tokens" if found["context"] else "no limit") + window),
    ]
    return rows + ([("vocabulary", f"{found['vocab_size']:,}")] if found["vocab_size"] else [])


def _cost_rows(found: dict) -> list[tuple[str, str]]:
    weights, training = found["weights_bytes"], found["training_bytes"]
    rows = [
        ("weights", f"{in_bytes(weights['float32'])} in float32, {in_bytes(weights['float16'])} in float16"),
        ("KV cache", _cache(found)),
        ("to train", f"{in_bytes(sum(training.values()))}: " + ", ".join(
            f"{part} {in_bytes(size)}" for part, size in training.items())),
    ]
    if found["flops_per_token_read"]:
        reading = in_words(found["flops_per_token_read"])
        rows.insert(0, ("to read", f"{reading} FLOPs a token, its keys for the decoder included"))
    total, active = found["parameters"]["total"], found["parameters"]["active"]
    if active < total:
        rows.insert(0, ("active", f"{in_words(active)} of the parameters work on one token"))
    if found["context"] and found["length"] > found["context"]:
        rows.append(("note", f"made for {found['context']:,} tokens: what more would cost, not that it works"))
    return rows


def _cache(found: dict) -> str:
    length, window, size = found["length"], found["window"], found["kv_cache_bytes"]
    if not found["decoder_layers"]:
        return "none: all tokens are read at once"
    tokens = f"{in_bytes(size)} in float16 for {length:,} tokens"
    if found["encoder_layers"]:
        return f"{tokens} written and {length:,} read"
    if window and window < length:
        return f"{tokens}, of which it keeps {window:,}"
    return f"{tokens}, {in_bytes(size / length)} each"


def _shares(title: str, parts: dict[str, int]) -> str:
    """Each part's number, its share and a bar of it; the sum last."""
    total = sum(parts.values())
    rows = [
        (part, f"{count:,}", f"{count / total:.1%}", bar(count / total, 24)) for part, count in parts.items()
    ]
    return f"  {title}\n" + table([*rows, ("total", f"{total:,}", "", "")], right=(1, 2), indent=4)


def _which(found: dict) -> str:
    if found["flops"]["of"] == "image":
        return f"image of {found['length']} tokens"
    written = " written" if found["family"] == "encoder-decoder" else ""
    return f"token{written}, which looks at {min(found['length'], found['window'] or found['length']):,}"


def _layers(found: dict) -> str:
    return "+".join(str(found[side]) for side in ("encoder_layers", "decoder_layers") if found[side])


def _heads(found: dict) -> str:
    return f"{found['heads']}" + (f"/{found['kv_heads']}" if found["kv_heads"] < found["heads"] else "")
