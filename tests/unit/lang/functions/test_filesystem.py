"""Files, paths and patterns: found relative to the module, refused with a reason."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from batchplan.core.diagnostics import Fault
from batchplan.lang.functions.context import FunctionContext
from batchplan.lang.functions.filesystem import functions
from batchplan.lang.values import SetValue, Value

PATHS: list[tuple[str, object]] = [
    ('basename("")', "."),
    ('basename("//")', "/"),
    ('basename("a/")', "a"),
    ('basename("a/..")', ".."),
    ('dirname("")', "."),
    ('dirname("a/")', "a"),
    ('dirname("a/b/../c")', "a"),
    ('dirname("/a")', "/"),
    ('pathexpand("/x/../y")', "/x/../y"),
    ('pathexpand("~/x/../y")', f"{Path.home()}/y"),
    ('abspath("/a/../b/")', "/b"),
]

PATTERNS: list[tuple[str, list[str]]] = [
    ("*", [".dot", "br{a}.txt", "x.txt", "y.json"]),
    (
        "**",
        [
            ".dot",
            ".hid/h.txt",
            "a/b/z.txt",
            "a/x.txt",
            "br{a}.txt",
            "c/é.txt",
            "link/b/z.txt",
            "link/x.txt",
            "x.txt",
            "y.json",
        ],
    ),
    ("**/*.json", ["y.json"]),
    ("*/*.txt", [".hid/h.txt", "a/x.txt", "c/é.txt", "link/x.txt"]),
    ("{x,y}.*", ["x.txt", "y.json"]),
    ("[a-x].txt", ["x.txt"]),
    ("[^x]*.json", ["y.json"]),
    ("[!x]*.json", []),
    ("[\\x].txt", ["x.txt"]),
    ("c/?.txt", ["c/é.txt"]),
    ("a**", []),
    ("a/../x.txt", ["x.txt"]),
    ("../*.txt", ["../outside.txt"]),
    ("br\\{a\\}.txt", ["br{a}.txt"]),
    ("nope/[", []),
    ("", []),
    ("}", []),
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with hidden files, a link and names that look like patterns."""
    top = tmp_path_factory.mktemp("tree")
    for name in ("outside.txt", *(f"m/{name}" for name in PATTERNS[1][1] if not name.startswith("link"))):
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("content")
    (top / "m" / "link").symlink_to("a")
    (top / "m" / "dangling").symlink_to("nowhere")
    (top / "m" / "a" / "loop").symlink_to("..")
    return top / "m"


def found(value: Value) -> list[str]:
    assert isinstance(value, SetValue)
    return sorted(str(item) for item in value.items)


@pytest.mark.parametrize(("expression", "value"), PATHS, ids=[row[0] for row in PATHS])
def test_paths(evaluate: Callable[..., Value], expression: str, value: object) -> None:
    """Paths are taken apart by Go's rules."""
    assert evaluate(expression) == value


@pytest.mark.parametrize(("pattern", "names"), PATTERNS, ids=[row[0] for row in PATTERNS])
def test_patterns(evaluate: Callable[..., Value], tree: Path, pattern: str, names: list[str]) -> None:
    """A pattern finds regular files only; a link that leads back up is followed once."""
    names_found = found(evaluate("fileset(folder, pattern)", tree, folder=".", pattern=pattern))
    assert [name for name in names_found if "loop" not in name] == sorted(names)
    assert not any(name.count("loop") > 1 for name in names_found)


@pytest.mark.parametrize("pattern", ["[", "{a", "{a/x,x}.txt", "[]x].txt", "a\\"])
def test_broken_patterns(evaluate: Callable[..., Value], tree: Path, pattern: str) -> None:
    """A pattern that means nothing is refused as the argument it is."""
    with pytest.raises(Fault, match="pattern"):
        evaluate("fileset(folder, pattern)", tree, folder=".", pattern=pattern)


def test_content(evaluate: Callable[..., Value], tmp_path: Path) -> None:
    """Text is normalised as every string; bytes are hashed and encoded as they are."""
    (tmp_path / "text").write_text(unicodedata.normalize("NFD", "é"))
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    assert evaluate('file("text")', tmp_path) == "é"
    assert evaluate('filebase64("bytes")', tmp_path) == "//4="
    assert evaluate('filemd5("bytes")', tmp_path) == "f3b25701fe362ec84616a93a45ce9998"
    assert evaluate('filebase64sha256("bytes")', tmp_path) == "s9UQ7wQnXKjmmOWzy7Ds45Se+SUvDNyDnp7jR0CaIgk="
    assert evaluate('fileexists("text")', tmp_path) is True
    assert evaluate('fileexists("none")', tmp_path) is False


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ('file("none")', "there is no file"),
        ('file(".")', "fileset() lists the files"),
        ('file("~stranger/x")', "home of another person"),
        ('file("bytes")', "filebase64() reads any file"),
        ('fileexists(".")', "is a folder"),
        ('fileexists("/dev/null")', "neither a file nor a folder"),
    ],
)
def test_unreadable(evaluate: Callable[..., Value], tmp_path: Path, expression: str, reason: str) -> None:
    """What cannot be read is refused with the next step."""
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(Fault) as caught:
        evaluate(expression, tmp_path)
    assert reason in caught.value.diagnostic.detail


def test_root_is_second(tmp_path: Path) -> None:
    """A path is looked for in the module's folder first, then in the root, as `path.module` needs."""
    module = tmp_path / "modules" / "pool"
    module.mkdir(parents=True)
    (module / "own").write_text("module")
    (tmp_path / "own").write_text("root")
    (tmp_path / "other").write_text("root")

    def render(*_: object) -> Value:
        raise AssertionError("no template is used")

    table = {each.name: each for each in functions(FunctionContext(module, None, render, tmp_path))}
    assert table["file"].call(["own"]) == "module"
    assert table["file"].call(["other"]) == "root"
    assert table["file"].call(["modules/pool/own"]) == "module"
