"""`batchplan state`, `output`, `workspace`, `force-unlock`: the state by hand."""

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from batchplan.backends.local import LocalStore
from batchplan.core.address import RETIRED, parse_address
from batchplan.core.remote import Remote
from batchplan.state.document import Applied, empty, with_outputs, with_resource
from batchplan.state.journal import Entry, entry_json
from batchplan.state.model import OutputRecord, StateDocument
from batchplan.state.rollouts import Marked, disabled_job, with_mark

ACCOUNT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west"
ADDRESSES = (
    "account.west",
    "pool.main",
    'pool.many["a"]',
    'pool.many["b"]',
    "module.gpu[0].job.x",
    "module.gpu[1].job.x",
)


def remote(text: str) -> Remote:
    """Return what an address is in these tests."""
    address = parse_address(text)
    name = "-".join([*(f"{step.name}{step.key}" for step in address.module), address.name, str(address.key or "")])
    return Remote(address.kind, ACCOUNT, name.strip("-"))


def sample() -> StateDocument:
    """Return a state with objects and outputs."""
    document = empty("1.0")
    for text in ADDRESSES:
        applied: dict[str, Any] = {
            "name": "x",
            "vm_size": "standard_d2s_v3",
            "fixed_scale": {"target_dedicated_nodes": 2},
        }
        if text == "pool.main":
            applied["user_accounts"] = [{"name": "ann", "password": {"$secret": "SECRET-HASH"}}]
        needs = () if text == "account.west" else ("account.west",)
        made = Applied(parse_address(text), remote(text), applied, needs, datetime(2026, 1, 2, tzinfo=UTC))
        document = with_resource(document, made)
    outputs = {
        "id": OutputRecord(value="main-1", type="string"),
        "count": OutputRecord(value=3, type="number"),
        "names": OutputRecord(value=["a", "b"], type=["list", "string"]),
        "key": OutputRecord(value={"$secret": "OUTPUT-HASH"}, type="string", sensitive=True),
    }
    return with_outputs(document, outputs)


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    """The states of the folder in which commands run, with a sample in it."""
    made = LocalStore(tmp_path / "state" / "default")
    asyncio.run(made.write(sample()))
    return made


def read(store: LocalStore) -> StateDocument:
    """Return the state as it is now."""
    document = asyncio.run(store.read())
    assert document is not None
    return document


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ((), ADDRESSES),
        (("pool.main",), ("pool.main",)),
        (("pool.many",), ('pool.many["a"]', 'pool.many["b"]')),
        (("module.gpu",), ("module.gpu[0].job.x", "module.gpu[1].job.x")),
        (("module.gpu[1]", "pool.main"), ("pool.main", "module.gpu[1].job.x")),
        ((f"-id={ACCOUNT.upper()}/POOLS/MAIN",), ("pool.main",)),
        (("-id=/nothing",), ()),
    ],
    ids=["all", "one", "block", "module", "two", "id", "no-id"],
)
def test_list(run: Any, store: LocalStore, words: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    """Addresses choose an object, a block's instances, or a module; -id chooses by what it is in Azure."""
    assert run("state", "list", *words).out.splitlines() == list(wanted)


@pytest.mark.parametrize(
    ("address", "code"),
    [("pool.nothing", "E0805"), ("pool.mian", "E0805"), ("pool", "E0321"), ("a b", "E0321"), ("module.none", "E0805")],
)
def test_an_address_that_means_nothing(run: Any, store: LocalStore, address: str, code: str) -> None:
    """What is not there is refused by every command, with the nearest address where there is one."""
    for command in ("list", "show", "rm"):
        ran = run("state", command, address)
        assert (ran.code, ran.out) == (1, "")
        assert code in ran.err
    assert ('Did you mean "pool.main"' in run("state", "show", "pool.mian").err) is True
    assert read(store).serial == 0


def test_show(run: Any, store: LocalStore) -> None:
    """An object is shown as its block would be written, with its id, and without secrets."""
    ran = run("state", "show", "pool.main")
    assert ran.code == 0
    assert f"# id: {ACCOUNT}/pools/main" in ran.out
    assert 'vm_size = "standard_d2s_v3"' in ran.out
    assert "password = (sensitive value)" in ran.out
    assert "SECRET-HASH" not in ran.out
    assert "2 objects" in run("state", "show", "pool.many").err


@pytest.mark.parametrize(
    ("origin", "target", "moved"),
    [
        ("pool.main", "pool.render", {"pool.main": "pool.render"}),
        ("pool.main", 'pool.render["x"]', {"pool.main": 'pool.render["x"]'}),
        ("pool.main", "module.m.pool.main", {"pool.main": "module.m.pool.main"}),
        ("pool.many", "pool.few", {'pool.many["a"]': 'pool.few["a"]', 'pool.many["b"]': 'pool.few["b"]'}),
        ('pool.many["a"]', 'pool.many["c"]', {'pool.many["a"]': 'pool.many["c"]'}),
        (
            "module.gpu",
            "module.cpu",
            {"module.gpu[0].job.x": "module.cpu[0].job.x", "module.gpu[1].job.x": "module.cpu[1].job.x"},
        ),
        ("module.gpu[1]", "module.other", {"module.gpu[1].job.x": "module.other.job.x"}),
        ("account.west", "account.north", {"account.west": "account.north"}),
    ],
    ids=["object", "to-key", "to-module", "block", "instance", "module", "module-instance", "needed"],
)
def test_mv(run: Any, store: LocalStore, origin: str, target: str, moved: dict[str, str]) -> None:
    """What is moved keeps all but its address, those that need it follow, and the version before is kept."""
    before = read(store)
    tried = run("state", "mv", "-dry-run", origin, target)
    assert [line.removeprefix("Would move ") for line in tried.out.splitlines()] == [
        f"{a} to {b}" for a, b in moved.items()
    ]
    assert read(store) == before
    assert run("state", "mv", origin, target).code == 0
    after = read(store)
    assert after.serial == 1
    was = {record.address: record for record in before.resources}
    assert {record.address for record in after.resources} == {moved.get(name, name) for name in was}
    for name, record in was.items():
        found = next(one for one in after.resources if one.address == moved.get(name, name))
        assert found.remote == record.remote
        assert found.depends_on == tuple(moved.get(one, one) for one in record.depends_on)
    assert (store.folder / "versions" / "000000.json").is_file()


def with_generations(store: LocalStore) -> None:
    """Let a pool have a retired generation, a rollout, and a job that is to be enabled again."""
    document = read(store)
    retired = parse_address("pool.main").part(RETIRED, "main-0")
    old = Applied(retired, Remote("pool", ACCOUNT, "main-0"), {"name": "x"}, ("account.west",))
    mark = with_mark((), Marked("main", "main-0", "retired", keep=3600.0), datetime(2026, 1, 3, tzinfo=UTC))
    jobs = (disabled_job(retired, Remote("job", ACCOUNT, "j")),)
    made = with_resource(document, old).model_copy(update={"rollouts": {"pool.main": mark}, "disabled_jobs": jobs})
    asyncio.run(store.write(made.model_copy(update={"serial": document.serial + 1})))


def test_mv_takes_generations_along(run: Any, store: LocalStore) -> None:
    """What a pool was before, and what is known of its rollouts, goes with it."""
    with_generations(store)
    assert run("state", "mv", "pool.main", "pool.render").code == 0
    after = read(store)
    moved = 'pool.render.retired["main-0"]'
    assert {"pool.render", moved} <= {one.address for one in after.resources}
    assert list(after.rollouts) == ["pool.render"]
    assert [one.address for one in after.disabled_jobs] == [moved]


def test_rm_takes_generations_along(run: Any, store: LocalStore) -> None:
    """A pool that is forgotten leaves no generation behind that nobody would look after."""
    with_generations(store)
    assert run("state", "rm", "pool.main").code == 0
    assert not [one.address for one in read(store).resources if one.address.startswith("pool.main")]


@pytest.mark.parametrize(
    ("origin", "target", "code"),
    [
        ("pool.main", 'pool.many["a"]', "E0806"),
        ("pool.main", "job.main", "E0321"),
        ("pool.main", "module.m", "E0321"),
        ("pool.many", 'pool.few["x"]', "E0321"),
        ("pool.gone", "pool.x", "E0805"),
        ("module.gpu", "module.cpu[0]", "E0806"),
    ],
    ids=["taken", "other-kind", "object-to-module", "many-to-one", "absent", "modules-meet"],
)
def test_mv_refuses(run: Any, store: LocalStore, origin: str, target: str, code: str) -> None:
    """A move that would lose an object or change its kind changes nothing, tried or done."""
    for words in ((), ("-dry-run",)):
        ran = run("state", "mv", *words, origin, target)
        assert (ran.code, ran.out) == (1, "")
        assert code in ran.err
    assert read(store).serial == 0


def test_rm(run: Any, store: LocalStore) -> None:
    """Objects are forgotten in one new version; a dry run only names them."""
    assert run("state", "rm", "-dry-run", "pool.many").out.splitlines() == [
        'Would remove pool.many["a"]',
        'Would remove pool.many["b"]',
    ]
    assert read(store).serial == 0
    ran = run("state", "rm", "pool.many", "module.gpu[0]")
    assert "3 objects are no longer managed" in ran.out
    assert [one.address for one in read(store).resources] == ["account.west", "pool.main", "module.gpu[1].job.x"]
    assert read(store).serial == 1


def test_pull_and_push(run: Any, store: LocalStore) -> None:
    """What is pulled can be changed and pushed once its serial is raised; then it is the newest version."""
    pulled = json.loads(run("state", "pull").out)
    assert run("state", "push", "-", stdin=json.dumps(pulled)).code == 0
    assert read(store).serial == 0, "pushing what is there changes nothing"
    pulled["resources"] = pulled["resources"][:1]
    refused = run("state", "push", "-", stdin=json.dumps(pulled))
    assert refused.code == 1
    assert "E0807" in refused.err
    pulled["serial"] = 5
    assert (
        run("state", "push", "new.json", files={"new.json": json.dumps(pulled)}).out == "The state is now version 1.\n"
    )
    assert [one.address for one in read(store).resources] == ["account.west"]


def test_push_of_another_lineage(run: Any, store: LocalStore) -> None:
    """A state of another lineage is taken only with -force, and then goes on with the lineage that is there."""
    lineage = read(store).lineage
    other = empty("1.0").model_copy(update={"serial": 9}).model_dump_json()
    refused = run("state", "push", "other.json", files={"other.json": other})
    assert "lineage" in refused.err
    assert run("state", "push", "-force", "other.json").code == 0
    assert (read(store).lineage, read(store).serial, read(store).resources) == (lineage, 1, ())


def test_push_into_nothing(run: Any, tmp_path: Path) -> None:
    """Where there is no state yet, a pushed one is kept as it is."""
    document = sample().model_copy(update={"serial": 7})
    assert run("state", "push", "-", stdin=document.model_dump_json()).code == 0
    assert read(LocalStore(tmp_path / "state" / "default")) == document


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format_version": 2}'], ids=["nothing", "object", "list", "newer"])
def test_push_of_no_state(run: Any, store: LocalStore, text: str) -> None:
    """What is no state is refused before the lock is taken."""
    ran = run("state", "push", "-", stdin=text)
    assert ran.code == 1
    assert "E0802" in ran.err
    assert read(store).serial == 0


WRITING = {
    "mv": ("state", "mv", "pool.main", "pool.new"),
    "rm": ("state", "rm", "pool.main"),
    "push": ("state", "push", "-"),
}


@pytest.mark.parametrize("command", WRITING, ids=str)
def test_a_locked_state(run: Any, store: LocalStore, command: str) -> None:
    """Commands that write end with 5 while somebody holds the lock, and tell who, for what, and how to go on."""
    pushed = read(store).model_copy(update={"serial": 4}).model_dump_json()
    lock = asyncio.run(store.lock("apply"))
    ran = run(*WRITING[command], stdin=pushed)
    assert (ran.code, ran.out) == (5, "")
    for part in ("E0801", "apply", lock.info.who, f"batchplan force-unlock {lock.info.id}", "-lock-timeout"):
        assert part in ran.err
    assert read(store).serial == 0
    assert run(*WRITING[command], "-lock=false", stdin=pushed).code == 0
    assert read(store).serial == 1


def test_reading_needs_no_lock(run: Any, store: LocalStore) -> None:
    """While somebody holds the lock, the state can be looked at."""
    asyncio.run(store.lock("apply"))
    for words in (("state", "list"), ("state", "show", "pool.main"), ("state", "pull"), ("output",)):
        assert run(*words).code == 0


def test_force_unlock(run: Any, store: LocalStore) -> None:
    """A lock is broken by its id; without a terminal only with -force, and not by another id."""
    lock = asyncio.run(store.lock("apply"))
    assert "E0811" in run("force-unlock", lock.info.id).err
    assert "E0802" in run("force-unlock", "-force", "another").err
    assert run("force-unlock", "-force", lock.info.id).code == 0
    assert run("state", "rm", "pool.main").code == 0
    assert run("force-unlock", "-force", lock.info.id).code == 1


@pytest.mark.parametrize("text", ["soon", "5", "-5s", ""])
def test_a_time_that_is_none(run: Any, store: LocalStore, text: str) -> None:
    """A lock timeout that is no time is refused."""
    ran = run("state", "rm", "pool.main", f"-lock-timeout={text}")
    assert ran.code == 1
    assert "is no time" in ran.err


def test_interrupted_runs_are_seen(run: Any, store: LocalStore) -> None:
    """What an interrupted run did is seen by reading, and is part of the next version that is written."""
    address = parse_address("pool.late")
    entry = Entry("done", "s1", "put", address, Remote("pool", ACCOUNT, "late"), datetime(2026, 1, 1, tzinfo=UTC), {})
    asyncio.run(store.append_journal("r1", entry_json(entry)))
    assert "pool.late" in run("state", "list").out.split()
    assert read(store).serial == 0
    assert run("state", "rm", "pool.main").code == 0
    assert {"pool.late"} == {one.address for one in read(store).resources if one.remote.name == "late"}
    assert list(asyncio.run(store.open_runs())) == []


def test_outputs(run: Any, store: LocalStore) -> None:
    """Outputs are shown in HCL's words or as JSON; the value of a sensitive one is not there to be shown."""
    ran = run("output")
    assert ran.out.splitlines()[0] == "count = 3"
    assert "key = <sensitive>" in ran.out
    shown = json.loads(run("output", "-json").out)
    assert shown["names"] == {"sensitive": False, "type": ["list", "string"], "value": ["a", "b"]}
    assert shown["key"] == {"sensitive": True, "type": "string", "value": None}
    assert "OUTPUT-HASH" not in ran.out + json.dumps(shown)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("id",), '"main-1"\n'),
        (("-raw", "id"), "main-1"),
        (("-raw", "count"), "3"),
        (("-json", "id"), '"main-1"\n'),
        (("-json", "names"), '[\n  "a",\n  "b"\n]\n'),
    ],
    ids=["text", "raw", "raw-number", "json", "json-list"],
)
def test_one_output(run: Any, store: LocalStore, words: tuple[str, ...], wanted: str) -> None:
    """One output is printed as text, raw, or as JSON."""
    ran = run("output", *words)
    assert (ran.code, ran.out) == (0, wanted)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("idd",), "E0808"),
        (("-raw",), "say which"),
        (("-raw", "names"), "E0307"),
        (("key",), "E0809"),
        (("-raw", "key"), "E0809"),
    ],
    ids=["unknown", "raw-all", "raw-list", "sensitive", "raw-sensitive"],
)
def test_an_output_that_cannot_be_shown(run: Any, store: LocalStore, words: tuple[str, ...], said: str) -> None:
    """What cannot be shown ends with 1 and the reason."""
    ran = run("output", *words)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err


def test_workspaces(run: Any, store: LocalStore, tmp_path: Path) -> None:
    """Each workspace has a state of its own; the chosen one counts for every command."""
    assert run("workspace", "list").out == "* default\n"
    assert run("workspace", "new", "prod").code == 0
    assert run("workspace", "show").out == "prod\n"
    assert run("state", "list").out == ""
    assert run("workspace", "list").out == "  default\n* prod\n"
    assert run("workspace", "new", "prod").code == 1
    assert run("workspace", "select", "prdo").err.count('Did you mean "prod"') == 1
    assert run("workspace", "select", "default").code == 0
    assert run("state", "list").out != ""
    assert run("workspace", "delete", "default").code == 1
    assert run("workspace", "delete", "prod").code == 0
    assert not (tmp_path / "state" / "prod").exists()


def test_a_workspace_with_objects_is_not_deleted(run: Any, store: LocalStore, tmp_path: Path) -> None:
    """A workspace that manages objects, is in use, or is locked stays."""
    assert run("workspace", "select", "-or-create", "other").code == 0
    prod = LocalStore(tmp_path / "state" / "prod")
    asyncio.run(prod.write(sample()))
    assert "manages 6 objects" in run("workspace", "delete", "prod").err
    assert "in use" in run("workspace", "delete", "other").err
    lock = asyncio.run(prod.lock("apply"))
    assert run("workspace", "delete", "-force", "prod").code == 5
    asyncio.run(lock.release())
    assert run("workspace", "delete", "-force", "prod").code == 0


@pytest.mark.parametrize("name", ["a/b", "..", "", ".x", "a b"])
def test_names_of_workspaces(run: Any, name: str) -> None:
    """A name that is no folder's name is refused."""
    assert "E0414" in run("workspace", "new", name).err


CONFIGURATIONS = {
    "default": ("", "state"),
    "literal": ('batchplan {\n  backend "local" {\n    path = "elsewhere"\n  }\n}\n', "elsewhere"),
    "bare": ('batchplan {\n  backend "local" {}\n}\n', "state"),
    "function": ('batchplan {\n  backend "local" {\n    path = join("-", ["a", "b"])\n  }\n}\n', "a-b"),
    "variable": (
        (
            'variable "where" {\n  const = true\n  default = "there"\n}\n'
            'batchplan {\n  backend "local" {\n    path = "${var.where}/deep"\n  }\n}\n'
        ),
        "there/deep",
    ),
    "needs-no-values": ('variable "size" {}\nbatchplan {\n  backend "local" {\n    path = "x"\n  }\n}\n', "x"),
}


@pytest.mark.parametrize("case", CONFIGURATIONS, ids=str)
def test_the_backend_block_says_where(run: Any, tmp_path: Path, case: str) -> None:
    """States are in the folder of the backend block, which may use all that is known before planning."""
    text, folder = CONFIGURATIONS[case]
    asyncio.run(LocalStore(tmp_path / folder / "default").write(sample()))
    assert "pool.main" in run("state", "list", files={"main.batch.hcl": text}).out.split()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('batchplan {\n  backend "azurerm" {}\n}\n', "E0803"),
        ('batchplan {\n  backend "lokal" {}\n}\n', 'Did you mean "local"'),
        ('batchplan {\n  backend "local" {\n    paht = "x"\n  }\n}\n', "E0303"),
        ('batchplan {\n  backend "local" {\n    path = 3 + null\n  }\n}\n', "E02"),
        ('batchplan {\n  backend "local" {\n    path = []\n  }\n}\n', "E0804"),
        ('batchplan {\n  backend "local" {\n    path = sensitive("x")\n  }\n}\n', "E0804"),
        ('variable "w" {}\nbatchplan {\n  backend "local" {\n    path = var.w\n  }\n}\n', "must be const"),
        ('batchplan {\n  backend "local" {}\n}\nbatchplan {\n  backend "local" {}\n}\n', "E0323"),
        ('batchplan {\n  backend "local" {}\n', "E0118"),
    ],
    ids=["unknown", "near", "argument", "expression", "type", "secret", "not-const", "two", "syntax"],
)
def test_a_backend_block_that_cannot_be_used(run: Any, text: str, said: str) -> None:
    """A backend that cannot be told is refused rather than replaced by another folder."""
    ran = run("state", "list", files={"main.batch.hcl": text})
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err


@pytest.mark.parametrize("text", ["batchplan {\n", 'locals { x = "'], ids=["block", "string"])
def test_a_broken_file_without_a_backend(run: Any, tmp_path: Path, text: str) -> None:
    """A file that is being written, and says nothing of a backend, keeps nobody from looking at the state."""
    asyncio.run(LocalStore(tmp_path / "state" / "default").write(sample()))
    assert "pool.main" in run("state", "list", files={"main.batch.hcl": text}).out.split()


def test_a_state_is_listed_without_the_parser(tmp_path: Path) -> None:
    """Looking at a state imports neither the parser nor Azure's libraries, which take longer than all the rest."""
    asyncio.run(LocalStore(tmp_path / "state" / "default").write(sample()))
    (tmp_path / "main.batch.hcl").write_text("locals {}\n", encoding="utf-8")
    code = (
        "import sys; from batchplan.cli.main import main; main(['state', 'list']); "
        "print([one for one in sys.modules if one.startswith(('batchplan.lang.parse', 'batchplan.config.load', 'azure'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "pool.main" in done.stdout


def test_console_knows_what_the_state_knows(run: Any, store: LocalStore) -> None:
    """Ids of pools and accounts, which the configuration alone does not tell, are those of the state."""
    text = f"""
account "west" {{
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
}}
pool "main" {{
  account_id        = "{ACCOUNT}"
  name              = "main"
  vm_size           = "standard_d2s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {{
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
  }}
}}
"""
    ran = run("console", files={"main.batch.hcl": text}, stdin="pool.main.pool_id\naccount.west.id\n")
    assert (ran.err, ran.out.splitlines()) == ("", ['"main"', f'"{ACCOUNT}"'])
