"""Browser modules: where each is in the repository, and where on the site."""

from pathlib import Path


def files(overrides: Path) -> dict[str, Path]:
    """Site path of every browser module, and the file that holds it.

    `js/**` is published as `assets/js/**`, and the modules of a directive as `assets/directives/<kind>/*`:
    a relative import means the same file in the repository and on the site.
    """
    modules = [*(overrides / "js").rglob("*.mjs"), *(overrides / "directives").glob("*/*.mjs")]
    return {f"assets/{file.relative_to(overrides).as_posix()}": file for file in sorted(modules)}
