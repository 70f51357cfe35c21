"""Lets `python -m reconciler` do what `reconciler` does."""

from reconciler.cli.main import main

if __name__ == "__main__":
    main()
