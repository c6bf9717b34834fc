"""`python -m commonweal` is the `commonweal` command."""

from commonweal.cli import main

if __name__ == "__main__":  # the server's workers import this file too
    main()
