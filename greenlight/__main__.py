"""``python -m greenlight`` is the ``greenlight`` command."""

from greenlight.cli.main import main

if __name__ == "__main__":
    main()
