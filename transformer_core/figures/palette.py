"""The colours of data, computed from a few stops, as CSS classes for both schemes.

`.a0` to `.a20` paint an attention weight, `.d0` to `.d20` a signed value (`.d10` is zero),
`.s1` to `.s5` a series. Each class sets two custom properties: `--c`, the colour, and `--t`,
black or white, whichever reads better on it.
"""

from transformer_core.figures.oklab import Triple, from_hex, linear_rgb, to_hex

STEPS = 21
SCALE = {"last": STEPS - 1, "exponent": 0.7}  # of weights: small ones get more than their share of the colours

ATTENTION = {
    "light": ["#FBF6F1", "#F2CFC6", "#DE93A8", "#B45DA6", "#7B3593", "#47196F", "#1E0A3C"],
    "dark": ["#1F1B2A", "#42215F", "#7A3A97", "#B85FAE", "#E499AE", "#F8CFC0", "#FFF4E4"],
}
SIGNED = {
    "light": ["#17348F", "#5E82CF", "#BFCDEA", "#F7F4EE", "#EFCBB0", "#CF7440", "#7A2B04"],
    "dark": ["#A9C7FF", "#5E86D6", "#33487A", "#262932", "#6E4124", "#CF7233", "#FFC08A"],
}
SERIES = {
    "light": ["#2B45B5", "#C25A05", "#0A9078", "#69024B", "#3A3600"],
    "dark": ["#6D8AF3", "#EC7B38", "#68D7A1", "#FFACE3", "#F5F372"],
}
SCHEMES = ("light", "dark")


def step(weight: float) -> int:
    """The attention step, 0 to 20, of a weight in [0, 1]."""
    return round(SCALE["last"] * min(1.0, max(0.0, weight)) ** SCALE["exponent"])


def signed_step(value: float, largest: float) -> int:
    """The signed step, 0 to 20 with 10 for zero, of a value in [-largest, largest]."""
    half = (STEPS - 1) // 2
    return half + round(half * min(1.0, max(-1.0, value / largest))) if largest else half


def resample(stops: list[str], count: int) -> list[str]:
    """Join the stops by straight lines in OKLab, and take `count` colours at equal steps of lightness."""
    points = [from_hex(stop) for stop in stops]
    pieces = list(zip(points, points[1:], strict=False))
    first, last = points[0][0], points[-1][0]
    colours = []
    for index in range(count):
        wanted = first + (last - first) * index / (count - 1)
        start, end = next((piece for piece in pieces[:-1] if _share(wanted, *piece) <= 1), pieces[-1])
        share = _share(wanted, start, end)
        mixed = [s + (e - s) * share for s, e in zip(start, end, strict=True)]
        colours.append(to_hex((mixed[0], mixed[1], mixed[2])))
    return colours


def _share(lightness: float, start: Triple, end: Triple) -> float:
    """How far along a line a lightness is; above 1 beyond its end."""
    return (lightness - start[0]) / (end[0] - start[0])


def attention(scheme: str) -> list[str]:
    """21 colours from "nothing", the page's own colour, to the weight 1."""
    return resample(ATTENTION[scheme], STEPS)


def signed(scheme: str) -> list[str]:
    """21 colours: two ramps of 11 that meet at zero, negative first."""
    stops = SIGNED[scheme]
    return resample(stops[3::-1], 11)[::-1] + resample(stops[3:], 11)[1:]


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours, 1 to 21."""
    luminance = []
    for colour in (one, other):
        red, green, blue = linear_rgb(colour)
        luminance.append(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    return (max(luminance) + 0.05) / (min(luminance) + 0.05)


def text_on(colour: str) -> str:
    """Black or white, whichever is the stronger on this colour."""
    return max(("#000000", "#FFFFFF"), key=lambda text: contrast(text, colour))


def classes(scheme: str) -> dict[str, str]:
    """Colour by class name, in the order in which the CSS names them."""
    named = {f"a{i}": colour for i, colour in enumerate(attention(scheme))}
    named |= {f"d{i}": colour for i, colour in enumerate(signed(scheme))}
    return named | {f"s{i}": colour for i, colour in enumerate(SERIES[scheme], start=1)}


def declarations(scheme: str) -> str:
    """The scheme's custom properties: `--a0` is a colour, `--a0-t` the text on it."""
    return "".join(f"--{name}:{c};--{name}-t:{text_on(c)};" for name, c in classes(scheme).items())


def palette_rules() -> str:
    """The classes as CSS: `--c` is the colour of an element, `--t` the text on it."""
    return "".join(f".{name}{{--c:var(--{name});--t:var(--{name}-t)}}\n" for name in classes("light"))
