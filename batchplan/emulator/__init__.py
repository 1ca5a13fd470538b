"""A simulated Azure Batch over HTTP: the ARM provider and the data plane as two views on one world.

What belongs here: the world and its rules, its two wire forms, identity, faults, the server.
What does not: anything of batchplan. The only batchplan package imported is `autoscale`.

The parts, lowest first:

    ticks, clock         time: .NET ticks, and a virtual clock
    errors               `ServiceError`: what the service refuses, with its code
    model                the entities of the world, as plain dataclasses
    store                entities and pending events in SQLite
    world/               the rules: what every operation does, and what happens as time passes
    wire/                api-versions, schemas, OData, paging, ETags, error bodies
    dataplane/, arm/     operations of the two planes: decode, call the world, encode
    identity, faults     tokens and keys; injected failures
    server, admin        ports, TLS, the control interface
"""
