"""How a run shares its tests out among workers: a module goes to one worker as a whole, the longest first."""

from xdist.scheduler import LoadScopeScheduling

# Seconds on one core; only the order matters, so that no worker is left alone with a long module at the end.
LONGEST: dict[str, int] = {
    "tests/site/test_pages.py": 300,  # the site is built for it, and then there for all
    "tests/js/test_modules.py": 20,
    "tests/engines/test_smoke.py": 90,
    "tests/core/benchmarks/test_cases.py": 60,
    "tests/core/studies/test_ablations.py": 60,
    "tests/core/training/test_distributed.py": 60,
    "tests/core/models/test_presets.py": 40,
    "tests/core/training/test_tasks.py": 40,
    "tests/core/studies/test_sweep.py": 40,
    "tests/core/studies/test_shrinking.py": 40,
}


def module_of(nodeid: str) -> str:
    return nodeid.split("::", 1)[0]


def order(items: list) -> None:
    """The longest modules first; within a module and among the others nothing changes."""
    items.sort(key=lambda item: -LONGEST.get(module_of(item.nodeid), 0))


class ByModule(LoadScopeScheduling):
    """What a module's tests share is made in one worker; modules are handed out in the order of the collection."""

    def __init__(self, config, log=None):
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return module_of(nodeid)
