"""Training: data of our own, what to lessen, and the loop.

    task  tasks           what a run needs to know of its job; eight jobs that are ready
    settings  schedule    how it is done; how the learning rate moves
    loop                  the run itself
    checkpoint  seeds     what makes a killed run end with the same bits
    failure  progress     what it says when a loss is no number, and while it works
    recompute  fast_linear    less memory; the faster of torch's two libraries
    distributed  tensor_parallel  pipeline_parallel    several processes, by torch's own means
    objectives  corruption    what is lessened; BERT's masks and T5's holes
    corpus  digits            real data: Python's own library, scikit-learn's digits
    sentiment  rewriting  words    generated data, whose answers and deciding words are known
    scores  relevance  curve  how well it learnt, where it looks, and a picture of the way
"""
