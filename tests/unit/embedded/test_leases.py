"""A lease counts as long as its holder lives, and not longer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from infra.embedded.leases import Lease, anyone_holds

HOLD = """
import sys, time
from pathlib import Path
from infra.embedded.leases import Lease
lease = Lease(Path(sys.argv[1]))
print(".", flush=True)
time.sleep(60)
"""


def test_a_lease_counts_until_it_is_given_back(tmp_path: Path) -> None:
    lease = Lease(tmp_path)
    assert anyone_holds(tmp_path)

    lease.give_back()

    assert not anyone_holds(tmp_path)


def test_a_killed_holder_does_not_count_any_more(tmp_path: Path) -> None:
    holder = subprocess.Popen((sys.executable, "-c", HOLD, str(tmp_path)), stdout=subprocess.PIPE)
    assert holder.stdout
    assert holder.stdout.read(1) == b"."
    assert anyone_holds(tmp_path)

    holder.kill()
    holder.wait()
    holder.stdout.close()

    assert not anyone_holds(tmp_path)
    assert list(tmp_path.iterdir()) == []
