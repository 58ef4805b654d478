"""machine.py: what a measurement needs beside it."""

import platform
import re

import torch

from transformer_core.measurement.machine import machine


def test_machine_says_what_a_measurement_needs_beside_it():
    about = machine()
    assert about["python"] == platform.python_version() and about["torch"] == torch.__version__
    assert about["cores"] >= 1 and about["threads"] == torch.get_num_threads() and about["cpu"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", about["date"])
