"""Records whom a real Envoy's local rate limit lets in: envoy_bucket_recorder.py ENVOY > envoy_bucket.txt

Time is real: each line has when a request was sent and when it was answered, in milliseconds. Envoy decided in between.
"""

import asyncio
import random
import sys

from envoy_proxy import HOST, Envoy, kind

CASES = 24
REQUESTS = 100
LIMIT = "envoy.filters.http.local_ratelimit"


def limit(bucket=None):
    """The filter's own settings, without a bucket, or those of a route."""
    settings = {"@type": kind("filters.http.local_ratelimit.v3.LocalRateLimit"), "stat_prefix": "x"}
    if bucket:
        always = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
        settings |= {"token_bucket": bucket, "filter_enabled": always, "filter_enforced": always}
    return settings


def route(name, per_fill, interval_ms, burst):
    bucket = {"max_tokens": burst, "tokens_per_fill": per_fill, "fill_interval": f"{interval_ms / 1000}s"}
    return {
        "match": {"prefix": f"/{name}/"},
        "direct_response": {"status": 200},
        "typed_per_filter_config": {LIMIT: limit(bucket)},
    }


async def record(port, name, per_fill, interval_ms, burst, rng):
    """What one bucket said, line by line."""
    reader, writer = await asyncio.open_connection(HOST, port)
    clock = asyncio.get_running_loop().time
    begun, lines = clock(), []
    for _ in range(REQUESTS):
        a_token = interval_ms / per_fill / 1000
        await asyncio.sleep(rng.choice([0, 0, rng.uniform(0, a_token), rng.uniform(0, 2 * a_token), a_token * burst / 4]))
        sent = clock()
        writer.write(f"GET /{name}/ HTTP/1.1\r\nhost: x\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        answered = clock()
        if "content-length: " in head:
            await reader.readexactly(int(head.split("content-length: ")[1].split()[0]))
        said = {"200": "in", "429": "refused"}[head.split()[1]]
        lines.append(f"{(sent - begun) * 1000:.2f} to {(answered - begun) * 1000:.2f}: {said}")
    writer.close()
    return lines


async def main(binary):
    rng = random.Random(5)
    found = []
    for n in range(CASES):
        # One token in 60 to 400 ms, in portions of one to seven.
        interval_ms, per_fill = rng.randint(60, 400), rng.choice([1, 1, 2, 3, 7])
        found.append((f"c{n}", per_fill, interval_ms * per_fill, rng.choice([1, 2, 3, 5, 10]) + per_fill - 1))
    filters = [{"name": LIMIT, "typed_config": limit()}]
    async with Envoy(binary, {}, [route(*case) for case in found], filters) as envoy:
        cases = [record(envoy.port, *case, random.Random(f"{case[0]} of the buckets")) for case in found]
        recorded = await asyncio.gather(*cases)
    print("# The local rate limit of Envoy 1.40.0, as envoy_bucket_recorder.py saw it.")
    for (_, per_fill, interval_ms, burst), lines in zip(found, recorded):
        print(f"\n{per_fill} per {interval_ms} ms, burst {burst}", *lines, sep="\n")


asyncio.run(main(sys.argv[1]))
