"""The ramp of a palette with its numbers."""

from transformer_core.figures.markup import Markup, join, svg, tag
from transformer_core.figures.palette import STEPS, step


def attention_legend() -> Markup:
    """From 0 to 1, always the whole domain; the numbers stand where their step is."""
    ticks = [(0, "0"), (0.1, ".1"), (0.25, ".25"), (0.5, ".5"), (1, "1")]
    return _ramp("Attention weight", "a", [(step(weight), said) for weight, said in ticks])


def signed_legend(title: str, largest: float) -> Markup:
    """From the negative to the positive of the largest size, zero in the middle."""
    end = f"{largest:.2g}"
    return _ramp(title, "d", [(0, f"−{end}"), (STEPS // 2, "0"), (STEPS - 1, f"+{end}")])


def _ramp(title: str, palette: str, ticks: list[tuple[int, str]]) -> Markup:
    share = 100 / STEPS
    steps = [
        # A little wider than its share: no gap between two steps.
        tag("rect", class_=f"{palette}{i}", x=f"{i * share:.3f}%", width=f"{share + 0.1:.3f}%", height=14)
        for i in range(STEPS)
    ]
    frame = tag("rect", class_="fig-frame", x="0", y="0", width="100%", height=14)
    labels = [
        tag("text", said, x=f"{(at + 0.5) * share:.3f}%", y=30, class_=_anchor(at)) for at, said in ticks
    ]
    said = ", ".join(label for _, label in ticks)
    return tag(
        "div",
        tag(
            "p", title, tag("span", f": the colours run over {said}", class_="fig-heard"), class_="fig-small"
        ),
        svg(join(steps), frame, join(labels), width="100%", height=34),
        class_="fig-legend",
    )


def _anchor(at: int) -> str:
    return {0: "fig-start", STEPS - 1: "fig-end"}.get(at, "fig-middle")
