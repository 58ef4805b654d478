"""Fill the templates of `overrides/parts`."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "parts"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def fill(part: str, root: str, **data) -> str:
    """HTML of `part`.html. `root` leads from the page to the site's root and ends in '/'."""
    return _ENVIRONMENT.get_template(f"{part}.html").render(root=root, **data).strip()
