"""Commands start without the schema: it is loaded by those that need it."""

import subprocess
import sys


def test_the_commands_are_imported_without_pydantic_and_schema() -> None:
    """Importing all commands loads neither pydantic nor the models."""
    program = (
        "import sys, batchplan.cli.commands;"
        "print([name for name in sys.modules if name == 'pydantic' or name.startswith('batchplan.schema')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
