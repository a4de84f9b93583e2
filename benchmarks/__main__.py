"""`python -m benchmarks NAME`: one measurement; without a name, what there is to measure."""

import importlib
import pkgutil
import sys
from types import ModuleType

import benchmarks


def measurements() -> dict[str, ModuleType]:
    """Every module here that can be run, by its name."""
    names = (found.name for found in pkgutil.iter_modules(benchmarks.__path__))
    modules = {
        name: importlib.import_module(f"benchmarks.{name}") for name in names if name != "__main__"
    }
    return {name: module for name, module in modules.items() if hasattr(module, "main")}


def main(arguments: list[str]) -> int:
    """Run the one that is named; 2 for a wrong name."""
    known = measurements()
    if arguments and arguments[0] in known:
        sys.argv = [f"python -m benchmarks {arguments[0]}", *arguments[1:]]
        known[arguments[0]].main()
        return 0
    for name, module in known.items():
        print(f"{name:<12} {(module.__doc__ or '').splitlines()[0]}")
    return 2 if arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
