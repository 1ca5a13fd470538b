"""The language: text to syntax tree, syntax tree to values.

    values, types, numbers     what an expression is worth
    convert                    conversion and unification, in one place
    nodes                      the syntax tree
    scan, parse, template      text to tree; jsonsyntax for the JSON form; format for `fmt`
    compile, operations        tree to closures, once
    compiled, operators        closures to values, many times
    functions/                 the built-in functions, one module a theme
    write                      generated HCL, through python-hcl2

Belongs here: HCL and Terraform's expression semantics. Does not: blocks with a meaning (`config`).
"""
