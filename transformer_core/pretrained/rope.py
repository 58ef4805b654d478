"""Rotary positions in a config: their base, and how they are stretched."""

from transformer_core.models.config import Rotary
from transformer_core.nn.rotary import Llama3Scaling
from transformer_core.pretrained.settings import Settings


def read_rope(settings: Settings, *, base: float) -> Rotary:
    """Base and scaling, from `rope_parameters` or, as older configs have it, `rope_theta` and `rope_scaling`.

    Args:
        settings: the config.
        base: where the config says nothing.

    Raises:
        ValueError: a kind of scaling that is not computed here, or a key of it that is missing or unknown.
    """
    base = settings.number("rope_theta", base)
    settings.only("partial_rotary_factor", 1.0, None)
    settings.only("rope_interleaved", False)
    older, newer = settings.inner("rope_scaling"), settings.inner("rope_parameters")
    if older and newer:
        raise settings.refusal("rope_scaling", settings.value("rope_scaling"),
                               "rope_parameters says it too; keep the one that the weights were trained with")
    given = older or newer
    if given is None:
        return Rotary(base)
    base = given.number("rope_theta", base)
    given.only("partial_rotary_factor", 1.0, None)
    kind = given.value("rope_type", given.value("type", "default"))
    if kind not in ("default", "llama3"):
        raise given.refusal("rope_type", kind, "only 'default' and 'llama3' are computed here; take a "
                            "checkpoint without it")
    scaling = None if kind == "default" else _llama3(given)
    given.finish()
    return Rotary(base, scaling)


def _llama3(given: Settings) -> Llama3Scaling:
    low, high = given.number("low_freq_factor"), given.number("high_freq_factor")
    if not low < high:
        raise given.refusal("high_freq_factor", high, f"it must be above low_freq_factor, {low}")
    return Llama3Scaling(
        factor=given.number("factor"), low_freq_factor=low, high_freq_factor=high,
        original_length=given.whole("original_max_position_embeddings"),
    )
