"""`python -m service` is the same as `weir`."""

from service.cli import main

if __name__ == "__main__":
    main(prog_name="weir")
