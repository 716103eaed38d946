"""Whatever the code writes into the audit log can be read there in words."""

import ast
from pathlib import Path

from cms.audit import acts
from cms.operations.journal import PAGE_ACTIONS, VERBS

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("cms", "media", "quizzes", "schools", "courses", "reports", "contests", "support")


def recorded() -> dict[str, str]:
    """{action: where} of every call that records with a plain action, in a room or through its own helper."""
    trees = {
        path: ast.parse(path.read_text())
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if "migrations" not in path.parts
    }
    found: dict[str, str] = {}
    for path, tree in trees.items():
        writers = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            and (node.module == "cms.audit.operations" or (node.module or "").endswith("setting_up"))
            for alias in node.names
            if alias.name in {"record", "log"}
        }
        # Helpers of the module hand their `action` on.
        writers |= {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            and "action" in [argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]]
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in writers:
                named = [one.value for one in node.keywords if one.arg == "action"]
                for value in named or node.args:
                    for part in (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,):
                        if isinstance(part, ast.Constant) and isinstance(part.value, str):
                            found[part.value] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def test_every_act_has_its_words_in_the_room_that_records_it():
    known = {action for area in acts.areas().values() for action in area.acts}
    written = recorded()
    assert len(written) > 90, "the search no longer finds what is recorded"
    missing = {action: where for action, where in written.items() if action not in known}
    assert not missing
    assert set(PAGE_ACTIONS.values()) <= known
    assert set(VERBS.values()) <= set(acts.endings())
    unused = known - set(written) - set(PAGE_ACTIONS.values())
    assert not unused, "these words belong to no act"
