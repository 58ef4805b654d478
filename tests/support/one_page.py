"""One page of no topic, run and rendered as the build does it."""

from pathlib import Path

from hooks.course import course, topics
from hooks.execution import cache, runner
from hooks.lesson import renderer, snippets
from hooks.lesson.page import Page

REPO = Path(__file__).parents[2]
RUN = "```python run id=a\nimport torch\ntorch.manual_seed(3)\nweights = torch.tensor([[0.25, 0.75]])\nprint('most', 0.75)\n```\n"


def render(text: str, known: dict | None = None) -> Page:
    """The page x.md; `known`: its approved outputs, by run."""
    plan = snippets.plan(topics.Source("x.md", text, 1, None), REPO)
    results = runner.run(plan.tasks(), cache.users(REPO), lambda line: None)
    return renderer.Renderer(plan, results, course.Course([], {}, {}, []), known or {}).render()
