"""Records whom a real Envoy lets through its circuit breakers: envoy_places_recorder.py ENVOY > envoy_places.txt

Either at most so many requests at once, the next being refused (`max_requests`), or at most so many connections, the
next waiting for one (`max_connections`).
"""

import asyncio
import random
import sys

from envoy_proxy import Envoy, route, until

CASES = 40
STEPS = 50


class Case:
    def __init__(self, envoy, name, limit):
        self.limit = limit
        self.envoy, self.name, self.upstream = envoy, name, envoy.upstream
        self.rng = random.Random(f"{name} of the places")
        self.served, self.waiting = [], []

    async def run(self, most):
        for number in range(1, STEPS + 1):
            asks = self.rng.random() < (0.6 if len(self.served + self.waiting) < most + 4 else 0.3)
            print(await (self.ask(number) if asks or not self.served else self.go()))
            await self.settle()
        for request in self.served + self.waiting:
            await request.leave()

    async def ask(self, number):
        request = self.envoy.send(f"/{self.name}/{number}")
        there = lambda: request.path in self.upstream.waiting
        # Whoever waits is found by nothing happening; that Envoy has it in line is checked afterwards.
        await until(lambda: there() or request.status(), 0.08 if self.limit == "max_connections" else 2)
        if there():
            self.served.append(request)
            return f"{number} asks -> yes"
        if request.status() == 503:
            return f"{number} asks -> no"
        assert request.status() is None, request.path
        self.waiting.append(request)
        return f"{number} asks -> waits"

    async def go(self):
        """One is answered, or its client leaves; who comes to the upstream then."""
        leaves = self.rng.random() < 0.3
        request = self.rng.choice(self.served + (self.waiting if leaves else []))
        waited = request in self.waiting
        (self.waiting if waited else self.served).remove(request)
        if leaves:
            await request.leave()
        else:
            self.upstream.answer(request.path, "ok")
            assert await until(lambda: request.status() == 200), request.path
        come = lambda: [other for other in self.waiting if other.path in self.upstream.waiting]
        await until(come, 0.1 if self.waiting and not waited else 0.01)
        for other in (found := come()):
            self.waiting.remove(other)
            self.served.append(other)
        who = ", ".join(number(other) for other in found) or "nobody"
        return f"{number(request)} {'leaves' if leaves else 'is-done'} -> {who}"

    async def settle(self):
        for _ in range(500):
            stats = await self.envoy.stats(self.name)
            shown = [stats["upstream_rq_active"], stats["upstream_rq_pending_active"], stats["downstream_cx_active"]]
            if shown == [len(self.served), len(self.waiting), len(self.served + self.waiting)]:
                return
            await asyncio.sleep(0.002)
        raise AssertionError(f"{self.name}: Envoy says {shown}")


def number(request):
    return request.path.rsplit("/", 1)[1]


async def main(binary):
    rng = random.Random(4)
    found = [(f"c{n}", ["max_requests", "max_connections"][n % 2], rng.choice([1, 2, 3, 5, 8])) for n in range(CASES)]
    clusters = {name: {limit: most} for name, limit, most in found}
    async with Envoy(binary, clusters, [route(f"/{name}/", name) for name in clusters]) as envoy:
        print("# The circuit breakers of Envoy 1.40.0, as envoy_places_recorder.py saw them.")
        for name, limit, most in found:
            print(f"\n{limit} {most}")
            await Case(envoy, name, limit).run(most)


asyncio.run(main(sys.argv[1]))
