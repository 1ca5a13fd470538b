"""All functions by name."""

from batchplan.lang.functions.context import FunctionContext
from batchplan.lang.functions.function import Function

NAMES: frozenset[str] = frozenset(
    ["abs", "abspath", "alltrue", "anytrue", "base64decode", "base64encode", "base64gzip", "base64sha256", "base64sha512", "basename", "bcrypt", "can", "ceil", "chomp", "chunklist", "cidrhost", "cidrnetmask", "cidrsubnet", "cidrsubnets", "coalesce", "coalescelist", "compact", "concat", "contains", "convert", "csvdecode", "dirname", "distinct", "element", "endswith", "ephemeralasnull", "file", "filebase64", "filebase64sha256", "filebase64sha512", "fileexists", "filemd5", "fileset", "filesha1", "filesha256", "filesha512", "flatten", "floor", "format", "formatdate", "formatlist", "indent", "index", "issensitive", "join", "jsondecode", "jsonencode", "keys", "length", "log", "lookup", "lower", "matchkeys", "max", "md5", "merge", "min", "nonsensitive", "one", "parseint", "pathexpand", "plantimestamp", "pow", "range", "regex", "regexall", "replace", "reverse", "rsadecrypt", "sensitive", "setintersection", "setproduct", "setsubtract", "setunion", "sha1", "sha256", "sha512", "signum", "slice", "sort", "split", "startswith", "strcontains", "strrev", "substr", "sum", "templatefile", "templatestring", "textdecodebase64", "textencodebase64", "timeadd", "timecmp", "timestamp", "title", "tobool", "tolist", "tomap", "tonumber", "toset", "tostring", "transpose", "trim", "trimprefix", "trimspace", "trimsuffix", "try", "upper", "urlencode", "uuid", "uuidv5", "values", "yamldecode", "yamlencode", "zipmap"]
)
"""Every name that can be called, `try`, `can` and `convert` included, which `compile` knows itself."""


def build(context: FunctionContext) -> dict[str, Function]:
    """Return the functions of a module by name, without `try`, `can` and `convert`."""
    from batchplan.lang.functions import (
        collections,
        datetime,
        encoding,
        filesystem,
        formatting,
        hashing,
        maps,
        network,
        numeric,
        regexes,
        sequences,
        sets,
        strings,
        templating,
        typeconv,
        yaml,
    )

    plain = (
        collections,
        datetime,
        encoding,
        filesystem,
        formatting,
        hashing,
        maps,
        network,
        numeric,
        regexes,
        sequences,
        sets,
        strings,
        typeconv,
        yaml,
    )
    table = {each.name: each for module in plain for each in module.FUNCTIONS}
    for module in (datetime, filesystem, templating):
        table.update({each.name: each for each in module.functions(context)})
    return table
