"""Records how often a real AWS SDK tries, and what is left of its quota: botocore_recorder.py > botocore_X.Y.txt

Only the sleep of a back-off is taken out and the quota's most tokens are varied; its costs are those of the version.
"""

import http.server
import random
import socket
import threading
from unittest import mock

import botocore.endpoint
import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.retries import quota

CASES = 60
CALLS = 50
ANSWERS = {
    "ok": (200, b"{}"),
    "500": (500, b"{}"),
    "throttled": (400, b'{"__type": "ThrottlingException"}'),
    "invalid": (400, b'{"__type": "ValidationException"}'),
}
# How long the client waits for an answer, and the server with one that is not to come in time.
PATIENCE, TOO_LATE = 0.15, 0.4


class Script(http.server.BaseHTTPRequestHandler):
    """A service that ends each attempt as it is told, and counts them."""

    protocol_version = "HTTP/1.1"
    words, attempts = [], 0

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        word = Script.words[Script.attempts]
        Script.attempts += 1
        if word in ("dropped", "late"):
            if word == "late":
                threading.Event().wait(TOO_LATE)
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        status, body = ANSWERS[word]
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def client(session, port, max_attempts, tokens):
    """A client of its own quota, and that quota."""
    kept = []
    made = quota.RetryQuota

    def with_tokens():
        kept.append(made(tokens))
        return kept[-1]

    retries = {"mode": "standard", "total_max_attempts": max_attempts}
    config = Config(retries=retries, signature_version=UNSIGNED, read_timeout=PATIENCE, connect_timeout=5)
    with mock.patch.object(quota, "RetryQuota", with_tokens):
        url = f"http://127.0.0.1:{port}"
        return session.create_client("sqs", "us-east-1", endpoint_url=url, config=config), kept[0]


def record(rng, session, port):
    max_attempts, tokens = rng.choice([1, 2, 3, 3, 4, 6]), rng.choice([9, 14, 28, 33, 50, 100, 100, 500])
    print(f"\ntokens {tokens}, max_attempts {max_attempts}")
    sqs, left = client(session, port, max_attempts, tokens)
    troubled = rng.random()
    for _ in range(CALLS):
        if rng.random() < 0.1:
            troubled = rng.random()
        bad = ["500", "500", "500", "throttled", "throttled", "dropped", "invalid"] + ["late"] * (rng.random() < 0.5)
        Script.words = [rng.choice(bad) if rng.random() < troubled else "ok" for _ in range(max_attempts)]
        Script.attempts = 0
        try:
            sqs.list_queues()
            end = "ok"
        except (ClientError, BotoCoreError):
            end = "failed"
        print(f"{', '.join(Script.words)} -> {Script.attempts}, {end}, {left.available_capacity} left")


def main():
    rng = random.Random(3)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Script)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"# The standard mode of botocore {botocore.__version__}, as botocore_recorder.py saw it.")
    session = botocore.session.Session()
    # This is everybody's sleep, the server's included: that waits otherwise.
    with mock.patch.object(botocore.endpoint.time, "sleep", lambda _: None):
        for _ in range(CASES):
            record(rng, session, server.server_port)
    server.shutdown()


main()
