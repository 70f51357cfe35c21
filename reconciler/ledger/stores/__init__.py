"""Where a service's state is kept. `interface` says what a store can do, each module beside it is one store."""
