"""Pages as plain Markdown: what was computed stands in them, and nothing gives an answer away."""

import json

from support.build_steps import has_run

PAGE = """\
---
id: part1-a
title: Sums
part: 1
study_mode: learn
time: 20 minutes
summary: After this page you can add.
rubric:
  - {level: 1, name: Say, can: I can say it.}
---

## Adding { #adding data-mode=learn data-minutes=20 }

A **query**{ .name-q } waits.

```yaml unit
title: One sum
equation: 1 + 1 = 2
says: It is {= total =}.
```

```python run id=sum
total = 1 + 1
print(total)
```

It gives {= total =}, not `{= total =}`.

```yaml table
columns: [given, sum]
rows: "[['1 | 1', total]]"
caption: All of it.
```

```yaml quiz
- id: one
  kind: single
  teaches: "#adding"
  ask: What is it?
  options:
    - {wrong: It is one, why: "Not at all."}
    - {right: It is two, why: "Count."}
    - {wrong: It is six, why: "Too many."}
```

<!-- slot: notes -->
"""
MARKDOWN = """\
# Sums

After this page you can add.

## Adding

A **query** waits.

**One sum**

$$
1 + 1 = 2
$$

```python
total = 1 + 1
print(total)
```

```text
2
```

It is 2.

It gives 2, not `{= total =}`.

| given | sum |
| --- | --- |
| 1 \\| 1 | 2 |

All of it.

**Question.** What is it?

- It is one
- It is six
- It is two
"""


def test_a_page_its_values_and_the_list_of_pages(tmp_path):
    (tmp_path / "course.yml").write_text("parts: [{number: 1, title: One, topics: []}]")
    (tmp_path / "part1").mkdir()
    (tmp_path / "part1" / "a.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "labs").mkdir()
    cells = [
        {"cell_type": "markdown", "source": ["# Lab\n", "Look."]},
        {"cell_type": "code", "source": ["1 + 1"]},
    ]
    (tmp_path / "labs" / "look.ipynb").write_text(json.dumps({"cells": cells}))
    files = has_run(tmp_path).files()
    assert files["part1/a/index.md"] == MARKDOWN
    assert files["labs/look/index.md"] == "# Lab\nLook.\n\n```python\n1 + 1\n```\n"
    source = files["reference/api/nn/attention/index.md"]
    assert (
        source.startswith("# nn.attention\n\n```python\n") and "def scaled_dot_product_attention(" in source
    )
    assert "## One\n\n- [Sums](part1/a/index.md): After this page you can add.\n" in files["llms.txt"]
    assert "- [Lab](labs/look/index.md)\n" in files["llms.txt"]
