"""Weights and tokens as they come in, checked before anything is drawn."""

import math
from collections.abc import Sequence

Rows = list[list[float]]
PLACES = 4
TOLERANCE = 1e-3


def as_list(values: object) -> list:
    """A plain list of a tensor, an array or a sequence."""
    return values.tolist() if hasattr(values, "tolist") else list(values)  # type: ignore[call-overload]


def attention_rows(weights: object, tokens: Sequence[str], where: str = "weights") -> Rows:
    """The weights of one head, (T, T), rounded to four places.

    A row sums to 1, or is all 0 where its query may look at nothing.

    Raises:
        ValueError: a shape that does not fit the tokens, a number outside [0, 1], NaN, or another sum.
    """
    count = len(tokens)
    if not count:
        raise ValueError("there are no tokens; give at least one")
    rows = as_list(weights)
    if len(rows) != count:
        raise ValueError(f"{where} has {len(rows)} rows for {count} tokens; give one row per token")
    checked = []
    for index, row in enumerate(rows):
        name = f"row {index} ({tokens[index]!r}) of {where}"
        row = as_list(row) if hasattr(row, "__iter__") else [row]
        if len(row) != count:
            raise ValueError(f"{name} has {len(row)} weights for {count} tokens; give one weight per token")
        if any(hasattr(weight, "__iter__") for weight in row):
            raise ValueError(
                f"{name} holds lists; choose one sentence and one head, for instance weights[0, 3]"
            )
        for weight in row:
            if not 0 <= weight <= 1 + TOLERANCE:  # also False for NaN
                raise ValueError(f"{name} holds {weight}; give the weights after softmax, between 0 and 1")
        total = math.fsum(row)
        if any(row) and abs(total - 1) > TOLERANCE:
            raise ValueError(
                f"{name} sums to {total:.4g}, not to 1; give the weights after softmax, without dropout"
            )
        checked.append([round(float(weight), PLACES) for weight in row])
    return checked


def number_rows(matrix: object) -> Rows:
    """Any matrix of finite numbers, all rows of one length, rounded to four places."""
    rows = [as_list(row) for row in as_list(matrix)]
    lengths = {len(row) for row in rows}
    if len(lengths) != 1 or lengths == {0}:
        raise ValueError(
            f"the rows have the lengths {sorted(lengths)}; give a matrix with rows of one length"
        )
    for index, row in enumerate(rows):
        finite(row, f"row {index}")
    return [[round(float(value), PLACES) for value in row] for row in rows]


def finite(values: Sequence[float], name: str) -> None:
    """Refuse NaN and infinity: they have no place on a page."""
    for position, value in enumerate(values):
        if not math.isfinite(value):
            raise ValueError(f"{name} holds {value} at position {position}; give finite numbers only")


def token_names(tokens: Sequence[str]) -> list[str]:
    """The tokens, each with its position where it occurs more than once: the (1), the (5)."""
    many = {token for token in tokens if list(tokens).count(token) > 1}
    return [f"{token} ({i})" if token in many else token for i, token in enumerate(tokens)]


def position_of(chosen: int | str | None, rows: Rows, tokens: Sequence[str]) -> int:
    """The row that stands out at first: a position, a token, or None for the row with the largest weight."""
    if chosen is None:
        return max(range(len(rows)), key=lambda row: max(rows[row]))
    if isinstance(chosen, str):
        places = [position for position, token in enumerate(tokens) if token == chosen]
        if len(places) != 1:
            raise ValueError(
                f"the token {chosen!r} is at {places or 'no position'} in {list(tokens)}; "
                "give the position of one token"
            )
        return places[0]
    if not 0 <= chosen < len(tokens):
        raise ValueError(f"position {chosen} is outside 0 to {len(tokens) - 1}; give the position of a token")
    return chosen


def shown(weight: float) -> str:
    """A weight as the read-out prints it, two places."""
    return f"{weight:.2f}"


def ranked(row: Sequence[float]) -> list[int]:
    """The positions by falling weight; equal weights stay in the order of the sentence."""
    return sorted(range(len(row)), key=lambda position: -row[position])


def say_row(row: Sequence[float], names: Sequence[str], query: int, count: int = 3) -> str:
    """One row in words: “it” looks at cat 0.71, mat 0.05 and tired 0.04."""
    if not any(row):
        return f"“{names[query]}” may look at nothing."
    first, *rest = ranked(row)[:count]
    parts = [f"{names[key]} {shown(row[key])}" for key in [first, *(k for k in rest if row[k] >= 0.005)]]
    said = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"“{names[query]}” looks at {said}."


def strongest(rows: Rows) -> tuple[int, int]:
    """Query and key of the largest weight."""
    query = max(range(len(rows)), key=lambda row: max(rows[row]))
    return query, ranked(rows[query])[0]
