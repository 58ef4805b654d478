"""The CSS of the figures, for any page: the page says where its light and dark schemes apply."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from transformer_core.figures.palette import declarations, palette_rules

# The colours around the data, for a page that has none of its own.
NEUTRALS = {
    "light": {
        "page": "#FBFAF7", "surface": "#FFFFFF", "sunken": "#F3F1EB", "ink": "#1C1F26", "ink2": "#464A54",
        "ink3": "#63666F", "edge": "#8A867C", "line": "#DFDBD1", "accent": "#6A2C91",
    },
    "dark": {
        "page": "#15171C", "surface": "#1C1F26", "sunken": "#101216", "ink": "#E8E6E1", "ink2": "#BFC2CA",
        "ink3": "#9CA0AA", "edge": "#737987", "line": "#343843", "accent": "#D0A8EC",
    },
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a page lends its figures. The defaults follow the reader's own colour scheme.

    Attributes:
        light: CSS selector of the elements whose figures are light.
        dark: CSS selector of those whose figures are dark.
        dark_media: the media in which they are; paper stays light.
        neutrals: CSS values by name, as in NEUTRALS, used in both schemes; None: NEUTRALS' own.
        px: CSS length that takes the place of a pixel; 0.0625rem lets figures grow with the reader's text size.
        fonts: CSS font families for "sans" and "mono".
    """

    light: str = ":root"
    dark: str = ":root"
    dark_media: str = "screen and (prefers-color-scheme:dark)"
    neutrals: Mapping[str, str] | None = None
    px: str = "1px"
    fonts: Mapping[str, str] | None = None

    def declarations(self, scheme: str) -> str:
        """The custom properties of a scheme, "light" or "dark"."""
        named = {**(self.neutrals or NEUTRALS[scheme]), "px": self.px, **(self.fonts or {})}
        return declarations(scheme) + "".join(f"--fig-{name}:{value};" for name, value in named.items())

    def css(self) -> str:
        """The rules that set them."""
        return (
            f"{self.light}{{{self.declarations('light')}}}\n"
            f"@media {self.dark_media}{{{self.dark}{{{self.declarations('dark')}}}}}\n"
        )


def figure_css(look: Look | None = None) -> str:
    """All the CSS that figures need: the colours of a look, then the rules."""
    sheets = sorted((sheet for sheet in files("transformer_core.figures").iterdir() if sheet.name.endswith(".css")), key=str)
    rules = "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    return (look or Look()).css() + palette_rules() + rules
