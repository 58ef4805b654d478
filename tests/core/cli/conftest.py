"""How the command is run in its own process: what it prints, and what it refuses."""

import pytest

from transformer_core.__main__ import main


@pytest.fixture
def printed(capsys):
    """Runs main and gives what it printed; it must succeed and say nothing else."""

    def run(*arguments):
        assert main(list(arguments)) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return run


@pytest.fixture
def refused(capsys):
    """Runs main with arguments that do not fit and gives what it says of them."""

    def run(*arguments, code=2):
        assert main(list(arguments)) == code
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("transformer_core: ") and "Traceback" not in err
        return err

    return run
