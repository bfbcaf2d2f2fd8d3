"""Records which retries a real Envoy makes under its retry budget: envoy_budget_recorder.py ENVOY > envoy_budget.txt"""

import asyncio
import random
import sys

from envoy_proxy import ANSWERS, Envoy, route, until

CASES = 80
STEPS = 70
PERCENTS = [0, 1, 5, 10, 12.5, 20, 20, 25, 29, 33.3, 35, 50, 50, 57, 58, 66.7, 75, 90, 100]


def cases(rng):
    """What each cluster allows, and whether its retries stay in their back-off for ever."""
    for number in range(CASES):
        percent, least = rng.choice(PERCENTS), rng.choice([0, 0, 1, 1, 2, 3, 3, 5])
        yield f"c{number}", percent, least, number % 4 == 3


def routes(name, for_ever):
    """One route whose attempts last as long as they will, and one (`/t`) whose attempts are given 40 ms."""
    back_off = {"base_interval": "3600s" if for_ever else "0.001s"}
    retries = {"retry_on": "5xx", "num_retries": 1000, "retry_back_off": back_off}
    yield route(f"/{name}/t", name, retry_policy={**retries, "per_try_timeout": "0.04s"})
    yield route(f"/{name}/", name, retry_policy=retries)


class Case:
    """A cluster and its requests. What is in progress is compared with Envoy's own gauges after every step."""

    def __init__(self, envoy, name, for_ever):
        self.envoy, self.name, self.for_ever = envoy, name, for_ever
        self.upstream = envoy.upstream
        self.rng = random.Random(f"{name} of the budgets")
        self.wanted = self.rng.choice([3, 8, 30])
        self.open, self.backing_off = [], []
        self.refusals = 0

    async def run(self):
        for number in range(1, STEPS + 1):
            print(await self.step(number))
            await self.settle()
        for request in self.open + self.backing_off:
            await request.leave()

    async def step(self, number):
        draw = self.rng.random()
        if not self.open or (len(self.open) < self.wanted and draw < 0.5):
            return await self.begin(f"/{self.name}/{number}")
        if draw < 0.58:
            return await self.time_out(f"/{self.name}/t{number}")
        if draw < 0.65 and self.for_ever:
            return await self.find_nobody(f"/{self.name}/r{number}")
        if draw < 0.69:
            return await self.leave(self.rng.choice(self.open + self.backing_off))
        request = self.rng.choice(self.open)
        if draw < 0.79:
            return await self.succeed(request)
        return await self.fail(request, self.rng.choice(["fails", "fails", "fails-with-a-body", "drops"]))

    async def begin(self, path):
        request = self.envoy.send(path)
        assert await until(lambda: path in self.upstream.waiting), path
        self.open.append(request)
        return f"{short(path)} begins"

    async def succeed(self, request):
        self.upstream.answer(request.path, "ok")
        self.open.remove(request)
        assert await until(lambda: request.status() == 200), request.path
        return f"{short(request.path)} ok"

    async def leave(self, request):
        """Its client goes away, from an attempt or from a back-off."""
        await request.leave()
        (self.open if request in self.open else self.backing_off).remove(request)
        return f"{short(request.path)} leaves"

    async def fail(self, request, how):
        self.upstream.answer(request.path, how)
        retried = await self.decision(request, self.upstream.seen[request.path])
        if not retried or self.for_ever:
            self.open.remove(request)
        return self.told(request, how, retried)

    async def time_out(self, path):
        """A request whose first attempt times out and whose retry, if it comes, succeeds."""
        request = self.envoy.send(path)
        assert await until(lambda: path in self.upstream.waiting), path
        assert await until(lambda: path not in self.upstream.waiting), path
        retried = await self.decision(request, 1)
        if retried and not self.for_ever:
            assert await until(lambda: request.status() == 200), path
        return self.told(request, "times-out", retried)

    async def find_nobody(self, path):
        """A request that finds nobody to connect to."""
        await self.upstream.refuse()
        await self.shows("upstream_cx_active", len(self.open))
        self.upstream.seen[path] = 0
        request = self.envoy.send(path)
        retried = await self.decision(request, 0)
        await self.upstream.start(self.upstream.port)
        return self.told(request, "refused", retried)

    def told(self, request, how, retried):
        if retried and self.for_ever:
            self.backing_off.append(request)
        return f"{short(request.path)} {how} -> {'retried' if retried else 'not'}"

    async def decision(self, request, attempts):
        """Whether Envoy goes beyond so many attempts: it sends another, or does not answer; its own count agrees."""
        again = lambda: self.upstream.seen[request.path] > attempts
        given_up = lambda: request.status() in (503, 504)
        await until(lambda: again() or given_up(), 0.05 if self.for_ever else 1)
        refused = (await self.envoy.stats(self.name))["upstream_rq_retry_overflow"] > self.refusals
        assert refused == given_up() == (not again() and not (self.for_ever and not given_up())), request.path
        self.refusals += refused
        return not refused

    async def settle(self):
        await self.shows("upstream_rq_active", len(self.open))
        await self.shows("upstream_rq_pending_active", 0)
        await self.shows("downstream_cx_active", len(self.open + self.backing_off))

    async def shows(self, gauge, value):
        """Waits until Envoy says so itself."""
        for _ in range(500):
            if (await self.envoy.stats(self.name))[gauge] == value:
                return
            await asyncio.sleep(0.002)
        raise AssertionError(f"{self.name}: {gauge} is not {value}")


def answer_retries_of_timed(attempt, seen):
    """The retry of an attempt that timed out is answered at once, lest it times out, too."""
    if "/t" in attempt.path and seen > 1:
        attempt.answer.set_result(ANSWERS["ok"])


def short(path):
    return path.rsplit("/", 1)[1]


async def main(binary):
    rng = random.Random(1)
    found = list(cases(rng))
    clusters = {
        name: {"retry_budget": {"budget_percent": {"value": percent}, "min_retry_concurrency": least}}
        for name, percent, least, _ in found
    }
    all_routes = [one for name, _, _, for_ever in found for one in routes(name, for_ever)]
    async with Envoy(binary, clusters, all_routes) as envoy:
        envoy.upstream.on_arrival = answer_retries_of_timed
        print("# The retry budget of Envoy 1.40.0, as envoy_budget_recorder.py saw it.")
        for name, percent, least, for_ever in found:
            back_off = "for ever" if for_ever else "none"
            print(f"\nbudget {percent} %, at least {least}, back-off {back_off}")
            await Case(envoy, name, for_ever).run()


asyncio.run(main(sys.argv[1]))
