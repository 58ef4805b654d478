"""A checkpoint's folder: its JSON files, and its tensors, opened but not yet read.

Only safetensors is opened: it holds numbers. A pickle (pytorch_model.bin) holds a program
that runs when it is opened.
"""

import json
import re
from pathlib import Path

from safetensors import SafetensorError, safe_open
from torch import Tensor

WHOLE, INDEX = "model.safetensors", "model.safetensors.index.json"
PICKLES = (".bin", ".pt", ".pth", ".ckpt")


def read_json(path: Path) -> dict:
    """The object that a JSON file holds.

    Raises:
        ValueError: it holds something else; the message names the file.
        FileNotFoundError: it is not there.
    """
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:  # not JSON, or not even text
        raise ValueError(f"{path} is not JSON: {error}; fetch it again") from None
    if not isinstance(written, dict):
        raise ValueError(f"{path} holds no object but {type(written).__name__}; fetch it again")
    return written


class Tensors:
    """A folder's tensors by name; each is read from the disk when it is used.

    Args:
        folder: holds model.safetensors, or model.safetensors.index.json and the parts it names.

    Raises:
        ValueError: there are pickles only, a file is not safetensors, the index names a file
            outside the folder, or index and parts differ; the message names file and tensor.
        FileNotFoundError: there is no such file at all, or a part is missing.
    """

    def __init__(self, folder: Path):
        self._file_of: dict[str, safe_open] = {}
        if (folder / WHOLE).exists():
            self._add(folder / WHOLE)
        elif (folder / INDEX).exists():
            for part, names in _parts(folder / INDEX).items():
                self._add(folder / part, names)
        else:
            raise _nothing_in(folder)

    @property
    def names(self) -> set[str]:
        """The names of all tensors in the folder."""
        return set(self._file_of)

    def shape(self, name: str) -> tuple[int, ...]:
        """A tensor's shape, without reading it."""
        return tuple(self._file_of[name].get_slice(name).get_shape())

    def dtype(self, name: str) -> str:
        """As safetensors writes it: F32, BF16, I64, ..."""
        return self._file_of[name].get_slice(name).get_dtype()

    def read(self, name: str) -> Tensor:
        """The tensor in the file: a view of the file's pages; copy it before keeping it."""
        return self._file_of[name].get_tensor(name)

    def _add(self, path: Path, promised: set[str] | None = None) -> None:
        if not path.exists():
            raise FileNotFoundError(f"{path.parent / INDEX} names {path.name}, which is not there; fetch it")
        try:
            opened = safe_open(path, framework="pt")
        except SafetensorError as error:
            raise ValueError(f"{path} is not safetensors: {error}; save the model as safetensors") from None
        held = set(opened.keys())
        if promised is not None and held != promised:
            raise ValueError(f"{path.parent / INDEX} and {path.name} differ about the tensor "
                             f"{min(held ^ promised)}; fetch the whole folder from one place again")
        self._file_of.update(dict.fromkeys(held, opened))


def _parts(index: Path) -> dict[str, set[str]]:
    """The files that an index names, each with the tensors it should hold."""
    listed = read_json(index).get("weight_map")
    if not isinstance(listed, dict) or not listed:
        raise ValueError(f"{index} has no weight_map, which says where each tensor lies; fetch it again")
    parts: dict[str, set[str]] = {}
    for name, file in listed.items():
        # A plain name: the index comes from elsewhere, and may not point out of the folder.
        if not isinstance(file, str) or not re.fullmatch(r"[\w.-]+\.safetensors", file):
            raise ValueError(f"{index} puts the tensor {name} into {file!r}; only a safetensors file "
                             "in the same folder is opened")
        parts.setdefault(file, set()).add(name)
    return parts


def _nothing_in(folder: Path) -> Exception:
    pickles = sorted(found.name for found in folder.glob("*") if found.suffix in PICKLES)
    if pickles:
        return ValueError(f"{folder} holds {pickles[0]}, a pickle, which can run code when it is opened; "
                          "save the model as safetensors")
    return FileNotFoundError(f"{folder} holds no {WHOLE} and no {INDEX}; save the model as safetensors there")
