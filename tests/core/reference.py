"""The Transformer once more, in NumPy and float64: straight from the equations, one position at a time.

The package is compared with this. It shares no code with it, and no trick: what may not be
looked at is never touched, a head is cut out by hand, and nothing is faster than it reads.
Weights come as a dict from the names of a module's state_dict to arrays.
"""

import math

import numpy as np


def softmax(scores):
    powers = np.exp(scores - np.max(scores))
    return powers / powers.sum()


def attention(query, key, value, *, mask=None, bias=None):
    """(..., Tq, Dk), (..., Tk, Dk), (..., Tk, Dv) -> (..., Tq, Dv) and weights (..., Tq, Tk)."""
    leading = np.broadcast_shapes(query.shape[:-2], key.shape[:-2], value.shape[:-2])
    query, key, value = (np.broadcast_to(x, leading + x.shape[-2:]) for x in (query, key, value))
    tq, tk = query.shape[-2], key.shape[-2]
    mask = np.broadcast_to(True if mask is None else mask, (*leading, tq, tk))
    bias = np.broadcast_to(0.0 if bias is None else bias, (*leading, tq, tk))
    output, weights = np.zeros((*leading, tq, value.shape[-1])), np.zeros((*leading, tq, tk))
    for where in np.ndindex(*leading):
        for i in range(tq):
            seen = [j for j in range(tk) if mask[where][i, j]]
            if not seen:
                continue
            scores = [
                query[where][i] @ key[where][j] / math.sqrt(query.shape[-1]) + bias[where][i, j] for j in seen
            ]
            weights[where][i, seen] = softmax(np.array(scores))
            output[where][i] = sum(weights[where][i, j] * value[where][j] for j in seen)
    return output, weights


def linear(x, p, name):
    y = x @ p[f"{name}.weight"].T
    return y + p[f"{name}.bias"] if f"{name}.bias" in p else y


def under(p, name):
    """The part of the weights that belongs to one sub-module."""
    return {key.removeprefix(f"{name}."): p[key] for key in p if key.startswith(f"{name}.")}


def multi_head(
    p, query, key, value, *, num_heads, num_kv_heads=None, mask=None, bias=None, positions=None, base=10000.0
):
    """(B, Tq, D), (B, Tk, D) twice -> (B, Tq, D) and weights (B, H, Tq, Tk); positions (B, T) turn."""
    num_kv_heads = num_kv_heads or num_heads
    q, k, v = linear(query, p, "w_q"), linear(key, p, "w_k"), linear(value, p, "w_v")
    d_k = q.shape[-1] // num_heads
    scores_shape = (len(query), num_heads, query.shape[1], key.shape[1])
    mask = np.broadcast_to(True if mask is None else mask, scores_shape)
    bias = np.broadcast_to(0.0 if bias is None else bias, scores_shape)
    heads, weights = [], np.zeros(scores_shape)
    for head in range(num_heads):
        group = head // (num_heads // num_kv_heads)  # neighbours share
        own, shared = slice(head * d_k, (head + 1) * d_k), slice(group * d_k, (group + 1) * d_k)
        qh, kh, vh = q[..., own], k[..., shared], v[..., shared]
        if positions is not None:
            qh, kh = rope(qh, positions, base=base), rope(kh, positions, base=base)
        found, weights[:, head] = attention(qh, kh, vh, mask=mask[:, head], bias=bias[:, head])
        heads.append(found)
    return linear(np.concatenate(heads, axis=-1), p, "w_o"), weights


def sinusoidal(length, d_model):
    table = np.zeros((length, d_model))
    for p in range(length):
        for i in range(d_model // 2):
            table[p, 2 * i] = math.sin(p / 10000 ** (2 * i / d_model))
            table[p, 2 * i + 1] = math.cos(p / 10000 ** (2 * i / d_model))
    return table


def rope_frequencies(d_k, *, base=10000.0, factor=None, low=1.0, high=4.0, original=8192):
    """Radians a step; with a factor as Llama 3.1 scales them, by wavelength, as in its authors' code."""
    frequencies = []
    for i in range(d_k // 2):
        frequency = base ** (-2 * i / d_k)
        wavelength = 2 * math.pi / frequency
        if factor is not None and wavelength > original / low:
            frequency = frequency / factor
        elif factor is not None and wavelength >= original / high:
            smooth = (original / wavelength - low) / (high - low)
            frequency = (1 - smooth) * frequency / factor + smooth * frequency
        frequencies.append(frequency)
    return frequencies


def rope(x, positions, *, base=10000.0):
    """(B, T, Dk) at positions (B, T): the pair of numbers i and i + Dk/2 is a point that turns."""
    turned, half = np.zeros(x.shape), x.shape[-1] // 2
    for b, t in np.ndindex(x.shape[:2]):
        for i, frequency in enumerate(rope_frequencies(x.shape[-1], base=base)):
            c, s = math.cos(positions[b, t] * frequency), math.sin(positions[b, t] * frequency)
            turned[b, t, [i, i + half]] = np.array([[c, -s], [s, c]]) @ x[b, t, [i, i + half]]
    return turned


def alibi_slopes(num_heads):
    if math.log2(num_heads).is_integer():
        return [2 ** (-8 * head / num_heads) for head in range(1, num_heads + 1)]
    lower = 2 ** math.floor(math.log2(num_heads))
    return alibi_slopes(lower) + alibi_slopes(2 * lower)[::2][: num_heads - lower]


def alibi(num_heads, tq, *, past=0):
    """(H, Tq, past + Tq)."""
    return np.array([
        [[-slope * abs(past + i - j) for j in range(past + tq)] for i in range(tq)]
        for slope in alibi_slopes(num_heads)
    ])  # fmt: skip


def t5_bucket(distance, *, num_buckets, max_distance, both_ways):
    """Of key minus query. Logarithms are compared as powers of integers: an edge is an edge."""
    if both_ways:
        num_buckets //= 2
        first, steps = (num_buckets if distance > 0 else 0), abs(distance)
    else:
        first, steps = 0, max(-distance, 0)
    single = num_buckets // 2
    if steps < single:
        return first + steps
    shared = num_buckets - single
    # The largest k with shared * log(steps / single) / log(max_distance / single) >= k.
    k = max(k for k in range(shared) if steps**shared * single**k >= single**shared * max_distance**k)
    return first + single + k


def t5_bias(table, tq, *, past=0, max_distance, both_ways):
    """A table (buckets, H) -> (H, Tq, past + Tq)."""
    bias = np.zeros((table.shape[1], tq, past + tq))
    for i, j in np.ndindex(tq, past + tq):
        bias[:, i, j] = table[
            t5_bucket(j - (past + i), num_buckets=len(table), max_distance=max_distance, both_ways=both_ways)
        ]
    return bias


def each(function, x):
    """A function of one vector, for every vector of (..., D)."""
    y = np.zeros(x.shape)
    for where in np.ndindex(x.shape[:-1]):
        y[where] = function(x[where])
    return y


def layer_norm(x, weight, bias, *, eps):
    def one(vector):
        mean = vector.sum() / len(vector)
        variance = ((vector - mean) ** 2).sum() / len(vector)
        return (vector - mean) / np.sqrt(variance + eps) * weight + bias

    return each(one, x)


def rms_norm(x, weight, *, eps):
    return each(lambda vector: vector / np.sqrt((vector**2).sum() / len(vector) + eps) * weight, x)


def norm(x, p, name, *, eps):
    """The norm that the weights speak of: one without a shift is RMSNorm."""
    if f"{name}.bias" in p:
        return layer_norm(x, p[f"{name}.weight"], p[f"{name}.bias"], eps=eps)
    return rms_norm(x, p[f"{name}.weight"], eps=eps)


ACTIVATIONS = {
    "relu": lambda x: np.where(x > 0, x, 0.0),
    "gelu": np.vectorize(lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2, otypes=[float]),
    "gelu_tanh": lambda x: x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) / 2,
    "silu": lambda x: x / (1 + np.exp(-x)),
}


def feed_forward(x, p, *, activation):
    """Gated where the weights have a gate."""
    bend = ACTIVATIONS[activation]
    if "gate.weight" in p:
        return linear(bend(linear(x, p, "gate")) * linear(x, p, "up"), p, "down")
    return linear(bend(linear(x, p, "widen")), p, "narrow")


def experts(x, p, *, activation, experts_per_token):
    def one(token):
        probabilities = softmax(linear(token, p, "router"))
        best = sorted(range(len(probabilities)), key=lambda e: -probabilities[e])[:experts_per_token]
        share = sum(probabilities[e] for e in best)
        return sum(
            probabilities[e] / share * feed_forward(token, under(p, f"experts.{e}"), activation=activation)
            for e in best
        )

    return each(one, x)


def layer(
    x, p, *, activation, pre_norm, eps, mask=None, bias=None, memory=None, memory_mask=None,
    positions=None, base=10000.0, experts_per_token=None, **heads,
):  # fmt: skip
    """An encoder's layer; a decoder's, where there is a memory. Returns x and each attention's weights."""
    kept = []

    def look(y):
        found, weights = multi_head(
            under(p, "attention"), y, y, y, mask=mask, bias=bias, positions=positions, base=base, **heads
        )
        kept.append(weights)
        return found

    def read(y):
        found, weights = multi_head(under(p, "cross_attention"), y, memory, memory, mask=memory_mask, **heads)
        kept.append(weights)
        return found

    def think(y):
        own = under(p, "feed_forward")
        if "router.weight" in own:
            return experts(y, own, activation=activation, experts_per_token=experts_per_token)
        return feed_forward(y, own, activation=activation)

    steps = {"attention": look, "cross_attention": read, "feed_forward": think}
    if memory is None:
        del steps["cross_attention"]
    for name, sub_layer in steps.items():
        if pre_norm:
            x = x + sub_layer(norm(x, p, f"{name}_norm", eps=eps))
        else:
            x = norm(x + sub_layer(x), p, f"{name}_norm", eps=eps)
    return x, kept
