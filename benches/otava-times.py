"""Times Apache Otava for benches/change_points.rs: series on stdin, one JSON list a line; [seconds, changes] on stdout."""

import json
import sys
import time

from otava.analysis import compute_change_points

series = [json.loads(line) for line in sys.stdin]
best = None
for _ in range(int(sys.argv[1])):
    start = time.perf_counter()
    found = sum(len(compute_change_points(values)[0]) for values in series)
    seconds = time.perf_counter() - start
    if best is None or seconds < best[0]:
        best = [seconds, found]
json.dump(best, sys.stdout)
