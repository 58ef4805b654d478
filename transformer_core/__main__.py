"""`python -m transformer_core`: what there is, and the commands to try it."""

import argparse
import os
import sys

from transformer_core.cli import attend, benchmark, budget, describe, study, train

# Each is a module with NAME, SUMMARY, EXAMPLES (arguments to try), add_arguments(parser), whose
# description teaches, and run(arguments), which returns the text to print.
COMMANDS = (describe, attend, train, study, budget, benchmark)
PROGRAM = "python -m transformer_core"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; without any, say what there is.

    Args:
        arguments: the words after the program's name; those of this process where none are given.

    Returns:
        0, or 2 where the arguments do not fit, 1 where a file, the network or a training is at
        fault, 130 where it was interrupted. Only results go to stdout, all else to stderr.
    """
    try:
        chosen = _parser().parse_args(arguments)
        said = chosen.run(chosen) if chosen.command else _welcome()
        if said:  # of several processes that train together, one speaks
            print(said)
        sys.stdout.flush()  # here, where a closed pipe is expected
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing is left to flush at exit
    except ValueError as error:
        return _refuse(error, 2)
    except (OSError, ArithmeticError) as error:
        return _refuse(error, 1)
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM, description=_welcome(), usage=f"{PROGRAM} [COMMAND] [--help]",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", prog=PROGRAM, help="one of those above")
    for command in COMMANDS:
        own = commands.add_parser(
            command.NAME, formatter_class=argparse.RawDescriptionHelpFormatter,
            epilog="examples:\n" + "\n".join(f"  {PROGRAM} {words}" for words in command.EXAMPLES),
        )
        command.add_arguments(own)
        own.set_defaults(run=command.run)
    return parser


def _welcome() -> str:
    commands = "\n".join(f"  {command.NAME:11}{command.SUMMARY}" for command in COMMANDS)
    tries = "\n".join(f"  {PROGRAM} {command.EXAMPLES[0]}" for command in COMMANDS)
    return f"""\
The Transformer in code that reads like its equations, proven equal to the
reference implementations.

Commands
{commands}

Try
{tries}
  {PROGRAM} {COMMANDS[0].NAME} --help

In Python
  from transformer_core import build, load_pretrained
  model = build("gpt2")               # a published shape, with random weights
  model = load_pretrained("folder")   # config.json and model.safetensors"""


def _refuse(error: Exception, code: int) -> int:
    print(f"transformer_core: {error}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
