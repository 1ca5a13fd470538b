"""The rules of the simulated service: what each operation does, and what happens as time passes.

`core.World` holds the entities and the pending events. Each sibling module holds the operations
and the event handlers of one kind, as functions whose first argument is the world. Nothing here
knows HTTP, api-versions or JSON envelopes; refusals are `ServiceError`.
"""
