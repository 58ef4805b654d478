"""How a run shares its tests out among workers: a module goes to one worker as a whole, the longest first."""

from xdist.scheduler import LoadScopeScheduling

# Seconds on one core; only the order matters, so that no worker is left alone with a long module at the end. Those that
# need the built site are not listed: while one worker builds it, the others have work that does not wait for it.
LONGEST: dict[str, int] = {
    "tests/site/test_pages.py": 300,  # the site is built for it, and then there for all
    "tests/browser/test_sync.py": 95,
    "tests/browser/test_backup.py": 65,
    "overrides/directives/exercise/test_exercise.py": 60,
    "tests/browser/test_bad_records.py": 60,
    "tests/core/training/test_tasks.py": 55,
    "tests/core/benchmarks/test_cases.py": 50,
    "tests/js/test_modules.py": 40,
    "tests/core/training/test_distributed.py": 35,
    "tests/core/pretrained/test_pretrained_parity.py": 35,
    "tests/core/studies/test_shrinking.py": 20,
    "tests/core/studies/test_ablations.py": 20,
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
