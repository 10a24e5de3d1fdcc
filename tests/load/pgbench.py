"""pgbench of the embedded PostgreSQL, with a script of our own statements."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Mapping

from infra.embedded.programs import find_programs
from infra.settings import settings
from tenants import Tenant
from tests.load.stack import VAR

CLIENTS = 8


def with_values(statement: str, values: Mapping[int, str]) -> str:
    """Our statement with expressions in the place of its parameters."""
    return re.sub(r"\$(\d+)", lambda found: values[int(found[1])], statement).strip().rstrip(";") + ";"


async def transactions_per_second(till: Tenant, script: str, *, per_client: int, first: int) -> float:
    """Run `per_client` transactions on each of the connections; the script's `:n` counts carts from `first`."""
    path = VAR / "pgbench.sql"
    path.write_text(f"\\set seq :seq + 1\n\\set n {first} + :client_id * {per_client} + :seq - 1\n{script}\n")
    process = await asyncio.create_subprocess_exec(
        str(find_programs().postgres_tree / "bin" / "pgbench"), "--no-vacuum", "--protocol=prepared",
        f"--client={CLIENTS}", "--jobs=1", f"--transactions={per_client}", "--define=seq=0", f"--file={path}",
        settings().database_url,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "PGOPTIONS": f"-c search_path={till.schema_name},extensions"},
    )  # fmt: skip
    text = (await process.communicate())[0].decode()
    rate = re.search(r"tps = ([\d.]+)", text)
    if not rate or process.returncode:
        raise RuntimeError(f"pgbench: {text[-600:]}")
    return float(rate[1])
