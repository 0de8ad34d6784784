"""`make fuzz`: every operation of our own OpenAPI document, asked by schemathesis of a real server with the demo project.

    python tests/fuzz/fuzzing.py [options of schemathesis]

Fails where an answer is a 5xx or one that the document does not allow, and where the server or its rows are unsound afterwards.
FUZZ_SECONDS bounds the time, 600 of them unless told otherwise. FUZZ_SHARE is how much of all that could be asked is asked, a
tenth unless told otherwise, which is some 20,000 calls. The same is asked each time.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
from live import Client, Server
from orderwright.auth.scopes import SCOPES
from orderwright.storage.server import embedded

ROOM = Path(__file__).parent
PROJECT = "demo"
EMAIL, PASSWORD = "fuzz@example.com", "not a secret"
# What the demo project has none of, so that these paths lead somewhere, too.
DRAFTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("states", {"key": "fuzz-state", "type": "OrderState"}),
    ("types", {"key": "fuzz-type", "name": {"en": "Fuzz"}, "resourceTypeIds": ["order", "category"]}),
    ("channels", {"key": "fuzz-channel"}),
    ("customer-groups", {"groupName": "fuzz", "key": "fuzz-group"}),
    ("associate-roles", {"key": "fuzz-role"}),
    ("business-units", {"key": "fuzz-unit", "name": "Fuzz", "unitType": "Company"}),
    ("categories", {"key": "fuzz-category", "name": {"en": "Fuzz"}, "slug": {"en": "fuzz"}}),
    ("standalone-prices", {"key": "fuzz-price", "sku": "fuzz", "value": {"currencyCode": "EUR", "centAmount": 1}}),
    ("inventory", {"key": "fuzz-entry", "sku": "fuzz", "quantityOnStock": 5}),
    ("payments", {"key": "fuzz-payment", "amountPlanned": {"currencyCode": "EUR", "centAmount": 1}}),
    ("custom-objects", {"container": "fuzz", "key": "fuzz", "value": {"a": 1}}),
    ("carts", {"key": "fuzz-cart", "currency": "EUR", "country": "DE"}),
)
# Generated requests delete the caller and change her at the versions 0 and 1.
VERSIONS = 12
LEAST_ACCEPTED = 0.02


@contextmanager
def serving() -> Iterator[Server]:
    """A server with the demo project on an embedded database of its own."""
    with tempfile.TemporaryDirectory(prefix="ow-fuzz-") as directory:
        Path(directory).chmod(0o755)
        with embedded.start(Path(directory) / "data") as postgres:
            server = Server({"ORDERWRIGHT_DATABASE_URL": postgres.dsn, "ORDERWRIGHT_DATA_DIR": directory})
            try:
                server.command("seed")
                yield server
            finally:
                if server.process.poll() is None:
                    server.process.kill()


def caller(server: Server) -> Client:
    """A customer whose token has every scope, so that it opens both the project's doors and her own."""
    scope = " ".join(f"{name}:{PROJECT}" for name in sorted(SCOPES))
    shop = server.client(PROJECT, scope)
    for path, draft in DRAFTS:
        shop.create(path, draft)
    customer = shop.create("customers", {"email": EMAIL, "password": PASSWORD})["customer"]
    for version in range(1, VERSIONS):
        action = {"action": "setFirstName", "firstName": f"Ada {version}"}
        customer = shop.update(f"customers/{customer['id']}", version, action)
    return shop.signed_in(EMAIL, PASSWORD)


def main(arguments: list[str]) -> int:
    """Ask, then look at what is left. The status is 0 if both are sound."""
    with serving() as server, tempfile.TemporaryDirectory() as directory:
        tally = Path(directory) / "tally.json"
        shop = caller(server)
        store = shop.get("stores", params={"limit": 1})["results"][0]["key"]
        environment = {
            **os.environ,
            "FUZZ_CLIENT": base64.b64encode(f"{shop.client_id}:{shop.client_secret}".encode()).decode(),
            "FUZZ_EMAIL": EMAIL,
            "FUZZ_PROJECT": PROJECT,
            "FUZZ_STORE": store,
            "FUZZ_TALLY": str(tally),
            "FUZZ_TOKEN": shop.token,
            "FUZZ_URL": server.url,
            "PYTHONPATH": str(ROOM),
        }
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(ROOM / "schemathesis.toml"), "run"]
        bound = ["--max-time", os.environ.get("FUZZ_SECONDS") or "600"]
        whole = [*command, *bound, *arguments, f"{server.url}/openapi.json"]
        done = subprocess.run(whole, env=environment, cwd=directory, check=False)
        problems = ["schemathesis has found something"] if done.returncode else []
        problems += vacuous(Counter(json.loads(tally.read_text()) if tally.exists() else {}))
        # One who was locked out on the way was told 401 from then on, which proves nothing.
        if shop.http.get(f"/{PROJECT}/carts", headers={"Authorization": f"Bearer {shop.token}"}).status_code != 200:
            problems.append("the caller is not known any more")
        print(server.command("check").strip())
        if server.stop() != 0:
            problems.append("the server did not end with status 0")
    print("\n".join(problems) or "Nothing was found.")
    return 1 if problems else 0


def vacuous(answers: Counter[str]) -> list[str]:
    """Tell what was asked. A run in which nearly nothing was accepted has looked at refusals alone, and is a problem."""
    operations = {words.rpartition(" ")[0] for words in answers}
    statuses: Counter[str] = Counter()
    for words, count in answers.items():
        statuses[words.rpartition(" ")[2]] += count
    accepted = sum(count for status, count in statuses.items() if status < "300")
    told = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
    print(f"{statuses.total()} calls of {len(operations)} operations were answered {told}.")
    return [] if accepted >= LEAST_ACCEPTED * statuses.total() > 0 else ["too little was accepted to prove anything"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
