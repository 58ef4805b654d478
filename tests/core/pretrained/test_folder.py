"""pretrained/folder.py: only safetensors is opened, and a file that is missing or broken is named."""

import json
import pickle
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file
from saved_models import SMALL, refused, save

INDEX = "model.safetensors.index.json"


class Trap:
    """A pickle that leaves a file behind when it is opened."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


@pytest.mark.parametrize(
    "name, says",
    [
        ("pytorch_model.bin", ["pytorch_model.bin, a pickle", "run code", "safetensors"]),
        ("consolidated.00.pth", ["consolidated.00.pth, a pickle"]),
        ("model.safetensors", ["model.safetensors is not safetensors", "save the model as safetensors"]),
    ],
)
def test_a_pickle_is_refused_unopened(name, says, tmp_path):
    save(*SMALL["bert"], tmp_path)
    (tmp_path / "model.safetensors").unlink()
    (tmp_path / name).write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    refused(tmp_path, *says)
    assert not (tmp_path / "sprung").exists()


def test_a_file_cut_short_is_refused(tmp_path):
    path = save(*SMALL["bert"], tmp_path) / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    refused(tmp_path, "model.safetensors is not safetensors")


def test_missing_or_broken_files_are_named(tmp_path):
    save(*SMALL["bert"], tmp_path)
    shutil.move(tmp_path / "model.safetensors", tmp_path / "elsewhere")
    refused(tmp_path, f"holds no model.safetensors and no {INDEX}", error=FileNotFoundError)
    for written, says in [
        ("{not json", "is not JSON"),
        ("\udcff", "is not JSON"),
        ("[1]", "no object but list"),
    ]:
        (tmp_path / "config.json").write_bytes(written.encode(errors="surrogateescape"))
        refused(tmp_path, "config.json", says, "fetch it again")
    (tmp_path / "config.json").unlink()
    refused(tmp_path, "config.json", error=FileNotFoundError)


@pytest.fixture
def shards(tmp_path):
    """A folder in parts, and their index."""
    save(*SMALL["bert"], tmp_path, max_shard_size="8KB")
    return tmp_path, json.loads((tmp_path / INDEX).read_text())


@pytest.mark.parametrize(
    "file", ["../other/model.safetensors", "/etc/model.safetensors", "deep/model.safetensors", "..\\model.safetensors",
             "pytorch_model-00001-of-00002.bin", "", None]
)  # fmt: skip
def test_an_index_may_only_name_safetensors_beside_it(file, shards):
    folder, index = shards
    name = min(index["weight_map"])
    index["weight_map"][name] = file
    (folder / INDEX).write_text(json.dumps(index))
    refused(folder, f"puts the tensor {name} into {file!r}", "in the same folder")


def test_an_index_and_its_parts_agree(shards):
    folder, index = shards
    name = max(index["weight_map"])
    part = folder / index["weight_map"][name]
    tensors = load_file(part)
    save_file({**tensors, "more": torch.ones(1)}, part)
    refused(folder, INDEX, part.name, "differ about the tensor more")
    save_file({other: x for other, x in tensors.items() if other != name}, part)
    refused(folder, INDEX, part.name, f"differ about the tensor {name}")
    part.unlink()
    refused(folder, f"names {part.name}, which is not there", error=FileNotFoundError)
    for empty in ({}, {"weight_map": {}}, {"weight_map": []}):
        (folder / INDEX).write_text(json.dumps(empty))
        refused(folder, INDEX, "has no weight_map")
