"""Records how often a real gRPC client tries under retryThrottling: grpc_recorder.py > grpc.txt (needs grpcio)"""

import json
import random
from concurrent import futures

import grpc

CASES = 80
CALLS = 60
STATUS = {
    "ok": None,
    "unavailable": grpc.StatusCode.UNAVAILABLE,
    "aborted": grpc.StatusCode.ABORTED,
    "invalid": grpc.StatusCode.INVALID_ARGUMENT,
}
WORDS = {status: word for word, status in STATUS.items()}
# Those that the service config names: `invalid` is final.
RETRYABLE = ["UNAVAILABLE", "ABORTED"]


class Script(grpc.GenericRpcHandler):
    """A server that ends each attempt as it is told, and counts them."""

    def service(self, _):
        return grpc.unary_unary_rpc_method_handler(self.answer)

    def answer(self, _, context):
        status = STATUS[self.words[self.attempts]]
        self.attempts += 1
        if status:
            context.abort(status, "scripted")
        return b""


def settings(rng):
    """Most tokens, ratio (as it is written in the service config) and attempts of each call, the first included."""
    max_tokens = rng.choice([1, 2, 3, 4, 5, 7, 10, 10, 20, 35])
    ratio = rng.choice(["0.001", "0.1", "0.25", "0.29", "0.2999", "0.333", "0.5", "0.7777", "1", "1.5", "2.718", "3", "9"])
    return max_tokens, ratio, rng.choice([2, 3, 3, 4, 5])


def service_config(max_tokens, ratio, max_attempts):
    policy = {
        "maxAttempts": max_attempts,
        "initialBackoff": "0.005s",
        "maxBackoff": "0.005s",
        "backoffMultiplier": 1,
        "retryableStatusCodes": RETRYABLE,
    }
    throttling = json.dumps({"maxTokens": max_tokens, "tokenRatio": "RATIO"}).replace('"RATIO"', ratio)
    return f'{{"retryThrottling": {throttling}, "methodConfig": [{json.dumps({"name": [{}], "retryPolicy": policy})}]}}'


def record(rng, script, port):
    max_tokens, ratio, max_attempts = settings(rng)
    print(f"\nmax_tokens {max_tokens}, token_ratio {ratio}, max_attempts {max_attempts}")
    options = [("grpc.service_config", service_config(max_tokens, ratio, max_attempts))]
    troubled = rng.choice([0.05, 0.3, 0.5, 0.7])
    with grpc.insecure_channel(f"127.0.0.1:{port}", options) as channel:
        ask = channel.unary_unary("/x/x")
        for _ in range(CALLS):
            if rng.random() < 0.1:
                troubled = rng.choice([0.05, 0.3, 0.5, 0.7])
            bad = ["unavailable", "unavailable", "aborted", "invalid"]
            script.words = [rng.choice(bad) if rng.random() < troubled else "ok" for _ in range(max_attempts)]
            script.attempts = 0
            try:
                ask(b"", wait_for_ready=True, timeout=10)
                end = "ok"
            except grpc.RpcError as failed:
                end = WORDS[failed.code()]
            print(f"{', '.join(script.words)} -> {script.attempts}, {end}")


def main():
    rng = random.Random(2)
    print(f"# The retry throttle of gRPC (grpcio {grpc.__version__}, the C core), as grpc_recorder.py saw it.")
    ports = set()
    while len(ports) < CASES:
        script = Script()
        server = grpc.server(futures.ThreadPoolExecutor(1), handlers=[script])
        port = server.add_insecure_port("127.0.0.1:0")
        # The core keeps a throttle for each address it talks to, so no two cases may share one.
        if port in ports:
            continue
        ports.add(port)
        server.start()
        record(rng, script, port)
        server.stop(None).wait()


main()
