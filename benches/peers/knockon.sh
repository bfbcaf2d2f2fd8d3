#!/usr/bin/env bash
# Runs one of the workloads beside this file (mm1, mmc, chain) and prints, as its last line, a JSON object of what other
# simulators print for the same systems: how long the event loop took, with recording, and the results to compare.
#
#     benches/peers/knockon.sh WORKLOAD [KNOCKON]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# A script that builds others may have set where builds go.
own=${CARGO_TARGET_DIR:-$here/../../target}/release/knockon
knockon=${2:-$([ -x "$own" ] && echo "$own" || echo "$here/../../target/release/knockon")}

python3 - "$1" "$here/$1.ron" "$knockon" <<'PYTHON'
import json, resource, subprocess, sys, tempfile

workload, scenario, knockon = sys.argv[1:]
with tempfile.TemporaryDirectory() as out:
    subprocess.run(
        [knockon, "run", scenario, "--no-twin", "--no-pictures", "--out", out], stdout=sys.stderr, check=True
    )
    run, summary, record = (json.load(open(f"{out}/{name}.json")) for name in ("run", "summary", "record"))
services, calls = list(summary["services"].values()), list(summary["calls"].values())
(clients,) = summary["traffic"].values()
first, call = services[0], calls[0]
result = {
    "sim_s": run["wall_s"],
    "rss_kb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
    "requests": clients["requests"],
    "mean_wait_s": first["mean_wait_ms"] / 1e3,
    "ok": clients["ok"] / clients["requests"],
}
if workload != "mmc":
    # A thread that stands still in a pause is busy here, and is not there.
    result["utilisation"] = first["utilization"]
if workload == "mmc":
    actual = record["actual"]
    (series,) = actual["classes"].values()
    before = int(60 / actual["window_s"])
    failed = first["failed_by_cause"]
    result |= {
        "attempts": call["attempts"],
        "timeouts": failed["timeout"],
        "rejected": failed["queue_full"],
        # Of the requests that arrived before the pause: those it caught failed. And of those that arrived long after.
        "ok_pre": sum(series["ok"][:before]) / sum(series["arrived"][:before]),
        "ok_post": sum(series["ok"][2 * before:]) / sum(series["arrived"][2 * before:]),
    }
if workload == "chain":
    result["mean_latency_s"] = clients["latency_ms"]["mean"] / 1e3
print(json.dumps(result))
PYTHON
