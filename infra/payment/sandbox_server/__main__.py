"""Run the payment sandbox: `python -m infra.payment.sandbox_server`."""

from infra.payment.sandbox_server.app import serve

if __name__ == "__main__":
    serve()
