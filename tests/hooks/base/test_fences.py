from hooks.base import fences

PAGE = """\
# Title
````markdown
```python run
not_a_fence_of_its_own
```
````
  ~~~python
  indented = True
  ~~~
`inline {= code =}` and {= prose =}
```python run id=open
never closed"""


def test_a_longer_fence_holds_shorter_ones_as_text():
    found = list(fences.find(PAGE.split("\n")))
    assert [fence.info for fence in found] == ["markdown", "python", "python run id=open"]
    assert found[0].body == "```python run\nnot_a_fence_of_its_own\n```"


def test_indentation_of_the_fence_is_taken_off_its_body():
    assert list(fences.find(PAGE.split("\n")))[1].body == "indented = True"


def test_an_open_fence_runs_to_the_end():
    assert list(fences.find(PAGE.split("\n")))[-1].body == "never closed"


def test_prose_keeps_every_line_and_column_and_loses_all_code():
    prose = fences.prose_lines(PAGE)
    assert len(prose) == len(PAGE.split("\n"))
    assert prose[9].index("{= prose =}") == PAGE.split("\n")[9].index("{= prose =}")
    assert "not_a_fence" not in "".join(prose) and "{= code =}" not in "".join(prose)


def test_a_fence_inside_a_block_of_text_does_not_close_the_one_around_it():
    text = "```yaml exercise\ntask: |\n  ```text\n  pytest\n  ```\nminutes: 5\n```"
    (fence,) = fences.find(text.split("\n"))
    assert fence.body.endswith("minutes: 5")
