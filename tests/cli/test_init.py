"""`batchplan init`: modules from git and from batchplan itself, pinned in the lock file."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

MODULE = 'output "version" { value = "%s" }\n'
LOCK = ".batchplan.lock.hcl"


def git(folder: Path, *arguments: str) -> str:
    """Run git with an author of its own and without the user's settings."""
    settings = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a module in the folder `sub`, and the tags v1 and v2."""
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "--quiet", "-b", "main")
    (folder / "sub").mkdir()
    for version in ("v1", "v2"):
        (folder / "sub" / "main.batch.hcl").write_text(MODULE % version)
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "-m", version)
        git(folder, "tag", version)
    return folder


def project(repository: Path, ref: str = "?ref=v1") -> dict[str, str]:
    """Return a project that uses the module."""
    source = f"git::{repository.as_uri()}//sub{ref}"
    return {"main.batch.hcl": f'module "m" {{ source = "{source}" }}\noutput "v" {{ value = module.m.version }}\n'}


def version_of(run: Callable[..., object]) -> str:
    """Return what the module of the project gives."""
    ran = run("console", stdin="module.m.version\n")
    return ran.out.strip() or ran.err  # type: ignore[attr-defined]


def test_git_module(run, repository: Path, tmp_path: Path) -> None:
    """A module from git is fetched, pinned to its commit, and usable."""
    before = run("validate", files=project(repository))
    assert before.code == 1
    assert "E0402" in before.err
    ran = run("init")
    assert (ran.code, ran.err) == (0, "")
    assert version_of(run) == '"v1"'
    lock = (tmp_path / LOCK).read_text()
    assert git(repository, "rev-parse", "v1") in lock
    assert 'hash     = "h1:' in lock
    assert not (tmp_path / ".batchplan" / "modules" / "m" / ".git").exists()


def test_again(run, repository: Path, tmp_path: Path) -> None:
    """A second run changes nothing in the lock file, and needs no formatting."""
    run("init", files=project(repository))
    lock = (tmp_path / LOCK).read_text()
    ran = run("init")
    assert ran.code == 0
    assert LOCK not in ran.out
    assert (tmp_path / LOCK).read_text() == lock
    assert run("fmt", "-check", LOCK).code == 0


def test_pinned_against_moving(run, repository: Path, tmp_path: Path) -> None:
    """What is pinned stays, though the branch goes on, until -upgrade."""
    run("init", files=project(repository, ""))
    assert version_of(run) == '"v2"'
    (repository / "sub" / "main.batch.hcl").write_text(MODULE % "v3")
    git(repository, "commit", "--quiet", "-am", "v3")
    assert run("init").code == 0
    assert version_of(run) == '"v2"'
    assert run("init", "-upgrade").code == 0
    assert version_of(run) == '"v3"'


def test_tampering(run, repository: Path, tmp_path: Path) -> None:
    """Files that are not those of the lock file are refused."""
    run("init", files=project(repository))
    lock = (tmp_path / LOCK).read_text()
    digest = lock.partition('"h1:')[2].partition('"')[0]
    (tmp_path / LOCK).write_text(lock.replace(digest, "A" * len(digest)))
    ran = run("init")
    assert ran.code == 1
    assert "E0406" in ran.err
    assert run("init", "-upgrade").code == 0


def test_another_source_needs_init(run, repository: Path, tmp_path: Path) -> None:
    """When the source changes, the module has to be fetched anew."""
    run("init", files=project(repository))
    ran = run("validate", files=project(repository, "?ref=v2"))
    assert ran.code == 1
    assert "E0402" in ran.err
    assert run("init").code == 0
    assert version_of(run) == '"v2"'
    assert "ref=v1" not in (tmp_path / LOCK).read_text()


def test_no_modules_no_lock(run, repository: Path, tmp_path: Path) -> None:
    """Without modules to fetch there is no lock file."""
    run("init", files=project(repository))
    assert run("init", files={"main.batch.hcl": "locals { a = 1 }\n"}).code == 0
    assert not (tmp_path / LOCK).exists()


def test_modules_within_modules(run, repository: Path, tmp_path: Path) -> None:
    """A fetched module may use a folder beside it only inside of what was fetched; a module in git may use git."""
    source = f"git::{repository.as_uri()}//sub?ref=v1"
    files = {
        "main.batch.hcl": 'module "a" { source = "./a" }\noutput "v" { value = module.a.v }\n',
        "a/main.batch.hcl": f'module "m" {{ source = "{source}" }}\noutput "v" {{ value = module.m.version }}\n',
    }
    assert run("init", files=files).code == 0
    manifest = json.loads((tmp_path / ".batchplan" / "modules" / "modules.json").read_text())
    assert list(manifest["modules"]) == ["a.m"]
    assert run("console", stdin="module.a.v\n").out == '"v1"\n'


def test_no_such_tag(run, repository: Path) -> None:
    """A tag that does not exist is said with git's own word for it."""
    ran = run("init", files=project(repository, "?ref=v9"))
    assert ran.code == 1
    assert "E0405" in ran.err
    assert "git says" in ran.err


def test_no_such_folder(run, repository: Path) -> None:
    """A folder that the repository does not have is named."""
    files = {"main.batch.hcl": f'module "m" {{ source = "git::{repository.as_uri()}//nothing" }}\n'}
    ran = run("init", files=files)
    assert ran.code == 1
    assert "nothing" in ran.err


def test_no_such_repository(run, tmp_path: Path) -> None:
    """A repository that is not there is an error with its place; nothing is recorded."""
    files = {"main.batch.hcl": f'module "m" {{ source = "git::{tmp_path.as_uri()}/nothing.git" }}\n'}
    ran = run("init", files=files)
    assert ran.code == 1
    assert "main.batch.hcl line 1" in ran.err
    assert not (tmp_path / LOCK).exists()


def test_version_with_git(run, repository: Path) -> None:
    """A git source has tags, not versions."""
    text = f'module "m" {{\n  source  = "git::{repository.as_uri()}//sub"\n  version = "1.0"\n}}\n'
    ran = run("init", files={"main.batch.hcl": text})
    assert ran.code == 1
    assert "?ref=" in ran.err


def test_builtin_unknown(run) -> None:
    """A module that batchplan does not have is named with those it has."""
    ran = run("init", files={"main.batch.hcl": 'module "m" { source = "batchplan/image-catalogue" }\n'})
    assert ran.code == 1
    assert 'Did you mean "image-catalog"?' in ran.err


def test_builtin(run, tmp_path: Path) -> None:
    """A module of batchplan is copied and pinned like any other."""
    text = 'module "m" { source = "batchplan/image-catalog" }\noutput "o" { value = module.m.images }\n'
    ran = run("init", files={"main.batch.hcl": text})
    assert (ran.code, ran.err) == (0, "")
    assert "batchplan/image-catalog" in (tmp_path / LOCK).read_text()
    assert run("validate").code == 0


@pytest.mark.parametrize(("version", "code"), [(">= 0.0.1", 0), (">= 99", 1), ("x", 1)])
def test_builtin_version(run, version: str, code: int) -> None:
    """A module of batchplan has batchplan's version."""
    text = f'module "m" {{\n  source  = "batchplan/image-catalog"\n  version = "{version}"\n}}\n'
    assert run("init", files={"main.batch.hcl": text}).code == code


def test_damaged_lock(run) -> None:
    """A damaged lock file is reported with its place."""
    files = {"main.batch.hcl": "", LOCK: "module {"}
    ran = run("init", files=files)
    assert ran.code == 1
    assert LOCK in ran.err


def test_damaged_manifest(run, repository: Path) -> None:
    """A damaged record of fetched modules is mended by init."""
    run("init", files=project(repository))
    ran = run("validate", files={".batchplan/modules/modules.json": "{"})
    assert ran.code == 1
    assert "E0407" in ran.err
    assert run("init").code == 0
    assert run("validate").code == 0


def test_empty_folder(run) -> None:
    """There is nothing to prepare in an empty folder."""
    ran = run("init")
    assert ran.code == 1
    assert "E0409" in ran.err
