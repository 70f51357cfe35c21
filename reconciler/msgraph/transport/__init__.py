"""One chain from a request to its answer, one duty per layer: budget, throttle, retry, batch, send."""
