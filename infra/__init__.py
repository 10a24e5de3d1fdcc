"""The outside world: databases, queues, HTTP, vendors."""
