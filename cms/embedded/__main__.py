"""`python -m cms.embedded demo|stop`."""

import argparse
import sys

from cms.embedded import demo


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m cms.embedded", description="Run the whole product on this machine."
    )
    parser.add_argument("action", choices=["demo", "stop"], help="serve until Ctrl-C, or end a demo left behind")
    return demo.serve() if parser.parse_args().action == "demo" else demo.stop_left_behind()


if __name__ == "__main__":
    sys.exit(main())
