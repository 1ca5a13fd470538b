"""The built-in functions: all of Terraform 1.15's, one module a theme.

Each module has `FUNCTIONS`, a tuple; those that need surroundings have `functions(context)` instead.
`try`, `can`, `convert` and `type` are no functions here: they see expressions, so `compile` knows them.
"""
