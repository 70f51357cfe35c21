"""Where the program touches the world: files, time, chance, secrets, and the service that a spec names."""
