"""The tests of policy: cases written in HCL, each a small world that a rule is asked about."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))  # for `rulecases`
