"""A layer taken for the sentence
You took a layer: the sentences are the second axis.
"""


def maps_of(attentions, sentence):
    return attentions[sentence]


def looks(maps, query):
    return maps[:, :, query].mean(dim=(0, 1))


def strongest(maps, query, key):
    place = maps[:, :, query, key].argmax().item()
    return divmod(place, maps.shape[1])


def one_back(maps):
    return maps.diagonal(-1, -2, -1).mean(dim=-1)


def received(maps, key):
    others = [query for query in range(maps.shape[-2]) if query != key]
    return maps[:, :, others, key].mean(dim=(1, 2))
