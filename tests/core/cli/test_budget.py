"""`budget`: each way to ask, the published numbers on its page, and what is refused."""

import json

import pytest

from transformer_core.__main__ import main
from transformer_core.cli import budget
from transformer_core.measurement.scaling_laws import PUBLISHED


@pytest.fixture
def printed(capsys):
    def run(*arguments):
        assert main(["budget", *arguments]) == 0
        return capsys.readouterr().out

    return run


def rows(found):
    return {row["by"]: row for row in found["rows"]}


def test_numbers_are_read_as_people_write_them():
    written = ["70e9", "70B", "70b", "70000000000", "70_000_000_000", "0.07T", "70000M", "7e7K"]
    assert [budget.read_number(text) for text in written] == pytest.approx([70e9] * 8)


def test_chinchillas_budget_on_the_page(printed):
    page = printed("--flops", "5.76e23")
    assert "The lowest loss that 5.76e+23 FLOPs buy:" in page
    lines = {line.split("  ")[1]: line.split() for line in page.splitlines() if line.startswith("  ")}
    assert lines["rule of thumb"][3:8] == ["69.3", "billion", "1.39", "trillion", "20"]
    assert lines["Besiroglu 2024"][2:6] == ["72.2", "billion", "1.33", "trillion"]
    for law, source in PUBLISHED.values():
        assert source in page and f"A {law.a}, B {law.b}" in page
    assert max(map(len, page.splitlines())) <= 80


def test_each_way_to_ask_comes_to_the_same_split(printed):
    for by in ("rule_of_thumb", *PUBLISHED):
        split = rows(json.loads(printed("--flops", "1e21", "--json")))[by]
        from_size = rows(json.loads(printed("--parameters", repr(split["parameters"]), "--json")))[by]
        from_text = rows(json.loads(printed("--tokens", repr(split["tokens"]), "--json")))[by]
        for name in ("parameters", "tokens", "flops", "tokens_per_parameter"):
            assert from_size[name] == pytest.approx(split[name]) == from_text[name]


def test_the_rule_of_thumb_worked_by_hand(printed):
    # 6 * N * 20 N = 120 N^2: 1.2e20 FLOPs are for 1e9 parameters.
    row = rows(json.loads(printed("--flops", "1.2e20", "--json")))["rule_of_thumb"]
    assert (row["parameters"], row["tokens"], row["tokens_per_parameter"]) == pytest.approx((1e9, 2e10, 20))


def test_both_given_is_one_run_and_its_loss(printed):
    found = json.loads(printed("--parameters", "70B", "--tokens", "1.4T", "--json"))
    assert found["given"] == {"parameters": 70e9, "tokens": 1.4e12, "flops": None}
    (row,) = found["rows"]
    assert row["by"] == "given" and row["flops"] == pytest.approx(5.88e23)
    # By hand: 1.69 + 406.4 / 70e9^0.34 + 410.7 / 1.4e12^0.28.
    assert row["loss"]["hoffmann"] == pytest.approx(1.69 + 0.0834 + 0.1632, abs=5e-4)
    assert "What training 70 billion parameters on 1.40 trillion tokens takes" in printed(
        "--parameters", "70B", "--tokens", "1.4T"
    )


def test_its_json_says_which_constants_it_used(printed):
    laws = json.loads(printed("--tokens", "1B", "--json"))["laws"]
    assert laws["hoffmann"].pop("source") == PUBLISHED["hoffmann"][1]
    assert laws["hoffmann"] == {"e": 1.69, "a": 406.4, "b": 410.7, "alpha": 0.34, "beta": 0.28}


@pytest.mark.parametrize(
    "arguments, says",
    [
        ([], ["nothing is given", "budget --flops 5.76e23"]),
        (["--flops", "1e20", "--tokens", "1B"], ["--flops", "--tokens", "give --flops alone"]),
        (["--parameters", "7Q"], ["--parameters '7Q' is no number", "7e9 or 7B"]),
        (["--tokens", "B"], ["--tokens 'B' is no number"]),
        (["--tokens", ""], ["--tokens '' is no number"]),
        (["--parameters", "0"], ["--parameters is 0", "above 0"]),
        (["--flops", "inf"], ["--flops is inf", "finite"]),
        (["--flops", "nan"], ["--flops is nan"]),
    ],
)
def test_what_does_not_fit_is_refused_with_the_cure(arguments, says, capsys):
    assert main(["budget", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == "" and all(part in err for part in says), err
