"""By itself, with one parcel on its way: `python -m infra.carrier.simulator PORT`."""

from __future__ import annotations

import sys

import uvicorn

from infra.carrier.simulator.bureau import Bureau
from infra.carrier.simulator.ways import Way


def serve(port: int) -> None:
    bureau, way = Bureau(), Way("SF1000000000001")
    way.go("picked_up")
    bureau.ways[way.number] = way
    uvicorn.run(bureau, host="127.0.0.1", port=port, log_level="warning", lifespan="off")


if __name__ == "__main__":
    serve(int(sys.argv[1]))
