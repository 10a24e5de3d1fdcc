"""Jobs: the relay, the sweeper and the arq handlers."""
