import json

from django.core.management.base import BaseCommand, CommandError

from cms import catalogues


class Command(BaseCommand):
    help = "Compare the interface's strings with the rooms' catalogues: `update` adds what is missing, `check` lists faults."
    requires_system_checks: list = []

    def add_arguments(self, parser):
        parser.add_argument("action", choices=["update", "check"])
        parser.add_argument("room", nargs="*", help="names of rooms; all of them when none is given")
        parser.add_argument("--prune", action="store_true", help="with update: drop strings that no code says any more")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *, action, room, prune, json: bool, **options):
        known = catalogues.rooms()
        if unknown := set(room) - known.keys():
            raise CommandError(f"No such room: {', '.join(sorted(unknown))}. Rooms: {', '.join(known)}", returncode=2)
        chosen = {name: known[name] for name in room or known}
        if action == "update":
            counts = {name: catalogues.update(path, prune=prune) for name, path in chosen.items()}
            self.say(
                counts, [f"{name}: {n['added']} added, {n['removed']} removed" for name, n in counts.items()], json
            )
            return
        faults = [fault for path in chosen.values() for fault in catalogues.check(path)] + catalogues.collisions(known)
        self.say({"faults": faults}, faults or ["The catalogues are complete."], json)
        if faults:
            raise SystemExit(1)

    def say(self, values, lines, as_json: bool) -> None:
        self.stdout.write(json.dumps(values, ensure_ascii=False) if as_json else "\n".join(lines))
