"""Browser modules that npm delivers and the site serves as they are, each with its licence."""

from pathlib import Path

from hooks.base.errors import MissingFileError

FOLDER = "assets/vendored"
MODULES = ("ts-fsrs",)  # as our modules import them
FILES = {
    "ts-fsrs.mjs": "ts-fsrs/dist/index.mjs",
    "ts-fsrs-licence.txt": "ts-fsrs/LICENSE",
}


def files(node_modules: Path) -> dict[str, Path]:
    """Site path of every module and licence, and the file that holds it.

    Raises:
        MissingFileError: a package is missing; the message names the file and how to get it.
    """
    found = {f"{FOLDER}/{name}": node_modules / path for name, path in FILES.items()}
    for path in found.values():
        if not path.is_file():
            raise MissingFileError(
                f"{path}: this module is missing; run `make setup` to install the npm packages"
            )
    return found
