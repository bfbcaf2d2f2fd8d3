"""Records how long a real Envoy waits before its retries: envoy_backoff_recorder.py ENVOY > envoy_backoff.txt

Each line has the waits of one request in milliseconds: from the upstream's refusal to the next attempt's arrival.
"""

import asyncio
import sys

from envoy_proxy import ANSWERS, Envoy, route, until

# Base and longest wait in milliseconds.
CASES = [(25, 250), (40, 40), (40, 100), (60, 600), (100, 150)]
RETRIES = 6
REQUESTS = 100
AT_ONCE = 10


class Clock:
    """Refuses every attempt but the last, and knows when."""

    def __init__(self):
        self.refused, self.waits = {}, {}

    def on_arrival(self, attempt, seen):
        now = asyncio.get_running_loop().time()
        if seen > 1:
            self.waits.setdefault(attempt.path, []).append((now - self.refused[attempt.path]) * 1000)
        attempt.answer.set_result(ANSWERS["ok" if seen > RETRIES else "fails"])
        self.refused[attempt.path] = now


def routes():
    for number, (base, most) in enumerate(CASES):
        back_off = {"base_interval": f"{base / 1000}s", "max_interval": f"{most / 1000}s"}
        retries = {"retry_on": "5xx", "num_retries": RETRIES, "retry_back_off": back_off}
        yield route(f"/c{number}/", "c", retry_policy=retries)


async def main(binary):
    budget = {"retry_budget": {"budget_percent": {"value": 100}, "min_retry_concurrency": 1000}}
    async with Envoy(binary, {"c": budget}, list(routes())) as envoy:
        print("# The waits before retries of Envoy 1.40.0, as envoy_backoff_recorder.py saw them.")
        clock = Clock()
        envoy.upstream.on_arrival = clock.on_arrival
        for number, (base, most) in enumerate(CASES):
            print(f"\nbase {base} ms, at most {most} ms")
            for begin in range(0, REQUESTS, AT_ONCE):
                requests = [envoy.send(f"/c{number}/{n}") for n in range(begin, begin + AT_ONCE)]
                assert await until(lambda: all(request.status() == 200 for request in requests), 30)
                for request in requests:
                    print(*(f"{wait:.1f}" for wait in clock.waits[request.path]))


asyncio.run(main(sys.argv[1]))
