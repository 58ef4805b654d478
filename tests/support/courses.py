"""Courses to test with: a small one whose rules can be worked out by hand, and one as large as ours may become."""

LEVELS = (
    ("Recognise", "I can name it."),
    ("Explain", "I can say why."),
    ("Use", "I can write it."),
    ("Extend", "I can change it."),
)
MODES = ("learn", "practice", "build", "review")


def topic(
    id: str,
    part: int,
    number: int,
    title: str,
    needs: tuple[str, ...] = (),
    planned: bool = False,
    questions: int = 0,
    tests: int = 0,
) -> dict:
    mode = MODES[number % 4]
    return {
        "id": id, "title": title, "short": title, "part": part, "number": number, "count": 0,
        "url": None if planned else f"topics/{id}/", "planned": planned, "study_mode": mode,
        "time": "" if planned else "45 minutes", "minutes": 0 if planned else 45, "modes": {} if planned else {mode: 20, MODES[(number + 1) % 4]: 25},
        "sections": [] if planned else [{"id": "first", "title": f"{title}, first", "mode": mode, "minutes": 20}, {"id": "second", "title": f"{title}, second", "mode": MODES[(number + 1) % 4], "minutes": 25}],
        "summary": "After this page you can say more.", "assumes": [], "prerequisites": list(needs), "opens": [],
        "next": [], "aliases": [], "providers": [],
        "rubric": [] if planned else [{"level": n, "name": name, "can": can} for n, (name, can) in enumerate(LEVELS, 1)],
        "questions": [{"id": f"{id}.q{n}", "kind": "single", "section": "here"} for n in range(1, questions + 1)],
        "exercises": [{"id": f"{id}.task", "title": f"{title} by hand", "total": tests}] if tests else [],
    }  # fmt: skip


def course(parts: list[str], topics: list[dict]) -> dict:
    for one in topics:
        one["count"] = sum(other["part"] == one["part"] for other in topics)
        one["opens"] = [other["id"] for other in topics if one["id"] in other["prerequisites"]]
        one["next"] = one["next"] or one["opens"][:2]
    return {
        "version": 1,
        "parts": [{"number": n, "title": title} for n, title in enumerate(parts, 1)],
        "topics": topics,
        "paths": [],
    }


def small() -> dict:
    """tokens -> attention -> heads, each written; two more are planned."""
    return course(
        ["Foundations", "Attention"],
        [
            topic("tokens", 1, 1, "Tokens", questions=4, tests=7),
            topic("vectors", 1, 2, "Vectors and Their Dot Products", planned=True),
            topic("attention", 2, 1, "Scaled Dot-Product Attention", ("tokens", "vectors")),
            topic("heads", 2, 2, "Multi-Head Attention", ("attention",)),
            topic("cross", 2, 3, "Cross-Attention", ("heads", "tokens"), planned=True),
        ],
    )


def large(count: int, parts: int = 8) -> dict:
    """Topics that each need the one before and, now and then, one from far back."""
    size = count // parts
    topics = []
    for at in range(count):
        needs = [f"t{at - 1}"] if at % size else []
        needs += [f"t{at - 17}"] if at >= 17 and at % 5 == 0 else []
        topics.append(
            topic(
                f"t{at}",
                at // size + 1,
                at % size + 1,
                f"Topic {at} of a long course",
                tuple(dict.fromkeys(needs)),
                questions=8,
                tests=6,
            )
        )
    return course([f"Part {n}" for n in range(1, parts + 1)], topics)
