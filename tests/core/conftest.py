"""The real checkpoint, fetched and verified once for all tests of the package."""

import pytest
import torch

from transformer_core.pretrained import load_pretrained, load_tokenizer
from transformer_core.weights import fetch

torch.set_num_threads(1)  # tensors here are small: a second thread costs more than it brings


@pytest.fixture(scope="session")
def checkpoint():
    return fetch()


@pytest.fixture(scope="session")
def model(checkpoint):
    return load_pretrained(checkpoint)


@pytest.fixture(scope="session")
def tokenizer(checkpoint):
    return load_tokenizer(checkpoint)


@pytest.fixture
def float64():
    """New tensors and modules are in double precision, as an equality within 1e-10 needs."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)
