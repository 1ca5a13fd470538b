"""From three sides to a plan: what differs, what to do about it, in which order.

    change      what differs: one change an object, one entry a field, each with its reason
    observation what was read of Azure
    diff        desired, prior and observed compared, field by field
    step        what is done: a closed union, one call or one wait each
    order       steps and objects in the order of their needs
    planner     the whole of it: changes, then steps through a strategy
    planfile    a plan on disk, and whether it still holds

Nothing here can write to Azure: planning is given what was read.
"""
