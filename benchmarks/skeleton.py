"""A file to begin with: what a family asks for, as empty functions with the contract's words."""

import ast
import copy
from collections.abc import Iterator

import patterns
from patterns.source import parsed

OPENS = "AbstractAsyncContextManager"


def skeleton(family: str, name: str) -> str:
    """The text of a file for a project of the reader's: nothing in it is imported from here."""
    tree = parsed(patterns.HERE / family / "__init__.py").tree
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    asked = classes.pop("Family")
    named = [node for node in asked.body if isinstance(node, ast.AnnAssign)]  # errors, all of them
    functions = [node for node in asked.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    parts = [
        f'"""{name}: say in a line what it is.\n\nChoose it when ...\nIt costs ...\n"""\n',
        *(["from contextlib import asynccontextmanager\n"] if any(map(_opens, functions)) else []),
        'LIBRARY = "asyncio"  # what it runs on: "asyncio" (uvloop, too), "trio", "anyio", or "any"\n',
        f"# {_line(ast.get_docstring(asked) or '')}\n# Leave out what yours does not offer.\n",
        *(f"\nclass {ast.unparse(node.target)}(Exception):\n    pass\n" for node in named),
        *(f"\n{_stub(function, classes)}" for function in functions),
    ]
    return "\n".join(parts)


def _opens(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return function.returns is not None and ast.unparse(function.returns).startswith(OPENS)


def _stub(function: ast.FunctionDef | ast.AsyncFunctionDef, classes: dict[str, ast.ClassDef]) -> str:
    bare, opens = _without_types(function.args), _opens(function)
    coroutine = opens or isinstance(function, ast.AsyncFunctionDef)
    head = f"{'async ' if coroutine else ''}def {function.name}({bare}):"
    told = [f"    # {_line(line)}" for line in (ast.get_docstring(function) or "").splitlines() if line]
    told += [f"    # It gives {line}" for line in _gives(function, classes)]
    body = ["    raise NotImplementedError", *(["    yield"] if opens else [])]
    return "\n".join([*(["@asynccontextmanager"] if opens else []), head, *told, *body]) + "\n"


def _gives(function: ast.FunctionDef | ast.AsyncFunctionDef, classes: dict[str, ast.ClassDef]) -> Iterator[str]:
    """What the object has that a function gives: a line for each of its methods."""
    nodes = ast.walk(function.returns) if function.returns else ()
    named = {node.id for node in nodes if isinstance(node, ast.Name)}
    for name, node in classes.items():
        for method in node.body if name in named else ():
            if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                waits = "async " if isinstance(method, ast.AsyncFunctionDef) or _awaitable(method) else ""
                said, _, _ = (ast.get_docstring(method) or "").partition("\n")
                yield f"{waits}{method.name}({_without_types(method.args)}): {said}".rstrip(": ")


def _awaitable(method: ast.FunctionDef) -> bool:
    return method.returns is not None and ast.unparse(method.returns).startswith(("Awaitable", "Coroutine"))


def _without_types(arguments: ast.arguments) -> str:
    """The names and defaults of a function's arguments, ``self`` left out."""
    bare = copy.deepcopy(arguments)
    bare.args, bare.posonlyargs = [*bare.posonlyargs, *bare.args], []
    bare.args = [one for one in bare.args if one.arg != "self"]
    for one in (*bare.args, *bare.kwonlyargs):
        one.annotation = None
    return ast.unparse(bare)


def _line(text: str) -> str:
    return " ".join(text.split())
