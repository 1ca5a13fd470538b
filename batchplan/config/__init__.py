"""Configuration: files to declarations, declarations and variables to instances.

    filenames       which files belong to a module
    files           reading and parsing them
    declarations    what the blocks of a module declare, as data
    blocks, decode  syntax tree to declarations
    override        override files merged in
    sources, lock   where modules come from; what `init` installed
    load            the tree of modules
    variables       input values and their precedence
    references      what an expression refers to; names checked before evaluation
    graph, tree     the order of evaluation, and cycles by their path
    scope, bodies   evaluation of one module instance, and of one block
    evaluate        everything, in order: the instances

Belongs here: the meaning of blocks that Terraform's language has too. Does not: what a pool is (`schema`),
what is live, what is planned.
"""
