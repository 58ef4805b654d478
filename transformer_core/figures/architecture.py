"""An encoder or a decoder as a diagram, from token ids at the bottom to the output at the top."""

from dataclasses import dataclass, replace

from transformer_core.figures.figure import Figure
from transformer_core.figures.markup import Markup, join, svg, tag

WIDTH, HEIGHT = 328, 566
BOX_WIDTH, BOX_HEIGHT = 176, 46
LEFT = 52
CENTRE = LEFT + BOX_WIDTH // 2
RIGHT = LEFT + BOX_WIDTH
BYPASS = 258


@dataclass(frozen=True)
class Part:
    """A part of a stack: its name, its shapes in a word, what it does, and where its boxes stand."""

    name: str
    shape: str
    what: str
    tops: tuple[int, ...]


# In the order of the data; tops are y of the boxes in the drawing. Source: Vaswani et al. 2017, figure 1.
PARTS = {
    "embedding": Part(
        "Token embedding",
        "vocab_size × d_model",
        "Each token id picks its row of a table: a vector of d_model numbers.",
        (482,),
    ),
    "positions": Part(
        "Positional encoding",
        "+ (T, d_model)",
        "A vector for each position is added, so that order counts.",
        (400,),
    ),
    "attention": Part(
        "Multi-head attention",
        "weights (H, T, T)",
        "Every token collects from all tokens what it needs, in H heads at once.",
        (288,),
    ),
    "residual": Part(
        "Add & norm",
        "LayerNorm(x + f(x))",
        "What took the bypass is added, then each token's vector is normalised; after both sublayers.",
        (62, 216),
    ),
    "feed_forward": Part(
        "Feed-forward",
        "d_model→d_ff→d_model",
        "Two linear layers with a nonlinearity between them, for each token alone.",
        (134,),
    ),
    "encoder": Part(
        "Encoder layer, N times",
        "(T, d_model)",
        "Attention and feed-forward, each with its add & norm. Shape in is shape out, so layers stack.",
        (),
    ),
}
# A decoder differs in two parts: what its attention may look at, and what its layers are called.
DECODER = PARTS | {
    "attention": replace(
        PARTS["attention"],
        name="Masked attention",
        shape="weights (H, T, T)",
        what="Every token collects from itself and the tokens before it, in H heads at once.",
    ),
    "encoder": replace(PARTS["encoder"], name="Decoder layer, N times"),
}
STACKS = {"encoder": (PARTS, "output"), "decoder": (DECODER, "scores of the next token")}
FRAME = (40, 370)  # top and bottom of the frame around one layer
FLOW = ((548, 528), (482, 446), (400, 334), (288, 262), (216, 180), (134, 108), (62, 24))
TAPS = ((352, 239), (198, 85))  # each bypass leaves the flow at the first y and comes back at the second


def architecture(current: str | None = None, *, stack: str = "encoder") -> Figure:
    """The post-norm encoder of the 2017 paper and of BERT, or the decoder of the first GPT.

    Args:
        current: the part to point out: embedding, positions, attention, residual, feed_forward or encoder
            (the whole layer).
        stack: encoder or decoder.

    Raises:
        ValueError: there is no such part or stack.
    """
    if stack not in STACKS:
        raise ValueError(f"{stack!r} is no stack; give one of {', '.join(STACKS)}")
    parts, end = STACKS[stack]
    if current is not None and current not in parts:
        raise ValueError(f"{current!r} is no part of the {stack}; give one of {', '.join(parts)}")
    drawing = svg(
        _frame(current == "encoder"),
        join(_arrow(start, end) for start, end in FLOW),
        join(_bypass(start, end) for start, end in TAPS),
        join(_boxes(part, name == current) for name, part in parts.items()),
        join(_shape(y) for y in (31, 391, 469)),
        tag("text", end, x=CENTRE, y=16, class_="arch-end"),
        tag("text", "token ids (T)", x=CENTRE, y=562, class_="arch-shape fig-middle"),
        width=WIDTH,
        height=HEIGHT,
        class_="arch-drawing",
    )
    steps = join(_step(part, name == current) for name, part in parts.items())
    marked = f" Marked is {parts[current].name}." if current else ""
    attention = parts["attention"].name.lower()
    result = "The output has the shape of the input, (T, d_model)."
    if stack == "decoder":
        result = "The output is a score for each token of the vocabulary to come next."
    return Figure(
        html=tag("div", drawing, tag("div", steps, class_="arch-steps", role="list"), class_="fig arch"),
        alt=(
            f"The {stack} from bottom to top. Token ids become vectors in the token embedding; positional "
            f"encoding is added. Then N layers of the same build follow: {attention}, add & norm, "
            "feed-forward, add & norm; around each of the two sublayers a bypass leads from its input to its "
            f"add & norm. {result}{marked}"
        ),
        data={"current": current, "parts": [_facts(name, part) for name, part in parts.items()]},
        table=[["Part", "Shape", "What it does"], *([p.name, p.shape, p.what] for p in parts.values())],
    )


def _facts(name: str, part: Part) -> dict:
    return {"id": name, "name": part.name, "shape": part.shape, "what": part.what}


def _boxes(part: Part, current: bool) -> Markup:
    return join(
        tag(
            "g",
            tag("rect", x=LEFT, y=top, width=BOX_WIDTH, height=BOX_HEIGHT, rx=6),
            tag("text", part.name, x=CENTRE, y=top + 20, class_="arch-name"),
            tag("text", part.shape, x=CENTRE, y=top + 37, class_="arch-shape fig-middle"),
            class_="arch-box current" if current else "arch-box",
        )
        for top in part.tops
    )


def _frame(current: bool) -> Markup:
    top, bottom = FRAME
    return tag(
        "g",
        tag("rect", x=28, y=top, width=250, height=bottom - top, rx=10),
        tag("text", "N ×", x=286, y=(top + bottom) // 2 + 5, class_="arch-name fig-start"),
        class_="arch-frame current" if current else "arch-frame",
    )


def _arrow(start: int, end: int) -> Markup:
    """Upwards along the middle, its head at `end`."""
    head = f"M{CENTRE - 4} {end + 8}L{CENTRE} {end + 1}L{CENTRE + 4} {end + 8}"
    return tag("path", d=f"M{CENTRE} {start}V{end + 1}{head}", class_="arch-flow")


def _bypass(start: int, end: int) -> Markup:
    bend = f"M{CENTRE} {start}H{BYPASS - 8}q8 0 8 -8V{end + 8}q0 -8 -8 -8H{RIGHT + 1}"
    head = f"M{RIGHT + 8} {end - 4}L{RIGHT + 1} {end}L{RIGHT + 8} {end + 4}"
    return tag("path", d=bend + head, class_="arch-flow")


def _shape(y: int) -> Markup:
    return tag("text", "(T, d_model)", x=CENTRE + 10, y=y, class_="arch-shape fig-start")


def _step(part: Part, current: bool) -> Markup:
    return tag(
        "p",
        tag("b", part.name),
        " ",
        part.what,
        role="listitem",
        class_="current" if current else None,
        aria_current="true" if current else None,
    )
