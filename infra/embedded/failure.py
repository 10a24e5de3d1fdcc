"""The one error of the embedded services: what went wrong and what to do, in plain words."""


class ServiceFailed(RuntimeError):
    """An embedded service cannot be started here. The message is written for the person at the terminal."""
