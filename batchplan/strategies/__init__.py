"""How a change is made: each strategy turns one change into steps.

    chain            steps of one object, each needing the one before
    bodies           the exact JSON of a creation and of a PATCH
    sizes            scaling: to what is wanted, to zero, and waiting for it
    repoint          letting a live job or schedule run on another pool
    create, inplace, rolling_reboot, drain_and_patch, remove, recreate
    blue_green       a new pool beside the old one, and the way back
    expand           all changes to all steps, in the order of their needs

Belongs here: which calls and waits make a change, in which order. Does not: what differs (`plan`), or doing it.
"""
