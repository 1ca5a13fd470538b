"""How a change is made: each strategy turns one change into steps.

    chain            steps of one object, each needing the one before
    bodies           the exact JSON of a creation and of a PATCH
    sizes            scaling: to what is wanted, to zero, and waiting for it
    create, inplace, drain_and_patch, remove, recreate, replace
    expand           all changes to all steps, in the order of their needs

Belongs here: which calls and waits make a change, in which order. Does not: what differs (`plan`), or doing it.
"""
