"""What each client's script is made of: named steps, run in order, and one JSON object of which of them worked."""

import json
import os
import sys

port, token = int(sys.argv[1]), sys.argv[2]

# As the owner of a relay would point a connector at it.
relay = {
    "account": "sluice",
    "host": "127.0.0.1",
    "port": port,
    "protocol": "http",
    "authenticator": "oauth",
    "token": token,
    "database": "SHOP",
    "schema": "SCRATCH",
}

os.environ["NO_PROXY"] = "127.0.0.1"

_seen = {}


def step(name):
    """Runs the function now. A step that fails does not keep the others from being tried."""

    def run(function):
        try:
            function()
            _seen[name] = None
        except BaseException as error:
            _seen[name] = f"{type(error).__name__}: {error}"[:600]
        return function

    return run


def same(got, wanted):
    assert got == wanted, f"{got!r} is not {wanted!r}"


def done(client):
    print(json.dumps({"client": client, "steps": _seen}))
    # Threads of the client's that go on must not keep the test waiting.
    sys.stdout.flush()
    os._exit(0)
