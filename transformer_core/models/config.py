"""What tells one Transformer from another: a frozen config for each model family.

    config = DecoderConfig(
        vocab_size=32000, max_length=4096, d_model=512, num_layers=8, num_heads=8, d_ff=1376,
        positions=Rotary(base=500000.0), feed_forward=Gated(bias=False),
    )
    wider = dataclasses.replace(config, d_model=1024)

A family has only the fields that its models read, and a number that belongs to one choice is in
that choice: a rotary base in Rotary, the number of experts in Experts. The defaults are BERT's.
Only models/ and measurement/costs.py read a config: every other class takes plain arguments.
"""

from dataclasses import dataclass, field
from types import UnionType
from typing import ClassVar, TypeAlias, get_args

from transformer_core.nn.rotary import Llama3Scaling


# How a token's position enters
@dataclass(frozen=True)
class Learned:
    """A learned vector for each position is added to the token's; the model needs max_length (BERT, GPT-2)."""

    name: ClassVar[str] = "learned"


@dataclass(frozen=True)
class Sinusoidal:
    """A fixed vector of sines and cosines is added to the token's (Vaswani et al. 2017)."""

    name: ClassVar[str] = "sinusoidal"


@dataclass(frozen=True)
class Rotary:
    """Queries and keys are rotated by their position (Llama)."""

    name: ClassVar[str] = "rotary"
    base: float = 10000.0
    scaling: Llama3Scaling | None = None


@dataclass(frozen=True)
class Alibi:
    """Scores decrease with distance, by a fixed slope for each head (ALiBi)."""

    name: ClassVar[str] = "alibi"


@dataclass(frozen=True)
class Relative:
    """Scores get a learned number for each head and distance (T5)."""

    name: ClassVar[str] = "relative"
    num_buckets: int = 32  # learned numbers per head
    max_distance: int = 128  # from here on all distances share one


AddedPositions: TypeAlias = Learned | Sinusoidal | Alibi | Relative  # for all families
Positions: TypeAlias = Learned | Sinusoidal | Rotary | Alibi | Relative  # for decoders


# How the feed-forward is made; its activation is the config's
@dataclass(frozen=True)
class Plain:
    """Two matrices."""

    bias: bool = True


@dataclass(frozen=True)
class Gated:
    """Three matrices: one of two branches gates the other (SwiGLU with silu)."""

    bias: bool = True


@dataclass(frozen=True)
class Experts:
    """Gated feed-forwards without bias, of which a router chooses some for each token (Mixtral)."""

    count: int
    per_token: int = 2


FeedForwardKind: TypeAlias = Plain | Gated | Experts


@dataclass(frozen=True, kw_only=True)
class LayersConfig:
    """What every family reads: the width, and how a layer is made."""

    family: ClassVar[str]
    d_model: int
    num_layers: int
    num_heads: int
    d_ff: int
    dropout: float = 0.1

    # Attention
    num_kv_heads: int | None = None  # groups that share keys and values; None: one per head
    d_k: int | None = None  # width of a head; None: d_model / num_heads
    attention_bias: bool = True
    scaled_scores: bool = True  # divided by the root of d_k (T5: as they are)

    # Norms and feed-forward
    norm: str = "layer"  # or "rms"
    norm_eps: float = 1e-12
    pre_norm: bool = False
    activation: str = "gelu"  # a key of layers.ACTIVATIONS
    feed_forward: FeedForwardKind = field(default_factory=Plain)

    def __post_init__(self) -> None:
        _check_kind("feed_forward", self.feed_forward, FeedForwardKind)

    @property
    def head_width(self) -> int:
        """Dk, the width of one head."""
        return self.d_k or self.d_model // self.num_heads

    @property
    def kv_heads(self) -> int:
        """Hk, heads with keys and values of their own."""
        return self.num_kv_heads or self.num_heads


@dataclass(frozen=True, kw_only=True)
class TextConfig(LayersConfig):
    """What the families that read tokens have in common."""

    position_kinds: ClassVar[UnionType] = AddedPositions
    vocab_size: int
    max_length: int | None = None  # positions that a sequence may have; None: no limit
    positions: Positions = field(default_factory=Learned)

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_kind("positions", self.positions, self.position_kinds)


@dataclass(frozen=True, kw_only=True)
class EncoderConfig(TextConfig):
    """An encoder-only model, the BERT family."""

    family: ClassVar[str] = "encoder"
    positions: AddedPositions = field(default_factory=Learned)
    num_types: int = 0  # segments: first sentence, second sentence
    pad_id: int | None = None  # given where positions skip this token (RoBERTa)
    embedding_norm: bool = False
    pooler: bool = False


@dataclass(frozen=True, kw_only=True)
class DecoderConfig(TextConfig):
    """A decoder-only model, the GPT and Llama families."""

    family: ClassVar[str] = "decoder"
    position_kinds: ClassVar[UnionType] = Positions
    window: int | None = None  # how far back a token sees, itself included; None: all the way
    embedding_norm: bool = False
    tied: bool = True  # the head is the transposed token table


@dataclass(frozen=True, kw_only=True)
class EncoderDecoderConfig(TextConfig):
    """An encoder-decoder, the family of the 2017 paper and T5."""

    family: ClassVar[str] = "encoder-decoder"
    positions: AddedPositions = field(default_factory=Learned)
    num_decoder_layers: int | None = None  # None: as many as the encoder's
    embedding_scale: bool = False  # token vectors times the root of d_model (2017)
    tied: bool = True  # the head is the transposed token table
    scaled_output: bool = False  # divided by the root of d_model before the head (T5)


@dataclass(frozen=True, kw_only=True)
class VisionConfig(LayersConfig):
    """A Vision Transformer."""

    family: ClassVar[str] = "vision"
    image_size: int = 224  # pixels, both ways
    patch_size: int = 16
    num_channels: int = 3
    num_classes: int = 1000


Config: TypeAlias = EncoderConfig | DecoderConfig | EncoderDecoderConfig | VisionConfig  # of any family


def _check_kind(name: str, value: object, kinds: UnionType) -> None:
    """Refuse what is not an object of these classes, such as a string or a class without its brackets.

    Raises:
        ValueError: the message lists the choices.
    """
    if not isinstance(value, kinds):
        raise ValueError(f"{name} {value!r} is none of {', '.join(f'{kind.__name__}()' for kind in get_args(kinds))}")
