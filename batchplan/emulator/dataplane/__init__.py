"""The data plane: its 72 operations, each decoding a request, calling the world, and showing what came of it.

What belongs here: routes, which body and headers an operation takes, views of entities per api-version.
What does not: rules of the world (`world/`), forms of the wire that ARM shares (`wire/`).

    app          `handle`: one request, one reply
    route        method and path -> operation
    call         the request in hand, and the replies operations give
    views*       entity -> JSON, in the order the service writes it
    history      bodies and answers of older api-versions
    pools, nodes, jobs, tasks, schedules, applications, files, counts, usage, retired: the operations by kind
"""
