"""What the project says of itself in `pyproject.toml`, and where its site will be served."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Project:
    """The package as others install it."""

    version: str
    python: str = ""  # such as ">=3.11"
    dependencies: tuple[str, ...] = ()

    @property
    def wheel(self) -> str:
        """Site path of the wheel: pure Python, for every system."""
        return f"downloads/transformer_core-{self.version}-py3-none-any.whl"


def read(repo: Path) -> Project:
    """The project of a repository."""
    said = tomllib.loads((repo / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return Project(said["version"], said.get("requires-python", ""), tuple(said.get("dependencies", ())))


def address() -> str:
    """The site's own address, with a slash at its end; empty where SITE_URL is not set."""
    url = os.environ.get("SITE_URL", "")
    return f"{url.rstrip('/')}/" if url else ""
