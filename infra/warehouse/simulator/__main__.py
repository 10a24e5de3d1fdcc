"""Run the warehouse simulator: `python -m infra.warehouse.simulator`."""

from infra.warehouse.simulator.app import serve

if __name__ == "__main__":
    serve()
