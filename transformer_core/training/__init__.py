"""Training: the data, the loss to minimise, and the loop.

    task  tasks           what a run trains; eight tasks that are ready
    settings  schedule    the numbers of a run; the learning rate by step
    loop                  the run itself
    checkpoint  seeds     a killed run resumes and ends with the same bits
    failure  progress     the message when a loss is not finite, and the progress line
    recompute  fast_linear    less memory; the faster of torch's two CPU libraries
    distributed  tensor_parallel  pipeline_parallel    several processes, with torch's own tools
    objectives  corruption    the losses; BERT's masks and T5's spans
    corpus  digits            real data: Python's own library, scikit-learn's digits
    sentiment  rewriting  words    generated data, whose answers and deciding words are known
    scores  relevance  curve  quality, attention on the deciding words, the loss curve
"""
