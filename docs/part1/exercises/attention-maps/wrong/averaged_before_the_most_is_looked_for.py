"""Averaged before the most is looked for
Do not average before you look for the most
Only test 3 fails.
"""


def maps_of(attentions, sentence):
    return attentions[:, sentence]


def looks(maps, query):
    return maps[:, :, query].mean(dim=(0, 1))


def strongest(maps, query, key):
    weights = maps[:, :, query, key]
    layer = weights.mean(dim=1).argmax().item()
    head = weights.mean(dim=0).argmax().item()
    return layer, head


def one_back(maps):
    return maps.diagonal(-1, -2, -1).mean(dim=-1)


def received(maps, key):
    others = [query for query in range(maps.shape[-2]) if query != key]
    return maps[:, :, others, key].mean(dim=(1, 2))
