"""A real Envoy on loopback between clients and an upstream whose every answer is scripted."""

import asyncio
import contextlib
import json
import subprocess
import tempfile

HOST = "127.0.0.1"

# What the upstream sends for a word of the recordings; nothing is sent and the connection closed for `drops`.
ANSWERS = {
    "ok": b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    "fails": b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
    "fails-with-a-body": b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 5\r\n\r\nsorry",
    "drops": b"",
}


class Attempt:
    """A request as the upstream sees it, until it is answered."""

    def __init__(self, path):
        self.path = path
        self.answer = asyncio.get_running_loop().create_future()


class Upstream:
    """Keeps every attempt until it is told what to answer; knows when each came."""

    def __init__(self):
        self.waiting = {}
        self.seen = {}
        self.idle = set()
        self.on_arrival = None

    async def start(self, port=0):
        self.server = await asyncio.start_server(self.serve, HOST, port)
        self.port = self.server.sockets[0].getsockname()[1]

    async def refuse(self):
        """From now on nobody can connect; attempts under way stay."""
        self.server.close()
        for writer in self.idle:
            writer.close()
        await self.server.wait_closed()

    async def serve(self, reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self.idle.add(writer)
                try:
                    head = await reader.readuntil(b"\r\n\r\n")
                finally:
                    self.idle.remove(writer)
                attempt = Attempt(head.split()[1].decode())
                self.seen[attempt.path] = self.seen.get(attempt.path, 0) + 1
                self.waiting[attempt.path] = attempt
                if self.on_arrival:
                    self.on_arrival(attempt, self.seen[attempt.path])
                gone = asyncio.ensure_future(reader.read(1))
                await asyncio.wait([attempt.answer, gone], return_when=asyncio.FIRST_COMPLETED)
                if self.waiting.get(attempt.path) is attempt:
                    del self.waiting[attempt.path]
                if not attempt.answer.done():
                    break
                gone.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await gone
                if not attempt.answer.result():
                    break
                writer.write(attempt.answer.result())
        writer.close()

    def answer(self, path, word):
        self.waiting.pop(path).answer.set_result(ANSWERS[word])


class Client:
    """One request through Envoy, on a connection of its own."""

    def __init__(self, port, path):
        self.path = path
        self.task = asyncio.ensure_future(self.ask(port))

    async def ask(self, port):
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            writer.write(f"GET {self.path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
            return await reader.read()
        finally:
            writer.close()

    async def leave(self):
        """Closes its connection, answered or not."""
        self.task.cancel()
        await asyncio.wait([self.task])

    def status(self):
        """The status that came back; none as long as there is none."""
        return int(self.task.result().split()[1]) if self.task.done() else None


class Envoy:
    """The program itself, with the clusters and routes of an experiment."""

    def __init__(self, binary, clusters, routes, filters=()):
        self.binary, self.clusters, self.routes, self.filters = binary, clusters, routes, filters

    async def __aenter__(self):
        self.upstream = Upstream()
        self.port, self.admin = free_port(), free_port()
        await self.upstream.start()
        config = self.config(self.upstream.port)
        self.file = tempfile.NamedTemporaryFile("w", suffix=".json")
        json.dump(config, self.file)
        self.file.flush()
        command = [self.binary, "-c", self.file.name, "--concurrency", "1", "--disable-hot-restart", "-l", "error"]
        self.process = subprocess.Popen(command)
        for _ in range(100):
            with contextlib.suppress(OSError, IndexError):
                if b"LIVE" in await self.ask_admin("/ready"):
                    return self
            await asyncio.sleep(0.1)
        raise RuntimeError("Envoy does not become ready")

    async def __aexit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        # The upstream's connections end with it.
        await asyncio.sleep(0.2)
        self.file.close()

    async def ask_admin(self, path):
        reader, writer = await asyncio.open_connection(HOST, self.admin)
        writer.write(f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        return answer

    async def stats(self, cluster):
        """Counters and gauges of a cluster and of the listener, by the last part of their names."""
        names = f"^(cluster[.]{cluster}[.]upstream_(rq|cx)|http[.]x[.]downstream_cx_active)"
        text = await self.ask_admin(f"/stats?filter={names}")
        lines = [line.split(": ") for line in text.decode().splitlines() if line.startswith(("cluster.", "http."))]
        return {name.rsplit(".", 1)[1]: int(value) for name, value in lines if value.isdigit()}

    def send(self, path):
        return Client(self.port, path)

    def config(self, upstream_port):
        router = {"@type": kind("filters.http.router.v3.Router")}
        manager = {
            "@type": kind("filters.network.http_connection_manager.v3.HttpConnectionManager"),
            "stat_prefix": "x",
            "stream_idle_timeout": "0s",
            "route_config": {"virtual_hosts": [{"name": "x", "domains": ["*"], "routes": self.routes}]},
            "http_filters": [*self.filters, {"name": "router", "typed_config": router}],
        }
        chain = {"filters": [{"name": "manager", "typed_config": manager}]}
        listener = {"name": "x", "address": address(self.port), "filter_chains": [chain]}
        clusters = [
            {
                "name": name,
                "type": "STATIC",
                "connect_timeout": "5s",
                "circuit_breakers": {"thresholds": [thresholds]},
                "load_assignment": {
                    "cluster_name": name,
                    "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address(upstream_port)}}]}],
                },
            }
            for name, thresholds in self.clusters.items()
        ]
        resources = {"listeners": [listener], "clusters": clusters}
        return {"admin": {"address": address(self.admin)}, "static_resources": resources}


def kind(name):
    return f"type.googleapis.com/envoy.extensions.{name}"


def address(port):
    return {"socket_address": {"address": HOST, "port_value": port}}


def free_port():
    import socket

    with socket.socket() as found:
        found.bind((HOST, 0))
        return found.getsockname()[1]


def route(prefix, cluster, **action):
    """A route without a timeout of the whole request."""
    return {"match": {"prefix": prefix}, "route": {"cluster": cluster, "timeout": "0s", **action}}


async def until(condition, most=0.3):
    """Waits for something to become true, for no longer than `most` seconds; whether it has."""
    loop = asyncio.get_running_loop()
    end = loop.time() + most
    while not condition():
        if loop.time() > end:
            return False
        await asyncio.sleep(0.001)
    return True
