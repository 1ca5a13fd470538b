"""What batchplan owns: which objects, what was last applied to them, and the record of runs.

    model        the state document, as it is on disk
    secrets      keyed hashes that stand for secrets
    document     changes of a state, each giving a new one
    journal      the append-only record of a run: what was meant, what came of it
    migrations   older format versions made new

Belongs here: values and their form on disk. Does not: where they are kept (`backends`).
"""
