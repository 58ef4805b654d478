"""`attend`: where a real encoder looks in your sentence."""

import argparse
import json

from transformer_core.cli.terminal import bar, shown, table

NAME = "attend"
SUMMARY = "where a real encoder looks in your sentence"
EXAMPLES = (
    'attend "The cat slept because it was tired."',
    'attend "The cat slept because it was tired." --layer 0 --head 2',
    'attend "Paris is in France." --top 3 --json',
)
DESCRIPTION = """\
Reads the sentence with all-MiniLM-L6-v2, an encoder of 6 layers with 12 heads
each, which is fetched on first use (about 90 MB) and verified. For every word:
the other word that it looks at most, and which head of the layer does that.

how to read it:
  5  it  ->  2  cat  72%  head 11
      In head 11, the word at position 5 gives 72% of its attention to the word
      at position 2. A token that starts with ## continues the word before it.
  The special tokens [CLS] and [SEP] get much of the attention: a head that
  finds nothing to do in a sentence looks there. They are left out of the
  links; the last lines say what they got.

In Python it is model.trace(ids).attentions[layer, 0, head, from, to].

keys of --json:
  sentence, tokens, num_layers, num_heads, layer,
  head (null: each word's strongest),
  links: a list of {from, to, head, weight}, the strongest first; from and to
      are places in tokens, a weight lies between 0 and 1
  shares {special, itself, others}: where the words' attention goes, on average"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its arguments to the parser."""
    parser.description = DESCRIPTION
    parser.add_argument("sentence", metavar="SENTENCE", help="in quotes; English is what it knows best")
    parser.add_argument("--layer", type=int, metavar="N", help="from 0; the last where none is given")
    parser.add_argument("--head", type=int, metavar="N", help="from 0; each word's strongest if none is given")
    parser.add_argument("--top", type=int, default=12, metavar="K", help="how many links to show (12)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a picture")


def run(arguments: argparse.Namespace) -> str:
    """The text to print.

    Raises:
        ValueError: the sentence has no words or too many, or there is no such layer or head.
        OSError: the encoder cannot be fetched, or is not the published one.
    """
    if arguments.top < 1:
        raise ValueError(f"--top {arguments.top} shows nothing; use 1 or more")
    found = look(arguments.sentence, arguments.layer, arguments.head)
    found["links"] = found["links"][: arguments.top]
    return json.dumps(found, indent=2) if arguments.json else render(found)


def look(sentence: str, layer: int | None = None, head: int | None = None) -> dict:
    """What --json gives, with a link for each word.

    Raises:
        ValueError: the sentence has no words or too many, or there is no such layer or head.
        OSError: the encoder cannot be fetched, or is not the published one.
    """
    import torch

    try:
        sentence.encode()
    except UnicodeEncodeError:
        raise ValueError(f"the sentence {sentence!a} holds bytes that are not UTF-8; write it so") from None
    model, tokenizer = _encoder()
    encoded = tokenizer.encode(sentence)
    if all(encoded.special_tokens_mask):
        raise ValueError("the sentence has no words; write one in quotes, as in: attend \"The cat sat.\"")
    with torch.no_grad():
        attentions = model.trace(torch.tensor([encoded.ids])).attentions[:, 0]  # (L, H, T, T)
    layer = len(attentions) - 1 if layer is None else layer
    _check("layer", layer, len(attentions))
    weights = attentions[layer]                                                 # (H, T, T)
    if head is not None:
        _check("head", head, len(weights))
        weights = weights[head : head + 1]
    special = torch.tensor(encoded.special_tokens_mask).bool()                  # (T)
    links, shares = strongest_links(weights, special)
    for link in links:
        link["head"] = link["head"] if head is None else head
    num_layers, num_heads = attentions.shape[:2]
    return {"sentence": sentence, "tokens": encoded.tokens, "num_layers": num_layers, "num_heads": num_heads,
            "layer": layer, "head": head, "links": links, "shares": shares}


def strongest_links(weights, special) -> tuple[list[dict], dict[str, float]]:
    """Each word's strongest link to another word, the strongest first, and where all attention goes.

    Args:
        weights: (H, T, T), rows that sum to 1.
        special: (T) bool, True for what is no word.
    """
    itself = weights.diagonal(dim1=-2, dim2=-1)[:, ~special].mean().item()       # of (H, words)
    parked = weights[:, ~special][:, :, special].sum(dim=-1).mean().item()
    shares = {"special": parked, "itself": itself, "others": 1 - parked - itself}
    places = range(len(special))
    links = []
    for word in places:
        others = [place for place in places if place != word and not special[place]]
        if special[word] or not others:
            continue
        strengths = weights[:, word, others]                                     # (H, others)
        head, other = divmod(int(strengths.argmax()), len(others))
        links.append({"from": word, "to": others[other], "head": head, "weight": strengths[head, other].item()})
    return sorted(links, key=lambda link: -link["weight"]), shares


def render(found: dict) -> str:
    """A picture of the links in characters."""
    tokens, shares, layer, head = found["tokens"], found["shares"], found["layer"], found["head"]
    by = "its strongest head" if head is None else f"head {head}"
    parked, itself = (round(100 * shares[where]) for where in ("special", "itself"))
    rows = [
        (link["from"], tokens[link["from"]], "->", link["to"], tokens[link["to"]],
         f"{link['weight']:.0%}", bar(link["weight"], 25), f"head {link['head']}" if head is None else "")
        for link in found["links"]
    ]
    picture = table(rows, right=(0, 3, 5)) if rows else "  Only one word: there is no other to look at."
    return "\n".join([
        shown(found["sentence"]),
        "",
        f"What each word looks at most, in layer {layer} of 0 to {found['num_layers'] - 1}, by {by}:",
        "",
        picture,
        "",
        f"Of the attention that words give in {'all heads of this layer' if head is None else 'this head'}, "
        f"{100 - parked - itself}% goes to other",
        f"words, {itself}% to the words themselves and {parked}% to [CLS] and [SEP].",
    ])


def _encoder():
    from transformer_core.pretrained import load_pretrained, load_tokenizer
    from transformer_core.weights import fetch

    try:
        folder = fetch()
        return load_pretrained(folder), load_tokenizer(folder)
    except ValueError as error:  # the files' fault, not the arguments'
        raise OSError(str(error)) from error


def _check(name: str, number: int, count: int) -> None:
    if not 0 <= number < count:
        raise ValueError(f"--{name} {number} is not there; this encoder's {name}s are 0 to {count - 1}")
