"""Bodies of resources: arguments, nested and dynamic blocks, lifecycle and conditions."""

from typing import Any

import pytest

from batchplan.config.bodies import BodyValue
from batchplan.report.values import value_text


def plain(body: BodyValue) -> dict[str, Any]:
    """Return a body as plain data: arguments, and blocks by type and labels."""
    made: dict[str, Any] = {name: value_text(value) for name, value in body.values.items()}
    for block in body.blocks:
        made.setdefault(" ".join([block.type, *block.labels]), []).append(plain(block.body))
    return made


DYNAMIC = [
    ("list", 'dynamic "f" {\n for_each = ["a", "b"]\n content { v = f.value }\n}', {"f": [{"v": '"a"'}, {"v": '"b"'}]}),
    ("key of a list", 'dynamic "f" {\n for_each = ["a"]\n content { v = f.key }\n}', {"f": [{"v": "0"}]}),
    ("map", 'dynamic "f" {\n for_each = { x = 1 }\n content { v = "${f.key}${f.value}" }\n}', {"f": [{"v": '"x1"'}]}),
    ("set", 'dynamic "f" {\n for_each = toset(["x"])\n content { v = f.key }\n}', {"f": [{"v": '"x"'}]}),
    ("empty", 'dynamic "f" {\n for_each = []\n content { v = 1 }\n}', {}),
    (
        "iterator",
        'dynamic "f" {\n for_each = ["a"]\n iterator = it\n content { v = it.value }\n}',
        {"f": [{"v": '"a"'}]},
    ),
    (
        "labels",
        'dynamic "backup" {\n for_each = ["n"]\n labels = [backup.value]\n content { v = 1 }\n}',
        {"backup n": [{"v": "1"}]},
    ),
    (
        "nested",
        (
            'dynamic "f" {\n for_each = [["a", "b"], []]\n content {\n  dynamic "g" {\n   for_each = f.value\n'
            '   content { v = "${f.key}${g.value}" }\n  }\n }\n}'
        ),
        {"f": [{"g": [{"v": '"0a"'}, {"v": '"0b"'}]}, {}]},
    ),
    (
        "beside static blocks, in order",
        'f { v = 0 }\ndynamic "f" {\n for_each = [1]\n content { v = f.value }\n}\nf { v = 2 }',
        {"f": [{"v": "0"}, {"v": "1"}, {"v": "2"}]},
    ),
    (
        "inside a static block",
        'g {\n dynamic "f" {\n for_each = [1]\n content { v = f.value }\n}\n}',
        {"g": [{"f": [{"v": "1"}]}]},
    ),
]


@pytest.mark.parametrize(("body", "wanted"), [one[1:] for one in DYNAMIC], ids=[one[0] for one in DYNAMIC])
def test_dynamic(load, body: str, wanted: dict[str, Any]) -> None:
    """A dynamic block makes a block for each element."""
    assert plain(load(f'pool "p" {{\n{body}\n}}').instance("pool.p").body) == wanted


def test_dynamic_with_each(load) -> None:
    """each and the iterator are there side by side."""
    text = (
        'pool "p" {\n for_each = { a = ["x", "y"] }\n dynamic "f" {\n  for_each = each.value\n'
        '  content { v = "${each.key}${f.value}" }\n }\n}'
    )
    assert plain(load(text).instance('pool.p["a"]').body) == {"f": [{"v": '"ax"'}, {"v": '"ay"'}]}


DYNAMIC_FAULTS = [
    ("no label", "dynamic {\n for_each = []\n content {}\n}"),
    ("no for_each", 'dynamic "f" {\n content {}\n}'),
    ("no content", 'dynamic "f" {\n for_each = []\n}'),
    ("two contents", 'dynamic "f" {\n for_each = []\n content {}\n content {}\n}'),
    ("stray argument", 'dynamic "f" {\n for_each = []\n v = 1\n content {}\n}'),
    ("stray block", 'dynamic "f" {\n for_each = []\n g {}\n content {}\n}'),
    ("over a number", 'dynamic "f" {\n for_each = 3\n content {}\n}'),
    ("over null", 'dynamic "f" {\n for_each = null\n content {}\n}'),
    ("quoted iterator", 'dynamic "f" {\n for_each = []\n iterator = "it"\n content {}\n}'),
    ("labels that are no list", 'dynamic "f" {\n for_each = [1]\n labels = f.key\n content {}\n}'),
    ("label that is no string", 'dynamic "f" {\n for_each = [1]\n labels = [[1]]\n content {}\n}'),
]


@pytest.mark.parametrize("body", [one[1] for one in DYNAMIC_FAULTS], ids=[one[0] for one in DYNAMIC_FAULTS])
def test_dynamic_faults(load, body: str) -> None:
    """A malformed dynamic block is reported as such."""
    assert load(f'pool "p" {{\n{body}\n}}').codes == ["E0317"]


def test_iterator_means_nothing_outside(load) -> None:
    """The name of the iterator is known only in the content and in labels."""
    text = 'pool "p" {\n dynamic "f" {\n  for_each = [f.value]\n  content {}\n }\n}'
    assert load(text).codes == ["E0214"]


LIFECYCLES = [
    ("expression", 'prevent_destroy = batchplan.workspace == "prod"', "prod", True),
    ("expression that is false", 'prevent_destroy = batchplan.workspace == "prod"', "dev", False),
    ("literal", "prevent_destroy = true", "dev", True),
    ("text", 'prevent_destroy = "true"', "dev", True),
    ("none", "", "dev", False),
]


@pytest.mark.parametrize(
    ("body", "workspace", "wanted"), [one[1:] for one in LIFECYCLES], ids=[one[0] for one in LIFECYCLES]
)
def test_prevent_destroy(load, body: str, workspace: str, wanted: bool) -> None:
    """prevent_destroy may be an expression."""
    found = load(f'pool "p" {{\n lifecycle {{\n {body}\n }}\n}}', workspace=workspace)
    assert found.instance("pool.p").prevent_destroy is wanted


def test_prevent_destroy_of_wrong_type(load) -> None:
    """A prevent_destroy that is no bool is reported, and the object is protected."""
    assert load('pool "p" {\n lifecycle {\n prevent_destroy = [1]\n }\n}').codes == ["E0316"]


def test_ignore_changes(load) -> None:
    """ignore_changes is a list of paths, or all."""
    found = load(
        'pool "p" {\n lifecycle {\n ignore_changes = [fixed_scale[0].target_dedicated_nodes, metadata["a"]]\n }\n}\n'
        'pool "q" {\n lifecycle {\n ignore_changes = all\n }\n}\n'
    )
    paths = found.instance("pool.p").resource.lifecycle.ignore_changes
    assert [path.root for path in paths] == ["fixed_scale", "metadata"]
    assert [len(path.steps) for path in paths] == [2, 1]
    assert found.instance("pool.q").resource.lifecycle.ignore_changes == "all"


def test_replace_triggered_by_is_a_need(load) -> None:
    """What triggers a replacement comes first in the order."""
    found = load(
        'pool "a" {\n lifecycle {\n replace_triggered_by = [pool.b.vm_size]\n }\n}\npool "b" {\n vm_size = "x"\n}\n'
    )
    node = next(one for one in found.evaluated.tree.needs if str(one) == "pool.a")
    assert [str(one) for one in found.evaluated.needed_blocks(node)] == ["pool.b"]


CONDITIONS = [
    ("precondition holds", "precondition", "var.n > 0", 1, []),
    ("precondition fails", "precondition", "var.n > 0", 0, ["E0318"]),
    ("postcondition holds", "postcondition", 'self.name == "p"', 1, []),
    ("postcondition fails", "postcondition", 'self.name != "p"', 1, ["E0318"]),
    ("self is the instance, not the block", "postcondition", "self.size == var.n", 3, []),
    ("unknown until apply", "postcondition", 'self.id != ""', 1, []),
    ("precondition has no self", "precondition", 'self.name == "p"', 1, ["E0215"]),
    ("not a bool", "precondition", '"x"', 1, ["E0206"]),
    ("null", "precondition", "null", 1, ["E0206"]),
    ("fails to evaluate", "precondition", "[][0]", 1, ["E0208"]),
]


@pytest.mark.parametrize(
    ("kind", "condition", "n", "codes"), [one[1:] for one in CONDITIONS], ids=[one[0] for one in CONDITIONS]
)
def test_conditions(load, kind: str, condition: str, n: int, codes: list[str]) -> None:
    """Conditions of a resource are checked for each instance."""
    text = (
        f'variable "n" {{ default = {n} }}\npool "p" {{\n name = "p"\n size = var.n\n lifecycle {{\n  {kind} {{\n'
        f'   condition = {condition}\n   error_message = "no"\n  }}\n }}\n}}'
    )
    assert load(text).codes == codes


def test_output_precondition(load) -> None:
    """An output may have preconditions."""
    text = 'output "o" {\n value = 1\n precondition {\n  condition = 1 > 2\n  error_message = "No ${1 + 1}."\n }\n}'
    found = load(text)
    assert found.codes == ["E0318"]
    assert "No 2." in found.details


def test_check_warns(load) -> None:
    """A check that fails is a warning, and so is one that cannot be evaluated."""
    found = load(
        'check "a" {\n assert {\n  condition = false\n  error_message = "a"\n }\n'
        ' assert {\n  condition = [][0]\n  error_message = "b"\n }\n}'
    )
    assert sorted(found.codes) == ["E0208", "E0319"]
    assert not found.project.diagnostics.has_errors


def test_check_has_its_own_data(load) -> None:
    """A check may read data for its assertions."""
    found = load(
        'check "a" {\n data "account" "x" { name = "acme" }\n assert {\n  condition = data.account.x.name == "acme"\n'
        '  error_message = "a"\n }\n}'
    )
    assert found.addresses == ["data.account.x"]


DECLARATIONS = [
    ("moved", "moved {\n from = pool.a\n to = pool.b\n}", []),
    ("moved module", 'moved {\n from = module.a["x"]\n to = module.b\n}', []),
    ("moved without to", "moved {\n from = pool.a\n}", ["E0304"]),
    ("moved with a text", 'moved {\n from = "pool.a"\n to = pool.b\n}', ["E0307"]),
    ("removed", "removed {\n from = pool.a\n lifecycle {\n  destroy = false\n }\n}", []),
    ("removed with something else", "removed {\n from = pool.a\n foo = 1\n}", ["E0303"]),
    ("import", 'import {\n to = pool.a\n id = "/subscriptions/x"\n}\npool "a" {}', []),
    (
        "import for_each",
        (
            'import {\n for_each = { a = "1" }\n to = pool.a[each.key]\n id = each.value\n}\npool "a" {\n'
            ' for_each = toset(["a"])\n}'
        ),
        [],
    ),
    ("import without id", "import {\n to = pool.a\n}", ["E0304"]),
    ("batchplan", 'batchplan {\n required_version = ">= 0.1"\n backend "local" {}\n}', []),
    ("batchplan with nonsense", "batchplan {\n foo = 1\n}", ["E0303"]),
    ("two backends", 'batchplan {\n backend "local" {}\n backend "local" {}\n}', ["E0323"]),
    ("provider twice", 'provider "azure" {}\nprovider "azure" {}', ["E0305"]),
    ("policy", 'policy "x" {}\npolicy_set "y" {}', []),
    ("policy twice", 'policy "x" {}\npolicy "x" {}', ["E0305"]),
    ("empty locals", "locals {}", []),
    ("local twice", "locals {\n a = 1\n}\nlocals {\n a = 2\n}", ["E0305"]),
    ("output twice", 'output "a" { value = 1 }\noutput "a" { value = 2 }', ["E0305"]),
    ("output type", 'output "a" {\n value = "3"\n type = number\n}', []),
    ("output of another type", 'output "a" {\n value = "x"\n type = number\n}', ["E0307"]),
    ("check without assert", 'check "a" {}', ["E0307"]),
    ("block in locals", "locals {\n a {}\n}", ["E0301"]),
]


@pytest.mark.parametrize(("text", "codes"), [one[1:] for one in DECLARATIONS], ids=[one[0] for one in DECLARATIONS])
def test_declarations(load, text: str, codes: list[str]) -> None:
    """Every kind of block is read, and what does not belong in it is reported."""
    assert load(text).codes == codes


def test_removed_keeps_what_was_said(load) -> None:
    """A removed block says whether the object goes too; moved and import keep their addresses."""
    found = load(
        "removed {\n from = pool.a\n lifecycle {\n  destroy = false\n }\n}\nremoved {\n from = pool.b\n}\n"
        'moved {\n from = pool.c\n to = pool.d\n}\nimport {\n to = pool.d\n id = "x"\n}\npool "d" {}\n'
    )
    root = found.project.root
    assert root is not None
    assert [one.destroy for one in root.module.removed] == [False, True]
    assert [(one.origin.root, one.target.root) for one in root.module.moved] == [("pool", "pool")]
    assert len(root.module.imports) == 1
