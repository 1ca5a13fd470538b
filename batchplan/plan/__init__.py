"""From three sides to a plan: what differs, what to do about it, in which order.

    change       what differs: one change an object, one entry a field, each with its reason
    observation  what was read of Azure
    desired      what is declared, with its names in Azure; `naming` gives pools their ids
    intents      what moved, removed and import blocks ask for
    relocation   where the objects of the state are after all moves
    diff         desired, prior and observed compared, field by field; `unset` knows what takes a field back
    planner      what happens to each object; `generations`, `selection` and `documents` are parts of it
    step         what is done: a closed union, one call or one wait each
    order        steps and objects in the order of their needs
    plan         changes, steps and what they were made of; whether they still hold
    planfile     a plan on disk, in the form of `planform`
    formula      what a change of an autoscale formula means

Nothing here can write to Azure: planning is given what was read.
"""
