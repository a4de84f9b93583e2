"""`python -m benchmarks NAME`: one measurement; without a name, what there is to measure."""

import ast
import importlib
import sys
from pathlib import Path


def measurements() -> dict[str, str]:
    """Every module and folder here that can be run, and the line that says what it measures.

    The files are read and not run: what one of them needs is asked for only when it is named.
    """
    here = Path(__file__).parent
    files = {path.stem: path for path in here.glob("*.py")}
    files |= {path.parent.name: path for path in here.glob("*/__init__.py")}
    trees = {name: ast.parse(path.read_text()) for name, path in files.items()}
    return {
        name: (ast.get_docstring(tree) or "").partition("\n")[0]
        for name, tree in sorted(trees.items())
        if name != "__main__" and any(getattr(node, "name", "") == "main" for node in tree.body)
    }


def main(arguments: list[str]) -> int:
    """Run the one that is named; 2 for a wrong name."""
    known = measurements()
    if arguments and arguments[0] in known:
        sys.argv = [f"python -m benchmarks {arguments[0]}", *arguments[1:]]
        importlib.import_module(f"benchmarks.{arguments[0]}").main()
        return 0
    for name, line in known.items():
        print(f"{name:<12} {line}")
    return 2 if arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
